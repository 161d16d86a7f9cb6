"""From Hounsfield units to basis densities of soft tissue and bone."""

from __future__ import annotations

from functools import cache

import numpy as np

from phantoms.tissues import hounsfield_slopes, tissue
from simulator.spatial.arrays import FloatArray


@cache
def tissue_lines() -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Piecewise linear ways from HU at 120 kV to basis densities: nodes and densities of soft tissue, then of bone.

    The HU of a node is that of its densities behind 20 cm of water, so HU are kept exactly between nodes.
    """
    slopes = hounsfield_slopes(120.0)
    lines = []
    for names in (
        ("air", "adipose", "muscle", "ligament", "spongiosa", "cortical_bone"),
        ("air", "adipose", "red_marrow", "spongiosa", "cortical_bone"),
    ):
        densities = np.array([tissue(name).basis for name in names])
        densities[0] = (densities[0] @ slopes) / slopes[0], 0.0, 0.0
        densities = np.vstack([densities, 1.6 * densities[-1]])  # denser than cortical bone: teeth, metal, calcium
        hu = densities @ slopes - 1000.0
        lines += [hu, densities]
    for line in lines:
        line.setflags(write=False)
    return lines[0], lines[1], lines[2], lines[3]
