"""Inner loops of the expected signal: polychromatic transmission, and the mean of the planes of a slice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import float32, njit, prange
from simulator.ct.fast_functions_kernels import fast_exp


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def transmission(
    lines: NDArray[np.float32],
    mu: NDArray[np.float32],
    fraction: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Signal behind the line integrals (basis, view, column) as a fraction of the signal in air.

    mu has shape (basis, bin), fraction (bin, column); the fractions of a column sum to 1.
    """
    _, views, columns = lines.shape
    bins = mu.shape[1]
    for v in prange(views):
        a = lines[0, v]
        b = lines[1, v]
        c = lines[2, v]
        total = np.zeros(columns, np.float32)
        for e in range(bins):
            ma = mu[0, e]
            mb = mu[1, e]
            mc = mu[2, e]
            for i in range(columns):
                total[i] += fraction[e, i] * fast_exp(min(-(ma * a[i] + mb * b[i] + mc * c[i]), float32(0)))
        for i in range(columns):
            out[v, i] = total[i]


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
