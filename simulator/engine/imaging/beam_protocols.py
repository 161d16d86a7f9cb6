"""Beam protocols: collimation, table motion and dose per tube load of a press and of the scans, by scanner."""

from __future__ import annotations

from functools import lru_cache

from simulator.ct.dose import DoseConversion, ctdi_vol_mgy
from simulator.ct.helical_overranging import blocked_overranging_mm, table_travel_beyond_mm
from simulator.ct.scanner_model import ScannerModel, scanner_model
from simulator.engine.case_context import CTF_SLICES
from simulator.interface.dose_estimate import BeamProtocol, DosePerLoad
from simulator.interface.radiograph import SCOUT_COLLIMATION_MM
from simulator.vocabulary.procedure import BeamMotion, ScanMode
from simulator.vocabulary.scanners import STANDARD_SCANNER, ScannerPreset

CTF_SLICE_MM = 4.0  # physics-and-anatomy, section 2.4: 12 mm shown as 3 x 4 mm
CTF_COLLIMATION_MM = CTF_SLICE_MM * CTF_SLICES
SEQUENTIAL_STEP_MS = 3_000  # from one table position to the next, breath included; assumption


def collimation_mm(motion: BeamMotion, preset: ScannerPreset = STANDARD_SCANNER) -> float:
    """Length of the beam at the isocentre in a press (stationary) or in a scan."""
    scanner = scanner_model(preset)
    if motion is BeamMotion.STATIONARY:
        return scanner.fluoroscopy_collimation_mm
    return scanner.helical_collimation_mm if motion is BeamMotion.HELICAL else scanner.sequential_collimation_mm


@lru_cache(maxsize=32)
def beam_protocol(motion: BeamMotion, ctdi_phantom_cm: int, preset: ScannerPreset = STANDARD_SCANNER) -> BeamProtocol:
    """The protocol of a press (stationary) or of a scan."""
    scanner, wide_mm = scanner_model(preset), collimation_mm(motion, preset)
    helical = motion is BeamMotion.HELICAL
    blocked_mm = blocked_overranging_mm(wide_mm, scanner) if helical else 0.0
    return BeamProtocol(
        motion=motion,
        collimation_mm=wide_mm,
        ctdi_vol_mgy_per_mas=_ctdi_vol_mgy_per_mas(scanner, ctdi_phantom_cm, wide_mm),
        overranging_mm=table_travel_beyond_mm(wide_mm, scanner) - blocked_mm if helical else 0.0,
        blocked_overranging_mm=blocked_mm,
        rotation_s=0.0 if motion is BeamMotion.STATIONARY else scanner.scan_rotation_s,
        feed_mm=scanner.helical_pitch * wide_mm if helical else 0.0,
    )


@lru_cache(maxsize=8)
def scout_protocol(ctdi_phantom_cm: int, preset: ScannerPreset = STANDARD_SCANNER) -> BeamProtocol:
    """The protocol of a scout: a narrow beam, and a table that moves by without over-ranging."""
    return BeamProtocol(
        motion=BeamMotion.CONSTANT_ANGLE,
        collimation_mm=SCOUT_COLLIMATION_MM,
        ctdi_vol_mgy_per_mas=_ctdi_vol_mgy_per_mas(scanner_model(preset), ctdi_phantom_cm, SCOUT_COLLIMATION_MM),
    )


def _ctdi_vol_mgy_per_mas(scanner: ScannerModel, ctdi_phantom_cm: int, wide_mm: float) -> dict[int, float]:
    return {kv: ctdi_vol_mgy(kv, 1.0, ctdi_phantom_cm, wide_mm, scanner) for kv in scanner.tube_voltages_kv}


@lru_cache(maxsize=16)
def dose_per_load(conversion: DoseConversion, preset: ScannerPreset = STANDARD_SCANNER) -> DosePerLoad:
    """What the console knows before a beam."""
    phantom_cm = conversion.ctdi_phantom_cm
    return DosePerLoad(
        press=beam_protocol(BeamMotion.STATIONARY, phantom_cm, preset),
        scout=scout_protocol(phantom_cm, preset),
        scans={mode: beam_protocol(BeamMotion(mode), phantom_cm, preset) for mode in ScanMode},
        ctdi_phantom_cm=phantom_cm,
        k_msv_per_mgy_cm=conversion.k_msv_per_mgy_cm,
    )
