"""Leak seen: where contrast lies outside the sac, found in the slices of a myelogram.

A ring of fluid shows as a rim about the sac, dimmer than it, behind and at the sides; contrast that lies behind alone
is what the puncture left. Fluid along a root shows in the foramen, where a scan has neither bone nor contrast at other
levels. Both are looked for in every slice, and the place where most is seen counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from simulator.operators.anatomy_seen import SAC_EDGE_SHARE, Image, Sac, find_sac

Side = Literal["left", "right", "both"]
Profile = NDArray[np.float64]

FEWEST = 4  # slices with a sac, or nothing can be said
FEW_OF_A_LEVEL = 4
LEAST_HU = 120.0  # contrast is brighter than nerve and muscle
BEHIND_DEG = np.arange(50.0, 131.0, 5.0)  # rays from the sac's middle, 0 to the patient's left, 90 to the back
BESIDE_DEG = np.concatenate([np.arange(-15.0, 31.0, 5.0), np.arange(150.0, 196.0, 5.0)])
FIRST_EDGE_MM, LAST_EDGE_MM = 3.0, 13.0  # where the sac's edge can be on a ray
RIM_MM = (0.8, 5.0)  # beyond the sac's edge: where a ring is
ASIDE_MM = (10.0, 22.0)  # from the sac's middle: where fluid runs along a root
FORWARDS_MM = (-9.0, 4.0)  # the root's way, before and behind the sac's middle
CLEAREST = 25.0  # percentile of a level's slices: those with the least bone beside the sac
RING = 0.12  # of the sac's brightness: a rim as bright as that is fluid
SURE_RING = 0.3  # where few slices of a level were seen, and all may have met a lamina
ALONG_ROOT = 0.085  # and a side that is by so much brighter than at other levels
BEST_SHARE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakSeen:
    """Where most contrast lies outside the sac.

    Attributes:
        table_mm: height of it
        side: of the patient
    """

    table_mm: float
    side: Side


def find_ring(images: list[Image], table_mm: Profile, pixel_mm: float, level_mm: float) -> LeakSeen | None:
    """The place where a ring about the sac is brightest; None where there is none.

    Args:
        images: slices, HU, from the head down, evenly spaced
        table_mm: their heights [shape=(n,)]
        pixel_mm: width of a pixel
        level_mm: length of one level here, about
    """
    seen, sacs = _sacs(images, pixel_mm)
    if len(seen) < FEWEST:
        return None
    rim = np.array([_ring(images[k], sac, pixel_mm) for k, sac in zip(seen, sacs, strict=True)])
    ring = _clearest(rim, table_mm, level_mm)
    if ring.max() < (RING if _slices(table_mm, level_mm) > FEW_OF_A_LEVEL else SURE_RING):
        return None
    return LeakSeen(table_mm=float(table_mm[seen][_middle_of_best(ring)]), side="both")


def find_along_roots(images: list[Image], table_mm: Profile, pixel_mm: float, level_mm: float) -> LeakSeen | None:
    """The place where fluid along a root stands out; None where there is none. Every slice is needed: as `find_ring`.

    Bone is alike on both sides, so one brighter side is found by the difference; where both are bright, by the slices
    of a level that have the least bone beside the sac.
    """
    seen, sacs = _sacs(images, pixel_mm)
    if len(seen) < FEWEST:
        return None
    left, right = np.array([_beside(images[k], sac, pixel_mm) for k, sac in zip(seen, sacs, strict=True)]).T
    span = _slices(table_mm, level_mm)
    uneven = ndimage.uniform_filter1d(left - right, max(span // 2, 1), mode="nearest")
    uneven -= np.median(uneven)
    both = np.minimum(_clearest(left, table_mm, level_mm), _clearest(right, table_mm, level_mm))
    inside = slice(span // 2, max(len(seen) - span // 2, span // 2 + 1))  # where a whole level about it was seen
    alike = np.zeros_like(both)
    alike[inside] = both[inside] - np.median(both[inside])
    if max(np.abs(uneven).max(), alike.max()) < ALONG_ROOT:
        return None
    if alike.max() > np.abs(uneven).max():
        return LeakSeen(table_mm=float(table_mm[seen][_middle_of_best(alike)]), side="both")
    best = int(np.abs(uneven).argmax())
    return LeakSeen(table_mm=float(table_mm[seen][best]), side="left" if uneven[best] > 0.0 else "right")


def _sacs(images: list[Image], pixel_mm: float) -> tuple[list[int], list[Sac]]:
    """Slices in which the sac is seen, and the sac in each."""
    seen: list[int] = []
    sacs: list[Sac] = []
    for k, image in enumerate(images):
        sac = find_sac(image, pixel_mm, (sacs[-1].row, sacs[-1].column) if sacs else None)
        if sac is not None:
            seen.append(k)
            sacs.append(sac)
    return seen, sacs


def _slices(table_mm: Profile, level_mm: float) -> int:
    """Slices in the length of a level."""
    return max(round(level_mm * (len(table_mm) - 1) / abs(float(table_mm[-1] - table_mm[0]))), 1)


def _clearest(values: Profile, table_mm: Profile, level_mm: float) -> Profile:
    """What is seen in a level's slices with the least bone about the sac."""
    size = _slices(table_mm, level_mm)
    return np.asarray(ndimage.percentile_filter(values, CLEAREST, size=size, mode="nearest"))


