"""Rays of a radiograph through planes of voxels, one step along the grid after another (Joseph 1982)."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import float32, njit, prange


class PlaneRays(NamedTuple):
    """Rays in the plane of a grid, in steps of the grid.

    Attributes:
        start: where each ray crosses the line of step 0, in voxels across [shape=(ray,), float32]
        slope: voxels across to a step [shape=(ray,), float32]
        length_mm: of a ray from one step to the next [shape=(ray,), float32]
    """

    start: NDArray[np.float32]
    slope: NDArray[np.float32]
    length_mm: NDArray[np.float32]


@njit(cache=True, parallel=True, nogil=True, error_model="numpy")
def add_rays(
    planes: NDArray[np.float32],
    rays: PlaneRays,
    out: NDArray[np.float32],
) -> None:
    """Add line integrals through planes (basis, plane, step, across) to out (basis, plane, column).

    A column is the mean of as many neighbouring rays as there are to a column. Every plane is summed by one thread in
    one order. What lies outside the grid is empty.
    """
    start, slope, length_mm = rays
    bases, count, steps, across = planes.shape
    columns = out.shape[2]
    per_column = start.shape[0] // columns
    share = float32(1) / float32(per_column)
    for p in prange(count):
        total = np.empty(start.shape[0], np.float32)
        for b in range(bases):
            total[:] = float32(0)
            for j in range(steps):
                line = planes[b, p, j]
                if not line.any():  # most rows hold neither bone nor iodine
                    continue
                for r in range(start.shape[0]):
                    at = start[r] + slope[r] * float32(j)
                    if at > float32(-1) and at < float32(across):
                        left = math.floor(at)
                        right_share = at - float32(left)
                        value = float32(0)
                        if left >= 0:
                            value += line[left] * (float32(1) - right_share)
                        if left + 1 < across:
                            value += line[left + 1] * right_share
                        total[r] += value
            for c in range(columns):
                mean = float32(0)
                for k in range(per_column):
                    mean += total[c * per_column + k] * length_mm[c * per_column + k]
                out[b, p, c] += mean * share
