"""Pricing: what a beam costs the patient and the operator, settled before any photon."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.ct import dose
from simulator.ct.staff_dose import operator_dose
from simulator.engine.case_context import CaseContext
from simulator.engine.state import ProcedureState
from simulator.interface.exposure import ExposureDose
from simulator.vocabulary.levels import Region
from simulator.vocabulary.procedure import AcquisitionPurpose, HandPosition, NeedleHold, OperatorPosition

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
    tube_voltage_kv: int,
    mas: float,
    scan_length_mm: float,
    hand_mas: float | None = None,
    by_region_mm: Mapping[Region, float] | None = None,
) -> ExposureDose:
    """Dose of a beam.

    Args:
        mas: tube load that was emitted
        hand_mas: tube load of a whole turn that would give a hand in the beam as much; None: `mas`
        by_region_mm: parts of the scan's length by region, where it is longer than the case's own; the effective dose
            is the sum of theirs, each with its factor and phantom, and CTDIvol is that of the longest
    """
    region = world.settings.region
    if by_region_mm:
        region = max(by_region_mm, key=lambda one: by_region_mm[one])
    conversion = dose.conversion(region)
    ctdi = dose.ctdi_vol_mgy(tube_voltage_kv, mas, conversion.ctdi_phantom_cm)
    dlp = dose.dlp_mgy_cm(ctdi, scan_length_mm)
    effective_msv = sum(
        dose.effective_dose_msv(
            dose.dlp_mgy_cm(dose.ctdi_vol_mgy(tube_voltage_kv, mas, dose.conversion(part).ctdi_phantom_cm), length_mm),
            part,
        )
        for part, length_mm in (by_region_mm or {region: scan_length_mm}).items()
    )
    at_hand = dose.ctdi_vol_mgy(tube_voltage_kv, mas if hand_mas is None else hand_mas, 16)
    staff = operator_dose(
        dlp_mgy_cm=dlp,
        hand_entrance_mgy=dose.skin_entrance_mgy(at_hand),
        place=state.imaging.stands_at if purpose == AcquisitionPurpose.FLUOROSCOPY else OperatorPosition.CONTROL_ROOM,
        hand=_hand(state),
    )
    return ExposureDose(
        ctdi_vol_mgy=ctdi,
        ctdi_phantom_cm=conversion.ctdi_phantom_cm,
        dlp_mgy_cm=dlp,
        k_msv_per_mgy_cm=effective_msv / dlp if by_region_mm and dlp > 0.0 else conversion.k_msv_per_mgy_cm,
        effective_dose_msv=effective_msv,
        skin_entrance_mgy=dose.skin_entrance_mgy(dose.ctdi_vol_mgy(tube_voltage_kv, mas, 16)),
        operator_usv=staff.operator_usv,
        hand_usv=staff.hand_usv,
    )


def _hand(state: ProcedureState) -> HandPosition:
    """A holder keeps the hand out of the beam, not out of its plane."""
    if state.needle.pose is None:
        return HandPosition.AWAY
    return _HAND_POSITIONS[state.needle.held_by]
