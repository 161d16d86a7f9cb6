"""Scanner: a phantom, needles and a technique become a frame of HU.

One way, in the order of the beam: projector -> detector's expected signal, kept per plane -> mean over the
planes of a slice -> needle shadow -> scatter, noise, log, water correction -> reconstruction.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phantoms.phantom import Phantom
from simulator.ct.detector import Scattered
from simulator.ct.freed_memory import keep_freed_memory
from simulator.ct.geometry import BRILLIANCE_64_CLASS, ScannerGeometry
from simulator.ct.metal_artefact_reduction import bridge, put_back, shadow_trace
from simulator.ct.needle_shadow import SteelTube, project_needle
from simulator.ct.oblique_cut import ObliqueCut
from simulator.ct.oblique_projector import ObliqueProjector
from simulator.ct.projection_cache import PLANES_KEPT, ProjectionCache, SlicePlaneWeights
from simulator.ct.projector import DensityChange, Projector
from simulator.ct.reconstruction import SLICES_PER_PASS, Reconstruction
from simulator.ct.scanner_model import ScannerModel
from simulator.ct.scatter import CORRECTED_SCATTER, REFERENCE_COLLIMATION_MM, ScatterModel
from simulator.ct.scout import ScoutCamera, ScoutScene
from simulator.ct.technique import Technique
from simulator.ct.tube_modulation import TubeOutput, arc_start_deg, tube_output
from simulator.interface.frame import Frame
from simulator.spatial.arrays import FloatArray, SingleArray

_KERNELS_LOCK = threading.RLock()
"""One image at a time: the parallel kernels of two threads would compete for the same cores."""

_PLANS = 2
_CUTS = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Scene:
    """What is imaged, and how.

    Attributes:
        technique: what is set on the console
        centres_mm: z of each slice
        weights: planes of each slice
        thickness_mm: of the slices
        needles: steel in the beam
        change: densities added to the phantom
        noise_key: names the noise; None for none
        leaning: the planes of a gantry that is tilted; None for an upright one
    """

    technique: Technique
    centres_mm: Sequence[float]
    weights: Sequence[SlicePlaneWeights]
    thickness_mm: float
    needles: Sequence[SteelTube]
    change: DensityChange | None
    noise_key: int | None
    leaning: ObliqueProjector | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """The square that is reconstructed: its middle x, y in the patient's frame, its width in mm and in pixels."""

    centre_mm: tuple[float, float]
    field_of_view_mm: float
    matrix: int


def _chosen_slices(only: Sequence[int] | None, count: int) -> list[int]:
    """Indices of the slices to reconstruct; ValueError for one that there is not."""
    chosen = list(range(count) if only is None else only)
    if not chosen or min(chosen) < 0 or max(chosen) >= count:
        raise ValueError(f"only must name slices from 0 to {count - 1}, not {chosen}")
    return chosen


def _reconstructed(
    plan: Reconstruction, water: SingleArray, tube: TubeOutput, offset: tuple[float, float]
) -> SingleArray:
    if tube.weights is None:
        return plan.image(water, offset)
    return plan.partial_scan_image(water, tube.weights, offset)


def _frame(hu: SingleArray, scene: _Scene, field: _Field, chosen: Sequence[int]) -> Frame:
    """The image as it is handed on."""
    z = np.array([scene.centres_mm[index] for index in chosen], np.float64)
    hu.flags.writeable = z.flags.writeable = False
    return Frame(
        hu=hu,
        z_mm=z,
        pixel_spacing_mm=field.field_of_view_mm / field.matrix,
        centre_mm=(float(field.centre_mm[0]), float(field.centre_mm[1])),
        exposure=scene.technique.exposure,
        slice_thickness_mm=float(scene.thickness_mm),
        kernel=scene.technique.reconstruction_kernel,
    )


