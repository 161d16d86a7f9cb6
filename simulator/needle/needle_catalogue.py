"""Needle catalogue: the kinds of needle that can be chosen, and what each is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.vocabulary.needles import STANDARD_NEEDLE, NeedleKind, NeedleTip

# Middle of the opening behind the tip, in outer diameters. Quincke: half a bevel of 1.5-2 outer diameters (reference,
# section 4). Tuohy: half a bevel of 2.5, Whitacre: a side hole some 2 outer diameters back (assumptions).
OPENING_PER_DIAMETER: Mapping[NeedleTip, float] = {
    NeedleTip.QUINCKE: 0.875,
    NeedleTip.TUOHY: 1.25,
    NeedleTip.WHITACRE: 2.0,
}
INTRODUCER_MM = 40.0  # assumption: length of the 17G introducer of a coaxial set
INTRODUCER_OUTER_MM, INTRODUCER_BORE_MM = 1.47, 1.07  # 17G, ISO 9626 (from memory)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleSpec:
    """One kind of needle.

    Attributes:
        gauge: outer diameter in gauge numbers
        outer_diameter_mm, bore_diameter_mm: ISO 9626
        length_mm: from tip to hub
        bend_radius_mm: radius of the path that the tip steers in tissue
        tip: how it is ground
        introducer_mm: length of the introducer in which the shaft runs, 0 without one
    """

    gauge: int
    outer_diameter_mm: float
    bore_diameter_mm: float
    length_mm: float
    bend_radius_mm: float
    tip: NeedleTip = NeedleTip.QUINCKE
    introducer_mm: float = 0.0

    @property
    def opening_behind_tip_mm(self) -> float:
        """Distance from the tip to the middle of the opening, mm."""
        return OPENING_PER_DIAMETER[self.tip] * self.outer_diameter_mm


# Diameters from ISO 9626 and lengths from memory in the reference, section 4 (17G: from memory).
_DIAMETERS_MM = {17: (1.47, 1.07), 18: (1.27, 0.84), 20: (0.90, 0.60), 22: (0.70, 0.41), 25: (0.51, 0.26)}
# Radii of the path, mm. Quincke 22G: 8.89 mm off axis at 80 mm of gel (RAND16), 25G: 1 mm per 10 mm of meat (DRUM80),
# 20G: assumption of the reference (400-900), 18G: with the square of the diameter, as 20G against 22G (assumption).
# Whitacre 22G: 0.73 mm at 80 mm (RAND16), the others with the square of the diameter (assumption). Tuohy: as an 18G
# Quincke, with the square of the diameter (assumption).
_RADII_MM: Mapping[tuple[NeedleTip, int], float] = {
    (NeedleTip.QUINCKE, 18): 1200.0,
    (NeedleTip.QUINCKE, 20): 600.0,
    (NeedleTip.QUINCKE, 22): 360.0,
    (NeedleTip.QUINCKE, 25): 300.0,
    (NeedleTip.WHITACRE, 18): 14400.0,
    (NeedleTip.WHITACRE, 20): 7250.0,
    (NeedleTip.WHITACRE, 22): 4380.0,
    (NeedleTip.WHITACRE, 25): 2330.0,
    (NeedleTip.TUOHY, 17): 1600.0,
    (NeedleTip.TUOHY, 18): 1200.0,
}


def _specification(kind: NeedleKind) -> NeedleSpec:
    outer_mm, bore_mm = _DIAMETERS_MM[kind.gauge]
    return NeedleSpec(
        gauge=kind.gauge,
        outer_diameter_mm=outer_mm,
        bore_diameter_mm=bore_mm,
        length_mm=kind.length_mm,
        bend_radius_mm=_RADII_MM[kind.tip, kind.gauge],
        tip=kind.tip,
        introducer_mm=INTRODUCER_MM if kind.coaxial else 0.0,
    )


NEEDLES: Mapping[NeedleKind, NeedleSpec] = {kind: _specification(kind) for kind in NeedleKind}
QUINCKE_20G = NEEDLES[STANDARD_NEEDLE]
