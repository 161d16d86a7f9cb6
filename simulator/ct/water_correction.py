"""Water correction: polynomials that undo the beam hardening of water, one for each column of the detector."""

from __future__ import annotations

import numpy as np

from simulator.spatial.arrays import FloatArray, SingleArray


def column_polynomials(x: FloatArray, y: FloatArray, order: int) -> SingleArray:
    """Least-squares polynomials through the columns of x (n, column), highest order first; exact at x[0]."""
    out = np.empty((order + 1, x.shape[1]), np.float32)
    for column in range(x.shape[1]):
        values = y if y.ndim == 1 else y[:, column]
        design = x[:, column, None] ** np.arange(1, order + 1)
        scale = design.max(axis=0)
        fit, *_ = np.linalg.lstsq(design / scale, values - values[0], rcond=None)
        out[:-1, column] = (fit / scale)[::-1]
        out[-1, column] = values[0]
    return out
