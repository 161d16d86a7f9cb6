"""Root tracking: lumbar roots in their sleeves, followed from the sac outwards on one side of a myelogram.

Beside the sac a root in its sleeve is a disc, brighter than the fat about it. From slice to slice downwards it moves
outwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from simulator.operators.perception.curved_reformat import GRID_MM
from simulator.operators.perception.images import Image, Mask, Profile
from simulator.operators.perception.unexplained_contrast import SideOfSac

CLEAR_MM = 0.5  # of sac and bone: nearer than this their blur is not known well enough
DISC_MM, ABOUT_MM = (0.0, 2.3), (3.2, 4.3)  # a root in its sleeve, and the fat about it
SEEN_OF_DISC, SEEN_ABOUT = 0.7, 0.2  # least parts of them that bone and sac leave free
VALUES_HU = (-80.0, 200.0)
LEAST_HU = 35.0  # by which a root is brighter than the fat about it
ROOTS_BACK_MM = (-9.0, 4.0)
NEIGHBOUR_PIXELS = 5
OUTWARDS = 0.75  # mm for each mm downwards (take-off angles of 25 to 45 degrees)
STRAYS = 0.6  # mm for each mm, to any side
PER_STRAYED_MM, PER_MISSED = 40.0, 30.0  # what these cost, as HU
MOST_BACKWARDS_MM, MOST_JUMP_MM = 0.7, 2.2
FEWEST_SLICES, LEAST_OUT_MM = 4, 2.5  # of a root's way
SMOOTHED_SLICES = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class RootTrack:
    """The middle of a root in consecutive slices, from the head down.

    Attributes:
        first: index of the first slice
        row, column: on the grid of the side, as fractions [shape=(n,)]
    """

    first: int
    row: Profile
    column: Profile


class _Spot(NamedTuple):
    slice: int
    row: float
    column: float
    hu: float


def track_roots(side: SideOfSac) -> list[RootTrack]:
    """Roots of one side, the clearest first."""
    return [_smooth(way) for way in _ways(_spots(side), side.spacing_mm)]


def _ring(from_mm: float, to_mm: float) -> NDArray[np.float64]:
    reach = int(np.ceil(to_mm / GRID_MM))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1] * GRID_MM
    away = np.hypot(x, y)
    return np.asarray((away >= from_mm) & (away <= to_mm), np.float64)


def _mean(values: Image, seen: Mask, ring: NDArray[np.float64], least: float) -> Image:
    """Mean over a ring about each pixel of what is seen of it; NaN where that is less than a part."""
    total = ndimage.convolve(np.where(seen, values, 0.0), ring, mode="constant")
    count = ndimage.convolve(seen.astype(np.float64), ring, mode="constant")
    return np.where(count >= least * ring.sum(), total / np.maximum(count, 1.0), np.nan)


def _spots(side: SideOfSac) -> list[_Spot]:
    """What looks like a root, slice by slice."""
    inner, outer = _ring(*DISC_MM), _ring(*ABOUT_MM)
    rows = (side.back_mm > ROOTS_BACK_MM[0]) & (side.back_mm < ROOTS_BACK_MM[1])
    found = []
    for k, (image, clear) in enumerate(zip(side.hu, side.clear_mm, strict=True)):
        seen, values = clear > CLEAR_MM, np.clip(image, *VALUES_HU)
        brighter = _mean(values, seen, inner, SEEN_OF_DISC) - _mean(values, seen, outer, SEEN_ABOUT)
        brighter = np.where(np.isnan(brighter), -1.0, brighter)
        peak = brighter == ndimage.maximum_filter(brighter, size=NEIGHBOUR_PIXELS)
        for row, column in np.argwhere(peak & (brighter > LEAST_HU) & rows[:, None]):
            place = _between_pixels(brighter, int(row), int(column))
            found.append(_Spot(k, *place, float(brighter[row, column])))
    return found


def _between_pixels(image: Image, row: int, column: int) -> tuple[float, float]:
    """The top of a peak, by a parabola through its neighbours."""
    if not (0 < row < image.shape[0] - 1 and 0 < column < image.shape[1] - 1):
        return float(row), float(column)
    down, across = image[row - 1 : row + 2, column], image[row, column - 1 : column + 2]
    return row + _top(down), column + _top(across)


def _top(three: Image | Profile) -> float:
    bend = float(three[0] - 2.0 * three[1] + three[2])
    return 0.0 if bend > -1e-6 else float(np.clip(0.5 * (three[0] - three[2]) / bend, -1.0, 1.0))


def _price(here: _Spot, there: _Spot, spacing_mm: float) -> float | None:
    """What it costs to go from one spot to one below it; None where no root goes so."""
    down = (there.slice - here.slice) * spacing_mm
    out, back = (there.column - here.column) * GRID_MM, (there.row - here.row) * GRID_MM
    if out < -MOST_BACKWARDS_MM or abs(back) > MOST_JUMP_MM:
        return None
    strayed = max(abs(out - OUTWARDS * down) - STRAYS * down, 0.0) + max(abs(back) - STRAYS * down, 0.0)
    return PER_STRAYED_MM * strayed + PER_MISSED * (there.slice - here.slice - 1)


def _ways(spots: list[_Spot], spacing_mm: float) -> list[list[_Spot]]:
    """Chains of spots down and outwards, each the brightest of what earlier ones have left."""
    worth: list[float] = []
    before: list[int] = []
    for i, spot in enumerate(spots):
        most, come_from = 0.0, -1
        for j in range(i - 1, -1, -1):
            if spot.slice - spots[j].slice > 2:
                break
            price = None if spots[j].slice == spot.slice else _price(spots[j], spot, spacing_mm)
            if price is not None and worth[j] - price > most:
                most, come_from = worth[j] - price, j
        worth.append(most + spot.hu)
        before.append(come_from)
    ways, taken = [], set[int]()  # slices
    for last in sorted(range(len(spots)), key=lambda n: -worth[n]):
        way, i = [], last
        while i >= 0 and spots[i].slice not in taken:
            way.append(spots[i])
            i = before[i]
        way.reverse()
        if len(way) < FEWEST_SLICES or (way[-1].column - way[0].column) * GRID_MM < LEAST_OUT_MM:
            continue
        taken.update(range(way[0].slice - 1, way[-1].slice + 2))
        ways.append(way)
    return ways


def _smooth(way: list[_Spot]) -> RootTrack:
    at = [spot.slice for spot in way]
    slices = np.arange(at[0], at[-1] + 1)
    row, column = (
        ndimage.gaussian_filter1d(np.interp(slices, at, places), SMOOTHED_SLICES, mode="nearest")
        for places in ([spot.row for spot in way], [spot.column for spot in way])
    )
    return RootTrack(first=at[0], row=row, column=column)