def _middle_of_best(profile: Profile) -> int:
    """The middle of where a profile is at its highest: a percentile over a level is flat about a leak."""
    best = int(profile.argmax())
    high = profile > BEST_SHARE * profile[best]
    first, last = best, best
    while first > 0 and high[first - 1]:
        first -= 1
    while last < len(profile) - 1 and high[last + 1]:
        last += 1
    return (first + last) // 2


def _ring(image: Image, sac: Sac, pixel_mm: float) -> float:
    """Contrast in the rim, behind and beside the sac alike: what lies behind alone is no ring."""
    return min(_rim(image, sac, pixel_mm, BEHIND_DEG), _rim(image, sac, pixel_mm, BESIDE_DEG))


def _beside(image: Image, sac: Sac, pixel_mm: float) -> tuple[float, float]:
    """Contrast where roots run, on the left and the right, as parts of the sac's."""
    reach = int((ASIDE_MM[1] + 2.0) / pixel_mm)
    top, start = max(round(sac.row) - reach, 0), max(round(sac.column) - reach, 0)
    patch = image[top : round(sac.row) + reach, start : round(sac.column) + reach]
    rows, columns = np.indices(patch.shape)
    back, across = (sac.row - top - rows) * pixel_mm, (columns - (sac.column - start)) * pixel_mm
    aside = (np.abs(across) > ASIDE_MM[0]) & (np.abs(across) < ASIDE_MM[1])
    aside &= (back > FORWARDS_MM[0]) & (back < FORWARDS_MM[1])
    contrast = _contrast(patch, sac)
    return float(contrast[aside & (across < 0.0)].mean()), float(contrast[aside & (across > 0.0)].mean())


def _rim(image: Image, sac: Sac, pixel_mm: float, angles_deg: Profile) -> float:
    """Contrast beyond the sac's edge on rays from its middle; the median of the rays, for some meet bone."""
    out = np.arange(0.0, LAST_EDGE_MM + RIM_MM[1], 0.25)
    turn = np.radians(angles_deg)[:, None]
    places = np.stack([sac.row - out * np.sin(turn) / pixel_mm, sac.column - out * np.cos(turn) / pixel_mm])
    lines = ndimage.map_coordinates(image, places, order=1, mode="nearest")
    shares = []
    for line in lines:
        dim = np.flatnonzero((line < SAC_EDGE_SHARE * sac.hu) & (out > FIRST_EDGE_MM))
        edge = float(out[dim[0]]) if dim.size and out[dim[0]] < LAST_EDGE_MM else LAST_EDGE_MM
        beyond = (out > edge + RIM_MM[0]) & (out < edge + RIM_MM[1])
        shares.append(float(_contrast(line[beyond], sac).mean()))
    return float(np.median(shares))


def _contrast(hu: Image, sac: Sac) -> NDArray[np.float64]:
    return np.where(hu > LEAST_HU, np.minimum(hu / sac.hu, 1.0), 0.0)
