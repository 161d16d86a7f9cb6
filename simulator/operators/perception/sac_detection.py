"""Anatomy seen: the sac, the space behind it, and the bone, found in the pixels of an image.

Everything here works on HU and pixel sizes alone. Rows run from the back to the front, columns from the patient's
left to the right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Image = NDArray[np.float32]

SAC_RADIUS_MM = 5.0  # of the disc that must fit into an opacified sac
BRIGHT_HU = (250.0, 1600.0)  # an opacified sac; cortical bone is as bright, but not over a whole disc
BONE_HU = 260.0
FLAVUM_HU = 95.0
FAT_TO_FLAVUM_HU = 10.0
BRIGHTENS_HU = 60.0
FLUID_BEHIND_MM = 4.5
DURA_MM = 0.4  # the dura and the dark rim belong to the sac
SAC_EDGE_SHARE = 0.82  # of the sac's brightness: a collection around it is dimmer
PROFILE_HALF_WIDTH_MM = 1.5
FARTHEST_MM = 22.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedSac:
    """The opacified sac in one slice, in pixels and HU."""

    row: float
    column: float
    hu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DorsalEpiduralSpace:
    """The epidural space behind the sac, on the column of the sac's middle; rows, from front to back.

    Attributes:
        sac_row: back edge of the sac
        flavum_row: front of the flavum
        column: where this was measured
    """

    sac_row: float
    flavum_row: float
    column: float


def detect_sac(image: Image, pixel_mm: float, near: tuple[float, float] | None = None) -> DetectedSac | None:
    """The largest even, bright disc of an image: the sac, where it is opacified.

    Args:
        image: [shape=(row, column)] HU
        pixel_mm: width of a pixel
        near: row and column about which to look (within 20 mm); anywhere near the middle columns if None
    """
    clipped = np.clip(image, -200.0, BRIGHT_HU[1])
    middle, reach = (None, 45.0) if near is None else (near[0], 20.0)
    rows, columns = _window(image.shape, middle, image.shape[1] / 2 if near is None else near[1], reach / pixel_mm)
    if not (rows.stop > rows.start and columns.stop > columns.start):
        return None
    disc = _disc(SAC_RADIUS_MM / pixel_mm)
    mean = _local_mean(clipped, disc, rows, columns)
    square = _local_mean(clipped * clipped, disc, rows, columns)
    spread = np.sqrt(np.maximum(square - mean * mean, 0.0))
    y, x = np.mgrid[rows, columns]
    if near is None:
        allowed = np.abs(x - image.shape[1] / 2) < reach / pixel_mm
    else:
        allowed = np.hypot(y - near[0], x - near[1]) < reach / pixel_mm
    quality = np.full(image.shape, -np.inf, np.float32)
    means = np.zeros(image.shape, np.float32)
    means[rows, columns] = mean
    quality[rows, columns] = np.where(allowed & (mean > BRIGHT_HU[0]), mean - 1.2 * spread, -np.inf)
    best = np.unravel_index(int(quality.argmax()), image.shape)
    if not np.isfinite(quality[best]) or quality[best] < 100.0:
        return None
    return _centred(clipped, DetectedSac(row=float(best[0]), column=float(best[1]), hu=float(means[best])), pixel_mm)


def _window(shape: tuple[int, ...], row: float | None, column: float, reach: float) -> tuple[slice, slice]:
    """Rows and columns of an image within reach of a place; every row where none is given."""
    sides = []
    for size, middle in zip(shape, (row, column), strict=True):
        low, high = (0.0, float(size)) if middle is None else (middle - reach, middle + reach + 1.0)
        sides.append(slice(min(max(int(low), 0), size), min(max(int(high) + 1, 0), size)))
    return sides[0], sides[1]


def _local_mean(image: Image, disc: NDArray[np.float32], rows: slice, columns: slice) -> NDArray[np.float32]:
    """Mean over a disc about each pixel of a window; the image goes on beyond its edges as it ends there."""
    n = len(disc) // 2
    y = np.clip(np.arange(rows.start - n, rows.stop + n), 0, image.shape[0] - 1)
    x = np.clip(np.arange(columns.start - n, columns.stop + n), 0, image.shape[1] - 1)
    around = image[np.ix_(y, x)].astype(np.float64)
    from scipy import signal  # takes a quarter of a second to load, and the first image does not need it

    return signal.fftconvolve(around, disc / disc.sum(dtype=np.float64), mode="valid").astype(np.float32)


def _centred(image: Image, sac: DetectedSac, pixel_mm: float) -> DetectedSac:
    """The sac's middle between its left and right edges, where it is dimmer than a collection could make it."""
    row, column = round(sac.row), round(sac.column)
    patch = image[row - 4 : row + 5, column - 4 : column + 5]
    hu = float(np.percentile(patch, 70))
    reach = int(14.0 / pixel_mm)
    smooth = ndimage.gaussian_filter(image[row - 8 : row + 9, :], 0.8)
    middles = []
    for line in smooth[4:13]:
        inside = line > SAC_EDGE_SHARE * hu
        left = _run(inside[column::-1][:reach])
        right = _run(inside[column:][:reach])
        if left is not None and right is not None:
            middles.append(column + 0.5 * (right - left))
    middle = float(np.median(middles)) if middles else sac.column
    return DetectedSac(row=sac.row, column=middle, hu=hu)


def _run(inside: NDArray[np.bool_]) -> int | None:
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


