"""Lumbar case: the default patient as shipped, a patch in place, and presses whose needle lies elsewhere each time.

A press goes the product's way: the state holds needle, shift and patch, `PressPedal` makes the acquisition and
`Session.image` its picture. Only the state is set by hand, so that hundreds of presses need no procedure about them.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from simulator.engine.case_context import CaseContext
from simulator.engine.events import AcquisitionMade
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.needle.needle_pose import NeedlePose
from simulator.patch.injectate import Injectate
from simulator.patch.patch import Patch, PortionSource, inject_portion
from simulator.patient.movement import shift_since_planning_mm
from simulator.scenario.build import build_case
from simulator.scenario.load import load_scenario
from simulator.spatial.frames import patient_point
from simulator.vocabulary.anatomy import InjectionDestination
from simulator.vocabulary.levels import Interspace
from tests.performance.gauges import timed_ms

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "patient-2.toml"
LEVEL = Interspace.L3_4
PATCH_ML = 5
POSES = ("within one slice", "straddles two slices", "tilted 4 degrees")
WORST_POSE = "straddles two slices"
NEEDLE_MM = 90.0
_OUTSIDE_MM = 0.5  # the least that `needle_shape` leaves outside the skin
_BEND_RADIUS_MM = 600.0
_ABOVE_MIDDLE_MM = {"within one slice": 0.0, "straddles two slices": 2.0, "tilted 4 degrees": 0.0}
SHIFT_EVERY = 5


def lumbar_world() -> CaseContext:
    """Patient 2 of the shipped scenario with its whole region; hands that add no chance."""
    file = load_scenario(SCENARIO)
    case = build_case(
        file.scenario_for(1), name=file.name, seed=1, location=str(SCENARIO), folder=SCENARIO.parent, hands="exact"
    )
    return case.world


def patch(world: CaseContext, volume_ml: int = PATCH_ML) -> Patch:
    """Blood with contrast about the level, a millilitre at a time as the engine injects it."""
    injected = Patch()
    for ml in range(volume_ml):
        source = PortionSource(
            opening_mm=world.phantom.landmarks.interlaminar_windows[LEVEL],
            destination=InjectionDestination.EPIDURAL,
            drawn_ms=0,
            from_ms=60_000 + 3_333 * ml,
            until_ms=60_000 + 3_333 * (ml + 1),
        )
        portion = Injectate(blood_ml=0.95, contrast_ml=0.05)
        injected, _ = inject_portion(world.medium, world.phantom.canal, injected, source, portion, None)
    return injected


def bent_needle(
    world: CaseContext, index: int, z_mm: float, *, tilt_deg: float = 0.0, in_tissue_mm: float = 0.0
) -> NeedlePose:
    """A curved track of 1 mm steps with its middle at z; another entry and angle for each index."""
    length = in_tissue_mm or NEEDLE_MM - _OUTSIDE_MM
    along = np.linspace(0.0, length, math.ceil(length) + 1)
    angle = math.radians(20.0 + 4.0 * math.sin(0.7 * index)) + along / _BEND_RADIUS_MM
    skin_x, skin_y = 28.0 + 0.4 * (index % 9), world.image_centre_mm[1] + 115.0
    flat, rise = math.cos(math.radians(tilt_deg)), math.sin(math.radians(tilt_deg))
    middle = 0.5 * (angle[1:] + angle[:-1])
    steps = np.diff(along)[:, None] * np.stack(
        [-np.sin(middle) * flat, -np.cos(middle) * flat, np.full(len(middle), rise)], 1
    )
    track = np.array([skin_x, skin_y, z_mm - 0.5 * length * rise]) + np.vstack([np.zeros(3), np.cumsum(steps, axis=0)])
    tip = steps[-1] / np.linalg.norm(steps[-1])
    return NeedlePose(
        track_mm=tuple(patient_point(p) for p in track),
        direction=patient_point(tip),
        bevel_rad=0.0,
        stylet_in=True,
        tip_side=-1,
    )


class Presses:
    """A session in which one press follows another.

    Args:
        world: the patient
        injected: what lies in the canal
        moving: whether the patient shifts at every fifth press
    """

    def __init__(self, world: CaseContext, injected: Patch, *, moving: bool = True) -> None:
        self.world = world
        self.session = Session(world)
        self._moving = moving
        self._rng = np.random.default_rng(5)
        middle = world.phantom.landmarks.interlaminar_windows[LEVEL][2]
        state = self.session.state
        self.session.state = replace(
            state,
            imaging=replace(state.imaging, table_mm=round(middle + world.table_zero_mm, 1)),
            patient=replace(state.patient, displaced=True),
            injection=replace(state.injection, patch=injected, revision=injected.injected.revision),
        )

    def lay(self, pose: str, index: int, *, in_tissue_mm: float = 0.0) -> None:
        """Lay the needle for the next press, and let the patient move where it is time."""
        session = self.session
        if self._moving and index % SHIFT_EVERY == SHIFT_EVERY - 1:
            displaced = replace(session.state.patient, displacement_mm=shift_since_planning_mm(self._rng))
            session.state = replace(session.state, patient=displaced)
        state = session.state
        z = (
            state.imaging.table_mm
            - self.world.table_zero_mm
            - state.patient.displacement_mm[2]
            + _ABOVE_MIDDLE_MM[pose]
        )
        tilt = 4.0 if pose == "tilted 4 degrees" else 0.0
        needle = bent_needle(self.world, index, z, tilt_deg=tilt, in_tissue_mm=in_tissue_mm)
        # The room is never needed again: hundreds of presses are no procedure
        session.state = replace(state, needle=replace(state.needle, pose=needle, in_skin=True), elapsed_ms=0)

    def table_to(self, z_mm: float) -> None:
        """Bring another slice of the patient under the laser."""
        table = round(z_mm + self.world.table_zero_mm, 1)
        state = self.session.state
        self.session.state = replace(state, imaging=replace(state.imaging, table_mm=table))

    def expose(self) -> int:
        """Press and release; the acquisition's number."""
        (event,) = self.session.do(c.PressPedal())
        if not isinstance(event, AcquisitionMade):
            raise RuntimeError(f"the press was refused: {event}")
        return event.number

    def press_ms(self) -> tuple[float, float]:
        """One press with its image; wall time and processor time of all threads, ms."""
        return timed_ms(lambda: self.session.image(self.expose()))

    def pieces(self) -> int:
        """Straight pieces of the present needle as the scanner meets it."""
        from simulator.ct.needle_shadow import straight_pieces
        from simulator.engine.image_rendering import steel
        from simulator.needle.needle_catalogue import NEEDLES
        from simulator.needle.needle_shape import needle_shape

        state = self.session.state
        assert state.needle.pose is not None
        return len(straight_pieces(steel(needle_shape(NEEDLES[state.needle.name], state.needle.pose))))
