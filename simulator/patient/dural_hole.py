"""A hole that a needle leaves in the dura: how likely it leaks enough to give a headache of its own.

A cutting needle of 20G or 22G: 32 % of patients had a headache after a lumbar puncture (J Neurol Sci 2011;306:24, both
gauges together). Cutting against pencil-point needles of all sizes: a risk ratio of 2.5 (Medicine 2017;96:e6527, a
meta-analysis of 25 trials). A Tuohy needle: 50 to 80 % after an epidural needle's puncture in labour (ASA Monitor
84(10):1, a secondary source); 60 % is our choice. 18G and 25G Quincke are assumptions on either side of 32 %.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.needles import NeedleKind, NeedleTip

CUTTING_HEADACHE_RATE: Mapping[int, float] = {18: 0.45, 20: 0.32, 22: 0.32, 25: 0.15}
CUTTING_OVER_PENCIL_POINT = 2.5
TUOHY_HEADACHE_RATE = 0.60


@dataclass(frozen=True, slots=True, kw_only=True)
class DuralHole:
    """A hole that a needle made, where and with what."""

    at_mm: PatientPoint
    needle: NeedleKind


def headache_rate(needle: NeedleKind) -> float:
    """Probability that a hole of this needle gives a headache where nothing covers it, 0..1."""
    if needle.tip is NeedleTip.TUOHY:
        return TUOHY_HEADACHE_RATE
    cutting = CUTTING_HEADACHE_RATE[needle.gauge]
    return cutting if needle.tip is NeedleTip.QUINCKE else cutting / CUTTING_OVER_PENCIL_POINT
