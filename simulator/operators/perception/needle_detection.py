"""Needle seen: where the shaft and the tip are, from the pixels of a fluoroscopy press.

The shaft is a thin bright line near where the operator knows that it was put; the tip is where that line ends,
with a dark shadow beyond it. A line that ends too early has left the slices.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

LINE_WIDTH_MM = 4.0  # anything wider than this across is no needle
CLIP_HU = 500.0
TIP_SHARE = 0.45  # of the shaft's brightness, at which the line has ended
STEP_MM = 0.25
OUTSIDE_MM = 12.0
SEARCH_OFFSET_MM = 6.0
SEARCH_ANGLE_DEG = 12.0
TIP_SEARCH_MM = 9.0
DARK_MM = 1.25  # of darkness that end a needle
SHAFT_MM = 12.0  # behind the tip, over which the shaft's brightness is measured
LEAST_CONTRAST_HU = 60.0
LEAST_SHOWN_MM = 12.0  # of a shaft, to tell it from the edge of a bone


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedNeedle:
    """The needle in three slices.

    Attributes:
        tip: row, column
        direction: row and column of a unit vector along the last part of the shaft, towards the tip
        depth_mm: in-plane length from the skin to the tip
        tip_slice: slice, as a fraction, in which the last part of the shaft lies
        drift_per_mm: slices per millimetre that the shaft moves towards the feet
        contrast_hu: brightness of the shaft over its surroundings
    """

    tip: tuple[float, float]
    direction: tuple[float, float]
    depth_mm: float
    tip_slice: float
    drift_per_mm: float
    contrast_hu: float


def detect_needle(
    image: NDArray[np.float32],
    pixel_mm: float,
    *,
    entry: tuple[float, float],
    lean_deg: float,
    inserted_mm: float,
    before: NDArray[np.float32] | None = None,
    shown_mm: float = math.inf,
) -> DetectedNeedle | None:
    """Find a needle that was put in about here.

    Args:
        image: [shape=(slice, row, column)] HU
        pixel_mm: width of a pixel
        entry: row and column where it entered the skin, about
        lean_deg: in-plane lean; positive leads the tip to greater x (smaller columns)
        inserted_mm: length in tissue, about
        before: the same slices with a needle at least a centimetre shorter, if there are any: what was there before
            is no needle, however bright
        shown_mm: length behind the tip that these slices hold: a steep shaft comes from others
    """
    total = np.clip(_ridge(image, pixel_mm), 0.0, CLIP_HU).sum(axis=0)
    best = _best_line(total, pixel_mm, entry, lean_deg, inserted_mm, shown_mm)
    if best is None:
        return None
    news = _ridge(image, pixel_mm) if before is None else ndimage.gaussian_filter(image - before, (0.0, 0.7, 0.7))
    start, angle = _last_part(np.clip(news, 0.0, CLIP_HU).sum(axis=0), pixel_mm, *best, inserted_mm)
    distances = np.arange(-OUTSIDE_MM, inserted_mm + TIP_SEARCH_MM, STEP_MM)
    profiles = np.stack([_along(r, pixel_mm, start, angle, distances) for r in news])
    kept = profiles if before is not None else np.clip(profiles, 0.0, None)
    whole = ndimage.gaussian_filter1d(kept.sum(axis=0), 0.5 / STEP_MM)
    shaft = (distances > max(inserted_mm - SHAFT_MM, 2.0)) & (distances < max(inserted_mm - 3.0, 6.0))
    level = float(np.median(whole[shaft]))
    if level < LEAST_CONTRAST_HU:
        return None
    tip_mm = _line_end_mm(whole, distances, level, inserted_mm)
    if tip_mm is None:
        return None
    weights = np.clip(profiles, 0.0, None)
    last = (distances > tip_mm - 7.0) & (distances <= tip_mm)
    middle = (distances > max(tip_mm - 26.0, 0.0)) & (distances < max(tip_mm - 14.0, 6.0))
    tip_slice, middle_slice = _mean_slice(weights[:, last]), _mean_slice(weights[:, middle])
    unit = _unit(angle)
    return DetectedNeedle(
        tip=(start[0] + unit[0] * tip_mm / pixel_mm, start[1] + unit[1] * tip_mm / pixel_mm),
        direction=unit,
        depth_mm=tip_mm,
        tip_slice=tip_slice,
        drift_per_mm=(tip_slice - middle_slice) / 16.0,
        contrast_hu=level,
    )


def lean_from_direction(direction: tuple[float, float]) -> float:
    """In-plane lean of a direction, degrees; positive leads to greater x."""
    return math.degrees(math.atan2(-direction[1], direction[0]))


def _unit(angle_rad: float) -> tuple[float, float]:
    """Row and column steps of a lean: rows grow to the front, columns fall towards greater x."""
    return (math.cos(angle_rad), -math.sin(angle_rad))


def _ridge(image: NDArray[np.float32], pixel_mm: float) -> NDArray[np.float32]:
    """What is bright and narrow from left to right (white top-hat), lightly smoothed."""
    width = 2 * int(0.5 * LINE_WIDTH_MM / pixel_mm) + 1
    smooth = ndimage.gaussian_filter(np.clip(image, -1024.0, 3000.0), (0.0, 1.0, 0.6))
    floor = ndimage.grey_opening(smooth, size=(1, 1, width))
    return smooth - floor


def _along(
    plane: NDArray[np.float32],
    pixel_mm: float,
    start: tuple[float, float],
    angle: float,
    distances: NDArray[np.float64],
) -> NDArray[np.float64]:
    unit = _unit(angle)
    rows = start[0] + unit[0] * distances / pixel_mm
    columns = start[1] + unit[1] * distances / pixel_mm
    return ndimage.map_coordinates(plane, [rows, columns], order=1, mode="constant")


def _best_line(
    total: NDArray[np.float32],
    pixel_mm: float,
    entry: tuple[float, float],
    lean_deg: float,
    inserted_mm: float,
    shown_mm: float,
) -> tuple[tuple[float, float], float] | None:
    """Start on the entry's row, and angle, of the line that is brightest from outside to near the tip."""
    last = max(inserted_mm - 5.0, 5.0)
    distances = np.arange(max(-OUTSIDE_MM, min(inserted_mm - shown_mm, last - LEAST_SHOWN_MM)), last, 2 * STEP_MM)
    offsets = np.arange(-SEARCH_OFFSET_MM, SEARCH_OFFSET_MM + 0.1, 0.5)
    angles = np.radians(np.arange(lean_deg - SEARCH_ANGLE_DEG, lean_deg + SEARCH_ANGLE_DEG + 0.1, 1.0))
    best = _search(total, pixel_mm, entry, distances, offsets, angles)
    if best is None:
        return None
    start, angle = best
    fine = np.arange(-0.5, 0.51, 0.125)
    return _search(total, pixel_mm, start, distances, fine, angle + np.radians(np.arange(-1.0, 1.01, 0.25)))


