"""Inner loop of rebinning where not every view counts: fan to parallel, each ray the weighted mean of its readings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import njit, prange


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

    Along views linearly between those that count, along columns with four taps. column (2, t) and taps (2, t, 4)
    place each t in the fan of the direct view and of the opposite one: the taps meet columns column - 1 to
    column + 2, which all lie on the detector; where t does not, its taps are 0 and it is not believed.
    """
    slices, views, columns = fan.shape
    angles = views // 2
    samples = out.shape[2]
    for job in prange(slices * angles):
        s = job // angles
        k = job - s * angles
        total = np.zeros(samples, np.float32)
        weight = np.zeros(samples, np.float32)
        value = np.empty(columns, np.float32)
        belief = np.empty(columns, np.float32)
        worth = np.zeros(columns, np.float32)
        for side in range(2):
            most = np.float32(0)
            for c in range(columns):
                b0 = k + side * angles + first_view[c]
                if b0 < 0:
                    b0 += views
                elif b0 >= views:
                    b0 -= views
                b1 = b0 + 1
                if b1 >= views:
                    b1 -= views
                w0 = weights[np.uint64(b0)]
                w1 = weights[np.uint64(b1)]
                part = view_weight[c]
                belief[c] = w0 + part * (w1 - w0)
                # At either end of the beam the one view that was measured stands for both
                if w0 <= np.float32(0):
                    part = np.float32(1)
                elif w1 <= np.float32(0):
                    part = np.float32(0)
                f0 = fan[s, np.uint64(b0), c]
                value[c] = f0 + part * (fan[s, np.uint64(b1), c] - f0)
                most = max(most, belief[c])
            if most <= np.float32(0):
                continue
            for c in range(1, columns - 2):
                w = min(belief[c], belief[c + 1])
                if min(belief[c - 1], belief[c + 2]) <= np.float32(0):
                    w = np.float32(0)
                worth[c] = w
            for r in range(samples):
                at = np.uint64(column[side, r])
                t1 = taps[side, r, 1]
                t2 = taps[side, r, 2]
                read = t1 * value[at] + t2 * value[at + np.uint64(1)]
                read += taps[side, r, 0] * value[at - np.uint64(1)] + taps[side, r, 3] * value[at + np.uint64(2)]
                w = worth[at] if t1 + t2 > np.float32(0) else np.float32(0)
                total[r] += w * read
                weight[r] += w
        for r in range(samples):
            out[s, k, r] = total[r] / max(weight[r], np.float32(1e-30))
