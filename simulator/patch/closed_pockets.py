"""Closed pockets: scraps of the epidural space that voxels cut off from the rest of it."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from simulator.spatial.arrays import BoolArray, FloatArray

LEAST_OPEN_ML = 1.0  # of tissue that hangs together (assumption): less than that takes no portion of blood


def in_closed_pockets(volume_ml: FloatArray, joined: FloatArray) -> BoolArray:
    """Cells that hang together with less than `LEAST_OPEN_ML` [shape=(cells,)]; the largest part is never closed.

    Args:
        volume_ml: of each cell [shape=(cells,)]
        joined: pairs of cells that share a face, in its first two rows [shape=(rows, faces)]
    """
    first, second = joined[:2].astype(np.int64)
    ways = coo_array((np.ones(len(first), bool), (first, second)), shape=(len(volume_ml),) * 2)
    _, part = connected_components(ways, directed=False)
    held_ml = np.bincount(part, volume_ml)
    return np.asarray((held_ml < min(LEAST_OPEN_ML, float(held_ml.max(initial=0.0))))[part])
