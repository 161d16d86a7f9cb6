"""Needle detection: where the shaft and the tip are, from the pixels of a fluoroscopy press.

The shaft is a thin bright line near where the operator knows that it was put; the tip is where that line ends, with a
dark shadow beyond it. A line that ends too early has left the slices.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from simulator.operators.perception.images import Image, ImageOffset, ImagePoint, Profile
from simulator.operators.perception.needle_line import (
    CLIP_HU,
    OUTSIDE_MM,
    STEP_MM,
    enhance_ridges,
    find_shaft,
    refine_last_part,
)

TIP_FRACTION = 0.45  # of the shaft's brightness, at which the line has ended
TIP_SEARCH_MM = 9.0
DARK_MM = 1.25  # of darkness that end a needle
SHAFT_MM = 12.0  # behind the tip, over which the shaft's brightness is measured
LEAST_CONTRAST_HU = 60.0
LAST_MM, MIDDLE_MM = 7.0, (26.0, 14.0)  # behind the tip: two parts of the shaft, whose slices are compared
FROM_MIDDLE_TO_LAST_MM = 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedNeedle:
    """The needle in three slices.

    Attributes:
        tip: where the line ends
        direction: of length one, along the last part of the shaft, towards the tip
        depth_mm: in-plane length from the skin to the tip
        tip_slice: slice, as a fraction, in which the last part of the shaft lies
        drift_per_mm: slices per millimetre that the shaft moves towards the feet
        contrast_hu: brightness of the shaft over its surroundings
    """

    tip: ImagePoint
    direction: ImageOffset
    depth_mm: float
    tip_slice: float
    drift_per_mm: float
    contrast_hu: float


def detect_needle(
    image: Image,
    pixel_mm: float,
    *,
    entry: ImagePoint,
    lean_deg: float,
    inserted_mm: float,
    before: Image | None = None,
    shown_mm: float = math.inf,
) -> DetectedNeedle | None:
    """Find a needle that was put in about here.

    Args:
        image: [shape=(slice, row, column)] HU
        pixel_mm: width of a pixel
        entry: where it entered the skin, about
        lean_deg: in-plane lean; positive leads the tip to greater x (smaller columns)
        inserted_mm: length in tissue, about
        before: the same slices with a needle at least a centimetre shorter; what was there before is no needle
        shown_mm: length behind the tip that these slices hold: a steep shaft comes from others
    """
    ridges = enhance_ridges(image, pixel_mm)
    shaft = find_shaft(_sum_clipped(ridges), pixel_mm, entry, lean_deg, inserted_mm, shown_mm)
    if shaft is None:
        return None
    news = ridges if before is None else ndimage.gaussian_filter(image - before, (0.0, 0.7, 0.7))
    line = refine_last_part(_sum_clipped(news), pixel_mm, shaft, inserted_mm)
    distances = np.arange(-OUTSIDE_MM, inserted_mm + TIP_SEARCH_MM, STEP_MM)
    profiles = np.stack([line.sample(plane, distances, pixel_mm) for plane in news])
    kept = profiles if before is not None else np.clip(profiles, 0.0, None)
    whole = ndimage.gaussian_filter1d(kept.sum(axis=0), 0.5 / STEP_MM)
    near_tip = (distances > max(inserted_mm - SHAFT_MM, 2.0)) & (distances < max(inserted_mm - 3.0, 6.0))
    contrast_hu = float(np.median(whole[near_tip]))
    if contrast_hu < LEAST_CONTRAST_HU:
        return None
    tip_mm = _line_end_mm(whole, distances, contrast_hu, inserted_mm)
    if tip_mm is None:
        return None
    tip_slice, middle_slice = _slices_of_shaft(np.clip(profiles, 0.0, None), distances, tip_mm)
    return DetectedNeedle(
        tip=line.point(tip_mm, pixel_mm),
        direction=line.direction,
        depth_mm=tip_mm,
        tip_slice=tip_slice,
        drift_per_mm=(tip_slice - middle_slice) / FROM_MIDDLE_TO_LAST_MM,
        contrast_hu=contrast_hu,
    )


def lean_from_direction(direction: ImageOffset) -> float:
    """In-plane lean of a direction, degrees; positive leads to greater x."""
    return math.degrees(math.atan2(-direction.column, direction.row))


def _sum_clipped(planes: Image) -> Image:
    """What is bright in any slice, no brighter than a needle [shape=(row, column)]."""
    return np.asarray(np.clip(planes, 0.0, CLIP_HU).sum(axis=0))


def _line_end_mm(profile: Profile, distances_mm: Profile, contrast_hu: float, inserted_mm: float) -> float | None:
    """Where the line ends: the last bright place before it first stays dark, from a little before it is expected."""
    bright = profile > TIP_FRACTION * contrast_hu
    start = int(np.searchsorted(distances_mm, max(inserted_mm - TIP_SEARCH_MM - 6.0, 2.0)))
    end: float | None = None
    gap = 0
    for i in range(start, len(distances_mm)):
        if bright[i]:
            end, gap = float(distances_mm[i]), 0
        else:
            gap += 1
            if gap * STEP_MM > DARK_MM and end is not None:
                break
    return end


def _slices_of_shaft(weights: Profile, distances_mm: Profile, tip_mm: float) -> tuple[float, float]:
    """Slices, as fractions, in which the last part of the shaft and its middle part lie."""
    first, second = MIDDLE_MM
    last = (distances_mm > tip_mm - LAST_MM) & (distances_mm <= tip_mm)
    middle = (distances_mm > max(tip_mm - first, 0.0)) & (distances_mm < max(tip_mm - second, 6.0))
    return _mean_slice(weights[:, last]), _mean_slice(weights[:, middle])


def _mean_slice(weights: Profile) -> float:
    total = weights.sum(axis=1)
    return float((total * np.arange(len(total))).sum() / max(total.sum(), 1e-9))
