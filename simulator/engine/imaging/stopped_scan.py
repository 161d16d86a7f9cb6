"""Stopped scan: what of a scan was irradiated and imaged before somebody stopped it by hand."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.imaging.beam import with_irradiated
from simulator.engine.imaging.events import Beam
from simulator.engine.imaging.exposure_dose import exposure_dose
from simulator.engine.state import ProcedureState
from simulator.interface.dose_estimate import BeamProtocol
from simulator.interface.exposure import ExposureSettings
from simulator.vocabulary.procedure import AcquisitionPurpose, BeamMotion, DosePhase

_ROUNDING_MM = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedPart:
    """The part of a scan that was done; it runs from the head to the feet.

    Attributes:
        centres_table_mm: of the slices that can be made of it
        irradiated_mm: length that the beam passed over
    """

    centres_table_mm: tuple[float, ...]
    irradiated_mm: float


def scanned_part(
    protocol: BeamProtocol, centres_table_mm: tuple[float, ...], slice_thickness_mm: float, done_fraction: float
) -> ScannedPart:
    """What was done of a scan when a fraction of its irradiated length was.

    A slice of a helical scan needs what was measured on both of its sides, so the over-ranging goes off the imaged
    length whole. A sequential scan images the table positions that were finished.
    """
    whole_mm = len(centres_table_mm) * slice_thickness_mm
    irradiated_mm = done_fraction * protocol.irradiated_mm(whole_mm)
    if protocol.motion is BeamMotion.SEQUENTIAL:
        imaged_mm = int(irradiated_mm / protocol.collimation_mm + _ROUNDING_MM) * protocol.collimation_mm
    else:
        imaged_mm = max(irradiated_mm - protocol.overranging_mm, 0.0)
    slices = int(imaged_mm / slice_thickness_mm + _ROUNDING_MM)
    return ScannedPart(centres_table_mm=centres_table_mm[:slices], irradiated_mm=irradiated_mm)


def stop_without_image(
    world: CaseContext,
    state: ProcedureState,
    part: ScannedPart,
    *,
    purpose: AcquisitionPurpose,
    motion: BeamMotion,
    dose_phase: DosePhase,
    technique: ExposureSettings,
    beam_on_ms: int,
    begins_mm: float,
) -> tuple[ProcedureState, e.BeamCutShort]:
    """A scan that was stopped before its first slice: dose, and no image.

    Args:
        begins_mm: table position at which the scan begins
    """
    price = exposure_dose(
        world,
        state,
        purpose=purpose,
        motion=motion,
        tube_voltage_kv=technique.tube_voltage_kv,
        mas=technique.mas,
        imaged_mm=part.irradiated_mm,
        irradiated_mm=part.irradiated_mm,
    )
    cut = e.BeamCutShort(
        at_ms=state.elapsed_ms,
        purpose=purpose,
        dose_phase=dose_phase,
        settings=technique,
        beam=Beam(
            mas=technique.mas,
            on_ms=beam_on_ms,
            scan_length_mm=part.irradiated_mm,
            irradiated_mm=part.irradiated_mm,
        ),
        dose=price,
        counts_toward_dose=True,
    )
    return with_irradiated(state, begins_mm - 0.5 * part.irradiated_mm, cut.beam, price), cut
