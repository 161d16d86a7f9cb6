"""Metal artefact reduction: readings along the needle are bridged where its shadow is narrow, and it is put back.

Readings that the needle takes a part of are replaced by interpolation between their neighbours in the same view
(Kalender, Hebel and Ebersberger, Radiology 1987;164:576). A needle in the slice hides a hundred cells of the views that
see it from the side, skin and all: nothing can be guessed across so much, and those readings are good. The streak
comes from the views that look along it, in which its shadow is narrow. So a gap is bridged the less the wider it is.
The bridge is a cubic with the slopes of both sides; polynomials are published (Journal of Image and Graphics 2001,
oalib.com/paper/1635587, abstract: of fourth order). A second image is made, and what is thin and brighter in the first
one is taken over from there. Where the shadow lies is taken as found: a needle in a slice of 4 mm is darker than
bone, so that no threshold of an image would find it whole (assumption).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from simulator.spatial.arrays import FloatArray, SingleArray

LEAST_LOSS = 0.01
"""A reading belongs to the shadow where the needle takes more than this of it; assumption."""

SLOPE_CELLS = 10
"""Cells on either side over which the slope is taken, which averages their noise; assumption."""

MARGIN_CELLS = 1
"""Cells on either side of the shadow that are bridged with it; assumption."""

WHOLE_GAP_CELLS, NO_GAP_CELLS = 30, 60
"""Gaps up to the first width are bridged, from the second on left as they are, between them in part; assumption."""

PUT_BACK_HU, PEAK_HU, BLUR_PIXELS, THIN_MM = 100.0, 400.0, 1.0, 4.5
"""Metal is what is thin and brighter in the first image, smoothed over the blur, than in the second one by more than
the first of these, in a patch that is so by more than the second somewhere: ends of a needle are. Assumptions."""


def shadow_trace(without: SingleArray, behind: SingleArray) -> NDArray[np.bool_]:
    """Which readings lie in a needle's shadow: signals without it and behind it [shape=(view, column)]."""
    trace = behind < np.float32(1.0 - LEAST_LOSS) * without
    for _ in range(MARGIN_CELLS):
        wider = trace.copy()
        wider[:, 1:] |= trace[:, :-1]
        wider[:, :-1] |= trace[:, 1:]
        trace = wider
    return np.asarray(trace)


def bridge(water_paths: SingleArray, trace: NDArray[np.bool_]) -> None:
    """Replace the readings of a trace by a cubic between their neighbours, view by view, in place.

    A gap that comes nearer to an end of the detector than the slope's cells stays as it is: there is air.

    Args:
        water_paths, trace: of one slice [shape=(view, column)]
    """
    for view in np.flatnonzero(trace.any(axis=1)):
        steps = np.flatnonzero(np.diff(np.concatenate([[0], trace[view].astype(np.int8), [0]])))
        for first, stop in steps.reshape(-1, 2).tolist():
            share = (NO_GAP_CELLS - (stop - first)) / (NO_GAP_CELLS - WHOLE_GAP_CELLS)
            if share <= 0.0 or first < SLOPE_CELLS or stop + SLOPE_CELLS > trace.shape[1]:
                continue
            before, after = water_paths[view, first - SLOPE_CELLS : first], water_paths[view, stop : stop + SLOPE_CELLS]
            measured = water_paths[view, first:stop]
            measured += np.float32(min(share, 1.0)) * (_cubic(before, after, stop - first) - measured)


def _cubic(before: SingleArray, after: SingleArray, count: int) -> FloatArray:
    """Values between two runs of readings, with the level and slope of the line through each run at its inner end."""
    cells = np.arange(SLOPE_CELLS)
    slope, level = np.polyfit(cells - (SLOPE_CELLS - 1), before, 1)
    slope_after, level_after = np.polyfit(cells, after, 1)
    width = count + 1
    u = np.arange(1, width) / width
    out = (2 * u**3 - 3 * u**2 + 1) * level + (u**3 - 2 * u**2 + u) * width * slope
    out += (3 * u**2 - 2 * u**3) * level_after + (u**3 - u**2) * width * slope_after
    return np.asarray(out)


def put_back(first: SingleArray, again: SingleArray, pixel_mm: float) -> None:
    """Put the metal of first slices into the second ones, in place [shape=(slice, row, column)]."""
    for plane, made in zip(first, again, strict=True):
        lacking = ndimage.white_tophat(
            ndimage.gaussian_filter(plane - made, BLUR_PIXELS), size=1 + 2 * round(THIN_MM / pixel_mm / 2)
        )
        patches, count = ndimage.label(lacking > PUT_BACK_HU)
        if count:
            peaks = ndimage.maximum(lacking, patches, np.arange(1, count + 1))
            metal = np.isin(patches, 1 + np.flatnonzero(np.asarray(peaks) > PEAK_HU))
            np.copyto(made, plane, where=metal)
