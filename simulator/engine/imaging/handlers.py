"""Imaging: every press of the beam becomes an `AcquisitionMade`, priced before any photon."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulator.engine import events as e
from simulator.engine.case_context import CTF_SLICES, CaseContext
from simulator.engine.durations import least_ms
from simulator.engine.imaging.beam import (
    beam_ms_per_image,
    beam_off,
    draw_arc_start_deg,
    hand_equivalent_mas,
    ms_per_image,
    with_irradiated,
)
from simulator.engine.imaging.beam_protocols import (
    CTF_SLICE_MM,
    SEQUENTIAL_STEP_MS,
    beam_protocol,
)
from simulator.engine.imaging.dose_checks import check_dose
from simulator.engine.imaging.events import Beam, Scene, Slices
from simulator.engine.imaging.exposure_dose import exposure_dose
from simulator.engine.imaging.gantry import press_tilt, refuse_while_tilted
from simulator.engine.imaging.looking import find_tip_slice
from simulator.engine.imaging.scan_reach import WITHIN_MM, scan_reach_mm
from simulator.engine.imaging.state import AcquiredImage, Pedal
from simulator.engine.imaging.stopped_scan import scanned_part, stop_without_image
from simulator.engine.injection.advance_patch_to_now import advance_patch_to_now
from simulator.engine.patient.patient_motion_and_pain import displace_since_planning, patient_displacement_mm
from simulator.engine.refusal import RefusalError
from simulator.engine.registry import Result, handles
from simulator.engine.state import ProcedureState, current_dose_phase
from simulator.interface import commands as c
from simulator.interface.exposure import ExposureSettings
from simulator.interface.scan_range import levels_range_mm, slice_centres_mm
from simulator.needle.needle_catalogue import NEEDLES
from simulator.needle.needle_shape import introducer_shape, needle_shape
from simulator.vocabulary.levels import Region
from simulator.vocabulary.procedure import AcquisitionPurpose, BeamMotion, DosePhase, MyelogramPosition, ScanMode

METAL_REDUCTION_MS = 1_000  # until the second image stands beside the first; assumption
LONGEST_HOLD_MS = 100_000  # consoles end a press after 60-120 s (training-and-scoring, section 5, from memory)


def _acquire(
    world: CaseContext,
    state: ProcedureState,
    *,
    purpose: AcquisitionPurpose,
    motion: BeamMotion,
    dose_phase: DosePhase,
    slice_centres_table_mm: tuple[float, ...],
    slice_thickness_mm: float,
    technique: ExposureSettings,
    beam_on_ms: int,
    irradiated_mm: float | None = None,
    counts_toward_dose: bool = True,
) -> tuple[ProcedureState, e.AcquisitionMade]:
    state = advance_patch_to_now(world, state)
    number = state.counters.acquisitions
    imaged_mm = len(slice_centres_table_mm) * slice_thickness_mm
    tube_at_deg = draw_arc_start_deg(world, number, technique)
    price = exposure_dose(
        world,
        state,
        purpose=purpose,
        motion=motion,
        tube_voltage_kv=technique.tube_voltage_kv,
        mas=technique.mas,
        imaged_mm=imaged_mm,
        irradiated_mm=irradiated_mm,
        hand_mas=hand_equivalent_mas(technique, tube_at_deg),
        by_region_mm=measure_regions_mm(world, slice_centres_table_mm, slice_thickness_mm)
        if purpose == "myelogram"
        else None,
    )
    protocol = beam_protocol(motion, price.ctdi_phantom_cm, world.settings.imaging.scanner)
    event = e.AcquisitionMade(
        at_ms=state.elapsed_ms,
        number=number,
        purpose=purpose,
        dose_phase=dose_phase,
        settings=technique,
        slices=Slices(centres_table_mm=slice_centres_table_mm, thickness_mm=slice_thickness_mm),
        beam=Beam(
            mas=technique.mas,
            on_ms=beam_on_ms,
            scan_length_mm=imaged_mm,
            tube_at_deg=tube_at_deg,
            overranging_mm=protocol.overranging_mm,
            irradiated_mm=protocol.irradiated_mm(imaged_mm) if irradiated_mm is None else irradiated_mm,
        ),
        scene=_scene_in_beam(world, state, purpose),
        dose=price,
        counts_toward_dose=counts_toward_dose,
    )
    if counts_toward_dose:
        middle_mm = 0.5 * (slice_centres_table_mm[0] + slice_centres_table_mm[-1])
        state = with_irradiated(state, middle_mm, event.beam, price)
    return _archived(world, state, event), event


def _scene_in_beam(world: CaseContext, state: ProcedureState, purpose: AcquisitionPurpose) -> Scene:
    """Needle, patient and blood as they are now; only a press is fast enough to catch a breath where it is."""
    pose, needle = state.needle.pose, NEEDLES[state.needle.name]
    at_once = purpose == AcquisitionPurpose.FLUOROSCOPY
    return Scene(
        needle=None if pose is None else needle_shape(needle, pose),
        introducer=None if pose is None else introducer_shape(needle, pose),
        patient_displacement_mm=patient_displacement_mm(world, state) if at_once else state.patient.displacement_mm,
        patch_revision=state.injection.injected.revision,
        grid=state.preparation.grid_in_beam,
    )


def _archived(world: CaseContext, state: ProcedureState, event: e.AcquisitionMade) -> ProcedureState:
    """The state in which an acquisition can be looked at."""
    shown = AcquiredImage(
        purpose=event.purpose,
        slice_count=len(event.slices.centres_table_mm),
        tip_slice=find_tip_slice(world, event),
    )
    return replace(
        state,
        counters=replace(state.counters, acquisitions=event.number + 1),
        imaging=replace(state.imaging, acquired=(*state.imaging.acquired, shown)),
    )


def _scan(
    world: CaseContext,
    state: ProcedureState,
    *,
    purpose: AcquisitionPurpose,
    motion: BeamMotion = BeamMotion.HELICAL,
    dose_phase: DosePhase,
    low_mm: float,
    high_mm: float,
    slice_thickness_mm: float,
    tube_voltage_kv: int,
    mas: float,
    counts_toward_dose: bool = True,
    done_fraction: float = 1.0,
) -> tuple[ProcedureState, e.AcquisitionMade | e.BeamCutShort]:
    """A volume: contiguous slices from head to feet between two table positions."""
    reach_mm = scan_reach_mm(world, state)
    refuse_while_tilted(state)
    centres = slice_centres_mm(low_mm, high_mm, slice_thickness_mm, reach_mm)
    if not centres:
        raise RefusalError(f"the scan lies outside the patient ({reach_mm[0]:.0f} to {reach_mm[1]:.0f} mm)")
    protocol = beam_protocol(motion, world.conversion.ctdi_phantom_cm, world.settings.imaging.scanner)
    imaged_mm = len(centres) * slice_thickness_mm
    state = replace(state, elapsed_ms=state.elapsed_ms + (protocol.positions(imaged_mm) - 1) * SEQUENTIAL_STEP_MS)
    technique = ExposureSettings(
        tube_voltage_kv=tube_voltage_kv, tube_current_ma=mas / protocol.rotation_s, rotation_s=protocol.rotation_s
    )
    whole_ms = round(1000 * protocol.beam_on_s(imaged_mm))
    part = None
    if done_fraction < 1.0:
        part = scanned_part(protocol, centres, slice_thickness_mm, done_fraction)
        if not part.centres_table_mm:
            return stop_without_image(
                world, state, part, purpose=purpose, motion=motion, dose_phase=dose_phase, technique=technique,
                beam_on_ms=round(done_fraction * whole_ms), begins_mm=high_mm,
            )  # fmt: skip
    return _acquire(
        world,
        state,
        purpose=purpose,
        motion=motion,
        dose_phase=dose_phase,
        slice_centres_table_mm=centres if part is None else part.centres_table_mm,
        slice_thickness_mm=slice_thickness_mm,
        technique=technique,
        beam_on_ms=whole_ms if part is None else round(done_fraction * whole_ms),
        irradiated_mm=None if part is None else part.irradiated_mm,
        counts_toward_dose=counts_toward_dose,
    )


def measure_regions_mm(
    world: CaseContext, centres_table_mm: tuple[float, ...], slice_thickness_mm: float
) -> dict[Region, float]:
    """Length of a myelogram in neck, thorax and lumbar spine; a slice belongs to the vertebra that it is nearest to.

    Other scans are a few centimetres at the level of the case and are priced as its region.
    """
    found: dict[Region, float] = {}
    marks = world.phantom.landmarks.vertebral_bodies
    to_table = world.table_transform()
    bodies = {name: to_table.table_z_mm(mark.z_mm) for name, mark in marks.items()}
    for centre_mm in centres_table_mm if bodies else ():
        nearest = min(bodies, key=lambda name: abs(bodies[name] - centre_mm))
        region = nearest.region
        found[region] = found.get(region, 0.0) + slice_thickness_mm
    return found


def _levels_range_mm(world: CaseContext, levels: tuple[str, str]) -> tuple[float, float]:
    ends = []
    marks = world.phantom.landmarks
    for level in levels:
        mark = marks.find(level)
        if mark is None:
            known = ", ".join((*marks.levels, *(f"{opened} window" for opened in marks.interlaminar_windows)))
            raise RefusalError(f"there is no level {str(level)!r} in this patient; there are: {known}")
        ends.append(world.shown_table_mm(mark))
    return levels_range_mm(ends[0], ends[1])


def _planning_range_mm(
    world: CaseContext, state: ProcedureState, command: c.AcquirePlanningScan
) -> tuple[float, float]:
    """Table positions that a planning scan is asked for, from levels or as they were drawn."""
    if (command.levels is None) == (command.between_mm is None):
        raise RefusalError("say the range once: by two levels, or by two table positions in between_mm")
    if command.levels is not None:
        return _levels_range_mm(world, command.levels)
    low, high = sorted(command.between_mm or ())
    reach_mm = scan_reach_mm(world, state)
    if high - low < command.slice_thickness_mm:
        raise RefusalError(f"a scan from {low:.1f} to {high:.1f} mm is shorter than one slice")
    if low < reach_mm[0] - WITHIN_MM or high > reach_mm[1] + WITHIN_MM:
        raise RefusalError(
            f"a scan from {low:.1f} to {high:.1f} mm goes beyond the patient: "
            f"the table reaches {reach_mm[0]:.1f} to {reach_mm[1]:.1f} mm"
        )
    return low, high


def check_voltage(world: CaseContext, tube_voltage_kv: int) -> None:
    """Refuse a tube voltage that the console does not offer."""
    if tube_voltage_kv not in world.settings.imaging.tube_voltages_kv:
        raise RefusalError(f"the console offers {list(world.settings.imaging.tube_voltages_kv)} kV")


@handles(c.AcquireMyelogram)
def _myelogram(world: CaseContext, state: ProcedureState, command: c.AcquireMyelogram) -> Result:
    protocol = world.settings.imaging.myelogram
    if protocol is None:
        raise RefusalError("this scenario has no myelogram")
    if state.needle.skin_punctures:
        raise RefusalError("the myelogram is taken before the needle goes in")
    if command.position is not None and command.position not in tuple(MyelogramPosition):
        known = " or ".join(MyelogramPosition)
        raise RefusalError(f"there is no position {str(command.position)!r}; choose {known}")
    low, high = _levels_range_mm(world, protocol.levels)
    state, event = _scan(
        world,
        state,
        purpose=AcquisitionPurpose.MYELOGRAM,
        dose_phase=DosePhase.MYELOGRAPHY,
        low_mm=low,
        high_mm=high,
        slice_thickness_mm=protocol.slice_thickness_mm,
        tube_voltage_kv=120,
        mas=protocol.mas,
        counts_toward_dose=False,
    )
    position = None if command.position is None else MyelogramPosition(command.position)
    if isinstance(event, e.AcquisitionMade) and position is not MyelogramPosition.PRONE:
        event = replace(event, position=position)
    return replace(state, imaging=replace(state.imaging, myelogram_seen=True)), [event]


@handles(c.AcquirePlanningScan)
def _planning(world: CaseContext, state: ProcedureState, command: c.AcquirePlanningScan) -> Result:
    check_voltage(world, command.tube_voltage_kv)
    if state.imaging.pedal is not None:
        raise RefusalError("release the pedal first")
    if command.mode not in tuple(ScanMode):
        raise RefusalError(f"there is no scan mode {str(command.mode)!r}; choose {' or '.join(ScanMode)}")
    low, high = _planning_range_mm(world, state, command)
    # A first planning scan is planned on before a needle; any later one, or one with a needle in or after it, guides
    guidance = state.needle.skin_punctures > 0 or state.imaging.planning_scans > 0
    before = state.imaging.irradiated
    state, event = _scan(
        world,
        state,
        purpose=AcquisitionPurpose.PLANNING,
        motion=BeamMotion(command.mode),
        dose_phase=DosePhase.GUIDANCE if guidance else DosePhase.PLANNING,
        low_mm=low,
        high_mm=high,
        slice_thickness_mm=float(command.slice_thickness_mm),
        tube_voltage_kv=command.tube_voltage_kv,
        mas=float(command.mas),
        done_fraction=1.0 if command.done_fraction is None else float(command.done_fraction),
    )
    # A scan that was stopped before its first slice planned nothing: the next one is still the first
    scans = state.imaging.planning_scans + isinstance(event, e.AcquisitionMade)
    state = replace(state, imaging=replace(state.imaging, planning_scans=scans))
    return state, [event, *check_dose(world, before, state, event)]


@handles(c.AcquireControlScan)
def _control(world: CaseContext, state: ProcedureState, command: c.AcquireControlScan) -> Result:
    check_voltage(world, command.tube_voltage_kv)
    if state.imaging.pedal is not None:
        raise RefusalError("release the pedal first")
    before_blood = state.injection.blood_ml == 0.0
    extra = state.imaging.control_scans > 0
    half = 0.5 * float(command.length_mm)
    before = state.imaging.irradiated
    state, event = _scan(
        world,
        state,
        purpose=AcquisitionPurpose.CONTROL,
        dose_phase=DosePhase.GUIDANCE if before_blood or extra else DosePhase.CONFIRMATION,
        low_mm=state.imaging.table_mm - half,
        high_mm=state.imaging.table_mm + half,
        slice_thickness_mm=float(command.slice_thickness_mm),
        tube_voltage_kv=command.tube_voltage_kv,
        mas=float(command.mas),
        done_fraction=1.0 if command.done_fraction is None else float(command.done_fraction),
    )
    scans = state.imaging.control_scans + (not before_blood and isinstance(event, e.AcquisitionMade))
    state = replace(state, imaging=replace(state.imaging, control_scans=scans))
    return state, [event, *check_dose(world, before, state, event)]


def _rotation(world: CaseContext, state: ProcedureState) -> tuple[ProcedureState, e.AcquisitionMade]:
    offsets = CTF_SLICE_MM * (0.5 * (CTF_SLICES - 1) - np.arange(CTF_SLICES))
    technique = state.imaging.settings
    tilt = press_tilt(world, technique.gantry_tilt_deg, state.imaging.table_mm)
    centres = tuple(
        round(state.imaging.table_mm + float(o), 1) if tilt is None else round(tilt.crossing_mm(float(o)), 5)
        for o in offsets
    )
    return _acquire(
        world,
        state,
        purpose=AcquisitionPurpose.FLUOROSCOPY,
        motion=BeamMotion.STATIONARY,
        dose_phase=current_dose_phase(state),
        slice_centres_table_mm=centres,
        slice_thickness_mm=CTF_SLICE_MM,
        technique=technique,
        beam_on_ms=round(1000 * technique.rotation_s * technique.emitted_fraction),
    )


@handles(c.PressPedal)
def _press(world: CaseContext, state: ProcedureState, command: c.PressPedal) -> Result:
    if state.imaging.pedal is not None:
        raise RefusalError("the pedal is already down")
    reduction_ms = METAL_REDUCTION_MS if state.imaging.settings.metal_artefact_reduction else 0
    if command.hold and reduction_ms:
        raise RefusalError("metal artefact reduction is too slow for a held pedal: press once, or switch it off")
    state = displace_since_planning(world, state)
    before = state.imaging.irradiated
    state, event = _rotation(world, replace(state, elapsed_ms=state.elapsed_ms + ms_per_image(state)))
    if command.hold:
        pedal = Pedal(pressed_ms=state.elapsed_ms, rotations=0)
        state = replace(state, imaging=replace(state.imaging, pedal=pedal))
    state = replace(state, elapsed_ms=state.elapsed_ms + reduction_ms)
    return state, [event, *check_dose(world, before, state, event)]


@handles(c.ReleasePedal)
def _release(world: CaseContext, state: ProcedureState, command: c.ReleasePedal) -> Result:
    if state.imaging.pedal is None:
        raise RefusalError("the pedal is up")
    # The beam goes off as the foot begins to come up: the command's own time is without beam
    return beam_off(world, state, state.elapsed_ms - least_ms(command))


def rotations_while_held(world: CaseContext, state: ProcedureState) -> Result:
    """While the pedal is down, every completed rotation is an acquisition; too long a press ends by itself."""
    events: list[e.Event] = []
    while state.imaging.pedal is not None:
        due_ms = state.imaging.pedal.pressed_ms + (state.imaging.pedal.rotations + 1) * ms_per_image(state)
        if due_ms > state.elapsed_ms:
            break
        now_ms = state.elapsed_ms
        pedal = replace(state.imaging.pedal, rotations=state.imaging.pedal.rotations + 1)
        before = state.imaging.irradiated
        due = replace(state, elapsed_ms=due_ms, imaging=replace(state.imaging, pedal=pedal))
        state, event = _rotation(world, due)
        state = replace(state, elapsed_ms=now_ms)
        events += [event, *check_dose(world, before, state, event, while_held=True)]
        beam_ms = (pedal.rotations + 1) * beam_ms_per_image(state)
        if beam_ms >= LONGEST_HOLD_MS:
            state = replace(state, imaging=replace(state.imaging, pedal=None))
            events.append(e.BeamOff(at_ms=due_ms, beam_on_ms=beam_ms))
    return state, events
