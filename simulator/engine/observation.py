"""Observation: what an operator perceives of the truth, as a View. Lengths are read from marks, angles by eye."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simulator.ct.scanner_model import scanner_model
from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.history import History
from simulator.engine.imaging.beam_protocols import dose_per_load
from simulator.engine.imaging.dose_checks import next_press_check
from simulator.engine.imaging.scan_reach import scan_reach_mm
from simulator.engine.imaging.table import table_range_mm
from simulator.engine.state import ProcedureState, current_dose_phase, current_phase
from simulator.interface.console import ConsoleView
from simulator.interface.image_archive import ImageArchive
from simulator.interface.needle_view import NeedleHandling, NeedleLook
from simulator.interface.view import CaseView, InjectionView, PatientView, View
from simulator.needle.needle_catalogue import NEEDLES
from simulator.needle.needle_pose import NeedlePose, angles_from_direction
from simulator.patch.syringe_pressure import plunger_feel
from simulator.spatial.frames import PatientDirection, patient_direction
from simulator.vocabulary.procedure import HubSign, PlungerFeel, PushStop

DEPTH_MARK_MM = 5.0
LEAN_BY_EYE_DEG = 3.0
LEAN_BY_METER_DEG = 0.5
GRID_BY_EYE_MM = 2.0
WIRE_ON_IMAGE_MM = 1.0
BEVEL_BY_NOTCH_DEG = 45.0


def observe(
    world: CaseContext,
    state: ProcedureState,
    history: History,
    last: Sequence[e.Event],
    images: ImageArchive,
) -> View:
    """What can be perceived now.

    Args:
        history: of all events so far, those of the last command included
        last: events of the last command
    """
    moves = [event for event in last if isinstance(event, e.NeedleMoved)]
    refusals = [event.reason for event in last if isinstance(event, e.CommandRefused)]
    return View(
        phase=current_phase(state),
        elapsed_ms=state.elapsed_ms,
        prepared=state.preparation.steps,
        facts_read=state.preparation.facts_read,
        refused=refusals[-1] if refusals else None,
        stands_at=state.imaging.stands_at,
        case=_case(world),
        console=_console(world, state, history),
        images=images,
        needle=_look(world, state),
        handling=NeedleHandling(
            force_n=moves[-1].force_n if moves else (),
            stopped=bool(moves and moves[-1].stopped_by == PushStop.BONE),
            hub=_hub(last),
            lean_sign=state.needle.pose.tip_side if state.needle.pose else 1,
            held_by=state.needle.held_by,
        ),
        patient=PatientView(
            words=history.spoken.words if history.spoken else "",
            words_at_ms=history.spoken.at_ms if history.spoken else None,
            jerked=any(isinstance(event, e.PatientMoved) for event in last),
            arm_line="no blood comes" if state.patient.line in ("failed", "clotted") else "",
        ),
        injection=_injection(state, last),
    )


def _case(world: CaseContext) -> CaseView:
    settings = world.settings
    return CaseView(
        title=settings.title,
        request=settings.request,
        requested_level=settings.requested_level,
        accepted_approaches=settings.accepted.approaches,
        levels=tuple(world.phantom.landmarks.vertebral_bodies),
        needles=settings.needle.tray,
        prescribed_volume_ml=settings.prescribed_volume_ml,
        digital_angles=settings.needle.digital_angles,
        ideal_images=settings.imaging.ideal_images,
        facts=tuple(one.fact for one in settings.facts if one.in_chart),
        teaching=settings.teaching,
    )


def _console(world: CaseContext, state: ProcedureState, history: History) -> ConsoleView:
    offers = world.settings.imaging
    return ConsoleView(
        settings=state.imaging.settings,
        tube_voltages_kv=offers.tube_voltages_kv,
        tube_currents_ma=offers.tube_currents_ma,
        scan_arcs_deg=offers.scan_arcs_deg,
        offers_hand_protection=offers.offers_hand_protection,
        planning_mas=offers.planning_mas,
        table_mm=state.imaging.table_mm,
        table_range_mm=table_range_mm(world),
        grid_midline_x_mm=_midline_wire_mm(world, state),
        pedal_down=state.imaging.pedal is not None,
        acquired=history.acquired,
        dose=history.dose,
        dose_phase=current_dose_phase(state),
        dose_per_load=dose_per_load(world.conversion, offers.scanner),
        scanner=offers.scanner,
        offers_metal_artefact_reduction=offers.offers_metal_artefact_reduction,
        rotation_range_s=scanner_model(offers.scanner).rotation_s,
        gantry_tilts_deg=scanner_model(offers.scanner).tilt_deg,
        dose_check=next_press_check(world, state),
        level_table_mm=dict(world.vertebrae_table_mm),
        scan_reach_mm=scan_reach_mm(world, state),
        scouts=history.scouts,
    )


def _injection(state: ProcedureState, last: Sequence[e.Event]) -> InjectionView:
    syringe = state.injection.syringe
    return InjectionView(
        syringe_ml=syringe.content.volume_ml if syringe else 0.0,
        syringe_contrast_ml=syringe.content.contrast_ml if syringe else 0.0,
        syringe_age_ms=state.elapsed_ms - syringe.drawn_ms if syringe else 0,
        injected_blood_ml=state.injection.blood_ml,
        plunger=_plunger(last),
    )


def _look(world: CaseContext, state: ProcedureState) -> NeedleLook | None:
    pose = state.needle.pose
    if pose is None:
        return None
    spec = NEEDLES[state.needle.name]
    lean, craniocaudal = angles_from_direction(_outer_direction(pose), pose.tip_side)
    entry_x, _, entry_z = pose.track_mm[0]
    to_table = world.table_transform(state.patient.displacement_mm)
    reading_deg = LEAN_BY_METER_DEG if world.settings.needle.digital_angles else LEAN_BY_EYE_DEG
    return NeedleLook(
        name=state.needle.name,
        length_mm=spec.length_mm,
        inserted_marks_mm=_rounded(pose.inserted_mm, DEPTH_MARK_MM),
        in_skin=state.needle.in_skin,
        lean_deg=_rounded(math.degrees(lean), reading_deg),
        craniocaudal_lean_deg=_rounded(math.degrees(craniocaudal), reading_deg),
        bevel_notch_deg=_rounded(math.degrees(pose.bevel_rad), BEVEL_BY_NOTCH_DEG) % 360.0,
        entry_from_midline_mm=_rounded(entry_x - world.midline_x_mm(entry_z), GRID_BY_EYE_MM),
        entry_from_laser_mm=_rounded(to_table.table_z_mm(entry_z) - state.imaging.table_mm, GRID_BY_EYE_MM),
        stylet_in=pose.stylet_in,
    )


def _outer_direction(pose: NeedlePose) -> PatientDirection:
    """Direction of the shaft where it can be seen: at the skin."""
    track = pose.track_mm
    if len(track) < 2:
        return pose.direction
    first = np.asarray(track[1]) - np.asarray(track[0])
    first = first / np.linalg.norm(first)
    return patient_direction(first)


def _hub(last: Sequence[e.Event]) -> HubSign:
    for event in reversed(last):
        if isinstance(event, e.StyletMoved) and not event.stylet_in:
            return event.drip
        if isinstance(event, e.HubDripped):
            return event.fluid
        if isinstance(event, e.Aspirated):
            return event.came
        if isinstance(event, e.ResistanceTested):
            return HubSign.RESISTANCE_LOST if event.lost else HubSign.RESISTANCE_FIRM
    return HubSign.NOTHING


def _plunger(last: Sequence[e.Event]) -> PlungerFeel | None:
    """Fluid and veins give no resistance, muscle much; the retrodural space feels like the epidural one."""
    for event in reversed(last):
        if isinstance(event, e.MaterialInjected):
            if event.compartment in ("epidural", "foramen"):
                return plunger_feel(event.pressure_kpa)
            if event.in_pocket:
                return PlungerFeel.SOFT
            return PlungerFeel.HARD if event.compartment == "soft tissue" else PlungerFeel.SOFT
    return None


def _midline_wire_mm(world: CaseContext, state: ProcedureState) -> float | None:
    """The wire lies on the skin over the spinous processes and moves with the patient."""
    if "skin grid" not in state.preparation.steps:
        return None
    z_mm = world.table_transform(state.patient.displacement_mm).patient_z_mm(state.imaging.table_mm)
    return _rounded(world.midline_x_mm(z_mm) + state.patient.displacement_mm[0], WIRE_ON_IMAGE_MM)


def _rounded(value: float, step: float) -> float:
    return round(value / step) * step
