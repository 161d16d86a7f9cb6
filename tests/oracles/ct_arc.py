"""Rebinning with weights the slow way: every parallel ray from its two readings, one after the other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.ct.geometry import ScannerGeometry


def keys(x: float) -> list[float]:
    """Keys' cubic with a = -1/2 at distances 1 + x, x, 1 - x and 2 - x."""

    def kernel(distance: float) -> float:
        d = abs(distance)
        if d <= 1:
            return 1.5 * d**3 - 2.5 * d**2 + 1
        return -0.5 * d**3 + 2.5 * d**2 - 4 * d + 2 if d < 2 else 0.0

    return [kernel(1 + x), kernel(x), kernel(1 - x), kernel(2 - x)]


def rebin(fan: NDArray[Any], weights: NDArray[Any], geometry: ScannerGeometry, angle: int, r_mm: float) -> float:
    """One parallel ray from one fan (view, column): the mean of its readings, each by what its views are worth."""
    views, gammas = geometry.views, geometry.column_angles_rad
    total = weight = 0.0
    for side in (0, 1):
        sine = r_mm * (1 - 2 * side) / geometry.source_to_isocenter_mm
        if abs(sine) > 1:
            continue
        at = (math.asin(sine) - gammas[0]) / geometry.column_angle_rad
        column = min(max(math.floor(at), 1), geometry.columns - 3)
        if not 0 <= at - column <= 1:
            continue
        values, worth = [], []
        for c in range(column - 1, column + 3):
            place = angle + side * views // 2 - gammas[c] / geometry.view_angle_rad
            first = math.floor(place)
            share = place - first
            w = weights[first % views], weights[(first + 1) % views]
            worth.append((1 - share) * w[0] + share * w[1])
            # At either end of the beam the one view that was measured stands for both
            share = 1.0 if w[0] <= 0 else 0.0 if w[1] <= 0 else share
            values.append((1 - share) * fan[first % views, c] + share * fan[(first + 1) % views, c])
        if min(worth) <= 0:
            continue
        total += min(worth[1:3]) * float(np.dot(keys(at - column), values))
        weight += min(worth[1:3])
    return total / weight if weight > 0 else 0.0
