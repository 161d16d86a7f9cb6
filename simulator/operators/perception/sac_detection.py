"""Sac detection: the opacified thecal sac in a slice, where no cord lies in it.

Everything here works on HU and pixel sizes alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from simulator.operators.perception.images import Image, ImagePoint, Mask, disc_footprint

FROM_MIDDLE_MM, FROM_NEAR_MM = 45.0, 20.0  # where a sac is looked for
SAC_RADIUS_MM = 5.0  # of the disc that must fit into an opacified sac
BRIGHT_HU = (250.0, 1600.0)  # an opacified sac; cortical bone is as bright, but not over a whole disc
LEAST_QUALITY = 100.0
SAC_EDGE_FRACTION = 0.82  # of the sac's brightness: a collection around it is dimmer


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedSac:
    """The opacified sac in one slice, in pixels and HU."""

    row: float
    column: float
    hu: float


def detect_sac(image: Image, pixel_mm: float, near: ImagePoint | None = None) -> DetectedSac | None:
    """The largest even, bright disc of an image: the sac, where it is opacified.

    Args:
        image: [shape=(row, column)] HU
        pixel_mm: width of a pixel
        near: about which to look, within 20 mm; anywhere near the middle columns if None
    """
    clipped = np.clip(image, -200.0, BRIGHT_HU[1])
    reach = (FROM_MIDDLE_MM if near is None else FROM_NEAR_MM) / pixel_mm
    middle_column = image.shape[1] / 2 if near is None else near.column
    rows, columns = _window(image.shape, None if near is None else near.row, middle_column, reach)
    if not (rows.stop > rows.start and columns.stop > columns.start):
        return None
    disc = disc_footprint(SAC_RADIUS_MM / pixel_mm)
    mean = _local_mean(clipped, disc, rows, columns)
    square = _local_mean(clipped * clipped, disc, rows, columns)
    spread = np.sqrt(np.maximum(square - mean * mean, 0.0))
    y, x = np.mgrid[rows, columns]
    away = np.abs(x - middle_column) if near is None else np.hypot(y - near.row, x - near.column)
    quality = np.full(image.shape, -np.inf, np.float32)
    means = np.zeros(image.shape, np.float32)
    means[rows, columns] = mean
    quality[rows, columns] = np.where((away < reach) & (mean > BRIGHT_HU[0]), mean - 1.2 * spread, -np.inf)
    best = np.unravel_index(int(quality.argmax()), image.shape)
    if not np.isfinite(quality[best]) or quality[best] < LEAST_QUALITY:
        return None
    return _centred(clipped, DetectedSac(row=float(best[0]), column=float(best[1]), hu=float(means[best])), pixel_mm)


def _window(shape: tuple[int, ...], row: float | None, column: float, reach: float) -> tuple[slice, slice]:
    """Rows and columns of an image within reach of a place; every row where none is given."""
    sides = []
    for size, middle in zip(shape, (row, column), strict=True):
        low, high = (0.0, float(size)) if middle is None else (middle - reach, middle + reach + 1.0)
        sides.append(slice(min(max(int(low), 0), size), min(max(int(high) + 1, 0), size)))
    return sides[0], sides[1]


def _local_mean(image: Image, disc: NDArray[np.float32], rows: slice, columns: slice) -> Image:
    """Mean over a disc about each pixel of a window; the image goes on beyond its edges as it ends there."""
    n = len(disc) // 2
    y = np.clip(np.arange(rows.start - n, rows.stop + n), 0, image.shape[0] - 1)
    x = np.clip(np.arange(columns.start - n, columns.stop + n), 0, image.shape[1] - 1)
    around = image[np.ix_(y, x)].astype(np.float64)
    from scipy import signal  # takes a quarter of a second to load, and the first image does not need it

    return np.asarray(signal.fftconvolve(around, disc / disc.sum(dtype=np.float64), mode="valid"), np.float32)


def _centred(image: Image, sac: DetectedSac, pixel_mm: float) -> DetectedSac:
    """The sac's middle between its left and right edges, where it is dimmer than a collection could make it."""
    row, column = round(sac.row), round(sac.column)
    patch = image[row - 4 : row + 5, column - 4 : column + 5]
    hu = float(np.percentile(patch, 70))
    reach = int(14.0 / pixel_mm)
    smooth = ndimage.gaussian_filter(image[row - 8 : row + 9, :], 0.8)
    middles = []
    for line in smooth[4:13]:
        inside = line > SAC_EDGE_FRACTION * hu
        left = _run_length(inside[column::-1][:reach])
        right = _run_length(inside[column:][:reach])
        if left is not None and right is not None:
            middles.append(column + 0.5 * (right - left))
    middle = float(np.median(middles)) if middles else sac.column
    return DetectedSac(row=sac.row, column=middle, hu=hu)


def _run_length(inside: Mask) -> int | None:
    """Length of the run of true values from the start, over gaps of two; None where it does not end."""
    last, gap = 0, 0
    for i, value in enumerate(inside):
        if value:
            last, gap = i, 0
        else:
            gap += 1
            if gap > 2:
                return last
    return None
