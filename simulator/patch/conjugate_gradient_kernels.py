"""Conjugate gradients with a modified incomplete factor, serial, so that sums do not depend on threads."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import njit
from simulator.patch.cell_rows_kernels import Rows

KEPT = 0.97  # of what an incomplete factor drops goes to its diagonal
FLOOR = 1e-3  # of the diagonal, at least

Floats = NDArray[np.float64]


class SymmetricMatrix(NamedTuple):
    """A symmetric matrix over the cells.

    Attributes:
        diagonal: [shape=(n,), float64]
        values: of the entries beside it, by rows [shape=(entries,), float64]
        rows: where these entries stand
    """

    diagonal: Floats
    values: Floats
    rows: Rows


@njit(cache=True, nogil=True, error_model="numpy")
def _factor(matrix: SymmetricMatrix) -> Floats:
    """Diagonal of the modified incomplete factor: cells on a lattice have no triangles, so only it is filled."""
    diagonal, values, rows = matrix
    starts, middle, columns, _ = rows
    size = len(diagonal)
    factor, ahead = np.empty(size), np.zeros(size)
    for i in range(size):
        total = diagonal[i]
        for k in range(starts[i], middle[i]):
            j, value = columns[k], values[k]
            total -= value / factor[j] * ((1.0 - KEPT) * value + KEPT * ahead[j])
        for k in range(middle[i], starts[i + 1]):
            ahead[i] += values[k]
        factor[i] = max(total, FLOOR * diagonal[i])
    return factor


@njit(cache=True, nogil=True, error_model="numpy")
def conjugate_gradients(found: Floats, matrix: SymmetricMatrix, right: Floats, fraction: float, most: int) -> int:
    """Solve matrix found = right from nothing; two half sweeps a turn (Eisenstat 1981).

    Args:
        found: [shape=(n,), float64] the answer
        matrix: with a dominant diagonal
        right: [shape=(n,), float64]
        fraction: of the residual's first norm at which to stop
        most: turns at most

    Returns:
        turns that were made
    """
    diagonal, values, rows = matrix
    starts, middle, columns, _ = rows
    size = len(right)
    factor = _factor(matrix)
    inverse = 1.0 / factor
    residual, direction, up, down = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    strength = 0.0
    for i in range(size):
        total = right[i]
        for k in range(starts[i], middle[i]):
            total -= values[k] * residual[columns[k]]
        residual[i] = total * inverse[i]
        direction[i] = factor[i] * residual[i]
        strength += direction[i] * residual[i]
        found[i] = 0.0
    goal = fraction * fraction * strength
    for turn in range(most):
        if strength <= goal:
            return turn
        for i in range(size - 1, -1, -1):
            total = direction[i]
            for k in range(middle[i], starts[i + 1]):
                total -= values[k] * up[columns[k]]
            up[i] = total * inverse[i]
        bends = 0.0
        for i in range(size):
            total = direction[i] + (diagonal[i] - 2.0 * factor[i]) * up[i]
            for k in range(starts[i], middle[i]):
                total -= values[k] * down[columns[k]]
            down[i] = total * inverse[i]
            bends += direction[i] * (up[i] + down[i])
        if bends <= 0.0:
            return turn
        step = strength / bends
        stronger = 0.0
        for i in range(size):
            found[i] += step * up[i]
            residual[i] -= step * (up[i] + down[i])
            stronger += factor[i] * residual[i] * residual[i]
        ratio = stronger / strength
        strength = stronger
        for i in range(size):
            direction[i] = factor[i] * residual[i] + ratio * direction[i]
    return most
