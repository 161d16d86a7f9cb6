"""Punctures: how the dura is touched, tents and gives."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

# Reference, section 4 (assumptions): tenting 2.5 mm (1-4) in a normal sac, 1 mm more in a slack one, and a
# probability of puncture 1 / (1 + exp(-(d - 2.5) / 0.5)) at an overshoot of d mm, which is the distribution
# function of a logistic threshold.
TENTING_MEAN_MM = 2.5
TENTING_SCALE_MM = 0.5
TENTING_RANGE_MM = (1.0, 4.0)
SLACK_SAC_MM = 1.0

Touch = Literal["dura", "dural puncture", "cord", "root", "vessel", "bone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dura:
    """The dura under this needle: touched, and pierced, or neither."""

    touched: bool = False
    pierced: bool = False


INTACT = Dura()


def tenting_limit_mm(rng: np.random.Generator, slack: bool) -> float:
    """Draw how far the dura tents before it gives, mm."""
    u = rng.uniform(1e-9, 1.0 - 1e-9)
    limit = TENTING_MEAN_MM + TENTING_SCALE_MM * math.log(u / (1.0 - u))
    limit = min(max(limit, TENTING_RANGE_MM[0]), TENTING_RANGE_MM[1])
    return limit + (SLACK_SAC_MM if slack else 0.0)


def meet_dura(dura: Dura, tip_to_dura_mm: float, limit_mm: float) -> tuple[Dura, tuple[Touch, ...]]:
    """The dura after the tip has come to this signed distance (negative inside), and what happened."""
    if tip_to_dura_mm > 0.0:
        return Dura(), ()
    touches: list[Touch] = []
    if not dura.touched:
        touches.append("dura")
    pierced = dura.pierced or -tip_to_dura_mm > limit_mm
    if pierced and not dura.pierced:
        touches.append("dural puncture")
    return Dura(touched=True, pierced=pierced), tuple(touches)
