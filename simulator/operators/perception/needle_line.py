"""Needle line: the thin bright line of a shaft, near where the operator knows that it was put."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from simulator.operators.perception.images import Image, ImageOffset, ImagePoint, Profile

LINE_WIDTH_MM = 4.0  # anything wider than this across is no needle
CLIP_HU = 500.0
STEP_MM = 0.25
OUTSIDE_MM = 12.0  # of the skin, where the line begins
SEARCH_OFFSET_MM = 6.0
SEARCH_ANGLE_DEG = 12.0
LEAST_SHOWN_MM = 12.0  # of a shaft, to tell it from the edge of a bone
LEAST_BRIGHTNESS_HU = 30.0  # of a line, on average
LAST_PART_MM = (24.0, 3.0)  # behind the tip, from and to: the part of the shaft whose direction counts
BENDS_FROM_MM = 25.0  # inserted: a shorter shaft is straight
RIDGE_MM, RIDGE_STEP_MM = 2.5, 0.25  # to either side of a line: what of a shaft draws the line to itself
RIDGE_FROM_HU, RIDGE_FULL = 150.0, 3000.0  # brightness from which it does, and the sum from which it counts no more
RIDGE_ROUNDS = 3
LEAST_RIDGE = 6  # places along a line where anything is bright


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleLine:
    """A straight line in a slice.

    Attributes:
        start: where it begins
        angle_rad: lean; positive leads to greater x, and so to smaller columns
    """

    start: ImagePoint
    angle_rad: float

    @property
    def direction(self) -> ImageOffset:
        """Row and column steps of the lean: rows grow to the front, columns fall towards greater x."""
        return ImageOffset(math.cos(self.angle_rad), -math.sin(self.angle_rad))

    def point(self, distance_mm: float, pixel_mm: float) -> ImagePoint:
        """The place so far from the start."""
        row, column = self.direction
        return ImagePoint(
            self.start.row + row * distance_mm / pixel_mm, self.start.column + column * distance_mm / pixel_mm
        )

    def sample(self, plane: Image, distances_mm: Profile, pixel_mm: float) -> Profile:
        """Values of a plane along the line [shape=(n,)]."""
        row, column = self.direction
        rows = self.start.row + row * distances_mm / pixel_mm
        columns = self.start.column + column * distances_mm / pixel_mm
        return np.asarray(ndimage.map_coordinates(plane, [rows, columns], order=1, mode="constant"))


def enhance_ridges(image: Image, pixel_mm: float) -> Image:
    """What is bright and narrow from left to right (white top-hat), lightly smoothed."""
    width = 2 * int(0.5 * LINE_WIDTH_MM / pixel_mm) + 1
    smooth = ndimage.gaussian_filter(np.clip(image, -1024.0, 3000.0), (0.0, 1.0, 0.6))
    return np.asarray(smooth - ndimage.grey_opening(smooth, size=(1, 1, width)))


def find_shaft(
    total: Image, pixel_mm: float, entry: ImagePoint, lean_deg: float, inserted_mm: float, shown_mm: float
) -> NeedleLine | None:
    """The line that is brightest from outside to near the tip; it starts on the entry's row.

    Args:
        total: ridges of all slices [shape=(row, column)]
        pixel_mm: width of a pixel
        entry: where the needle entered the skin, about
        lean_deg: in-plane lean, about
        inserted_mm: length in tissue, about
        shown_mm: length behind the tip that the slices hold
    """
    last = max(inserted_mm - 5.0, 5.0)
    distances = np.arange(max(-OUTSIDE_MM, min(inserted_mm - shown_mm, last - LEAST_SHOWN_MM)), last, 2 * STEP_MM)
    offsets = np.arange(-SEARCH_OFFSET_MM, SEARCH_OFFSET_MM + 0.1, 0.5)
    angles = np.radians(np.arange(lean_deg - SEARCH_ANGLE_DEG, lean_deg + SEARCH_ANGLE_DEG + 0.1, 1.0))
    coarse = best_line(total, pixel_mm, entry, distances, offsets, angles)
    if coarse is None:
        return None
    fine_angles = coarse.angle_rad + np.radians(np.arange(-1.0, 1.01, 0.25))
    return best_line(total, pixel_mm, coarse.start, distances, np.arange(-0.5, 0.51, 0.125), fine_angles)


def refine_last_part(total: Image, pixel_mm: float, shaft: NeedleLine, inserted_mm: float) -> NeedleLine:
    """The line that fits the last part of a shaft, which bends; distances on it count as on the shaft's line."""
    if inserted_mm < BENDS_FROM_MM:
        return shaft
    first, last = LAST_PART_MM
    pivot_mm = inserted_mm - first
    distances = np.arange(inserted_mm - first, inserted_mm - last, STEP_MM)
    found = best_line(
        total,
        pixel_mm,
        shaft.point(pivot_mm, pixel_mm),
        distances - pivot_mm,
        np.arange(-1.5, 1.51, 0.25),
        shaft.angle_rad + np.radians(np.arange(-6.0, 6.01, 0.5)),
    )
    if found is None:
        return shaft
    row, column = found.direction
    start = ImagePoint(found.start.row - row * pivot_mm / pixel_mm, found.start.column - column * pivot_mm / pixel_mm)
    return NeedleLine(start=start, angle_rad=found.angle_rad)


