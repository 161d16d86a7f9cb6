"""Inner loops of rebinning: fan to parallel rays, for a whole turn and where not every view counts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import njit, prange


class ViewsBetween(NamedTuple):
    """Between which views a column reads a parallel ray; a column's fan angle is the same in every view.

    Attributes:
        first_view: the earlier view, from the parallel angle's own [shape=(column,), int32]
        view_weight: of the later one [shape=(column,), float32]
    """

    first_view: NDArray[np.int32]
    view_weight: NDArray[np.float32]


class InterleavedSamples(NamedTuple):
    """Between which rays of a view and of its opposite each sample of a parallel projection lies.

    Attributes:
        left, right: numbers of these rays, those of the opposite view from `columns` on [shape=(t,), uint32]
        sample_weight: of the right one [shape=(t,), float32]
        gain: 0 outside the detector [shape=(t,), float32]
    """

    left: NDArray[np.uint32]
    right: NDArray[np.uint32]
    sample_weight: NDArray[np.float32]
    gain: NDArray[np.float32]


class ColumnTaps(NamedTuple):
    """Where each sample lies in the fan of the direct view [0] and of the opposite one [1].

    Attributes:
        column: the taps meet columns column - 1 to column + 2, which all lie on the detector [shape=(2, t), int32]
        taps: of the cubic; all 0 for a sample that lies off the detector [shape=(2, t, 4), float32]
    """

    column: NDArray[np.int32]
    taps: NDArray[np.float32]


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def rebin_full_turn(
    fan: NDArray[np.float32],
    views_between: ViewsBetween,
    samples_between: InterleavedSamples,
    together: int,
    out: NDArray[np.float32],
) -> None:
    """Interpolate fan rays (slice, view, column) to parallel rays (slice, angle over pi, t).

    The columns of a view (0 to columns - 1) and those of the opposite view (from columns on) interleave. So many angles
    are done together that rows of the fan are read while they are near; it changes no bit.
    """
    # A parallel loop takes arrays and numbers, but no tuples of them
    first_view, view_weight = views_between
    left, right, sample_weight, gain = samples_between
    slices, views, columns = fan.shape
    angles = views // 2
    samples = out.shape[2]
    blocks = (angles + together - 1) // together
    for job in prange(slices * blocks):
        s = job // blocks
        first = (job - s * blocks) * together
        both = np.empty((together, 2 * columns), np.float32)
        for side in range(2):
            for c in range(columns):  # down the views of one column, each of which two angles read
                b = first + side * angles + first_view[c]
                if b < 0:
                    b += views
                elif b >= views:
                    b -= views
                weight = view_weight[c]
                here = fan[s, np.uint64(b), c]
                for j in range(together):
                    b += 1
                    if b >= views:
                        b -= views
                    there = fan[s, np.uint64(b), c]
                    both[j, side * columns + c] = here + weight * (there - here)
                    here = there
        for j in range(min(together, angles - first)):
            rays = both[j]
            row = out[s, first + j]
            for r in range(samples):
                a = rays[left[r]]
                row[r] = gain[r] * (a + sample_weight[r] * (rays[right[r]] - a))


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def rebin_weighted(
    fan: NDArray[np.float32],
    weights: NDArray[np.float32],
    views_between: ViewsBetween,
    column_taps: ColumnTaps,
    out: NDArray[np.float32],
) -> None:
    """Interpolate fan rays (slice, view, column) to parallel rays (slice, angle over pi, t), by the views' weights.

    Along views linearly between those that count, along columns with four taps. Each ray is the weighted mean of its
    two readings.
    """
    first_view, view_weight = views_between
    column, taps = column_taps
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
