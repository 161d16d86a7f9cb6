"""Beam protocols: collimation, table motion and dose per tube load of a press and of the scans."""

from __future__ import annotations

from functools import lru_cache

from simulator.ct.dose import DoseConversion, ctdi_vol_mgy, tabled_voltages_kv
from simulator.ct.helical_overranging import HELICAL_PITCH, overranging_mm
from simulator.engine.case_context import CTF_SLICES
from simulator.interface.dose_estimate import BeamProtocol, DosePerLoad
from simulator.interface.radiograph import SCOUT_COLLIMATION_MM
from simulator.vocabulary.procedure import BeamMotion, ScanMode

CTF_SLICE_MM = 4.0  # physics-and-anatomy, section 2.4: 12 mm shown as 3 x 4 mm
CTF_COLLIMATION_MM = CTF_SLICE_MM * CTF_SLICES
SCAN_ROTATION_S = 0.75
SCAN_COLLIMATION_MM = 40.0  # 64 x 0.625 mm rows
SEQUENTIAL_STEP_MS = 3_000  # from one table position to the next, breath included; assumption


@lru_cache(maxsize=16)
def beam_protocol(motion: BeamMotion, ctdi_phantom_cm: int) -> BeamProtocol:
    """The protocol of a press (stationary) or of a scan."""
    collimation_mm = CTF_COLLIMATION_MM if motion is BeamMotion.STATIONARY else SCAN_COLLIMATION_MM
    return BeamProtocol(
        motion=motion,
        collimation_mm=collimation_mm,
        ctdi_vol_mgy_per_mas={
            kv: ctdi_vol_mgy(kv, 1.0, ctdi_phantom_cm, collimation_mm) for kv in tabled_voltages_kv()
        },
        overranging_mm=overranging_mm(collimation_mm) if motion is BeamMotion.HELICAL else 0.0,
        rotation_s=0.0 if motion is BeamMotion.STATIONARY else SCAN_ROTATION_S,
        feed_mm=HELICAL_PITCH * collimation_mm if motion is BeamMotion.HELICAL else 0.0,
    )


@lru_cache(maxsize=4)
def scout_protocol(ctdi_phantom_cm: int) -> BeamProtocol:
    """The protocol of a scout: a narrow beam, and a table that moves by without over-ranging."""
    return BeamProtocol(
        motion=BeamMotion.CONSTANT_ANGLE,
        collimation_mm=SCOUT_COLLIMATION_MM,
        ctdi_vol_mgy_per_mas={
            kv: ctdi_vol_mgy(kv, 1.0, ctdi_phantom_cm, SCOUT_COLLIMATION_MM) for kv in tabled_voltages_kv()
        },
    )


@lru_cache(maxsize=8)
def dose_per_load(conversion: DoseConversion) -> DosePerLoad:
    """What the console knows before a beam."""
    phantom_cm = conversion.ctdi_phantom_cm
    return DosePerLoad(
        press=beam_protocol(BeamMotion.STATIONARY, phantom_cm),
        scout=scout_protocol(phantom_cm),
        scans={mode: beam_protocol(BeamMotion(mode), phantom_cm) for mode in ScanMode},
        ctdi_phantom_cm=phantom_cm,
        k_msv_per_mgy_cm=conversion.k_msv_per_mgy_cm,
    )
