"""Cord detection: the sac where the cord lies in it, a bright ring about a dark core, and the thin space behind it.

Everything here works on HU and pixel sizes alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.operators.perception.images import Band, Image, Mask

# Half axes, left-right and front-back, of the middle of the fluid about the cord: half way between those of cord and
# sac in the neck and the upper thorax.
RING_MM = (8.0, 5.0)
RING_WIDTH = 0.16  # of the ring, as a fraction of its half axes
CORE = 0.5  # of the ring's half axes: surely cord
SCALES = (0.75, 0.87, 1.0, 1.13)
FAT_HU = 5.0  # and less: between fat and flavum or muscle
FAT_WITHIN_MM, LEAST_FAT_MM = 1.5, 0.9  # behind what is bright; of its depth
BRIGHTEST_HU = 900.0
LEAST_HU = 120.0  # of the ring
LEAST_OVER_CORE_HU = 60.0
OFF_MIDLINE_MM = 5.0
BAND_MM = 1.5
SAC_ENDS, SPACE_ENDS = 0.83, 0.42  # of the sac's brightness: collections are dimmer than the sac, the flavum is dark
BLUR_MM = 0.5  # between these two where nothing lies behind the sac
LAMINA_RISES = 0.2  # of the sac's brightness, above the fluid before it
FARTHEST_MM = 11.0  # from the fluid behind the cord to the flavum


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedCanal:
    """Sac with cord, and the space behind it, in one slice; pixels and HU.

    Attributes:
        row, column: middle of the cord
        hu: of the fluid behind the cord
        sac_row: back edge of the sac
        flavum_row: front of the flavum
        quality: how much it looks like a ring
    """

    row: float
    column: float
    hu: float
    sac_row: float
    flavum_row: float
    quality: float


def detect_canal(
    image: Image, pixel_mm: float, midline_column: float, *, within_mm: float = OFF_MIDLINE_MM
) -> DetectedCanal | None:
    """The most even bright ring about a darker core near the midline, and what lies behind it.

    Args:
        image: [shape=(row, column)] HU
        pixel_mm: width of a pixel
        midline_column: where the spinous processes lie, from the wire on the skin
        within_mm: how far to either side of it the cord's middle may lie
    """
    reach = round((within_mm + 1.3 * RING_MM[0]) / pixel_mm)
    first = max(round(midline_column) - reach, 0)
    strip = np.clip(image[:, first : first + 2 * reach + 1], -200.0, BRIGHTEST_HU).astype(np.float64)
    best: tuple[float, int, int] | None = None
    for scale in SCALES:
        quality = _ring_quality(strip, pixel_mm, scale)
        columns = np.arange(quality.shape[1]) + first
        quality[:, np.abs(columns - midline_column) > within_mm / pixel_mm] = -np.inf
        row, column = np.unravel_index(int(quality.argmax()), quality.shape)
        if best is None or quality[row, column] > best[0]:
            best = float(quality[row, column]), int(row), int(column)
    if best is None or not np.isfinite(best[0]):
        return None
    return _with_space(image, pixel_mm, best[1], best[2] + first, best[0])


def _ring_quality(strip: NDArray[np.float64], pixel_mm: float, scale: float) -> NDArray[np.float64]:
    """Evenness, brightness and dark core of a ring about every pixel; minus infinity where there is none."""
    a, b = scale * RING_MM[0] / pixel_mm, scale * RING_MM[1] / pixel_mm
    n, m = int(np.ceil(1.2 * b)), int(np.ceil(1.2 * a))
    y, x = np.mgrid[-n : n + 1, -m : m + 1]
    radius = np.hypot(x / a, y / b)
    ring, core = np.abs(radius - 1.0) < RING_WIDTH, radius < CORE
    mean, square = _mean(strip, ring), _mean(strip * strip, ring)
    inner = _mean(strip, core)
    spread = np.sqrt(np.maximum(square - mean * mean, 0.0))
    quality = mean - 1.5 * spread + 0.5 * np.minimum(mean - inner, 300.0)
    return np.where((mean > LEAST_HU) & (mean - inner > LEAST_OVER_CORE_HU), quality, -np.inf)


def _mean(strip: NDArray[np.float64], mask: Mask) -> NDArray[np.float64]:
    from scipy import signal  # takes a quarter of a second to load, and the first image does not need it

    return np.asarray(signal.fftconvolve(strip, mask / mask.sum(), mode="same"))


def _with_space(image: Image, pixel_mm: float, row: int, column: int, quality: float) -> DetectedCanal | None:
    """Back edges of the sac and of what lies behind it, on the column of the cord's middle."""
    half = max(round(BAND_MM / pixel_mm), 1)
    band: Band = image[:, column - half : column + half + 1].mean(axis=1)
    back = row - round(1.4 * RING_MM[1] / pixel_mm)
    crest = max(back, 0) + int(band[max(back, 0) : row].argmax())
    hu = float(band[crest])
    sac_row = _falls_to(band, crest, SAC_ENDS * hu, pixel_mm)
    if sac_row is None:
        return None
    flavum_row = _space_ends(band, sac_row, hu, pixel_mm)
    blur = 0.5 * BLUR_MM / pixel_mm
    fat_ends = _fat_behind(band, flavum_row, pixel_mm)
    return DetectedCanal(
        row=float(row),
        column=float(column),
        hu=hu,
        sac_row=sac_row - blur,
        flavum_row=flavum_row + blur if fat_ends is None else fat_ends,
        quality=quality,
    )


