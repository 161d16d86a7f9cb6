"""Level counting: discs of a neck or a lumbar spine seen in axial slices, named from the ribs or the sacrum.

Before the sac lies bone, and between bodies a disc, which is darker. Beside the spine lies bone where ribs, sacrum and
ilium are: the first rib ends a neck, the last one begins the lumbar spine, and the sacrum ends it. Whoever has six
lumbar vertebrae has one more disc between the two last; it is the rib that tells, since the sixth looks like a fifth.
Where none of them is shown there is nothing to count from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from simulator.operators.perception.images import Image, Profile
from simulator.vocabulary.levels import Interspace

BODY_MM, BODY_HALF_MM = (12.0, 22.0), 9.0  # before the sac's middle, and to either side: body or disc
BONE_PERCENTILE, DISC_FRACTION = 60.0, 0.75  # a disc is darker than that part of the bone
DISC_MM = (2.5, 20.0)  # height of a disc
NECK_APART_MM, LUMBAR_APART_MM = (10.0, 24.0), (20.0, 48.0)  # of the middles of neighbouring discs
BESIDE_MM, BEFORE_MM, BEHIND_MM = (38.0, 58.0), 25.0, 22.0  # of the sac's middle: ribs, sacrum and ilium
BONE_HU = 180.0  # of their rind
RIB_MM2, SACRUM_MM2 = 45.0, 190.0  # of bone on each side; a transverse process leaves at most 30
ABOUT_DISC_MM = 5.0
NECK = (
    Interspace.C2_3,
    Interspace.C3_4,
    Interspace.C4_5,
    Interspace.C5_6,
    Interspace.C6_7,
    Interspace.C7_T1,
    Interspace.T1_2,
    Interspace.T2_3,
    Interspace.T3_4,
)
ABOVE = (Interspace.T10_11, Interspace.T11_12, Interspace.T12_L1)
FIVE = (*ABOVE, Interspace.L1_2, Interspace.L2_3, Interspace.L3_4, Interspace.L4_5, Interspace.L5_S1)
SIX = (*FIVE[:-1], Interspace.L5_6, Interspace.L6_S1)
WINDOW_BELOW_MM = {
    **dict.fromkeys(NECK[:4], -6.0),
    Interspace.C6_7: -4.5,
    Interspace.C7_T1: -2.0,
    **dict.fromkeys(NECK[6:], -1.0),
    **dict.fromkeys(ABOVE, 1.0),
    Interspace.L1_2: 9.0,
    Interspace.L2_3: 7.5,
    Interspace.L3_4: 5.0,
    Interspace.L4_5: 2.0,
    Interspace.L5_S1: -0.5,
    Interspace.L5_6: -1.0,
    Interspace.L6_S1: -4.0,
}
"""How far the way between the laminae lies below the disc's middle of somebody prone over a pillow. Assumption: as in
thirteen people drawn by this program, none of them of a study."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Disc:
    """A disc.

    Attributes:
        table_mm: height of its middle
        beside_mm2: bone beside it, on the side that has less
    """

    table_mm: float
    beside_mm2: float


def count_interspaces(
    images: Sequence[Image], table_mm: Profile, pixel_mm: float, sac: tuple[Profile, Profile]
) -> dict[Interspace, float]:
    """Table positions of the interspaces that can be named; none where there is nothing to count from.

    Args:
        images: slices, HU, evenly spaced, at least 60 mm to either side of the spine
        table_mm: their heights [shape=(n,)]
        pixel_mm: width of a pixel
        sac: row and column of the sac's middle in each [shape=(n,)]
    """
    discs = _discs(images, table_mm, pixel_mm, sac)
    names = _names(discs)
    return {name: disc.table_mm - WINDOW_BELOW_MM[name] for name, disc in zip(names, discs, strict=bool(names))}


