"""Curved reformat: the sac's middle from slice to slice, and a scan straightened along it.

With the cord in it the sac is a bright ring, below the cord a bright disc. Both are looked for. Bone can look like
either, so the sac is the chain of candidates that leads from slice to slice with the least jumps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from simulator.operators.perception.cord_detection import detect_canal
from simulator.operators.perception.images import Image, Profile
from simulator.operators.perception.sac_detection import detect_sac

LOOK_EVERY_MM = 4.5
WITHIN_MM = 14.0  # of the picture's middle columns, where a ring about the cord may lie
MISSED_MM = 4.0  # what it costs to pass over a slice, as a jump
LEANS = 0.3  # of the way along the spine: so far the sac's middle moves without a jump
MOST_MISSED = 5  # slices in a row
GRID_MM = 0.6
ACROSS_MM, BACK_MM = 33.0, (-11.0, 15.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvedReformat:
    """A scan straightened along the sac.

    Attributes:
        hu: [shape=(slice, back, across)] from the front to the back, from the patient's left to the right
        sac_hu: brightness of the sac [shape=(slice,)]
        sac_row, sac_column: its middle in the slices that were straightened, pixels [shape=(slice,)]
        table_mm: heights of the slices [shape=(slice,)]
        back_mm, across_mm: places on the other two axes, from the sac's middle
    """

    hu: Image
    sac_hu: Profile
    sac_row: Profile
    sac_column: Profile
    table_mm: Profile
    back_mm: Profile
    across_mm: Profile

    @property
    def spacing_mm(self) -> float:
        """From slice to slice."""
        return abs(float(self.table_mm[1] - self.table_mm[0]))

    def slices_in(self, length_mm: float) -> int:
        """Slices in a length along the spine."""
        return max(round(length_mm / self.spacing_mm), 1)


class SacCandidate(NamedTuple):
    """What may be the sac in a slice."""

    row: float
    column: float
    hu: float


def reformat_along_sac(images: list[Image], table_mm: Profile, pixel_mm: float) -> CurvedReformat | None:
    """Follow the sac and straighten the scan along it; None where there is no sac to follow.

    Args:
        images: slices, HU, evenly spaced
        table_mm: their heights [shape=(n,)]
        pixel_mm: width of a pixel
    """
    if len(images) < 2:
        return None
    step = max(round(LOOK_EVERY_MM / abs(float(table_mm[1] - table_mm[0]))), 1)
    looked = sorted({*range(0, len(images), step), len(images) - 1})
    heights = np.asarray(table_mm, dtype=np.float64)
    chain = _smoothest_path([_sac_candidates(images[k], pixel_mm) for k in looked], heights[looked], pixel_mm)
    if len(chain) < max(len(looked) // 2, 2):
        return None
    at = [looked[k] for k, _ in chain]
    row, column, hu = (np.interp(np.arange(len(images)), at, q) for q in zip(*(p for _, p in chain), strict=True))
    back = np.arange(BACK_MM[0], BACK_MM[1] + 1e-6, GRID_MM)
    pixels = round(ACROSS_MM / GRID_MM)
    across = np.linspace(-pixels * GRID_MM, pixels * GRID_MM, 2 * pixels + 1)
    straight = np.empty((len(images), len(back), len(across)), np.float32)
    for k, image in enumerate(images):
        places = np.meshgrid(row[k] - back / pixel_mm, column[k] + across / pixel_mm, indexing="ij")
        straight[k] = ndimage.map_coordinates(image, places, order=1, mode="nearest")
    return CurvedReformat(
        hu=straight,
        sac_hu=ndimage.median_filter(hu, size=2 * step + 1, mode="nearest"),
        sac_row=row,
        sac_column=column,
        table_mm=heights,
        back_mm=back,
        across_mm=across,
    )


def _sac_candidates(image: Image, pixel_mm: float) -> list[SacCandidate]:
    """What may be the sac in a slice: its largest even disc, and its best ring."""
    found = []
    sac = detect_sac(image, pixel_mm)
    if sac is not None:
        found.append(SacCandidate(sac.row, sac.column, sac.hu))
    canal = detect_canal(image, pixel_mm, image.shape[1] / 2, within_mm=WITHIN_MM)
    if canal is not None:
        found.append(SacCandidate(canal.row, canal.column, canal.hu))
    return found


def _smoothest_path(
    places: list[list[SacCandidate]], table_mm: Profile, pixel_mm: float
) -> list[tuple[int, SacCandidate]]:
    """One place in most slices, so that jumps and slices passed over cost least in all."""
    nodes = [(k, place) for k, here in enumerate(places) for place in here]
    cost: list[float] = []
    before: list[int] = []
    for i, (k, place) in enumerate(nodes):
        least, come_from = MISSED_MM * k, -1
        for j in range(i - 1, -1, -1):
            earlier, other = nodes[j]
            if k - earlier > MOST_MISSED:
                break
            if earlier == k:
                continue
            jump = math.hypot(place.row - other.row, place.column - other.column) * pixel_mm
            jump = max(jump - LEANS * abs(float(table_mm[k] - table_mm[earlier])), 0.0)
            whole = cost[j] + MISSED_MM * (k - earlier - 1) + jump
            if whole < least:
                least, come_from = whole, j
        cost.append(least)
        before.append(come_from)
    if not nodes:
        return []
    i = min(range(len(nodes)), key=lambda n: cost[n] + MISSED_MM * (len(places) - 1 - nodes[n][0]))
    chain = []
    while i >= 0:
        chain.append(nodes[i])
        i = before[i]
    return chain[::-1]