def measure_dorsal_space(image: Image, sac: DetectedSac, pixel_mm: float) -> DorsalEpiduralSpace | None:
    """From the sac to the back: where it ends, and where what lies behind it meets the flavum."""
    half = max(int(PROFILE_HALF_WIDTH_MM / pixel_mm), 1)
    column = round(sac.column)
    band = image[:, column - half : column + half + 1].mean(axis=1)
    band = ndimage.gaussian_filter1d(band, 0.35 / pixel_mm)
    row = round(sac.row)
    last = max(row - int(FARTHEST_MM / pixel_mm), 2)
    inside = [r for r in range(row, last, -1) if band[r] >= SAC_EDGE_SHARE * sac.hu]
    # the sac's back edge: the last bright row before the profile has left the sac for good
    edge = row
    for r in range(row, last, -1):
        if band[r] >= SAC_EDGE_SHARE * sac.hu:
            edge = r
        elif edge - r > 1.5 / pixel_mm:
            break
    if not inside:
        return None
    sac_row = _sac_edge(band, edge, sac.hu, pixel_mm) - DURA_MM / pixel_mm
    flavum_row = _roof(band, sac_row, last, pixel_mm)
    if flavum_row is None:
        return None
    return DorsalEpiduralSpace(sac_row=sac_row, flavum_row=flavum_row, column=float(sac.column))


def _roof(band: NDArray[np.floating], sac_row: float, last: int, pixel_mm: float) -> float | None:
    """Row at which fluid or fat behind the sac gives way to the flavum."""
    first = int(sac_row)
    rim = first  # the dark line of dura and fat, where there is one
    while rim > max(first - int(1.5 / pixel_mm), last) and band[rim - 1] < band[rim]:
        rim -= 1
    peak = rim  # the fluid behind it
    while peak > max(rim - int(2.5 / pixel_mm), last) and band[peak - 1] > band[peak]:
        peak -= 1
    filling = float(band[peak])
    if filling <= 2.0 * FLAVUM_HU:  # fat: darker than the flavum behind it
        for r in range(first - int(1.5 / pixel_mm), last, -1):
            if band[r] > FAT_TO_FLAVUM_HU and band[r - 1] > FAT_TO_FLAVUM_HU:
                return float(r)
        return None
    border = 0.5 * (filling + FLAVUM_HU)
    darkest = peak
    for r in range(peak, last, -1):
        if band[r] < border:
            return _crossing(band, r + 1, r, border)
        if band[r] > band[darkest] + BRIGHTENS_HU:  # a lamina's edge lies close behind
            return float(darkest)
        darkest = r if band[r] < band[darkest] else darkest
    return None


def _sac_edge(band: NDArray[np.floating], edge: int, sac_hu: float, pixel_mm: float) -> float:
    """Row at which the sac ends: half way down to the dark line of the dura, or to what lies behind it."""
    reach = int(2.5 / pixel_mm)
    dip = edge
    while dip > edge - reach and band[dip - 1] < band[dip]:
        dip -= 1
    half = 0.5 * (sac_hu + float(band[dip]))
    for r in range(edge + 1, dip, -1):
        if band[r] >= half > band[r - 1]:
            return _crossing(band, r, r - 1, half)
    return float(edge)


def _crossing(band: NDArray[np.floating], first: int, second: int, value: float) -> float:
    """Row, as a fraction, at which a profile passes a value between two neighbours."""
    a, b = float(band[first]), float(band[second])
    if a == b:
        return float(first)
    return first + (second - first) * min(max((a - value) / (a - b), 0.0), 1.0)


def bone_clearance_mm(
    image: Image, pixel_mm: float, sac: DetectedSac, space: DorsalEpiduralSpace
) -> NDArray[np.float64]:
    """Distance of every pixel to bone, mm [shape=(row, column)]; sac and collection are not bone."""
    return ndimage.distance_transform_edt(~segment_bone(image, pixel_mm, sac, space)) * pixel_mm


def segment_bone(image: Image, pixel_mm: float, sac: DetectedSac, space: DorsalEpiduralSpace) -> NDArray[np.bool_]:
    """What is bone in a slice [shape=(row, column)]; sac and collection are bright, and none."""
    bone = ndimage.gaussian_filter(image, 0.4 / pixel_mm) > BONE_HU
    rows, columns = np.indices(image.shape)
    # the sac and a thin collection about it; a lamina further back stays bone
    back = min(sac.row - space.flavum_row, sac.row - space.sac_row + FLUID_BEHIND_MM / pixel_mm)
    fluid = ((rows - sac.row) / (back + 0.3 / pixel_mm)) ** 2 + ((columns - sac.column) / (9.0 / pixel_mm)) ** 2 < 1.0
    bone &= ~fluid
    return np.asarray(ndimage.binary_opening(bone, iterations=1) | (image > 600.0) & ~fluid)


def find_skin_row(image: Image, column: float) -> float | None:
    """First row of the body on a column, from the back; None where there is only air."""
    line = image[:, round(column)]
    inside = np.flatnonzero(ndimage.uniform_filter1d(line, 3) > -400.0)
    return float(inside[0]) if inside.size else None


def _disc(radius: float) -> NDArray[np.float32]:
    n = int(np.ceil(radius))
    y, x = np.mgrid[-n : n + 1, -n : n + 1]
    return (np.hypot(x, y) <= radius).astype(np.float32)