def follow_ridge(total: Image, pixel_mm: float, line: NeedleLine, distances_mm: Profile) -> NeedleLine:
    """The line through the middle of what is bright beside a line, by weighted least squares.

    Args:
        total: ridges of all slices [shape=(row, column)]
        distances_mm: along the line, where it is looked at [shape=(n,)]
    """
    across_mm = np.arange(-RIDGE_MM, RIDGE_MM + 0.01, RIDGE_STEP_MM)
    for _ in range(RIDGE_ROUNDS):
        row, column = line.direction
        along = (line.start.row + distances_mm * row / pixel_mm, line.start.column + distances_mm * column / pixel_mm)
        rows = along[0][:, None] - across_mm * column / pixel_mm
        columns = along[1][:, None] + across_mm * row / pixel_mm
        bright = np.clip(ndimage.map_coordinates(total, [rows, columns], order=1) - RIDGE_FROM_HU, 0.0, None)
        whole = bright.sum(axis=1)
        if np.count_nonzero(whole) < LEAST_RIDGE:
            break
        middle_mm = (bright @ across_mm) / np.maximum(whole, 1e-6)
        slope, off_mm = np.polyfit(distances_mm, middle_mm, 1, w=np.minimum(whole, RIDGE_FULL))
        start = ImagePoint(line.start.row - off_mm * column / pixel_mm, line.start.column + off_mm * row / pixel_mm)
        line = NeedleLine(start=start, angle_rad=line.angle_rad - math.atan(slope))
    return line


def best_line(
    total: Image,
    pixel_mm: float,
    about: ImagePoint,
    distances_mm: Profile,
    offsets_mm: Profile,
    angles_rad: NDArray[np.float64],
    weights: NDArray[np.float64] | None = None,
) -> NeedleLine | None:
    """The line with the greatest mean among those with some offsets along the row and some angles.

    Args:
        total: ridges of all slices [shape=(row, column)]
        pixel_mm: width of a pixel
        about: the place that offsets and distances count from
        distances_mm: along the line, at which it is sampled [shape=(n,)]
        offsets_mm: along the row [shape=(k,)]
        angles_rad: leans [shape=(m,)]
        weights: by which each line's mean counts [shape=(k, m)]; all alike if None
    """
    cos, sin = np.cos(angles_rad)[None, :, None], np.sin(angles_rad)[None, :, None]
    rows = about.row + cos * distances_mm[None, None, :] / pixel_mm
    columns = about.column + (offsets_mm[:, None, None] - sin * distances_mm[None, None, :]) / pixel_mm
    rows = np.broadcast_to(rows, columns.shape)
    values = ndimage.map_coordinates(total, [rows, columns], order=1, mode="constant")
    # A line that is bright all along is a needle, one that crosses something bright is not
    quality = np.minimum(values, CLIP_HU).mean(axis=2)
    quality = quality if weights is None else quality * weights
    best = np.unravel_index(int(quality.argmax()), quality.shape)
    if quality[best] < LEAST_BRIGHTNESS_HU:
        return None
    start = ImagePoint(about.row, about.column + float(offsets_mm[best[0]]) / pixel_mm)
    return NeedleLine(start=start, angle_rad=float(angles_rad[best[1]]))
