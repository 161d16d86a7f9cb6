"""Press subtraction: two presses laid on each other, and what is new in the second one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from simulator.interface.frame import Frame
from simulator.operators.perception.images import Image
from simulator.operators.perception.sac_outline import SacOutline

HALF_MM = 40.0  # of the square about the sac in which a change is looked for
SHIFT_MM = 3.0  # that a breath may have moved the back between two presses
BLUR_MM = 0.7
CLIP_HU = (-200.0, 1200.0)


def subtract_presses(before: Frame, after: Frame, sac: SacOutline) -> tuple[Image, float]:
    """After less before about the sac [shape=(slice, row, column)] HU, and the noise of that."""
    pixel = before.pixel_spacing_mm
    half = round(HALF_MM / pixel)
    top, left = square_corner(before, sac, half)
    window = (slice(None), slice(top, top + 2 * half), slice(left, left + 2 * half))
    old = before.hu[window]
    down, across = _estimate_shift(np.clip(old, *CLIP_HU), np.clip(after.hu[window], *CLIP_HU), round(SHIFT_MM / pixel))
    new = ndimage.shift(after.hu, (0.0, -down, -across), order=1, mode="nearest")[window]
    change = ndimage.gaussian_filter(new - old, (0.0, BLUR_MM / pixel, BLUR_MM / pixel))
    noise_hu = 1.4826 * float(np.median(np.abs(change - np.median(change))))
    return np.asarray(change, np.float32), noise_hu


def square_corner(frame: Frame, sac: SacOutline, half: int) -> tuple[int, int]:
    """First row and column of the square about the sac."""
    rows, columns = frame.hu.shape[1:]
    top = min(max(round(sac.row) - half, 0), rows - 2 * half)
    return top, min(max(round(sac.column) - half, 0), columns - 2 * half)


def _estimate_shift(old: Image, new: Image, reach: int) -> tuple[float, float]:
    """Shift of the new picture in rows and columns, in parts of a pixel, that makes the two most alike."""
    cost = _difference_by_shift(old, new, reach)
    row, column = (int(k) for k in np.unravel_index(int(cost.argmin()), cost.shape))
    return row - reach + _part_of_pixel(cost[:, column], row), column - reach + _part_of_pixel(cost[row], column)


def _difference_by_shift(old: Image, new: Image, reach: int) -> NDArray[np.float64]:
    """Mean difference of the pictures for each shift of up to so many pixels [shape=(row, column)]."""
    inner = (slice(None), slice(reach, -reach), slice(reach, -reach))
    fixed = ndimage.gaussian_filter(old, (0.0, 1.0, 1.0))[inner]
    loose = ndimage.gaussian_filter(new, (0.0, 1.0, 1.0))
    cost = np.empty((2 * reach + 1, 2 * reach + 1))
    for dr in range(-reach, reach + 1):
        for dc in range(-reach, reach + 1):
            part = loose[
                :,
                reach + dr : loose.shape[1] - reach + dr,
                reach + dc : loose.shape[2] - reach + dc,
            ]
            cost[dr + reach, dc + reach] = np.minimum(np.abs(part - fixed)[:, ::2, ::2], 300.0).mean()
    return cost


def _part_of_pixel(line: NDArray[np.float64], at: int) -> float:
    """Where the parabola through a least value and its neighbours is lowest, from that value."""
    if not 0 < at < len(line) - 1:
        return 0.0
    low, mid, high = line[at - 1], line[at], line[at + 1]
    bend = low - 2.0 * mid + high
    return 0.5 * float(low - high) / float(bend) if bend > 0.0 else 0.0
