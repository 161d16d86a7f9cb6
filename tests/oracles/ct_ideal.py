"""A rod's ideal image the slow way: fine voxels of steel, averaged over the slice, through a Gaussian."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter


def rod_in_slice(
    start_mm: NDArray[Any],
    axis: NDArray[Any],
    length_mm: float,
    radii_mm: tuple[float, float],
    z_mm: tuple[float, float],
    x_mm: NDArray[Any],
    y_mm: NDArray[Any],
    sigma_mm: float,
    *,
    fine: int = 5,
    heights: int = 80,
) -> NDArray[np.float64]:
    """Share of the slice that is steel at each pixel's centre, through the Gaussian, shape (y, x).

    radii are those of bore and tube; x and y are evenly spaced centres of pixels, rising.
    """
    step = x_mm[1] - x_mm[0]
    offset = ((np.arange(fine) + 0.5) / fine - 0.5) * step
    x = (x_mm[:, None] + offset).ravel()
    y = (y_mm[:, None] + offset).ravel()
    share = np.zeros((y.size, x.size))
    for z in z_mm[0] + (np.arange(heights) + 0.5) / heights * (z_mm[1] - z_mm[0]):
        dx, dy, dz = x - start_mm[0], y[:, None] - start_mm[1], z - start_mm[2]
        along = dx * axis[0] + dy * axis[1] + dz * axis[2]
        across = np.sqrt(np.maximum(dx**2 + dy**2 + dz**2 - along**2, 0))
        share += (along >= 0) & (along <= length_mm) & (across <= radii_mm[1]) & (across >= radii_mm[0])
    blurred = gaussian_filter(share / heights, sigma_mm / step * fine, mode="constant", truncate=6)
    return np.asarray(blurred.reshape(y_mm.size, fine, x_mm.size, fine)[:, fine // 2, :, fine // 2])
