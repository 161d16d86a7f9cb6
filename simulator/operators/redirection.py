"""Redirection: how the hub and the bevel are turned so that the tip goes where it should."""

from __future__ import annotations

import numpy as np

UNDIVIDED_MM, LEAST_PUSH_MM = 4.0, 0.1  # of a push that is made in one part, and of a part
WORTH_A_TURN_DEG = 1.5
LARGEST_TURN_DEG = 15.0
# What an operator has learnt: the deeper the needle, the less of a turn of the hub reaches its tip
LEARNT_AT_MM = (20.0, 30.0, 40.0, 50.0, 60.0)
LEARNT_FRACTION = (1.0, 0.9, 0.75, 0.5, 0.25)


def transmitted_fraction(inserted_mm: float) -> float:
    """Fraction of a turn of the hub that reaches the tip of a needle inserted so far."""
    return float(np.interp(inserted_mm, LEARNT_AT_MM, LEARNT_FRACTION))


def limited_turn_deg(angle_deg: float) -> float:
    """A turn that is no larger than a hand makes at once."""
    return min(max(angle_deg, -LARGEST_TURN_DEG), LARGEST_TURN_DEG)


def push_parts_mm(distance_mm: float) -> list[float]:
    """A push in two parts, to tenths of a millimetre: the bevel is turned half round after each, so as not to steer."""
    whole = round(distance_mm, 1)
    first = round(whole / 2, 1) if whole > UNDIVIDED_MM else whole
    return [part for part in (first, round(whole - first, 1)) if part >= LEAST_PUSH_MM]
