"""What the stream carries from cell to cell, and what cells that hold too much pass on; serial."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import njit
from simulator.patch.cell_rows_kernels import Rows

Floats = NDArray[np.float64]


class Streams(NamedTuple):
    """The stream through each face.

    Attributes:
        lower: cell into which it flows [shape=(faces,), int64]
        amount: mL [shape=(faces,), float64]
    """

    lower: NDArray[np.int64]
    amount: Floats


@njit(cache=True, nogil=True, error_model="numpy")
def carry(
    concentration: Floats, brings: Floats, mixed: Floats, order: NDArray[np.int64], streams: Streams, rows: Rows
) -> None:
    """What a volume of each cell holds once all has flowed, from the highest pressure down; into `concentration`.

    Args:
        concentration: [shape=(n, kinds), float64] per mL
        brings: [shape=(n, kinds), float64] what was there and what was injected
        mixed: [shape=(n,), float64] volume in which all that comes mixes, mL
        order: [shape=(n,), int64] cells by falling pressure
        streams: through the faces
        rows: of the cells
    """
    lower, amount = streams
    starts, _, columns, through = rows
    for n in range(len(order)):
        i = order[n]
        for kind in range(brings.shape[1]):
            concentration[i, kind] = brings[i, kind]
        for k in range(starts[i], starts[i + 1]):
            f = through[k]
            if lower[f] == i and amount[f] > 0.0:
                for kind in range(brings.shape[1]):
                    concentration[i, kind] += amount[f] * concentration[columns[k], kind]
        for kind in range(brings.shape[1]):
            concentration[i, kind] /= mixed[i]


@njit(cache=True, nogil=True, error_model="numpy")
def redistribute_overflow(
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
