"""Rebinning: from the rays of the fan to parallel rays, after a whole turn or after a partial scan.

A whole turn interleaves opposite views and so samples twice as finely. A partial scan measures many rays once, so
columns are joined with a cubic, whose loss at the kernel's frequencies is small.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.ct import rebinning_kernels as kernels
from simulator.ct.geometry import ScannerGeometry
from simulator.ct.interpolation import cubic_taps
from simulator.spatial.arrays import FloatArray, SingleArray

_ANGLES_TOGETHER = 32
"""Parallel angles that read the fan's rows while these lie in the cache."""


class FullTurnRebinning:
    """Plan from fan to parallel rays in which every view counts alike."""

    def __init__(self, geometry: ScannerGeometry, samples: int, step_mm: float) -> None:
        """Prepare the plan.

        Args:
            geometry: the scanner
            samples, step_mm: of a parallel projection about the isocentre
        """
        t = geometry.source_to_isocenter_mm * np.sin(geometry.column_angles_rad)
        both = np.concatenate([t, -t])
        order = np.argsort(both, kind="stable").astype(np.uint32)
        rays = both[order]
        r = (np.arange(samples) - samples // 2) * step_mm
        at = np.clip(np.searchsorted(rays, r) - 1, 0, rays.size - 2)
        gap = rays[at + 1] - rays[at]
        weight = np.where(gap > 1e-9, (r - rays[at]) / np.maximum(gap, 1e-9), 0)
        seen = (r >= rays[0]) & (r <= rays[-1])
        self._views_between = _views_between(geometry)
        self._samples_between = kernels.InterleavedSamples(
            left=order[at],
            right=order[at + 1],
            sample_weight=np.where(seen, weight, 0).astype(np.float32),
            gain=seen.astype(np.float32),
        )

    def rebin(self, water_paths: SingleArray, out: SingleArray) -> None:
        """Parallel rays of three slices.

        Args:
            water_paths: [shape=(slice, view, column), float32]
            out: [shape=(slice, angle over pi, t), float32]; 0 where a ray misses the detector
        """
        kernels.rebin_full_turn(water_paths, self._views_between, self._samples_between, _ANGLES_TOGETHER, out)


class PartialScanRebinning:
    """Plan from fan to parallel rays in which every view counts as much as its weight."""

    def __init__(self, geometry: ScannerGeometry, samples: int, step_mm: float) -> None:
        """Prepare the plan.

        Args:
            geometry: the scanner
            samples, step_mm: of a parallel projection about the isocentre
        """
        angles = geometry.column_angles_rad
        r = (np.arange(samples) - samples // 2) * step_mm
        fan = np.arcsin(np.clip(r / geometry.source_to_isocenter_mm, -1, 1))
        places = [_place(side * fan, angles) for side in (1, -1)]
        self._views_between = _views_between(geometry)
        self._column_taps = kernels.ColumnTaps(
            column=np.stack([column for column, _ in places]), taps=np.stack([taps for _, taps in places])
        )

    def rebin(self, water_paths: SingleArray, weights: SingleArray, out: SingleArray) -> None:
        """Parallel rays of three slices.

        Args:
            water_paths: [shape=(slice, view, column), float32]; views of weight 0 may hold anything finite
            weights: [shape=(view,), float32]; every ray must have a reading that counts
            out: [shape=(slice, angle over pi, t), float32]; 0 where a ray misses the detector
        """
        kernels.rebin_weighted(water_paths, weights, self._views_between, self._column_taps, out)


def _views_between(geometry: ScannerGeometry) -> kernels.ViewsBetween:
    turns = -geometry.column_angles_rad / geometry.view_angle_rad
    first = np.floor(turns).astype(np.int32)
    return kernels.ViewsBetween(first_view=first, view_weight=(turns - first).astype(np.float32))


def _place(fan_rad: FloatArray, angles: FloatArray) -> tuple[NDArray[np.int32], SingleArray]:
    """Column before each fan angle, and the cubic's taps on it and its neighbours; taps 0 off the detector."""
    at = (fan_rad - angles[0]) / (angles[1] - angles[0])
    column = np.clip(np.floor(at).astype(np.int32), 1, angles.size - 3)
    x = at - column
    taps = cubic_taps(x)
    taps[(x < 0) | (x > 1)] = 0
    return column, taps.astype(np.float32)
