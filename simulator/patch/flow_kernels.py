"""Kernels of the flow: one sparse symmetric positive definite system, solved serially, so the same for any threads."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True, error_model="numpy")
def _preconditioned(
    out: NDArray[np.float64],
    residual: NDArray[np.float64],
    diagonal: NDArray[np.float64],
    starts: NDArray[np.int32],
    columns: NDArray[np.int32],
    values: NDArray[np.float64],
) -> None:
    """Symmetric Gauss-Seidel: a sweep down, the diagonal, a sweep up."""
    size = len(diagonal)
    for i in range(size):
        total = residual[i]
        for k in range(starts[i], starts[i + 1]):
            if columns[k] < i:
                total -= values[k] * out[columns[k]]
        out[i] = total / diagonal[i]
    for i in range(size - 1, -1, -1):
        total = 0.0
        for k in range(starts[i], starts[i + 1]):
            if columns[k] > i:
                total += values[k] * out[columns[k]]
        out[i] -= total / diagonal[i]


@njit(cache=True, nogil=True, error_model="numpy")
def conjugate_gradients(
    x: NDArray[np.float64],
    diagonal: NDArray[np.float64],
    starts: NDArray[np.int32],
    columns: NDArray[np.int32],
    values: NDArray[np.float64],
    right: NDArray[np.float64],
    goal: float,
    most: int,
) -> int:
    """Solve (diag + off) x = right in place, from the x that is given.

    Args:
        x: [shape=(n,), float64] start and answer
        diagonal: [shape=(n,), float64]
        starts, columns, values: off-diagonal part in compressed rows, symmetric
        goal: root of the residual's sum of squares at which to stop
        most: iterations at most

    Returns:
        iterations that were made
    """
    size = len(x)
    residual = np.empty(size)
    scaled = np.empty(size)
    image = np.empty(size)
    for i in range(size):
        total = right[i] - diagonal[i] * x[i]
        for k in range(starts[i], starts[i + 1]):
            total -= values[k] * x[columns[k]]
        residual[i] = total
    _preconditioned(scaled, residual, diagonal, starts, columns, values)
    direction = scaled.copy()
    strength = 0.0
    for i in range(size):
        strength += residual[i] * scaled[i]
    for turn in range(most):
        length = 0.0
        for i in range(size):
            length += residual[i] * residual[i]
        if length <= goal * goal:
            return turn
        bends = 0.0
        for i in range(size):
            total = diagonal[i] * direction[i]
            for k in range(starts[i], starts[i + 1]):
                total += values[k] * direction[columns[k]]
            image[i] = total
            bends += direction[i] * total
        if bends <= 0.0:
            return turn
        step = strength / bends
        for i in range(size):
            x[i] += step * direction[i]
            residual[i] -= step * image[i]
        _preconditioned(scaled, residual, diagonal, starts, columns, values)
        stronger = 0.0
        for i in range(size):
            stronger += residual[i] * scaled[i]
        ratio = stronger / strength
        for i in range(size):
            direction[i] = scaled[i] + ratio * direction[i]
        strength = stronger
    return most
