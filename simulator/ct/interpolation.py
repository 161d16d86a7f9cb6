"""Interpolation: the cubic that joins samples of rays."""

from __future__ import annotations

import numpy as np

from simulator.spatial.arrays import FloatArray


def cubic_taps(fraction: FloatArray) -> FloatArray:
    """Weights of four neighbouring samples at a fraction of the way from the second to the third, last axis 4.

    Source: Keys 1981, doi 10.1109/TASSP.1981.1163711, with a = -1/2.
    """
    return np.stack(
        [
            ((-0.5 * fraction + 1) * fraction - 0.5) * fraction,
            (1.5 * fraction - 2.5) * fraction * fraction + 1,
            ((-1.5 * fraction + 2) * fraction + 0.5) * fraction,
            (0.5 * fraction - 0.5) * fraction * fraction,
        ],
        axis=-1,
    )
