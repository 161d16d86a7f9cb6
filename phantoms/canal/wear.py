"""What wear takes from the canal at each interspace: a bulging disc before the sac, joints beside it, flavum behind it.

Fitted so that the sac's section in one's seventies, whose wear is some 0.67, is the published part of that in one's
twenties: 90 % at T12/L1 to 80 % at L4/5 [JPN629]. How much of it disc, joints and flavum each take is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phantoms.canal.thecal_sac import BACK_GAP_MM, FRONT_GAP_MM, Sections
from simulator.spatial.arrays import FloatArray

FLAVUM_GROWS = 0.35  # part that the flavum thickens in a much worn spine: 3.4 to 4.6 mm at L3/4 (assumption)
BULGE_PER_DISC = 0.2  # of a disc's height, that a much worn one bulges into the canal: 2.6 mm at L4/5 (assumption)
_ASIDE_PER_DISC = 0.08  # of a disc's height, that joints take on either side of the sac: 1.0 mm at L4/5 (assumption)
BULGE_BEYOND_MM = 4.0  # above and below the disc, where its bulge has run out; as the disc's solid does


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What is lost along the canal, mm [shape=(n,)]; zero where nothing is.

    Attributes:
        front: that the disc takes before the sac
        aside: that joints take on either side of it
        behind: that the flavum takes behind it
    """

    front: FloatArray
    aside: FloatArray
    behind: FloatArray


def narrowing(
    wear: float, s: FloatArray, disc_s: FloatArray, disc_heights_mm: FloatArray, flavum_mm: FloatArray
) -> Narrowing:
    """Narrowing along the canal.

    Args:
        wear: 0 to 1
        s: arc length [shape=(n,)]
        disc_s, disc_heights_mm: middle and height of every disc [shape=(discs,)]
        flavum_mm: thickness of the unworn flavum [shape=(n,)]
    """
    front = np.zeros_like(s)
    aside = np.zeros_like(s)
    for middle, height in zip(disc_s, disc_heights_mm, strict=True):
        about = np.clip(1.0 - ((s - middle) / (0.5 * height + BULGE_BEYOND_MM)) ** 2, 0.0, 1.0)
        front = np.maximum(front, wear * BULGE_PER_DISC * height * about)
        aside = np.maximum(aside, wear * _ASIDE_PER_DISC * height * about)
    return Narrowing(front=front, aside=aside, behind=wear * FLAVUM_GROWS * flavum_mm)


def narrowed_sac(sac: Sections, apex_mm: FloatArray, lost: Narrowing) -> Sections:
    """The sac in a narrowed canal: it and the fat behind it lose alike (assumption), and it keeps off the walls.

    Args:
        sac: in the unworn canal
        apex_mm: of the unworn canal's dorsal wall, behind the posterior wall [shape=(n,)]
        lost: to wear
    """
    taken = lost.front + lost.behind
    room = 0.5 * (apex_mm - taken - FRONT_GAP_MM - BACK_GAP_MM)
    shrunk = np.minimum(sac.half_ap * (1.0 - taken / apex_mm), np.maximum(room, 1.0))
    return Sections(
        canal_ap=sac.canal_ap,
        inside=sac.inside,
        half_ap=np.where(taken > 0.0, shrunk, sac.half_ap),
        half_width=sac.half_width - np.minimum(lost.aside, 0.3 * sac.half_width),
    )
