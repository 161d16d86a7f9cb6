"""Pressure: epidural pressure against injected volume, and what the plunger adds to it."""

from __future__ import annotations

import math

KPA_PER_MMHG = 0.133322

# Lumbar epidural blood patch, P = 0.0254 V^2 + 0.0297 V mmHg above baseline (Pratt 2014, r2 0.57).
QUADRATIC_MMHG_PER_ML2 = 0.0254
LINEAR_MMHG_PER_ML = 0.0297
PLUNGER_KPA = ((0.15, "soft"), (0.6, "springy"), (1.2, "firm"))  # assumption: what a thumb tells apart; above: hard
BLOOD_VISCOSITY_MPA_S = 4.0  # reference, section 4


def epidural_pressure_kpa(volume_ml: float) -> float:
    """Rise of lumbar epidural pressure above baseline after this volume, kPa."""
    return KPA_PER_MMHG * (QUADRATIC_MMHG_PER_ML2 * volume_ml**2 + LINEAR_MMHG_PER_ML * volume_ml)


def needle_drop_kpa(rate_ml_per_s: float, bore_mm: float, length_mm: float) -> float:
    """Pressure that blood loses along the bore (Poiseuille), kPa."""
    radius_m = 0.5e-3 * bore_mm
    flow_m3_s = rate_ml_per_s * 1e-6
    drop_pa = 8.0 * BLOOD_VISCOSITY_MPA_S * 1e-3 * length_mm * 1e-3 * flow_m3_s / (math.pi * radius_m**4)
    return drop_pa * 1e-3


def plunger_feel(pressure_kpa: float) -> str:
    """What a thumb feels at this pressure beyond the needle, in one of four words."""
    return next((word for limit_kpa, word in PLUNGER_KPA if pressure_kpa < limit_kpa), "hard")
