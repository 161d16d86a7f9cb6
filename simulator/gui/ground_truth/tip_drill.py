"""Tip drill: needles drawn at random in a patient, imaged as a press, and the place of their tips."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np

from phantoms.phantom import Label, Phantom
from simulator.ct.needle_shadow import SteelTube
from simulator.ct.scanner import Scanner
from simulator.ct.scanner_model import scanner_model
from simulator.ct.technique import Technique
from simulator.engine.case_context import CTF_SLICES, FIELD_OF_VIEW_MM, CaseContext
from simulator.engine.imaging.beam_protocols import CTF_COLLIMATION_MM, CTF_SLICE_MM
from simulator.engine.streams import noise_key
from simulator.gui.drawing.window_level import round_to_hounsfield
from simulator.gui.engine_worker.tip_drill import DrillAnswer, DrillPress, DrillVerdict
from simulator.interface.exposure import ExposureSettings
from simulator.interface.frame import Frame
from simulator.needle.needle_catalogue import QUINCKE_20G
from simulator.spatial.arrays import FloatArray

# How needles are drawn; assumptions, so that a round holds what a learner meets: some steep, some with the tip outside
LATERAL_DEG, CRANIOCAUDAL_DEG = 22.0, (3.0, 15.0)
SHORT_OF_CANAL_MM = (-3.0, 40.0)
BESIDE_THE_WINDOW_MM = 4.0
MIDDLE_FROM_TIP_MM = (-5.0, 8.0)  # of the slices, along the shaft: beyond 6 the tip lies in none of them
TRIES = 300
SAMPLE_MM = 0.5


@dataclass(frozen=True, slots=True)
class _Placed:
    """A tip, and the image that was made of it."""

    tip_mm: FloatArray
    frame: Frame


class TipDrill:
    """A `DrillSource` over one patient; one seed gives one round.

    Args:
        world: the patient, as a case builds it
    """

    def __init__(self, world: CaseContext, seed: int) -> None:
        self._world, self._seed = world, seed
        self._scanner = Scanner.of_model(world.phantom, scanner_model(world.settings.imaging.scanner))
        self._made: dict[int, _Placed] = {}

    def press(self, number: int) -> DrillPress:
        """One press with a needle of its own."""
        generator = np.random.default_rng([self._seed, number])
        tip, outwards = draw_needle(self._world.phantom, generator)
        middle_mm = float(tip[2] + math.copysign(generator.uniform(*MIDDLE_FROM_TIP_MM), outwards[2]))
        offsets = CTF_SLICE_MM * (0.5 * (CTF_SLICES - 1) - np.arange(CTF_SLICES))
        settings = ExposureSettings()
        frame = self._scanner.image(
            technique=Technique(**asdict(settings), slice_thickness_mm=CTF_SLICE_MM, collimation_mm=CTF_COLLIMATION_MM),
            slice_centres_mm=[self._inside_mm(middle_mm + float(offset)) for offset in offsets],
            slice_thickness_mm=CTF_SLICE_MM,
            needles=(
                SteelTube(
                    points_mm=np.stack([tip, tip + outwards * QUINCKE_20G.length_mm]),
                    outer_diameter_mm=QUINCKE_20G.outer_diameter_mm,
                ),
            ),
            noise_key=noise_key(self._seed, number),
            centre_mm=self._world.image_centre_mm,
            field_of_view_mm=FIELD_OF_VIEW_MM,
        )
        self._made[number] = _Placed(tip, frame)
        slices = tuple(round_to_hounsfield(plane) for plane in frame.hu)
        return DrillPress(number=number, slices=slices, pixel_mm=frame.pixel_spacing_mm)

    def _inside_mm(self, z_mm: float) -> float:
        low, high = self._world.phantom.z_range_mm
        return min(max(z_mm, low + CTF_SLICE_MM / 2), high - CTF_SLICE_MM / 2)

    def judge(self, number: int, answer: DrillAnswer) -> DrillVerdict:
        """Where the tip lies against an answer; the error is a distance in space, a slice being as thick as it is."""
        made = self._made[number]
        row, column = made.frame.pixel_of(float(made.tip_mm[0]), float(made.tip_mm[1]))
        from_slices_mm = made.tip_mm[2] - np.asarray(made.frame.z_mm)
        nearest = int(np.argmin(np.abs(from_slices_mm)))
        beyond_mm = float(from_slices_mm[nearest])
        inside = abs(beyond_mm) <= CTF_SLICE_MM / 2
        error_mm = None
        if inside and answer.slice_index is not None:
            along_mm = max(abs(float(from_slices_mm[answer.slice_index])) - CTF_SLICE_MM / 2, 0.0)
            spacing = made.frame.pixel_spacing_mm
            error_mm = math.hypot((answer.row - row) * spacing, (answer.column - column) * spacing, along_mm)
        return DrillVerdict(
            slice_index=nearest if inside else None,
            row=row,
            column=column,
            beyond_mm=0.0 if inside else beyond_mm - math.copysign(CTF_SLICE_MM / 2, beyond_mm),
            error_mm=error_mm,
            right=inside == (answer.slice_index is not None),
        )


def draw_needle(phantom: Phantom, generator: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Tip and outward direction of a needle towards a window between laminae, through no bone where one is found.

    Returns:
        two vectors in the patient's frame [shape=(3,), float64], the first in mm
    """
    marks = phantom.landmarks
    known = marks.interlaminar_windows or marks.interspaces
    windows = [np.asarray(known[level], np.float64) for level in phantom.levels if level in known]
    for _ in range(TRIES):
        window = windows[int(generator.integers(len(windows)))]
        lateral = math.radians(generator.uniform(-LATERAL_DEG, LATERAL_DEG))
        lean = math.radians(generator.uniform(*CRANIOCAUDAL_DEG)) * (1 if generator.random() < 0.5 else -1)
        outwards = np.array([math.sin(lateral) * math.cos(lean), math.cos(lateral) * math.cos(lean), math.sin(lean)])
        beside = np.array([generator.uniform(-BESIDE_THE_WINDOW_MM, BESIDE_THE_WINDOW_MM), 0.0, 0.0])
        tip = window + beside + outwards * generator.uniform(*SHORT_OF_CANAL_MM)
        along = np.arange(0.0, QUINCKE_20G.length_mm, SAMPLE_MM)
        points = tip + along[:, None] * outwards
        inside = points[phantom.anatomy.label(points) != Label.AIR]
        if len(inside) and bool((phantom.anatomy.bone_mm(inside) > 0.0).all()):
            break
    return tip, outwards