class Scanner:
    """A scanner with one patient in it; safe to share between threads.

    Expected signals of planes are kept (about 3 MB each), so that a second image at the same place costs only
    what is new in it.
    """

    def __init__(
        self,
        phantom: Phantom,
        *,
        geometry: ScannerGeometry = BRILLIANCE_64_CLASS,
        plane_capacity: int = PLANES_KEPT,
        scatter: ScatterModel = CORRECTED_SCATTER,
        added_aluminium_mm: float = 0.0,
    ) -> None:
        """Lay the phantom in the isocentre; ValueError if its body is wider than the field."""
        keep_freed_memory()
        self._geometry = geometry
        self._scatter = scatter
        self._projector = Projector(phantom, geometry)
        self._expected = ProjectionCache(self._projector, geometry, plane_capacity, scatter, added_aluminium_mm)
        self._camera = ScoutCamera(self._projector, self._expected, geometry, scatter)
        self._leaning: OrderedDict[ObliqueCut, ObliqueProjector] = OrderedDict()
        self._plans: OrderedDict[tuple[object, ...], Reconstruction] = OrderedDict()
        # Work arrays, written anew for each image: fresh ones would be cleared by the system at every press
        shape = geometry.views, geometry.columns
        self._water_paths = np.zeros((SLICES_PER_PASS, *shape), np.float32)
        self._behind_needles = np.empty(shape, np.float32)
        self._traces: list[NDArray[np.bool_] | None] = []

    @classmethod
    def of_model(cls, phantom: Phantom, model: ScannerModel, *, plane_capacity: int = PLANES_KEPT) -> Scanner:
        """A scanner of a class; ValueError if the phantom's body is wider than its field."""
        return cls(
            phantom,
            geometry=model.geometry,
            plane_capacity=plane_capacity,
            added_aluminium_mm=model.added_aluminium_mm,
        )

    @property
    def isocenter_mm(self) -> tuple[float, float]:
        """x, y of the isocentre in the patient's frame: the middle of the body's bounding box."""
        return self._projector.isocenter_mm

    @property
    def z_range_mm(self) -> tuple[float, float]:
        """Lower face of the first plane and upper face of the last: slices must lie between them."""
        return self._expected.z_range_mm

    def image(
        self,
        *,
        technique: Technique,
        slice_centres_mm: Sequence[float],
        slice_thickness_mm: float | None = None,
        needles: Sequence[SteelTube] = (),
        change: DensityChange | None = None,
        noise_key: int | None,
        tube_at_deg: float = 0.0,
        centre_mm: tuple[float, float],
        field_of_view_mm: float = 250.0,
        matrix: int = 512,
        only: Sequence[int] | None = None,
        cut: ObliqueCut | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> Frame:
        """Acquire and reconstruct slices, three at a time.

        Args:
            technique: what is set on the console
            slice_centres_mm: z of each slice
            slice_thickness_mm: None takes the technique's
            needles, change: steel in the beam, and densities added to the phantom
            noise_key: names the noise, 0 to 2**32 - 1; the same key gives the same image. None: no noise
            tube_at_deg: where the tube stands when a partial scan starts
            centre_mm: x, y of the middle of the reconstructed field in the patient's frame
            field_of_view_mm, matrix: width of the image in mm and in pixels (even)
            only: indices of the slices to reconstruct, the same bits as in the whole; None for all
            cut: of a tilted gantry, in whose axes slices, needles and the field's middle are then given
            progress: called with the fraction done, 0 to 1, after each group of slices

        Raises:
            ValueError: a slice lies outside the phantom, or an argument outside its range; says which.
        """
        thickness = technique.slice_thickness_mm if slice_thickness_mm is None else slice_thickness_mm
        self._check(thickness, slice_centres_mm, noise_key, tube_at_deg, field_of_view_mm, matrix)
        leaning = None if cut is None else self._leaning_projector(cut)
        chosen = _chosen_slices(only, len(slice_centres_mm))
        scene = _Scene(
            technique=technique,
            centres_mm=slice_centres_mm,
            weights=[self._expected.slice_plane_weights(float(z), thickness, leaning) for z in slice_centres_mm],
            thickness_mm=thickness,
            needles=needles,
            change=change,
            noise_key=noise_key,
            leaning=leaning,
        )
        field = _Field(centre_mm=centre_mm, field_of_view_mm=field_of_view_mm, matrix=matrix)
        with _KERNELS_LOCK:
            hu = self._acquire(scene, field, chosen, tube_at_deg, progress)
        return _frame(hu, scene, field, chosen)

    def scout(self, scene: ScoutScene, progress: Callable[[float], None] | None = None) -> SingleArray:
        """Take a scout: mm of water [shape=(row, column), float32, read-only].

        Raises:
            ValueError: a row lies outside the phantom; says which.
        """
        with _KERNELS_LOCK:
            return self._camera.water_mm(scene, progress)

    def scout_columns_mm(self, scene: ScoutScene) -> FloatArray:
        """Where each column of a scout crosses the plane through the isocentre, as `ScoutFan.across_mm` has it.

        In the scanner's frame, in which the patient has moved and the isocentre has not.
        """
        return self._camera.fan(scene.orientation).across_mm()

    def _check(
        self,
        thickness: float,
        slice_centres_mm: Sequence[float],
        noise_key: int | None,
        tube_at_deg: float,
        field_of_view_mm: float,
        matrix: int,
    ) -> None:
        """Raise ValueError for an argument outside its range."""
        if not (math.isfinite(thickness) and thickness > 0):
            raise ValueError(f"slice_thickness_mm must be a positive number, not {thickness}")
        if noise_key is not None and not 0 <= noise_key < 2**32:
            raise ValueError(f"noise_key must lie in 0 to {2**32 - 1}, not {noise_key}")
        if matrix < 16 or matrix % 2:
            raise ValueError(f"matrix must be an even number of 16 or more, not {matrix}")
        widest = self._geometry.field_of_view_mm
        if not 0 < field_of_view_mm <= widest:
            raise ValueError(f"field_of_view_mm must lie in 0 to {widest:g}, not {field_of_view_mm}")
        if not math.isfinite(tube_at_deg):
            raise ValueError(f"tube_at_deg must be a finite angle, not {tube_at_deg}")
        if not len(slice_centres_mm):
            raise ValueError("slice_centres_mm is empty")

    def _acquire(
        self,
        scene: _Scene,
        field: _Field,
        chosen: Sequence[int],
        tube_at_deg: float,
        progress: Callable[[float], None] | None,
    ) -> SingleArray:
        """HU of the chosen slices, shape (slice, row, column)."""
        technique = scene.technique
        plan = self._plan(technique.reconstruction_kernel, field, scene.leaning or self._projector)
        isocenter = self._projector.isocenter_mm
        offset = field.centre_mm[0] - isocenter[0], field.centre_mm[1] - isocenter[1]
        arc, protected = technique.scan_arc_deg, technique.hand_protection
        start = arc_start_deg(arc, protected, tube_at_deg)
        tube = tube_output(self._geometry, scan_arc_deg=arc, hand_protection=protected, start_deg=start)
        hu = np.empty((len(chosen), field.matrix, field.matrix), np.float32)
        water = self._water_paths
        for first in range(0, len(chosen), SLICES_PER_PASS):
            group = range(first, min(first + SLICES_PER_PASS, len(chosen)))
            self._traces = [self._measure_slice(scene, chosen[place], tube, water[place - first]) for place in group]
            made = _reconstructed(plan, water, tube, offset)
            hu[group.start : group.stop] = made[: len(group)]
            if technique.metal_artefact_reduction:
                self._reduce_metal(plan, tube, offset, hu[group.start : group.stop])
            if progress is not None:
                progress(group.stop / len(chosen))
        return hu

    def _reduce_metal(
        self, plan: Reconstruction, tube: TubeOutput, offset: tuple[float, float], hu: SingleArray
    ) -> None:
        """Make slices again of readings that bridge the needles' shadows; `hu` as first made, in place."""
        shadowed = [trace for trace in self._traces if trace is not None]
        if not shadowed:
            return
        for paths, trace in zip(self._water_paths, self._traces, strict=False):
            if trace is not None:
                bridge(paths, trace)
        again = _reconstructed(plan, self._water_paths, tube, offset)[: len(hu)].copy()
        put_back(hu, again, plan.pixel_spacing_mm)
        hu[:] = again

    def _measure_slice(self, scene: _Scene, index: int, tube: TubeOutput, out: SingleArray) -> NDArray[np.bool_] | None:
        """Water-equivalent paths of one slice, needles and noise included, into `out` (view, column).

        Returns:
            which readings lie in a needle's shadow, where metal is to be reduced and there is a needle
        """
        technique = scene.technique
        sensor = self._expected.detector(technique.tube_voltage_kv)
        expected = self._expected.slice_signal(
            scene.weights[index], technique.tube_voltage_kv, scene.change, scene.leaning
        )
        signal = expected.primary
        if scene.needles:
            signal = self._behind_needles
            signal[:] = expected.primary
        for needle in scene.needles:
            project_needle(
                needle,
                signal,
                slice_center_mm=float(scene.centres_mm[index]),
                slice_thickness_mm=scene.thickness_mm,
                isocenter_mm=self._projector.isocenter_mm,
                geometry=self._geometry,
                detector=sensor,
            )
        sensor.water_equivalent_path_length_mm(
            signal,
            out,
            scattered=Scattered(
                nodes=expected.scattered,
                amount=technique.collimation_mm / REFERENCE_COLLIMATION_MM,
                residual_fraction=self._scatter.residual_fraction,
            ),
            beam_on=tube.fraction,
            mas=technique.mas_per_turn,
            slice_thickness_mm=scene.thickness_mm,
            noise_key=scene.noise_key,
            slice_index=index,
        )
        if not (technique.metal_artefact_reduction and scene.needles):
            return None
        return shadow_trace(expected.primary, signal)

    def _leaning_projector(self, cut: ObliqueCut) -> ObliqueProjector:
        """The projector of a cut; the latest few are kept. ValueError if the leaning body is wider than the field."""
        with _KERNELS_LOCK:
            if cut not in self._leaning:
                self._leaning[cut] = ObliqueProjector(self._projector, cut)
                while len(self._leaning) > _CUTS:
                    self._leaning.popitem(last=False)
            self._leaning.move_to_end(cut)
            return self._leaning[cut]

    def _plan(self, kernel: str, field: _Field, projector: Projector) -> Reconstruction:
        """The plan of a kernel and a field; the latest few are kept."""
        centre_mm, field_of_view_mm, matrix = field.centre_mm, field.field_of_view_mm, field.matrix
        isocenter = self._projector.isocenter_mm
        offset = math.hypot(centre_mm[0] - isocenter[0], centre_mm[1] - isocenter[1])
        if offset > self._geometry.field_radius_mm:
            raise ValueError(
                f"the image's centre lies {offset:.0f} mm from the isocentre, outside the scanner's field "
                f"of {self._geometry.field_radius_mm:.0f} mm"
            )
        reach = projector.radius_mm + offset
        samples = Reconstruction.samples_for(field_of_view_mm, matrix, reach)
        key = (kernel, field_of_view_mm, matrix, samples)
        if key not in self._plans:
            self._plans[key] = Reconstruction(
                self._geometry,
                field_of_view_mm=field_of_view_mm,
                matrix=matrix,
                reconstruction_kernel=kernel,
                reach_mm=reach,
            )
            while len(self._plans) > _PLANS:
                self._plans.popitem(last=False)
        self._plans.move_to_end(key)
        return self._plans[key]