def canal_with_back(
    image: Image, pixel_mm: float, *, row: float, column: float, sac_row: float, hu: float
) -> DetectedCanal:
    """The canal in a slice where neighbours have told the sac's place and brightness: what lies behind it is measured.

    Args:
        image: [shape=(row, column)] HU
        pixel_mm: width of a pixel
        row, column: middle of the cord
        sac_row: back edge of the sac
        hu: of its fluid
    """
    half = max(round(BAND_MM / pixel_mm), 1)
    middle = round(column)
    band: Band = image[:, middle - half : middle + half + 1].mean(axis=1)
    blur = 0.5 * BLUR_MM / pixel_mm
    flavum_row = _space_ends(band, sac_row + blur, hu, pixel_mm)
    fat_ends = _fat_behind(band, flavum_row, pixel_mm)
    return DetectedCanal(
        row=row,
        column=column,
        hu=hu,
        sac_row=sac_row,
        flavum_row=min(flavum_row + blur, sac_row) if fat_ends is None else fat_ends,
        quality=0.0,
    )


def _space_ends(band: Band, sac_row: float, hu: float, pixel_mm: float) -> float:
    """Row at which what lies behind the sac falls to the flavum's darkness, or rises to the brightness of a lamina."""
    first = math.ceil(sac_row)
    darkest = first
    for row in range(first, max(first - round(FARTHEST_MM / pixel_mm), 1), -1):
        if band[row] < SPACE_ENDS * hu:
            if row == first:
                return float(row)
            return row + float((SPACE_ENDS * hu - band[row]) / max(band[row + 1] - band[row], 1e-6))
        if band[row] > band[darkest] + LAMINA_RISES * hu:
            return float(darkest)
        darkest = row if band[row] < band[darkest] else darkest
    return float(first)


def _fat_behind(band: Band, from_row: float, pixel_mm: float) -> float | None:
    """Where fat that lies close behind the sac or its collection ends; None where there is none."""
    first = int(from_row)
    dark = [row for row in range(first, max(first - round(FARTHEST_MM / pixel_mm), 1), -1) if band[row] < FAT_HU]
    if not dark or first - dark[0] > FAT_WITHIN_MM / pixel_mm:
        return None
    last = dark[0]
    while band[last - 1] < FAT_HU and last > 1:
        last -= 1
    return float(last) if dark[0] - last >= LEAST_FAT_MM / pixel_mm else None


def _falls_to(band: Band, crest: int, hu: float, pixel_mm: float) -> float | None:
    """First row behind the crest, as a fraction, at which the profile falls below a value."""
    for row in range(crest, max(crest - round(FARTHEST_MM / pixel_mm), 1), -1):
        if band[row - 1] < hu <= band[row]:
            return row - float((band[row] - hu) / max(band[row] - band[row - 1], 1e-6))
    return None
