"""Slow twins of the kernels in phantoms/from_ct_kernels.py."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RegularGridInterpolator


def field_at(
    values: NDArray, origin_mm: NDArray[np.float64], step_mm: float, points_mm: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Trilinear look-up in values[z, y, x] with the edge's value beyond the grid, shape (n,)."""
    axes = [origin_mm[2 - k] + step_mm * np.arange(values.shape[k]) for k in range(3)]
    held = np.column_stack([np.clip(points_mm[:, 2 - k], axes[k][0], axes[k][-1]) for k in range(3)])
    return RegularGridInterpolator(axes, values.astype(np.float64))(held)


def densities_of_hu(
    hu: NDArray[np.float64], nodes: NDArray[np.float64], densities: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Basis densities on a piecewise linear line, shape (n, 3)."""
    return np.column_stack([np.interp(hu, nodes, densities[:, basis]) for basis in range(3)])
