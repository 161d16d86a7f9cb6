"""Kernels of the flow: pressures that balance all cells, and what the stream carries; serial, so the same everywhere.

The balance of all cells is the slope of a convex energy: what they store and what the stream loses both grow with
pressure. So Newton's direction always leads down, and a search along it for the least energy always arrives, however
sharply the tissue parts. Rows are those of one cell's neighbours, ascending.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import njit

KEPT = 0.97  # of what an incomplete factor drops goes to its diagonal
FLOOR = 1e-3  # of the diagonal, at least
FLAT_ENOUGH, LOOKS = 0.2, 8  # a search along a direction ends where the slope has fallen to this share
FAR_SHARE, NEAR_SHARE = 0.3, 0.1  # how well a direction is solved: while far from the least energy, and close to it
LEAST_STORED = 1e-12  # mL per mmHg: so that no cell stores nothing

Floats = NDArray[np.float64]
Numbers = NDArray[np.int32]


@njit(cache=True, nogil=True, error_model="numpy")
def rows_among(
    active: NDArray[np.int64], starts: Numbers, columns: Numbers, faces: Numbers, number: Numbers, face_number: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Rows of some cells among themselves.

    Args:
        active: [shape=(n,), int64, ascending] cells
        starts, columns, faces: rows of all cells: where each begins, its neighbours, the faces to them
        number, face_number: of each cell and face among those wanted, -1 elsewhere

    Returns:
        starts, first entry beyond the diagonal, columns, faces
    """
    size = len(active)
    most = 0
    for i in range(size):
        most += starts[active[i] + 1] - starts[active[i]]
    begins, middle = np.empty(size + 1, np.int32), np.empty(size, np.int32)
    among, through = np.empty(most, np.int32), np.empty(most, np.int32)
    count = 0
    for i in range(size):
        begins[i] = count
        middle[i] = -1
        for k in range(starts[active[i]], starts[active[i] + 1]):
            j = number[columns[k]]
            if j < 0:
                continue
            if j > i and middle[i] < 0:
                middle[i] = count
            among[count], through[count] = j, face_number[faces[k]]
            count += 1
        if middle[i] < 0:
            middle[i] = count
    begins[size] = count
    return begins, middle, among[:count].copy(), through[:count].copy()


@njit(cache=True, nogil=True, error_model="numpy")
def _factor(diagonal: Floats, starts: Numbers, middle: Numbers, columns: Numbers, values: Floats) -> Floats:
    """Diagonal of the modified incomplete factor: cells on a lattice have no triangles, so only it is filled."""
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
def conjugate_gradients(
    found: Floats,
    diagonal: Floats,
    starts: Numbers,
    middle: Numbers,
    columns: Numbers,
    values: Floats,
    right: Floats,
    share: float,
    most: int,
) -> int:
    """Solve (diag + off) found = right from nothing, off symmetric; two half sweeps a turn (Eisenstat 1981).

    Args:
        found: [shape=(n,), float64] the answer
        diagonal: [shape=(n,), float64]
        starts, middle, columns, values: off-diagonal part in compressed rows
        share: of the residual's first norm at which to stop
        most: turns at most

    Returns:
        turns that were made
    """
    size = len(right)
    factor = _factor(diagonal, starts, middle, columns, values)
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
    goal = share * share * strength
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


