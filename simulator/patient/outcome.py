"""Outcome: whether the leak seals, and whether the headache goes."""

from __future__ import annotations

import numpy as np

# Reference, section 5 (assumption, to be calibrated to 6/7 targeted and 52 % blind).
SEAL_FULL, SEAL_PARTIAL, SEAL_MISSED = 0.90, 0.50, 0.25


def seal_probability(covered_share: float, above_mm: float, below_mm: float, level_height_mm: float) -> float:
    """Probability that the patch seals the hole.

    Args:
        covered_share: share of the leak zone that blood has reached
        above_mm, below_mm: how far blood extends beyond the hole to head and feet
        level_height_mm: height of one vertebral level
    """
    if covered_share <= 0.0:
        return SEAL_MISSED
    if covered_share >= 0.5 and min(above_mm, below_mm) >= level_height_mm:
        return SEAL_FULL
    return SEAL_PARTIAL


def relieved(rng: np.random.Generator, probability: float) -> bool:
    """Draw whether the headache is gone within a day."""
    return bool(rng.random() < probability)
