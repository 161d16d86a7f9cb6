"""Where cerebrospinal fluid collects outside the dura, and the contrast in it (reference section 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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


SEPTUM_MM, SEPTUM_LEAVES = 1.5, 0.95  # half width of a septum, and how much of the fluid it takes away (assumptions)
SEPTA_OVER, SEPTUM_OFF = 0.8, 0.7  # part of the ring over which they stand, and their place in it (assumptions)


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
        septa: of a ring: across it, each of which leaves it almost empty over some 3 mm
        asymmetry: of a ring: how much of its thickness lies beside the sac on the leak's side in addition, 0-1
        sleeve_mm: of a ring: how far it runs along the roots that leave within it; 0 for not
    """

    pattern: LeakPattern
    level: Interspace
    side: Laterality
    thickness_mm: float
    iodine_ratio: float
    extent_levels: float = 4.0
    reach_mm: float = 22.0
    septa: int = 0
    asymmetry: float = 0.0
    sleeve_mm: float = 0.0

    def __post_init__(self) -> None:
        _check_words(self.pattern, self.side)
        if self.asymmetry > 0.0 and self.side == Laterality.BOTH:
            raise ValueError("a collection that lies to one side has one, left or right")
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
    thickness, iodine = pool(s_mm, hole_s_mm, level_mm, sac_iodine_mg_per_ml, leak)
    return _parted(s_mm, hole_s_mm, level_mm, thickness, leak), iodine


def _parted(
    s_mm: FloatArray, hole_s_mm: float, level_mm: float, thickness_mm: FloatArray, leak: LeakParameters
) -> FloatArray:
    """A ring's thickness where septa part it: evenly over its length, none at the hole (assumption)."""
    reach = 0.5 * leak.extent_levels * level_mm
    parted = thickness_mm
    for k in range(leak.septa):
        at = hole_s_mm + SEPTA_OVER * reach * (2.0 * (k + SEPTUM_OFF) / leak.septa - 1.0)
        parted = parted * (1.0 - SEPTUM_LEAVES * np.exp(-(((s_mm - at) / SEPTUM_MM) ** 2)))
    return parted


def uneven(leak: LeakParameters, seed: int) -> LeakParameters:
    """A ring with septa, to one side, along roots, as drawn from a seed (ranges are assumptions); others as they are.

    Of 80 people with fluid outside the dura after a puncture most had some along roots, of 3.0 +- 2.5 segments
    (reference section 6, [WANG15]).
    """
    if leak.pattern != LeakPattern.CIRCUMFERENTIAL:
        return leak
    rng = np.random.default_rng((seed, 20))
    septa, aside = int(rng.integers(0, 4)), float(rng.uniform(0.0, 0.8))
    sleeve, side = float(rng.uniform(0.0, 15.0)), (Laterality.LEFT, Laterality.RIGHT)[int(rng.integers(2))]
    return replace(
        leak,
        septa=septa,
        asymmetry=round(aside, 2),
        sleeve_mm=round(sleeve, 1),
        side=side if leak.side == Laterality.BOTH else leak.side,
    )


def level_length_mm(places_mm: Sequence[float], hole_s_mm: float) -> float:
    """Length of one level about a place, from the arc lengths of the discs."""
    near = int(np.argmin(np.abs(np.array(places_mm) - hole_s_mm)))
    ends = max(near - 1, 0), min(near + 1, len(places_mm) - 1)
    return abs(places_mm[ends[0]] - places_mm[ends[1]]) / max(ends[1] - ends[0], 1)


def both_collections(
    one: tuple[FloatArray, FloatArray], other: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Two rings of one patient: where they meet the thicker counts, and iodine is a mean weighted by thickness."""
    together = one[0] + other[0]
    mixed = np.divide(one[0] * one[1] + other[0] * other[1], together, out=one[1] + other[1], where=together > 0.0)
    return np.maximum(one[0], other[0]), mixed


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
