"""Flow in the epidural space the slow way: dense matrices, one Newton step after another until nothing changes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.patch.flow_state import Flow
from simulator.patch.hydraulic_model import HydraulicModel
from simulator.patch.pressure_balance import CREEP, HALF_FULL_MMHG

Array = NDArray[np.float64]


def pressures(medium: HydraulicModel, flow: Flow, cell: int, volume_ml: float, seconds: float) -> Array:
    """Local pressures after a portion of fresh blood that came at one cell, mmHg; all cells, no foramina, no sac."""
    space = medium.space
    size = space.cells.count
    extra = flow.held_ml - space.cells.fluid_ml
    source = np.zeros(size)
    source[cell] = volume_ml
    x = flow.excess_mmhg.copy()
    mobility = seconds * medium.mobility_ml_per_mmhg_s
    for _ in range(200):
        matrix = np.zeros((size, size))
        right = extra + source
        for k in range(len(space.faces.first)):
            a, b = int(space.faces.first[k]), int(space.faces.second[k])
            difference = x[a] - x[b]
            least = medium.yield_up_mmhg[k] if difference > 0 else medium.yield_down_mmhg[k]
            parted = abs(difference) > least
            slope = mobility[k] * (1.0 if parted else CREEP)
            offset = -mobility[k] * (1.0 - CREEP) * np.sign(difference) * least if parted else 0.0
            matrix[a, a] += slope
            matrix[b, b] += slope
            matrix[a, b] -= slope
            matrix[b, a] -= slope
            right[a] -= offset
            right[b] += offset
        for i in range(size):
            most = medium.capacity_ml[i] if x[i] > 0 else space.cells.fluid_ml[i]
            over = abs(x[i]) + HALF_FULL_MMHG
            grows = most * HALF_FULL_MMHG / over**2 + 1e-12
            matrix[i, i] += grows
            right[i] += grows * x[i] - most * x[i] / over
        change = np.linalg.solve(matrix, right) - x
        most_change = 0.1 + 0.3 * np.abs(x)
        x = x + np.clip(change, -most_change, most_change)
        if np.abs(change).max() < 1e-9:
            return x
    return x


def outflow_ml(medium: HydraulicModel, x: Array, seconds: float) -> Array:
    """Net volume that leaves each cell at these pressures, mL."""
    space = medium.space
    out = np.zeros(space.cells.count)
    for k in range(len(space.faces.first)):
        a, b = int(space.faces.first[k]), int(space.faces.second[k])
        difference = x[a] - x[b]
        least = medium.yield_up_mmhg[k] if difference > 0 else medium.yield_down_mmhg[k]
        beyond = max(abs(difference) - least, 0.0) if abs(difference) > least else 0.0
        mobility = seconds * medium.mobility_ml_per_mmhg_s[k]
        stream = mobility * (CREEP * difference + (1.0 - CREEP) * np.sign(difference) * beyond)
        if abs(difference) <= least:
            stream = mobility * CREEP * difference
        out[a] += stream
        out[b] -= stream
    return out
