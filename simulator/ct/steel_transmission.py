"""Steel in the beam: what is left of the signal where steel takes the place of water, as a table."""

from __future__ import annotations

import numpy as np

from simulator.ct.spectrum import Beam
from simulator.spatial.arrays import SingleArray

STEEL_PATH_STEP = 0.2
"""Step of -log(signal), bow-tie included, along the table's first axis, from 0."""

STEEL_STEP_MM = 0.0625
"""Step of the steel's length along its second axis, from 0."""


def steel_table(beam: Beam) -> SingleArray:
    """Signal left when steel takes the place of water, over -log(signal) before and the steel's length.

    What lies before the steel is taken as water (the bow-tie's plastic hardens nearly alike), and what the
    bore holds as water too.
    """
    water = np.linspace(0, 900, 3000)
    log = -np.log((beam.signal * np.exp(-beam.mu_per_mm[0] * water[:, None])).sum(axis=1))
    path = np.arange(71) * STEEL_PATH_STEP
    steel = np.arange(1281) * STEEL_STEP_MM
    before = beam.signal * np.exp(-beam.mu_per_mm[0] * np.interp(path, log, water)[:, None])
    before /= before.sum(axis=1, keepdims=True)
    extra = beam.steel_per_mm - beam.mu_per_mm[0]
    return np.ascontiguousarray(before @ np.exp(-extra[:, None] * steel), dtype=np.float32)
