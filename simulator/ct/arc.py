"""Arc: rebinning of a rotation in which some views are missing or weak."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.ct import arc_kernels as kernels
from simulator.ct.geometry import ScannerGeometry
from simulator.ct.interpolation import cubic_taps


class ArcRebinning:
    """Plan from fan to parallel rays in which every view counts as much as its weight.

    A whole rotation interleaves opposite views and so samples twice as finely. An arc measures many rays once, so
    columns are joined with a cubic, whose loss at the kernel's frequencies is small.
    """

    def __init__(self, geometry: ScannerGeometry, samples: int, step_mm: float) -> None:
        """Prepare the plan.

        Args:
            samples, step_mm: of a parallel projection about the isocentre
        """
        angles = geometry.column_angles_rad
        turns = -angles / geometry.view_angle_rad
        self._first_view = np.floor(turns).astype(np.int32)
        self._view_weight = (turns - self._first_view).astype(np.float32)
        r = (np.arange(samples) - samples // 2) * step_mm
        fan = np.arcsin(np.clip(r / geometry.source_to_isocenter_mm, -1, 1))
        places = [_place(side * fan, angles) for side in (1, -1)]
        self._column = np.stack([column for column, _ in places])
        self._taps = np.stack([taps for _, taps in places])

    def rebin(self, water_paths: NDArray[np.float32], weights: NDArray[np.float32], out: NDArray[np.float32]) -> None:
        """Parallel rays of three slices.

        Args:
            water_paths: [shape=(slice, view, column), float32]; views of weight 0 may hold anything finite
            weights: [shape=(view,), float32]; every ray must have a reading that counts
            out: [shape=(slice, angle over pi, t), float32]; 0 where a ray misses the detector
        """
        kernels.rebin_weighted(water_paths, weights, self._first_view, self._view_weight, self._column, self._taps, out)


def _place(fan_rad: NDArray[np.float64], angles: NDArray[np.float64]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Column before each fan angle, and the cubic's taps on it and its neighbours; taps 0 off the detector."""
    at = (fan_rad - angles[0]) / (angles[1] - angles[0])
    column = np.clip(np.floor(at).astype(np.int32), 1, angles.size - 3)
    x = at - column
    taps = cubic_taps(x)
    taps[(x < 0) | (x > 1)] = 0
    return column, taps.astype(np.float32)