@njit(cache=True, nogil=True, error_model="numpy")
def _unbalanced(
    left: Floats,
    x: Floats,
    brought: Floats,
    room: Floats,
    fluid: Floats,
    half: float,
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    mobility: Floats,
    up: Floats,
    down: Floats,
    creep: float,
    exits: Floats,
    opening: float,
) -> None:
    """What each cell was brought and neither stores nor passes on at these pressures, mL; into `left`."""
    for i in range(len(x)):
        most = room[i] if x[i] > 0.0 else fluid[i]
        left[i] = brought[i] - most * x[i] / (abs(x[i]) + half) - LEAST_STORED * x[i]
        left[i] -= exits[i] * max(x[i] + opening, 0.0)
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
    x: Floats,
    brought: Floats,
    room: Floats,
    fluid: Floats,
    half: float,
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    mobility: Floats,
    up: Floats,
    down: Floats,
    creep: float,
    exits: Floats,
    opening: float,
    starts: Numbers,
    middle: Numbers,
    columns: Numbers,
    through: Numbers,
    settled: float,
    turns: int,
    inner: int,
) -> int:
    """Pressures at which every cell stores or passes on what it was brought; in place, from those that are given.

    Args:
        x: [shape=(n,), float64] local pressures, mmHg
        brought: [shape=(n,), float64] beyond what it holds at rest, mL
        room, fluid: [shape=(n,), float64] mL that a cell can take and give
        half: pressure at which half of that is taken, mmHg
        a, b: [shape=(faces,), int64] cells on either side
        mobility: [shape=(faces,), float64] mL per mmHg
        up, down: [shape=(faces,), float64] differences that part the tissue from a to b and back, mmHg
        creep: share of the mobility below them
        exits, opening: [shape=(n,), float64] and scalar: mL per mmHg that leave above `-opening`
        starts, middle, columns, through: rows of the cells
        settled: energy that the next step would still win, mL mmHg
        turns, inner: at most, of Newton's steps and of the turns to solve each

    Returns:
        steps that were made
    """
    size, faces = len(x), len(a)
    left, ahead, beyond = np.empty(size), np.empty(size), np.empty(size)
    diagonal, change = np.empty(size), np.empty(size)
    slope, values = np.empty(faces), np.empty(len(columns))
    _unbalanced(left, x, brought, room, fluid, half, a, b, mobility, up, down, creep, exits, opening)
    share = FAR_SHARE
    for turn in range(turns):
        for i in range(size):
            over = abs(x[i]) + half
            diagonal[i] = (room[i] if x[i] > 0.0 else fluid[i]) * half / (over * over) + LEAST_STORED
            if x[i] + opening > 0.0:
                diagonal[i] += exits[i]
        for f in range(faces):
            difference = x[a[f]] - x[b[f]]
            parted = abs(difference) > (up[f] if difference > 0.0 else down[f])
            slope[f] = mobility[f] * (1.0 if parted else creep)
            diagonal[a[f]] += slope[f]
            diagonal[b[f]] += slope[f]
        for k in range(len(columns)):
            values[k] = -slope[through[k]]
        conjugate_gradients(change, diagonal, starts, middle, columns, values, left, share, inner)
        fall = 0.0
        for i in range(size):
            fall += left[i] * change[i]
        low, at_low, high, at_high, part = 0.0, fall, -1.0, 0.0, 1.0
        for _ in range(LOOKS):
            for i in range(size):
                ahead[i] = x[i] + part * change[i]
            _unbalanced(beyond, ahead, brought, room, fluid, half, a, b, mobility, up, down, creep, exits, opening)
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
        share = NEAR_SHARE if part == 1.0 else FAR_SHARE
        if fall <= settled:
            return turn + 1
    return turns


@njit(cache=True, nogil=True, error_model="numpy")
def carry(
    concentration: Floats,
    brings: Floats,
    mixed: Floats,
    order: NDArray[np.int64],
    lower: NDArray[np.int64],
    amount: Floats,
    starts: Numbers,
    columns: Numbers,
    through: Numbers,
) -> None:
    """What a volume of each cell holds once all has flowed, from the highest pressure down; into `concentration`.

    Args:
        concentration: [shape=(n, kinds), float64] per mL
        brings: [shape=(n, kinds), float64] what was there and what was injected
        mixed: [shape=(n,), float64] volume in which all that comes mixes, mL
        order: [shape=(n,), int64] cells by falling pressure
        lower: [shape=(faces,), int64] cell into which each stream flows
        amount: [shape=(faces,), float64] of each stream, mL
        starts, columns, through: rows of the cells
    """
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
