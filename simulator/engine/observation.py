"""Observation: what an operator perceives of the truth, as a View. Lengths are read from marks, angles by eye."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simulator.ct.dose import ctdi_vol_mgy
from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.preparation.handlers import table_range_mm
from simulator.engine.state import ProcedureState, phase_of
from simulator.interface.view import Acquired, DosePerLoad, DoseSoFar, NeedleLook, Pictures, View
from simulator.needle.needle import NEEDLES, angles_from_direction
from simulator.patch.syringe_pressure import plunger_feel

DEPTH_MARK_MM = 5.0
LEAN_BY_EYE_DEG = 3.0
LEAN_BY_METER_DEG = 0.5
GRID_BY_EYE_MM = 2.0
WIRE_ON_IMAGE_MM = 1.0
BEVEL_BY_NOTCH_DEG = 45.0


def observe(
    world: CaseContext,
    state: ProcedureState,
    history: Sequence[e.Event],
    last: Sequence[e.Event],
    pictures: Pictures,
) -> View:
    """What can be perceived now.

    Args:
        history: all events so far, those of the last command included
        last: events of the last command
    """
    moves = [event for event in last if isinstance(event, e.NeedleMoved)]
    refusals = [event.reason for event in last if isinstance(event, e.CommandRefused)]
    spoken = [event for event in history if isinstance(event, e.PatientSpoke)]
    settings = world.settings
    return View(
        phase=phase_of(state),
        elapsed_ms=state.elapsed_ms,
        request=settings.request,
        accepted_approaches=settings.accepted.approaches,
        title=settings.title,
        technique=state.technique,
        planning_mas=settings.planning_mas,
        levels=tuple(world.phantom.landmarks.vertebral_bodies),
        tube_voltages_kv=settings.tube_voltages_kv,
        tube_currents_ma=settings.tube_currents_ma,
        scan_arcs_deg=settings.scan_arcs_deg,
        offers_hand_protection=settings.offers_hand_protection,
        table_mm=state.table_mm,
        table_range_mm=table_range_mm(world),
        grid_midline_x_mm=_midline_wire_mm(world, state),
        acquired=tuple(_entry(event) for event in history if isinstance(event, e.AcquisitionMade)),
        pictures=pictures,
        needle=_look(world, state),
        lean_sign=state.needle.tip_side if state.needle else 1,
        felt_n=moves[-1].force_n if moves else (),
        stopped=bool(moves and moves[-1].stopped_by == "bone"),
        hub=_hub(last),
        jerked=any(isinstance(event, e.PatientMoved) for event in last),
        arm_line="no blood comes" if state.patient.line in ("failed", "clotted") else "",
        words=spoken[-1].words if spoken else "",
        words_at_ms=spoken[-1].at_ms if spoken else None,
        held_by=state.held_by,
        stands_at=state.stands_at,
        pedal_down=state.pedal is not None,
        syringe_ml=state.syringe.content.volume_ml if state.syringe else 0.0,
        syringe_contrast_ml=state.syringe.content.contrast_ml if state.syringe else 0.0,
        syringe_age_ms=state.elapsed_ms - state.syringe.drawn_ms if state.syringe else 0,
        injected_blood_ml=state.blood_ml,
        plunger=_plunger(last),
        dose=_dose(history),
        dose_per_load=_dose_per_load(world),
        prepared=state.prepared,
        needles=settings.needles,
        digital_angles=settings.digital_angles,
        ideal_images=settings.ideal_images,
        refused=refusals[-1] if refusals else None,
        prescribed_volume_ml=settings.prescribed_volume_ml,
    )


def _entry(event: e.AcquisitionMade) -> Acquired:
    return Acquired(
        number=event.number,
        purpose=event.purpose,
        at_ms=event.at_ms,
        slice_centres_table_mm=event.slice_centres_table_mm,
        slice_thickness_mm=event.slice_thickness_mm,
        tube_voltage_kv=event.tube_voltage_kv,
        mas=event.mas,
        ctdi_vol_mgy=event.ctdi_vol_mgy,
        dlp_mgy_cm=event.dlp_mgy_cm,
    )


def _look(world: CaseContext, state: ProcedureState) -> NeedleLook | None:
    if state.needle is None:
        return None
    spec = NEEDLES[state.needle_name]
    outside = _outer_direction(state)
    lean, craniocaudal = angles_from_direction(outside, state.needle.tip_side)
    entry_x, _, entry_z = state.needle.track_mm[0]
    reading_deg = LEAN_BY_METER_DEG if world.settings.digital_angles else LEAN_BY_EYE_DEG
    return NeedleLook(
        name=state.needle_name,
        length_mm=spec.length_mm,
        inserted_marks_mm=_rounded(state.needle.inserted_mm, DEPTH_MARK_MM),
        in_skin=state.in_skin,
        lean_deg=_rounded(math.degrees(lean), reading_deg),
        craniocaudal_lean_deg=_rounded(math.degrees(craniocaudal), reading_deg),
        bevel_notch_deg=_rounded(math.degrees(state.needle.bevel_rad), BEVEL_BY_NOTCH_DEG) % 360.0,
        entry_from_midline_mm=_rounded(entry_x - world.midline_x_mm(entry_z), GRID_BY_EYE_MM),
        entry_from_laser_mm=_rounded(
            entry_z + state.shift_mm[2] + world.table_zero_mm - state.table_mm, GRID_BY_EYE_MM
        ),
        stylet_in=state.needle.stylet_in,
    )


def _outer_direction(state: ProcedureState) -> tuple[float, float, float]:
    """Direction of the shaft where it can be seen: at the skin."""
    assert state.needle is not None
    track = state.needle.track_mm
    if len(track) < 2:
        return state.needle.direction
    first = np.asarray(track[1]) - np.asarray(track[0])
    first = first / np.linalg.norm(first)
    return (float(first[0]), float(first[1]), float(first[2]))


def _hub(last: Sequence[e.Event]) -> str:
    for event in reversed(last):
        if isinstance(event, e.StyletMoved) and not event.stylet_in:
            return event.drip
        if isinstance(event, e.HubDripped):
            return event.fluid
        if isinstance(event, e.Aspirated):
            return event.came
        if isinstance(event, e.ResistanceTested):
            return "resistance lost" if event.lost else "resistance firm"
    return "nothing"


def _plunger(last: Sequence[e.Event]) -> str:
    """Fluid and veins give no resistance, and muscle much."""
    for event in reversed(last):
        if isinstance(event, e.MaterialInjected):
            if event.compartment in ("epidural", "foramen"):
                return plunger_feel(event.pressure_kpa)
            return "hard" if event.compartment == "soft tissue" else "soft"
    return ""


def _dose(history: Sequence[e.Event]) -> DoseSoFar:
    made = [event for event in history if isinstance(event, e.AcquisitionMade | e.BeamCutShort)]
    by_phase: dict[str, float] = {}
    ctdi: dict[str, float] = {}
    for event in made:
        if event.priced:
            by_phase[event.dose_phase] = by_phase.get(event.dose_phase, 0.0) + event.dlp_mgy_cm
            ctdi[event.dose_phase] = event.ctdi_vol_mgy
    presses = [event for event in made if event.purpose == "fluoroscopy"]
    return DoseSoFar(
        dlp_mgy_cm=by_phase,
        ctdi_vol_mgy=ctdi,
        presses=sum(isinstance(event, e.AcquisitionMade) for event in presses),
        beam_on_ms=sum(event.beam_on_ms for event in presses),
        operator_usv=sum(event.operator_usv for event in made),
        hand_usv=sum(event.hand_usv for event in made),
    )


def _dose_per_load(world: CaseContext) -> DosePerLoad:
    conversion = world.conversion
    phantom_cm = conversion.ctdi_phantom_cm
    return DosePerLoad(
        ctdi_vol_mgy_per_mas={kv: ctdi_vol_mgy(kv, 1.0, phantom_cm) for kv in world.settings.tube_voltages_kv},
        ctdi_phantom_cm=phantom_cm,
        k_msv_per_mgy_cm=conversion.k_msv_per_mgy_cm,
    )


def _midline_wire_mm(world: CaseContext, state: ProcedureState) -> float | None:
    """The wire lies on the skin over the spinous processes and moves with the patient."""
    if "skin grid" not in state.prepared:
        return None
    z_mm = state.table_mm - world.table_zero_mm - state.shift_mm[2]
    return _rounded(world.midline_x_mm(z_mm) + state.shift_mm[0], WIRE_ON_IMAGE_MM)


def _rounded(value: float, step: float) -> float:
    return round(value / step) * step
