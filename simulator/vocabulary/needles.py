"""Kinds of needle by their full names: gauge, tip and length, as they are printed on the packet."""

from __future__ import annotations

from enum import StrEnum


class NeedleTip(StrEnum):
    """How a needle's tip is ground."""

    QUINCKE = "Quincke"
    WHITACRE = "Whitacre"
    TUOHY = "Tuohy"


class NeedleKind(StrEnum):
    """One kind of needle that can lie on a tray; coaxial ones run in a short introducer."""

    QUINCKE_18G_88_MM = "18G Quincke 88 mm"
    QUINCKE_18G_120_MM = "18G Quincke 120 mm"
    QUINCKE_20G_88_MM = "20G Quincke 88 mm"
    QUINCKE_20G_COAXIAL_88_MM = "20G Quincke coaxial 88 mm"
    QUINCKE_20G_120_MM = "20G Quincke 120 mm"
    QUINCKE_20G_COAXIAL_120_MM = "20G Quincke coaxial 120 mm"
    QUINCKE_22G_88_MM = "22G Quincke 88 mm"
    QUINCKE_22G_120_MM = "22G Quincke 120 mm"
    QUINCKE_25G_88_MM = "25G Quincke 88 mm"
    QUINCKE_25G_120_MM = "25G Quincke 120 mm"
    WHITACRE_18G_88_MM = "18G Whitacre 88 mm"
    WHITACRE_18G_120_MM = "18G Whitacre 120 mm"
    WHITACRE_20G_88_MM = "20G Whitacre 88 mm"
    WHITACRE_20G_120_MM = "20G Whitacre 120 mm"
    WHITACRE_22G_88_MM = "22G Whitacre 88 mm"
    WHITACRE_22G_120_MM = "22G Whitacre 120 mm"
    WHITACRE_25G_88_MM = "25G Whitacre 88 mm"
    WHITACRE_25G_120_MM = "25G Whitacre 120 mm"
    TUOHY_17G_88_MM = "17G Tuohy 88 mm"
    TUOHY_17G_120_MM = "17G Tuohy 120 mm"
    TUOHY_18G_88_MM = "18G Tuohy 88 mm"
    TUOHY_18G_120_MM = "18G Tuohy 120 mm"

    @property
    def gauge(self) -> int:
        """Outer diameter in gauge numbers."""
        return int(self.value.partition("G ")[0])

    @property
    def tip(self) -> NeedleTip:
        """How the tip is ground."""
        return NeedleTip(self.value.split()[1])

    @property
    def coaxial(self) -> bool:
        """Whether it runs in an introducer."""
        return " coaxial " in self.value

    @property
    def length_mm(self) -> float:
        """From the tip to the hub, mm."""
        return float(self.value.split()[-2])


STANDARD_NEEDLE = NeedleKind.QUINCKE_20G_88_MM
"""The spinal needle of the paper that this program follows."""
