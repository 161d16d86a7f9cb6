"""What the reconstruction makes of white noise in the rays, near the isocentre."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.ct.geometry import ScannerGeometry
from tests.oracles.ct_reconstruction import kernel


def noise_power(
    f_per_mm: NDArray[Any], f50_per_mm: float, geometry: ScannerGeometry, radial_step_mm: float, limit_per_mm: float
) -> NDArray[np.float64]:
    """Radial noise power spectrum, but for a factor that all kernels share.

    Ramp squared over the density of polar samples leaves one f; the kernel enters squared. Linear interpolation
    turns white noise in rays a gap apart into sinc^4, which sampling every radial_step_mm folds.
    """
    gap = geometry.source_to_isocenter_mm * geometry.column_angle_rad / 2
    order = np.arange(-6, 7)
    folded = (np.sinc((f_per_mm[:, None] + order / radial_step_mm) * gap) ** 4).sum(axis=1)
    return np.asarray(f_per_mm * kernel(f_per_mm, f50_per_mm, geometry, limit_per_mm) ** 2 * folded)
