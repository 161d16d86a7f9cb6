"""Where cerebrospinal fluid collects outside the dura, and the contrast in it (reference section 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.anatomy import Laterality, LeakPattern
from simulator.vocabulary.levels import Interspace

FLUID_AT_A_ROOT = (LeakPattern.ROOT_SLEEVE, LeakPattern.SLOW)
"""Patterns whose fluid lies about the root that leaves at the leak's interspace."""

AT_A_ROOT = (*FLUID_AT_A_ROOT, LeakPattern.CSF_VENOUS_FISTULA)
"""Patterns whose hole lies in the sleeve of the root that leaves at the leak's interspace."""

USUAL_AMOUNTS: Mapping[LeakPattern, Mapping[str, float]] = {
    LeakPattern.CIRCUMFERENTIAL: {"thickness_mm": 3.5, "extent_levels": 4.0, "iodine_ratio": 0.75},
    LeakPattern.ROOT_SLEEVE: {"thickness_mm": 4.5, "reach_mm": 22.0, "iodine_ratio": 0.65},
    LeakPattern.SLOW: {"thickness_mm": 3.0, "iodine_ratio": 0.18},
    LeakPattern.VENTRAL_TEAR: {"thickness_mm": 3.0, "extent_levels": 6.0, "iodine_ratio": 0.75},
    LeakPattern.CSF_VENOUS_FISTULA: {"thickness_mm": 3.0, "reach_mm": 14.0, "iodine_ratio": 0.12},
    LeakPattern.NONE: {},
}
"""Amounts of each pattern where none are given: middles of the reference's ranges, which are assumptions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakParameters:
    """A leak of the dura. The ranges are the reference's, most of them assumptions (section 6).

    Attributes:
        pattern: circumferential (A: an epidural ring, thickest at the leak and behind), root-sleeve (B: fluid about
            a root from its axilla outwards), slow (C: a faint blush in a root's axilla), ventral-tear (a pool before
            the sac, about a spur that has torn the dura), csf-venous-fistula (from a root's sleeve into a vein; no
            fluid collects) or none
        level: interspace of the hole
        side: of the hole
        thickness_mm: of the fluid at the hole: behind the sac 2-5, beside a root 3-6, of a blush 2-4, before the sac
            2-5 (assumed, as behind it); of a fistula's vein 3 (assumed)
        extent_levels: length of a ring (median 4, 1-11), or of a pool before the sac (mean of 12 patients 16, Yoshida
            2014, J Neurosurg Spine 21:432; 6, which a patient of eight vertebrae shows whole, is assumed)
        reach_mm: of a sleeve leak: how far from the axilla to the side, 15-30; of a fistula's vein 14 (assumed)
        iodine_ratio: iodine at the hole against that of the sac: of a ring 0.5-1.0, of a sleeve leak 0.4-0.9, of a
            blush 0.1-0.3 (100-250 HU), before the sac as of a ring (assumed), of a fistula's vein 0.12 (fitted to
            60-140 HU, doi 10.3174/ajnr.A4682)
    """

    pattern: LeakPattern
    level: Interspace
    side: Laterality
    thickness_mm: float
    iodine_ratio: float
    extent_levels: float = 4.0
    reach_mm: float = 22.0

    def __post_init__(self) -> None:
        _check_words(self.pattern, self.side)
        if self.pattern == LeakPattern.SLOW and self.side == Laterality.BOTH:
            raise ValueError("a slow leak has one side, left or right: the blush lies in one axilla")
        if self.pattern == LeakPattern.CSF_VENOUS_FISTULA and self.side == Laterality.BOTH:
            raise ValueError("a CSF-venous fistula has one side, left or right: the vein leaves one root")

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> LeakParameters:
        """A leak from a table of a file, in which pattern, level and side are texts.

        Raises:
            ValueError: one of them is not known.
        """
        _check_words(table["pattern"], table["side"])
        words = {"pattern": LeakPattern(table["pattern"]), "side": Laterality(table["side"])}
        return cls(**{**table, **words, "level": Interspace.parse(table["level"])})


def _check_words(pattern: str, side: str) -> None:
    if pattern not in tuple(LeakPattern):
        raise ValueError(f"leak pattern {str(pattern)!r} is not one of {', '.join(LeakPattern)}")
    if side not in tuple(Laterality):
        raise ValueError(f"leak side {str(side)!r} is not left, right or both")


@dataclass(frozen=True, slots=True, kw_only=True)
class PunctureSite:
    """Contrast that followed the myelogram's needle out of the sac: no leak, though it looks like one.

    Seen in 28 % of 276 myelographies, longer than one level in 4-7 % (reference section 5, [ECE]). It lies behind the
    sac alone; thickness and iodine are assumptions.

    Attributes:
        level: interspace that was punctured
        thickness_mm: behind the sac at the puncture
        extent_levels: its length
        iodine_ratio: its iodine against that of the sac
    """

    level: Interspace
    thickness_mm: float = 3.0
    extent_levels: float = 1.0
    iodine_ratio: float = 0.9

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> PunctureSite:
        """A puncture site from a table of a file, in which the level is a text; ValueError where that is none."""
        return cls(**{**table, "level": Interspace.parse(table["level"])})


def collection(
    s_mm: FloatArray,
    hole_s_mm: float,
    level_mm: float,
    sac_iodine_mg_per_ml: FloatArray,
    leak: LeakParameters,
) -> tuple[FloatArray, FloatArray]:
    """Thickness behind the sac, mm, and iodine, mg/mL, of a ring about it (each of the shape of s_mm; else zero).

    The thickness falls as a Gaussian and reaches 0.5 mm at half the extent; the iodine falls as exp(-|dz| / 2
    levels).

    Args:
        s_mm: arc length
        hole_s_mm: where the hole is
        level_mm: length of one level
        sac_iodine_mg_per_ml: within the sac
        leak: the parameters
    """
    if leak.pattern != LeakPattern.CIRCUMFERENTIAL:
        return np.zeros_like(s_mm), np.zeros_like(s_mm)
    return pool(s_mm, hole_s_mm, level_mm, sac_iodine_mg_per_ml, leak)


def joined(
    s_mm: FloatArray,
    leaked: tuple[FloatArray, FloatArray],
    puncture_s_mm: float,
    level_mm: float,
    sac_iodine_mg_per_ml: FloatArray,
    site: PunctureSite,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """A leak's collection and the puncture site's together: thickness, iodine, and the share that lies behind alone.

    Where they meet, the thicker counts, and iodine and share are means weighted by thickness.

    Args:
        leaked: from `collection`
        puncture_s_mm: where the needle went in
        s_mm, level_mm, sac_iodine_mg_per_ml: as in `collection`
        site: the parameters
    """
    thickness, iodine = leaked
    behind, contrast = pool(s_mm, puncture_s_mm, level_mm, sac_iodine_mg_per_ml, site)
    together = thickness + behind
    share = np.divide(behind, together, out=np.zeros_like(behind), where=together > 0.0)
    return np.maximum(thickness, behind), (1.0 - share) * iodine + share * contrast, share


def pool(
    s_mm: FloatArray,
    at_s_mm: float,
    level_mm: float,
    sac_iodine_mg_per_ml: FloatArray,
    source: LeakParameters | PunctureSite,
) -> tuple[FloatArray, FloatArray]:
    """Thickness, mm, and iodine, mg/mL, of fluid that tapers to both sides of where it comes from (as `collection`)."""
    distance = np.abs(s_mm - at_s_mm)
    reach = 0.5 * source.extent_levels * level_mm
    width = reach / np.sqrt(np.log(max(source.thickness_mm / 0.5, 1.1)))
    thickness = source.thickness_mm * np.exp(-((distance / width) ** 2))
    thickness[distance > 1.25 * reach] = 0.0
    return thickness, source.iodine_ratio * sac_iodine_mg_per_ml * np.exp(-distance / (2.0 * level_mm))
