"""Inner loop of rebinning where not every view counts: fan to parallel, each ray the weighted mean of its readings."""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def rebin_weighted(
    fan: NDArray[np.float32],
    weights: NDArray[np.float32],
    first_view: NDArray[np.int32],
    view_weight: NDArray[np.float32],
    column: NDArray[np.int32],
    taps: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Interpolate fan rays (slice, view, column) to parallel rays (slice, angle over pi, t).

    Along views linearly among those that count, along columns with four taps. column (2, t) and taps (2, t, 4)
    place each t in the fan of the direct view and of the opposite one: the taps meet columns column - 1 to
    column + 2, which all lie on the detector; where t does not, its taps are 0 and so is its weight.
    """
    slices, views, columns = fan.shape
    angles = views // 2
    samples = out.shape[2]
    for job in prange(slices * angles):
        s = job // angles
        k = job - s * angles
        value = np.empty((2, columns), np.float32)
        belief = np.empty((2, columns), np.float32)
        for side in range(2):
            for c in range(columns):
                b0 = k + side * angles + first_view[c]
                if b0 < 0:
                    b0 += views
                elif b0 >= views:
                    b0 -= views
                b1 = b0 + 1
                if b1 >= views:
                    b1 -= views
                w0 = weights[b0] * (np.float32(1) - view_weight[c])
                w1 = weights[b1] * view_weight[c]
                w = w0 + w1
                belief[side, c] = w
                total = w0 * fan[s, b0, c] + w1 * fan[s, b1, c]
                value[side, c] = total / w if w > np.float32(0) else np.float32(0)
        for r in range(samples):
            total = np.float32(0)
            weight = np.float32(0)
            for side in range(2):
                c = column[side, r]
                t0 = taps[side, r, 0]
                t1 = taps[side, r, 1]
                t2 = taps[side, r, 2]
                t3 = taps[side, r, 3]
                read = t0 * value[side, c - 1] + t1 * value[side, c] + t2 * value[side, c + 1] + t3 * value[side, c + 2]
                w = np.float32(0)
                if t1 + t2 > np.float32(0):
                    w = min(belief[side, c], belief[side, c + 1])
                    if min(belief[side, c - 1], belief[side, c + 2]) <= np.float32(0):
                        w = np.float32(0)
                total += w * read
                weight += w
            out[s, k, r] = total / weight if weight > np.float32(0) else np.float32(0)
