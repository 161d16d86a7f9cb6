"""Dorsal epidural space: where the sac ends towards the back, and where the flavum begins, in one slice."""

from __future__ import annotations

from dataclasses import dataclass

from scipy import ndimage

from simulator.operators.perception.images import Band, Image
from simulator.operators.perception.sac_detection import SAC_EDGE_FRACTION, DetectedSac

FLAVUM_HU = 95.0
FAT_TO_FLAVUM_HU = 10.0
BRIGHTENS_HU = 60.0
DURA_MM = 0.4  # the dura and the dark rim belong to the sac
GAP_MM = 1.5  # of darkness, over which the sac may go on
BLUR_MM = 0.35
PROFILE_HALF_WIDTH_MM = 1.5
FARTHEST_MM = 22.0


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


def measure_dorsal_space(image: Image, sac: DetectedSac, pixel_mm: float) -> DorsalEpiduralSpace | None:
    """From the sac to the back: where it ends, and where what lies behind it meets the flavum."""
    half = max(int(PROFILE_HALF_WIDTH_MM / pixel_mm), 1)
    column = round(sac.column)
    mean = image[:, column - half : column + half + 1].mean(axis=1)
    band: Band = ndimage.gaussian_filter1d(mean, BLUR_MM / pixel_mm)
    row = round(sac.row)
    last = max(row - int(FARTHEST_MM / pixel_mm), 2)
    if not any(band[r] >= SAC_EDGE_FRACTION * sac.hu for r in range(row, last, -1)):
        return None
    edge = _last_bright_row(band, row, last, SAC_EDGE_FRACTION * sac.hu, GAP_MM / pixel_mm)
    sac_row = _sac_edge(band, edge, sac.hu, pixel_mm) - DURA_MM / pixel_mm
    flavum_row = _flavum_row(band, sac_row, last, pixel_mm)
    if flavum_row is None:
        return None
    return DorsalEpiduralSpace(sac_row=sac_row, flavum_row=flavum_row, column=float(sac.column))


def _last_bright_row(band: Band, row: int, last: int, bright_hu: float, gap: float) -> int:
    """The sac's back edge: the last bright row before the profile has left the sac for good."""
    edge = row
    for r in range(row, last, -1):
        if band[r] >= bright_hu:
            edge = r
        elif edge - r > gap:
            break
    return edge


def _flavum_row(band: Band, sac_row: float, last: int, pixel_mm: float) -> float | None:
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


def _sac_edge(band: Band, edge: int, sac_hu: float, pixel_mm: float) -> float:
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


def _crossing(band: Band, first: int, second: int, value: float) -> float:
    """Row, as a fraction, at which a profile passes a value between two neighbours."""
    a, b = float(band[first]), float(band[second])
    if a == b:
        return float(first)
    return first + (second - first) * min(max((a - value) / (a - b), 0.0), 1.0)
