"""Beam: how long it is on for one image of fluoroscopy, where it starts, and what is spent when it goes off early."""

from __future__ import annotations

from dataclasses import replace

from simulator.ct.hand_exposure import hand_exposure_fraction
from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.imaging.beam_protocols import collimation_mm
from simulator.engine.imaging.events import Beam
from simulator.engine.imaging.exposure_dose import exposure_dose
from simulator.engine.state import ProcedureState, current_dose_phase
from simulator.engine.streams import Stream, generator
from simulator.interface.dose_check import irradiated_about
from simulator.interface.dose_estimate import DoseEstimate
from simulator.interface.exposure import ExposureDose, ExposureSettings
from simulator.vocabulary.procedure import AcquisitionPurpose, BeamMotion


def draw_arc_start_deg(world: CaseContext, number: int, technique: ExposureSettings) -> float:
    """A partial scan starts where the tube happens to be: anywhere, unless its gap must lie over the hand."""
    if technique.scan_arc_deg == 360 or technique.hand_protection:
        return 0.0
    return round(float(generator(world.root_seed, Stream.TUBE, number).uniform(0.0, 360.0)), 1)


def hand_equivalent_mas(technique: ExposureSettings, tube_at_deg: float) -> float:
    """Tube load of a whole turn that would give a hand in the beam as much as this does."""
    share = hand_exposure_fraction(technique.scan_arc_deg, technique.hand_protection, tube_at_deg)
    return technique.tube_current_ma * technique.rotation_s * share


def beam_off(world: CaseContext, state: ProcedureState, off_ms: int) -> tuple[ProcedureState, list[e.Event]]:
    """Let the pedal up at a time: a rotation that is not over gives its dose and no image."""
    pedal = state.imaging.pedal
    if pedal is None:
        return state, []
    technique, image_ms = state.imaging.settings, ms_per_image(state)
    beam_ms = (pedal.rotations + 1) * beam_ms_per_image(state)
    begun_ms = off_ms - pedal.pressed_ms - pedal.rotations * image_ms
    events: list[e.Event] = []
    if begun_ms > 0:
        part = begun_ms / image_ms
        cut_ms = round(part * beam_ms_per_image(state))
        beam_ms += cut_ms
        mas = part * technique.mas
        wide_mm = collimation_mm(BeamMotion.STATIONARY, world.settings.imaging.scanner)
        price = exposure_dose(
            world,
            state,
            purpose=AcquisitionPurpose.FLUOROSCOPY,
            motion=BeamMotion.STATIONARY,
            tube_voltage_kv=technique.tube_voltage_kv,
            mas=mas,
            imaged_mm=wide_mm,
            hand_mas=part * hand_equivalent_mas(technique, 0.0) if technique.hand_protection else mas,
        )
        cut = e.BeamCutShort(
            at_ms=off_ms,
            purpose=AcquisitionPurpose.FLUOROSCOPY,
            dose_phase=current_dose_phase(state),
            settings=technique,
            beam=Beam(mas=mas, on_ms=cut_ms, scan_length_mm=wide_mm, irradiated_mm=wide_mm),
            dose=price,
            counts_toward_dose=True,
        )
        events.append(cut)
        state = with_irradiated(state, state.imaging.table_mm, cut.beam, price)
    return replace(state, imaging=replace(state.imaging, pedal=None)), [
        *events,
        e.BeamOff(at_ms=state.elapsed_ms, beam_on_ms=beam_ms),
    ]


def with_irradiated(state: ProcedureState, centre_mm: float, beam: Beam, price: ExposureDose) -> ProcedureState:
    """The state after a beam about a table position, for the dose check."""
    estimate = DoseEstimate(
        ctdi_vol_mgy=price.ctdi_vol_mgy, dlp_mgy_cm=price.dlp_mgy_cm, irradiated_mm=beam.dose_length_mm
    )
    irradiated = (*state.imaging.irradiated, irradiated_about(centre_mm, estimate))
    return replace(state, imaging=replace(state.imaging, irradiated=irradiated))


def ms_per_image(state: ProcedureState) -> int:
    """From one image to the next while the pedal is down."""
    return round(1000 * state.imaging.settings.image_s)


def beam_ms_per_image(state: ProcedureState) -> int:
    """Beam time of one image."""
    return round(1000 * state.imaging.settings.rotation_s * state.imaging.settings.emitted_fraction)
