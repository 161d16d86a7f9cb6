"""Pricing: what a beam costs the patient and the operator, settled before any photon."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.ct import dose
from simulator.ct.scanner_model import scanner_model
from simulator.ct.staff_dose import operator_dose
from simulator.engine.case_context import CaseContext
from simulator.engine.imaging.beam_protocols import beam_protocol
from simulator.engine.state import ProcedureState
from simulator.interface.exposure import ExposureDose
from simulator.vocabulary.levels import Region
from simulator.vocabulary.procedure import AcquisitionPurpose, BeamMotion, HandPosition, NeedleHold, OperatorPosition
from simulator.vocabulary.scanners import ScannerPreset

_HAND_POSITIONS = {
    NeedleHold.HAND: HandPosition.IN_THE_BEAM,
    NeedleHold.HOLDER: HandPosition.BESIDE_THE_BEAM,
    NeedleHold.RELEASED: HandPosition.AWAY,
}


def exposure_dose(
    world: CaseContext,
    state: ProcedureState,
    *,
    purpose: AcquisitionPurpose,
    motion: BeamMotion,
    tube_voltage_kv: int,
    mas: float,
    imaged_mm: float,
    irradiated_mm: float | None = None,
    hand_mas: float | None = None,
    by_region_mm: Mapping[Region, float] | None = None,
) -> ExposureDose:
    """Dose of a beam.

    Args:
        motion: of the table
        mas: tube load that was emitted, effective mAs in a helical scan
        imaged_mm: length that is imaged; what is irradiated beyond it is added here
        irradiated_mm: length that the beam passed over before it was stopped; None: what the imaged length takes
        hand_mas: tube load of a whole turn that would give a hand in the beam as much; None: `mas`
        by_region_mm: parts of the scan's length by region, where it is longer than the case's own; the effective dose
            is the sum of theirs, each with its factor and phantom, and CTDIvol is that of the longest. From the head
            down: the first and the last bear half of the over-ranging each
    """
    region = world.settings.region
    if by_region_mm:
        region = max(by_region_mm, key=lambda one: by_region_mm[one])
    conversion = dose.conversion(region)
    preset = world.settings.imaging.scanner
    estimate = beam_protocol(motion, conversion.ctdi_phantom_cm, preset).estimate(tube_voltage_kv, mas, imaged_mm)
    dlp = estimate.dlp_mgy_cm if irradiated_mm is None else dose.dlp_mgy_cm(estimate.ctdi_vol_mgy, irradiated_mm)
    effective_msv = (
        _effective_msv(preset, motion, tube_voltage_kv, mas, by_region_mm)
        if by_region_mm
        else dose.effective_dose_msv(dlp, region)
    )
    scanner = scanner_model(preset)
    at_hand = dose.ctdi_vol_mgy(tube_voltage_kv, mas if hand_mas is None else hand_mas, 16, scanner=scanner)
    staff = operator_dose(
        dlp_mgy_cm=dlp,
        hand_entrance_mgy=dose.skin_entrance_mgy(at_hand),
        place=state.imaging.stands_at if purpose == AcquisitionPurpose.FLUOROSCOPY else OperatorPosition.CONTROL_ROOM,
        hand=_hand(state),
    )
    return ExposureDose(
        ctdi_vol_mgy=estimate.ctdi_vol_mgy,
        ctdi_phantom_cm=conversion.ctdi_phantom_cm,
        dlp_mgy_cm=dlp,
        k_msv_per_mgy_cm=effective_msv / dlp if by_region_mm and dlp > 0.0 else conversion.k_msv_per_mgy_cm,
        effective_dose_msv=effective_msv,
        skin_entrance_mgy=dose.skin_entrance_mgy(dose.ctdi_vol_mgy(tube_voltage_kv, mas, 16, scanner=scanner)),
        operator_usv=staff.operator_usv,
        hand_usv=staff.hand_usv,
    )


def _effective_msv(
    preset: ScannerPreset,
    motion: BeamMotion,
    tube_voltage_kv: int,
    mas: float,
    by_region_mm: Mapping[Region, float],
) -> float:
    """Effective dose of a scan through several regions, each with its own phantom and factor."""
    ends = (next(iter(by_region_mm)), next(reversed(list(by_region_mm))))
    total = 0.0
    for region, length_mm in by_region_mm.items():
        protocol = beam_protocol(motion, dose.conversion(region).ctdi_phantom_cm, preset)
        beyond_mm = 0.5 * protocol.overranging_mm * ends.count(region)
        ctdi = protocol.ctdi_vol_mgy_per_mas[tube_voltage_kv] * mas
        total += dose.effective_dose_msv(dose.dlp_mgy_cm(ctdi, length_mm + beyond_mm), region)
    return total


def _hand(state: ProcedureState) -> HandPosition:
    """A holder keeps the hand out of the beam, not out of its plane."""
    if state.needle.pose is None:
        return HandPosition.AWAY
    return _HAND_POSITIONS[state.needle.held_by]
