"""Sensation: what the patient feels of needle and patch, and says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

# Reference, section 5 (assumption): the pressure at which a patch hurts is log-normal, median 11 mmHg above
# baseline, geometric SD 2.
PAIN_MEDIAN_KPA = 11.0 * 0.133322
PAIN_GEOMETRIC_SD = 2.0
# Local pressure is reported at this share of the pain threshold: set so that stopping at the first word gives the
# published volume at stop, 18.9 +- 7.8 mL lumbar (Pratt 2014).
PRESSURE_SHARE = 0.75
SEVERE_SHARE = 1.8  # assumption: of the pain threshold
NERVES_SUFFER_KPA = 40.0 * 0.133322  # assumption: above this the roots' blood flow stops
PAIN_RANGE_KPA = (0.4, 6.0)  # assumption: 3 to 45 mmHg, so that no drawn patient is absurd

Feeling = Literal["nothing", "pressure", "pain", "severe pain", "radicular pain", "bone pain", "skin prick"]

WORDS: dict[Feeling, str] = {
    "nothing": "I am all right.",
    "pressure": "I feel a pressure in my back, just there.",
    "pain": "That is beginning to hurt.",
    "severe pain": "Stop! It shoots into both legs.",
    "radicular pain": "Ow! That shot down my leg.",
    "bone pain": "Ow. That is a dull ache, deep down.",
    "skin prick": "I felt the prick.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Epidural pressures above baseline at which this patient speaks, kPa."""

    pressure_kpa: float
    pain_kpa: float


def draw_thresholds(rng: np.random.Generator) -> Thresholds:
    """Draw one patient's thresholds."""
    pain = PAIN_MEDIAN_KPA * math.exp(math.log(PAIN_GEOMETRIC_SD) * rng.standard_normal())
    pain = min(max(pain, PAIN_RANGE_KPA[0]), PAIN_RANGE_KPA[1])
    return Thresholds(pressure_kpa=PRESSURE_SHARE * pain, pain_kpa=pain)


def felt(thresholds: Thresholds, pressure_kpa: float) -> Feeling:
    """What the patient feels at this epidural pressure."""
    if pressure_kpa >= SEVERE_SHARE * thresholds.pain_kpa:
        return "severe pain"
    if pressure_kpa >= thresholds.pain_kpa:
        return "pain"
    if pressure_kpa >= thresholds.pressure_kpa:
        return "pressure"
    return "nothing"
