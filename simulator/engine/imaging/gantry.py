"""The gantry: how far it leans for a press, which tilts fit the patient, and where the planes of a press lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.refusal import RefusalError
from simulator.engine.registry import Result, handles
from simulator.engine.state import ProcedureState
from simulator.interface import commands as c
from simulator.spatial.frames import PatientDisplacement, PatientPoint, TablePoint
from simulator.spatial.gantry_tilt import GantryTilt

MS_PER_DEG = 1_000  # a gantry leans by about a degree a second; assumption

ANCHOR_STEP_MM = 10.0
"""Leaning planes are cut about heights of the patient so far apart. The focus then circles up to 2.5 mm from where the
table has it, at 30 degrees, and a small step of the table costs no new family of planes."""


@handles(c.TiltGantry)
def _tilt(world: CaseContext, state: ProcedureState, command: c.TiltGantry) -> Result:
    if state.imaging.pedal is not None:
        raise RefusalError("release the pedal first")
    wanted, now = float(command.tilt_deg), state.imaging.settings.gantry_tilt_deg
    low, high = world.gantry_tilts_deg
    if not low <= wanted <= high:
        raise RefusalError(
            f"the gantry cannot lean by {wanted:g} degrees about this patient: it reaches {low:g} to {high:g} degrees"
        )
    state = replace(
        state,
        elapsed_ms=state.elapsed_ms + round(MS_PER_DEG * abs(wanted - now)),
        imaging=replace(state.imaging, settings=replace(state.imaging.settings, gantry_tilt_deg=wanted)),
    )
    return state, [e.GantryTilted(at_ms=state.elapsed_ms, tilt_deg=wanted)]


def refuse_while_tilted(state: ProcedureState) -> None:
    """Scans are taken with an upright gantry."""
    tilt = state.imaging.settings.gantry_tilt_deg
    if tilt:
        raise RefusalError(f"the gantry leans by {tilt:g} degrees and scans are taken upright: set it to 0 first")


def press_tilt(world: CaseContext, tilt_deg: float, table_mm: float) -> GantryTilt | None:
    """How the gantry leans in a press at a table position; None where it is upright."""
    if not tilt_deg:
        return None
    return GantryTilt(tilt_deg=tilt_deg, pivot_y_mm=world.gantry_axis_mm[1], pivot_z_mm=table_mm)


def tilt_of(world: CaseContext, made: e.AcquisitionMade) -> GantryTilt | None:
    """How the gantry leaned in an acquisition; None where it was upright."""
    centres = made.slices.centres_table_mm
    return press_tilt(world, made.settings.gantry_tilt_deg, 0.5 * (centres[0] + centres[-1]))


def tip_plane_mm(world: CaseContext, made: e.AcquisitionMade, tip: PatientPoint) -> float:
    """Table position that names the plane of an acquisition in which a tip lies."""
    point = to_scanner(world, tip, made.scene.patient_displacement_mm)
    tilt = tilt_of(world, made)
    return point.z_mm if tilt is None else tilt.named_mm(point)


def to_scanner(world: CaseContext, point: PatientPoint, displacement_mm: PatientDisplacement) -> TablePoint:
    """Where a point of a patient who has moved lies in the scanner."""
    return world.table_transform(displacement_mm).to_table(point)


def anchor_mm(patient_z_mm: float) -> float:
    """Height in the patient about which leaning planes are cut."""
    return float(np.round(patient_z_mm / ANCHOR_STEP_MM)) * ANCHOR_STEP_MM
