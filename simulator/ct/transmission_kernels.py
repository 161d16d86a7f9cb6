"""Inner loops of the expected signal: polychromatic transmission, and the mean of the planes of a slice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import float32, njit, prange
from simulator.ct.fast_functions_kernels import fast_exp

_COLUMNS_TOGETHER = 16
"""Columns that are written side by side, a line of the cache."""


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def transmission(
    lines: NDArray[np.float32],
    mu: NDArray[np.float32],
    fraction: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Signal (view, column) behind the line integrals (basis, column, view) as a fraction of the signal in air.

    mu has shape (basis, bin), fraction (bin, column); the fractions of a column sum to 1.
    """
    _, columns, views = lines.shape
    bins = mu.shape[1]
    groups = (columns + _COLUMNS_TOGETHER - 1) // _COLUMNS_TOGETHER
    for g in prange(groups):
        first = g * _COLUMNS_TOGETHER
        last = min(first + _COLUMNS_TOGETHER, columns)
        total = np.zeros((last - first, views), np.float32)
        for c in range(first, last):
            a = lines[0, c]
            b = lines[1, c]
            d = lines[2, c]
            sums = total[c - first]
            for e in range(bins):
                ma = mu[0, e]
                mb = mu[1, e]
                md = mu[2, e]
                part = fraction[e, c]
                for v in range(views):
                    sums[v] += part * fast_exp(min(-(ma * a[v] + mb * b[v] + md * d[v]), float32(0)))
        for v in range(views):
            for c in range(first, last):
                out[v, c] = total[c - first, v]


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def add_weighted(
    planes: NDArray[np.float32], chosen: NDArray[np.int64], weights: NDArray[np.float32], out: NDArray[np.float32]
) -> None:
    """Add the chosen planes (plane, view, column), each times its weight, to out (view, column)."""
    for v in prange(out.shape[0]):
        row = out[v]
        for i in range(chosen.size):
            values = planes[chosen[i], v]
            weight = weights[i]
            for c in range(row.size):
                row[c] += weight * values[c]