def _discs(images: Sequence[Image], table_mm: Profile, pixel_mm: float, sac: tuple[Profile, Profile]) -> list[_Disc]:
    """All discs, from the head down."""
    heights = np.asarray(table_mm, np.float64)
    places = list(zip(images, *sac, strict=True))
    body = np.array([_body_hu(image, row, column, pixel_mm) for image, row, column in places])
    beside = np.array([_bone_beside_mm2(image, row, column, pixel_mm) for image, row, column in places])
    spacing_mm = abs(float(heights[1] - heights[0]))
    parts, count = ndimage.label(body < DISC_FRACTION * np.percentile(body, BONE_PERCENTILE))
    found = []
    for part in range(1, count + 1):
        held = np.flatnonzero(parts == part)
        if not DISC_MM[0] <= len(held) * spacing_mm <= DISC_MM[1]:
            continue
        middle_mm = float(heights[held].mean())
        near = np.abs(heights - middle_mm) <= ABOUT_DISC_MM
        found.append(_Disc(table_mm=middle_mm, beside_mm2=float(np.median(beside[near]))))
    return sorted(found, key=lambda disc: -disc.table_mm)


def _names(discs: Sequence[_Disc]) -> tuple[Interspace, ...]:
    """Names of discs from the head down; none where nothing tells, one was passed over, or what seems one is none."""
    apart_mm = -np.diff([disc.table_mm for disc in discs])
    beside_mm2 = [disc.beside_mm2 for disc in discs]
    for (least_mm, most_mm), named in ((NECK_APART_MM, _from_first_rib), (LUMBAR_APART_MM, _from_last_rib_or_sacrum)):
        if len(discs) > 1 and np.all((apart_mm >= least_mm) & (apart_mm <= most_mm)):
            return named(beside_mm2)
    return ()


def _from_first_rib(beside_mm2: Sequence[float]) -> tuple[Interspace, ...]:
    """Names of a neck's discs, by the bone beside each; none where its first rib is not among them."""
    ribs = [place for place, area in enumerate(beside_mm2) if area >= RIB_MM2]
    if not ribs or ribs[0] == 0:  # above it a disc without any was seen
        return ()
    return _part_of(NECK, NECK.index(Interspace.T1_2) - ribs[0], len(beside_mm2))


def _from_last_rib_or_sacrum(beside_mm2: Sequence[float]) -> tuple[Interspace, ...]:
    """Names of a lumbar spine's discs, by the bone beside each; none where neither is among them."""
    last = len(beside_mm2) - 1
    sacral = [place for place, area in enumerate(beside_mm2) if area >= SACRUM_MM2]
    # The last rib is one below which a disc without any was seen
    ribs = [place for place, area in enumerate(beside_mm2[:-1]) if RIB_MM2 <= area < SACRUM_MM2]
    if sacral not in ([], [last]):
        return ()
    if not ribs:
        return _part_of(FIVE, len(FIVE) - 1 - last, last + 1) if sacral else ()
    first = FIVE.index(Interspace.T12_L1) - ribs[-1]
    for column in (FIVE, SIX):
        if not sacral or first + last == len(column) - 1:
            return _part_of(column, first, last + 1)
    return ()


def _part_of(column: tuple[Interspace, ...], first: int, count: int) -> tuple[Interspace, ...]:
    """So many interspaces of a column from one on; none where the column ends before."""
    return column[first : first + count] if first >= 0 and first + count <= len(column) else ()


def _body_hu(image: Image, row: float, column: float, pixel_mm: float) -> float:
    """What lies before the sac: body or disc."""
    rows = slice(round(row + BODY_MM[0] / pixel_mm), round(row + BODY_MM[1] / pixel_mm))
    columns = slice(round(column - BODY_HALF_MM / pixel_mm), round(column + BODY_HALF_MM / pixel_mm))
    return float(np.median(image[rows, columns]))


def _bone_beside_mm2(image: Image, row: float, column: float, pixel_mm: float) -> float:
    """Bone beside the spine, on the side that has less."""
    rows = slice(max(round(row - BEHIND_MM / pixel_mm), 0), round(row + BEFORE_MM / pixel_mm))
    near, far = (round(mm / pixel_mm) for mm in BESIDE_MM)
    middle = round(column)
    sides = image[rows, max(middle - far, 0) : middle - near], image[rows, middle + near : middle + far]
    return min(float(np.count_nonzero(side > BONE_HU)) for side in sides) * pixel_mm**2
