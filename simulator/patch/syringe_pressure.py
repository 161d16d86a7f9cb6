"""Pressure: what the plunger meets, along the needle and beyond it."""

from __future__ import annotations

import math

from simulator.vocabulary.procedure import PlungerFeel

KPA_PER_MMHG = 0.133322
# Assumption: what a thumb tells apart; hard above the last.
PLUNGER_KPA = ((0.15, PlungerFeel.SOFT), (0.6, PlungerFeel.SPRINGY), (1.2, PlungerFeel.FIRM))

# Assumption: a thumb presses 35 N for as long as a patch takes, on a 20 mL syringe of 20 mm bore.
HAND_KPA = 110.0


def needle_drop_kpa(rate_ml_per_s: float, bore_mm: float, length_mm: float, viscosity_mpa_s: float) -> float:
    """Pressure that is lost along the bore (Poiseuille), kPa."""
    radius_m = 0.5e-3 * bore_mm
    flow_m3_s = rate_ml_per_s * 1e-6
    drop_pa = 8.0 * viscosity_mpa_s * 1e-3 * length_mm * 1e-3 * flow_m3_s / (math.pi * radius_m**4)
    return drop_pa * 1e-3


def fastest_ml_per_s(bore_mm: float, length_mm: float, viscosity_mpa_s: float) -> float:
    """Rate at which a hand can press no faster, mL/s."""
    return HAND_KPA / needle_drop_kpa(1.0, bore_mm, length_mm, viscosity_mpa_s)


def plunger_feel(pressure_kpa: float) -> PlungerFeel:
    """What a thumb feels at this pressure beyond the needle."""
    return next((word for limit_kpa, word in PLUNGER_KPA if pressure_kpa < limit_kpa), PlungerFeel.HARD)
