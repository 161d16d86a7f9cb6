"""Pressures that balance all cells of the epidural space; serial, so the same everywhere.

The balance of all cells is the slope of a convex energy: what they store and what the stream loses both grow with
pressure. So Newton's direction always leads down, and a search along it for the least energy always arrives, however
sharply the tissue yields.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import njit
from simulator.patch.cell_rows_kernels import Rows
from simulator.patch.conjugate_gradient_kernels import SymmetricMatrix, conjugate_gradients

FLAT_ENOUGH, LOOKS = 0.2, 8  # a search along a direction ends where the slope has fallen to this fraction
FAR_FRACTION, NEAR_FRACTION = 0.3, 0.1  # how well a direction is solved: far from the least energy, and close to it
LEAST_STORED = 1e-12  # mL per mmHg: so that no cell stores nothing

Floats = NDArray[np.float64]


class Storage(NamedTuple):
    """What each cell can take and give.

    Attributes:
        capacity: beyond what it holds at rest, mL [shape=(n,), float64]
        fluid: that it can give, mL [shape=(n,), float64]
        half: pressure at which half of either is taken, mmHg
    """

    capacity: Floats
    fluid: Floats
    half: float


class Faces(NamedTuple):
    """The faces between cells.

    Attributes:
        first, second: cells on either side [shape=(faces,), int64]
        mobility: mL per mmHg [shape=(faces,), float64]
        yield_up, yield_down: pressure differences at which the tissue yields, from the first cell to the second and
            back, mmHg [shape=(faces,), float64]
        creep: fraction of the mobility below them
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    mobility: Floats
    yield_up: Floats
    yield_down: Floats
    creep: float


class Exits(NamedTuple):
    """The foramina.

    Attributes:
        conductance: mL per mmHg that leave [shape=(n,), float64]
        opening: they leave above `-opening`, mmHg
    """

    conductance: Floats
    opening: float


class Limits(NamedTuple):
    """When Newton's method stops.

    Attributes:
        settled: energy that the next step would still win, mL mmHg
        steps: at most
        turns: of conjugate gradients to solve each, at most
    """

    settled: float
    steps: int
    turns: int


@njit(cache=True, nogil=True, error_model="numpy")
def _unbalanced(left: Floats, x: Floats, brought: Floats, storage: Storage, faces: Faces, exits: Exits) -> None:
    """What each cell was brought and neither stores nor passes on at these pressures, mL; into `left`."""
    capacity, fluid, half = storage
    a, b, mobility, up, down, creep = faces
    leak, opening = exits
    for i in range(len(x)):
        most = capacity[i] if x[i] > 0.0 else fluid[i]
        left[i] = brought[i] - most * x[i] / (abs(x[i]) + half) - LEAST_STORED * x[i]
        left[i] -= leak[i] * max(x[i] + opening, 0.0)
    for f in range(len(a)):
        difference = x[a[f]] - x[b[f]]
        least = up[f] if difference > 0.0 else -down[f]
        stream = mobility[f] * difference
        if abs(difference) > abs(least):
            stream -= mobility[f] * (1.0 - creep) * least
        else:
            stream *= creep
        left[a[f]] -= stream
        left[b[f]] += stream


@njit(cache=True, nogil=True, error_model="numpy")
def balance(
    x: Floats, brought: Floats, storage: Storage, faces: Faces, exits: Exits, rows: Rows, limits: Limits
) -> int:
    """Pressures at which every cell stores or passes on what it was brought; in place, from those that are given.

    Args:
        x: [shape=(n,), float64] local pressures, mmHg
        brought: [shape=(n,), float64] beyond what it holds at rest, mL
        storage, faces, exits: what the cells take, pass on and lose
        rows: of the cells
        limits: when to stop

    Returns:
        steps that were made
    """
    capacity, fluid, half = storage
    a, b, mobility, up, down, creep = faces
    leak, opening = exits
    settled, turns, inner = limits
    through = rows.faces
    size, face_count = len(x), len(a)
    left, ahead, beyond = np.empty(size), np.empty(size), np.empty(size)
    diagonal, change = np.empty(size), np.empty(size)
    slope, values = np.empty(face_count), np.empty(len(through))
    _unbalanced(left, x, brought, storage, faces, exits)
    fraction = FAR_FRACTION
    for turn in range(turns):
        for i in range(size):
            over = abs(x[i]) + half
            diagonal[i] = (capacity[i] if x[i] > 0.0 else fluid[i]) * half / (over * over) + LEAST_STORED
            if x[i] + opening > 0.0:
                diagonal[i] += leak[i]
        for f in range(face_count):
            difference = x[a[f]] - x[b[f]]
            parted = abs(difference) > (up[f] if difference > 0.0 else down[f])
            slope[f] = mobility[f] * (1.0 if parted else creep)
            diagonal[a[f]] += slope[f]
            diagonal[b[f]] += slope[f]
        for k in range(len(through)):
            values[k] = -slope[through[k]]
        conjugate_gradients(change, SymmetricMatrix(diagonal, values, rows), left, fraction, inner)
        fall = 0.0
        for i in range(size):
            fall += left[i] * change[i]
        low, at_low, high, at_high, part = 0.0, fall, -1.0, 0.0, 1.0
        for _ in range(LOOKS):
            for i in range(size):
                ahead[i] = x[i] + part * change[i]
            _unbalanced(beyond, ahead, brought, storage, faces, exits)
            slant = 0.0
            for i in range(size):
                slant += beyond[i] * change[i]
            if abs(slant) <= FLAT_ENOUGH * fall or (slant > 0.0 and high < 0.0):
                break
            if slant < 0.0:
                high, at_high = part, slant
            else:
                low, at_low = part, slant
            part = low + min(max(at_low / (at_low - at_high), 0.1), 0.9) * (high - low)
        for i in range(size):
            x[i], left[i] = ahead[i], beyond[i]
        fraction = NEAR_FRACTION if part == 1.0 else FAR_FRACTION
        if fall <= settled:
            return turn + 1
    return turns
