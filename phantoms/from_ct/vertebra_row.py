"""Vertebra row: whether what is labelled or pointed at follows each other down the spine, however that is curved."""

from __future__ import annotations

import numpy as np

from simulator.spatial.arrays import FloatArray

LABELS_APART_MM = (8.0, 65.0)  # from one vertebra's centroid to the next; that of a cut one may be near
LEAST_DROP_MM = 2.0  # from one vertebra down to the next; a kyphosis of 70 degrees leaves 10 of 20 mm, a cut one less


def follow_each_other(places_mm: FloatArray, apart_mm: tuple[float, float]) -> bool:
    """Whether each place lies below the one before it and as far from it as a vertebra can.

    Args:
        places_mm: from the head down [shape=(n, 3)] as z, y, x; z upwards
        apart_mm: least and greatest distance from one to the next, in any direction: a curved spine runs forwards too
    """
    steps = np.diff(places_mm, axis=0)
    apart = np.linalg.norm(steps, axis=1)
    falls = (-steps[:, 0] >= LEAST_DROP_MM).all()
    return bool(falls and (apart >= apart_mm[0]).all() and (apart <= apart_mm[1]).all())
