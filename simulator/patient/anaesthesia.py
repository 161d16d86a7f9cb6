"""Anaesthesia: where local anaesthetic lies, and how much of a pain it leaves."""

from __future__ import annotations

from dataclasses import dataclass

PAIN_DIVISOR = 4.0  # reference, section 4: local anaesthetic divides by four
ONSET_S = 90.0  # assumption: from nothing to all of it, lidocaine 1 %
DEPTH_MM_PER_ML = 10.0  # assumption: infiltrated from the skin along the way planned
DEEPEST_MM = 60.0  # a long needle's reach
ALONG_MM = 20.0  # assumption: how far up and down the back it spreads
ACROSS_MM = 20.0  # assumption: to each side of a point; without one a field on both sides of the midline
FIELD_ACROSS_MM = 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Depot:
    """One infiltration.

    Attributes:
        x_mm, z_mm: its middle, in the patient's frame
        across_mm: how far it reaches to each side
        depth_mm: how deep from the skin
        at_ms: when it was given
    """

    x_mm: float
    z_mm: float
    across_mm: float
    depth_mm: float
    at_ms: int


def anaesthetic_depth_mm(volume_ml: float) -> float:
    """How deep a volume reaches."""
    return min(DEPTH_MM_PER_ML * volume_ml, DEEPEST_MM)


def remaining_pain_fraction(
    depots: tuple[Depot, ...], x_mm: float, z_mm: float, depth_mm: float, elapsed_ms: int
) -> float:
    """Fraction of a pain that is felt here and now: 1 without anaesthetic, a quarter when one has taken."""
    least = 1.0
    for depot in depots:
        there = abs(x_mm - depot.x_mm) <= depot.across_mm and abs(z_mm - depot.z_mm) <= ALONG_MM
        if there and depth_mm <= depot.depth_mm:
            taken = min(max((elapsed_ms - depot.at_ms) / (1000.0 * ONSET_S), 0.0), 1.0)
            least = min(least, 1.0 / (1.0 + (PAIN_DIVISOR - 1.0) * taken))
    return least