def _last_part(
    total: NDArray[np.float32], pixel_mm: float, start: tuple[float, float], angle: float, inserted_mm: float
) -> tuple[tuple[float, float], float]:
    """The line that fits the last part of the shaft, which bends; given by its point on the first line's start."""
    if inserted_mm < 25.0:
        return start, angle
    distances = np.arange(inserted_mm - 24.0, inserted_mm - 3.0, STEP_MM)
    pivot_mm = inserted_mm - 24.0
    unit = _unit(angle)
    pivot = (start[0] + unit[0] * pivot_mm / pixel_mm, start[1] + unit[1] * pivot_mm / pixel_mm)
    found = _search(
        total,
        pixel_mm,
        pivot,
        distances - pivot_mm,
        np.arange(-1.5, 1.51, 0.25),
        angle + np.radians(np.arange(-6.0, 6.01, 0.5)),
    )
    if found is None:
        return start, angle
    pivot, angle = found
    unit = _unit(angle)
    return (pivot[0] - unit[0] * pivot_mm / pixel_mm, pivot[1] - unit[1] * pivot_mm / pixel_mm), angle


def _search(
    total: NDArray[np.float32],
    pixel_mm: float,
    about: tuple[float, float],
    distances: NDArray[np.float64],
    offsets_mm: NDArray[np.float64],
    angles: NDArray[np.float64],
) -> tuple[tuple[float, float], float] | None:
    """Offset along the row and angle of the line with the greatest mean."""
    cos, sin = np.cos(angles)[None, :, None], np.sin(angles)[None, :, None]
    rows = about[0] + cos * distances[None, None, :] / pixel_mm
    columns = about[1] + (offsets_mm[:, None, None] - sin * distances[None, None, :]) / pixel_mm
    rows = np.broadcast_to(rows, columns.shape)
    values = ndimage.map_coordinates(total, [rows, columns], order=1, mode="constant")
    # a line that is bright all along is a needle, one that crosses something bright is not
    quality = np.minimum(values, CLIP_HU).mean(axis=2)
    best = np.unravel_index(int(quality.argmax()), quality.shape)
    if quality[best] < 30.0:
        return None
    return (about[0], about[1] + float(offsets_mm[best[0]]) / pixel_mm), float(angles[best[1]])


def _line_end_mm(
    profile: NDArray[np.float64], distances: NDArray[np.float64], level: float, inserted_mm: float
) -> float | None:
    """Where the line ends: the last bright place before it first stays dark, from a little before it is expected."""
    bright = profile > TIP_SHARE * level
    start = int(np.searchsorted(distances, max(inserted_mm - TIP_SEARCH_MM - 6.0, 2.0)))
    end: float | None = None
    gap = 0
    for i in range(start, len(distances)):
        if bright[i]:
            end, gap = float(distances[i]), 0
        else:
            gap += 1
            if gap * STEP_MM > DARK_MM and end is not None:
                break
    return end


def _mean_slice(weights: NDArray[np.float64]) -> float:
    total = weights.sum(axis=1)
    return float((total * np.arange(len(total))).sum() / max(total.sum(), 1e-9))
