"""Interpolation of a volume on another grid: matrices of weights along each axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phantoms.phantom import VoxelGrid
from simulator.spatial.arrays import FloatArray

Rows = Callable[[int, float, float, FloatArray], FloatArray]
_PARTS, _REACH, _LOBES = 8, 6.0, 3  # of a slice that are averaged; slices, samples beyond which none has a say


def cubic_rows(count: int, start_mm: float, step_mm: float, wanted_mm: FloatArray) -> FloatArray:
    """Matrix [shape=(wanted, count)] that interpolates `count` samples by Keys' cubic convolution (a = -1/2).

    Points beyond the ends take the nearest sample's value. Source: Keys 1981, equation 4.
    """
    place = np.clip((wanted_mm - start_mm) / step_mm, 0.0, count - 1.0)
    low = np.minimum(np.floor(place).astype(int), count - 2)
    matrix = np.zeros((len(wanted_mm), count))
    for tap in range(-1, 3):
        t = np.abs(place - low - tap)
        near = ((1.5 * t - 2.5) * t) * t + 1.0
        far = ((-0.5 * t + 2.5) * t - 4.0) * t + 2.0
        weight = np.where(t <= 1.0, near, np.where(t < 2.0, far, 0.0))
        np.add.at(matrix, (np.arange(len(place)), np.clip(low + tap, 0, count - 1)), weight)
    return matrix


def sinc_rows(count: int, start_mm: float, step_mm: float, wanted_mm: FloatArray) -> FloatArray:
    """Matrix [shape=(wanted, count)] that interpolates by a sinc under a window of three samples to either side.

    It keeps more of what lies near the samples' highest frequency than `cubic_rows`, and would ring at a mask's edge.
    Source: Duchon 1979, J Appl Meteorol 18:1016.
    """
    place = np.clip((wanted_mm - start_mm) / step_mm, 0.0, count - 1.0)
    low = np.floor(place).astype(int)
    matrix = np.zeros((len(wanted_mm), count))
    for tap in range(1 - _LOBES, 1 + _LOBES):
        t = place - low - tap
        weight = np.where(np.abs(t) < _LOBES, np.sinc(t) * np.sinc(t / _LOBES), 0.0)
        np.add.at(matrix, (np.arange(len(place)), np.clip(low + tap, 0, count - 1)), weight)
    return np.asarray(matrix / matrix.sum(axis=1, keepdims=True))


def slab_rows(count: int, start_mm: float, step_mm: float, wanted_mm: FloatArray) -> FloatArray:
    """Matrix [shape=(wanted, count)] from means over slices to means over planes of 1 mm, cubic between.

    The means of the interpolated values over each slice, taken as thick as slices lie apart, are again the slices': a
    scan of slices as thick as the source's does not blur them twice.
    """
    within = (np.arange(_PARTS) + 0.5) / _PARTS - 0.5
    centres = start_mm + step_mm * np.arange(count)
    means = [np.mean([cubic_rows(count, start_mm, step_mm, place + size * part) for part in within], axis=0)
             for place, size in ((centres, step_mm), (wanted_mm, 1.0))]  # fmt: skip
    return np.asarray(np.linalg.solve(means[0].T, means[1].T).T)


def resample(
    volume: NDArray[Any],
    grid: VoxelGrid,
    x_mm: FloatArray,
    y_mm: FloatArray,
    z_mm: FloatArray,
    in_plane: Rows = cubic_rows,
    along_z: Rows = cubic_rows,
) -> NDArray[np.float32]:
    """Values of a volume at the points of a rectilinear grid [shape=(z, y, x), float32], cubic if nothing is said."""
    reach = _REACH * grid.spacing_mm[2]
    near = (grid.z_mm > z_mm[0] - reach) & (grid.z_mm < z_mm[-1] + reach)
    first, last = int(np.argmax(near)), len(near) - int(np.argmax(near[::-1]))
    if last - first < 2:
        first, last = 0, len(near)
    part = volume[first:last].astype(np.float32)
    starts = (grid.origin_mm[0], grid.origin_mm[1], grid.origin_mm[2] + first * grid.spacing_mm[2])
    for axis, k, wanted, ways in ((1, 1, y_mm, in_plane), (2, 0, x_mm, in_plane), (0, 2, z_mm, along_z)):
        rows = ways(part.shape[axis], starts[k], grid.spacing_mm[k], wanted).astype(np.float32)
        part = np.moveaxis(np.tensordot(rows, part, axes=(1, axis)), 0, axis)
    return np.ascontiguousarray(part)


def resample_slices(
    volume: NDArray[Any], grid: VoxelGrid, x_mm: FloatArray, y_mm: FloatArray, z_mm: FloatArray
) -> NDArray[np.float32]:
    """HU of a CT at points of planes of 1 mm [shape=(z, y, x), float32], with all that its slices hold."""
    return resample(volume, grid, x_mm, y_mm, z_mm, sinc_rows, slab_rows)


def axis_mm(grid: VoxelGrid, axis: int) -> FloatArray:
    """Centres of the voxels along x (0), y (1) or z (2), mm."""
    return np.asarray(grid.origin_mm[axis] + grid.spacing_mm[axis] * np.arange(grid.shape[2 - axis]))
