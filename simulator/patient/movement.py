"""Movement: displacement on the table since the planning scan, breathing, and jerks. All rigid, in mm."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.spatial.frames import PatientDisplacement

SHIFT_SD_MM = (1.0, 0.5, 1.5)  # assumption: x, y, z of a rigid shift between planning and the first press
SHIFT_LIMIT_SD = 2.0

# Reference, section 4 (assumptions): a prone patient's vertebra moves 0.5-1.5 mm with a period of 4 s. It goes up with
# the back; along z it moves so little that every plane stays where it is.
BREATH_MM, BREATH_PERIOD_S = (0.5, 1.5), 4.0
BREATH_PERIOD_SD_S = 0.4  # assumption
HELD_SD_MM = 0.2  # assumption: how well a breath is held at the same place
LONGEST_HOLD_S = 20.0  # assumption

# Reference, section 4 (assumptions): probability of a jerk per step in muscle or ligament, at periosteum, at a root;
# 2-6 mm for 1 s; local anaesthetic divides by four.
JERK_IN_TISSUE, JERK_AT_BONE, JERK_AT_ROOT = 0.03, 0.15, 0.3
JERK_MM, JERK_S = (2.0, 6.0), 1.0
STAYS_FRACTION = 0.25  # assumption: of a jerk that the patient does not go back


def shift_since_planning_mm(rng: np.random.Generator) -> PatientDisplacement:
    """Draw a rigid shift of the patient."""
    drawn = np.clip(rng.standard_normal(3), -SHIFT_LIMIT_SD, SHIFT_LIMIT_SD) * np.array(SHIFT_SD_MM)
    return PatientDisplacement(round(float(drawn[0]), 3), round(float(drawn[1]), 3), round(float(drawn[2]), 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Breathing:
    """How one patient breathes, prone: amplitude of the spine, period, and where in a breath the clock starts."""

    amplitude_mm: float
    period_s: float
    phase: float


def draw_breathing(rng: np.random.Generator) -> Breathing:
    """Draw one patient's breathing."""
    low, high = BREATH_MM
    return Breathing(
        amplitude_mm=round(float(rng.uniform(low, high)), 3),
        period_s=round(float(np.clip(BREATH_PERIOD_S + BREATH_PERIOD_SD_S * rng.standard_normal(), 3.0, 5.5)), 3),
        phase=round(float(rng.uniform(0.0, 1.0)), 4),
    )


def breathed_mm(breathing: Breathing, elapsed_s: float) -> float:
    """How far the spine stands above its place at the end of a breath, mm: sin to the fourth, so that rest is long."""
    return breathing.amplitude_mm * math.sin(math.pi * (elapsed_s / breathing.period_s + breathing.phase)) ** 4


def held_mm(rng: np.random.Generator) -> float:
    """Draw where a breath that is held at its end leaves the spine, mm."""
    return float(np.clip(HELD_SD_MM * rng.standard_normal(), -2.0 * HELD_SD_MM, 2.0 * HELD_SD_MM))


def jerk_mm(rng: np.random.Generator, probability: float) -> PatientDisplacement | None:
    """Draw whether the patient jerks, and how far; mostly up and to a side, and along z in whole planes."""
    if rng.random() >= probability:
        return None
    return sized_jerk_mm(rng)


def sized_jerk_mm(rng: np.random.Generator) -> PatientDisplacement:
    """Draw how far a jerk goes."""
    size = float(rng.uniform(*JERK_MM))
    direction = rng.standard_normal(3) * np.array([1.0, 1.0, 0.5])
    x, y, z = size * direction / np.linalg.norm(direction)
    return PatientDisplacement(round(float(x), 3), round(abs(float(y)), 3), float(round(float(z))))


def stays_mm(jerk: PatientDisplacement) -> PatientDisplacement:
    """What is left of a jerk when the patient lies still again; along z in whole planes."""
    x, y, z = (STAYS_FRACTION * part for part in jerk)
    return PatientDisplacement(round(x, 3), round(y, 3), float(round(z)))
