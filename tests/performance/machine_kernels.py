"""Inner loops that measure the machine: a triad for its memory, multiply-adds for its arithmetic."""

from __future__ import annotations

import numpy as np
from numba import float32, njit, prange
from numpy.typing import NDArray

MULTIPLY_ADDS = 64
"""Of each value: four polynomials of degree 16, written out so that the compiler works on many values at a time."""


@njit(inline="always")
def _polynomial(x, start):  # type: ignore[no-untyped-def]
    p = start * x + float32(0.1)
    p = p * x + float32(0.2)
    p = p * x + float32(0.3)
    p = p * x + float32(0.4)
    p = p * x + float32(0.5)
    p = p * x + float32(0.6)
    p = p * x + float32(0.7)
    p = p * x + float32(0.8)
    p = p * x + float32(0.9)
    p = p * x + float32(1.1)
    p = p * x + float32(1.2)
    p = p * x + float32(1.3)
    p = p * x + float32(1.4)
    p = p * x + float32(1.5)
    p = p * x + float32(1.6)
    return p * x + float32(1.7)


@njit(parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def triad(first: NDArray[np.float32], second: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    """out = first + 3 second."""
    for i in prange(out.size):
        out[i] = first[i] + float32(3) * second[i]


@njit(parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def multiply_add(values: NDArray[np.float32], passes: int, out: NDArray[np.float32]) -> None:
    """Four polynomials of each value (row, column), over and over on rows that stay in the nearest cache."""
    rows, columns = values.shape
    for r in prange(rows):
        for _ in range(passes):
            for i in range(columns):
                x = values[r, i]
                low = _polynomial(x, float32(0.25)) + _polynomial(x, float32(0.5))
                out[r, i] = out[r, i] * float32(0.5) + low + _polynomial(x, float32(0.75)) + _polynomial(x, float32(1))
