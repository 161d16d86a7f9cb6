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
    """Symmetric Gauss-Seidel: a sweep down, the diagonal, a sweep up; columns ascend in each row."""
    size = len(diagonal)
    for i in range(size):
        total = residual[i]
        for k in range(starts[i], starts[i + 1]):
            if columns[k] > i:
                break
            total -= values[k] * out[columns[k]]
        out[i] = total / diagonal[i]
    for i in range(size - 1, -1, -1):
        total = 0.0
        for k in range(starts[i + 1] - 1, starts[i] - 1, -1):
            if columns[k] < i:
                break
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


@njit(cache=True, nogil=True, error_model="numpy")
def spill(
    holds: NDArray[np.float64],
    most: NDArray[np.float64],
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    goal: float,
    sweeps: int,
) -> int:
    """Pass on to neighbours with room, in their proportion, what cells hold too much; in place.

    Args:
        holds: [shape=(cells, 5), float64] blood, contrast, fluid (together the volume), iodine, moments
        most: [shape=(cells,), float64] volume that each cell can hold
        a, b: [shape=(faces,), int64] cells on either side
        goal: excess at which to stop
        sweeps: at most so many

    Returns:
        sweeps that were made
    """
    size, faces = holds.shape[0], len(a)
    free, part, offered = np.empty(size), np.empty(size), np.empty(size)
    change = np.zeros(holds.shape)
    for sweep in range(sweeps):
        worst = 0.0
        for i in range(size):
            total = holds[i, 0] + holds[i, 1] + holds[i, 2]
            over = max(total - most[i], 0.0)
            worst = max(worst, over)
            free[i] = max(most[i] - total, 0.0) + 1e-9
            part[i] = over / max(total, 1e-15)
            offered[i] = 0.0
        if worst < goal:
            return sweep
        for f in range(faces):
            offered[a[f]] += free[b[f]]
            offered[b[f]] += free[a[f]]
        for f in range(faces):
            i, j = a[f], b[f]
            if part[i] == 0.0 and part[j] == 0.0:
                continue
            there, back = part[i] * free[j] / offered[i], part[j] * free[i] / offered[j]
            for k in range(holds.shape[1]):
                moved = there * holds[i, k] - back * holds[j, k]
                change[i, k] -= moved
                change[j, k] += moved
        for i in range(size):
            for k in range(holds.shape[1]):
                holds[i, k] += change[i, k]
                change[i, k] = 0.0
    return sweeps
