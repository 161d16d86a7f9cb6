"""Kernels that turn the solids into voxels of quantised basis densities with a majority label."""

from __future__ import annotations

import math

import numpy as np
from numba import get_num_threads, njit
from numpy.typing import NDArray

from phantoms.body_kernels import BodyArrays
from phantoms.canal_kernels import CanalArrays
from phantoms.scene_kernels import tissue_at


def thread_count() -> int:
    """How many threads kernels may use now."""
    return int(get_num_threads())


@njit(cache=True, nogil=True, error_model="numpy")
def quantise(value: float, offset: float, step: float) -> float:
    """Nearest count of a 16-bit scale, saturating."""
    return min(max(math.floor((value - offset) / step + 0.5), 0.0), 65535.0)


@njit(cache=True, nogil=True, error_model="numpy")  # threads outside: half the compilation of prange
def voxelize_block(
    counts: NDArray[np.uint16],
    label: NDArray[np.uint8],
    densities: NDArray[np.float32],
    origin: NDArray[np.float64],
    spacing: NDArray[np.float64],
    offset: NDArray[np.float64],
    step: NDArray[np.float64],
    subplanes: int,
    row_start: int,
    row_stop: int,
    vertebrae: NDArray[np.void],
    frames: NDArray[np.float64],
    canal: CanalArrays,
    body: BodyArrays,
) -> None:
    """Fill counts [basis, z, y, x], label [z, y, x] and densities [z, y, x, basis] of some rows of a block of planes.

    Each plane is the mean of `subplanes` planes within it. The point's share is taken over the in-plane size,
    so `subplanes` should be the plane's thickness over that.
    """
    nz, _, nx = label.shape
    h = spacing[0]
    rows = row_stop - row_start
    for kj in range(nz * rows):
        k, j = kj // rows, row_start + kj % rows
        y = origin[1] + j * spacing[1]
        for i in range(nx):
            x = origin[0] + i * spacing[0]
            w, b, c = 0.0, 0.0, 0.0
            kind = 0.0
            best = -1.0
            for q in range(subplanes):
                z = origin[2] + k * spacing[2] + ((q + 0.5) / subplanes - 0.5) * spacing[2]
                voxel = tissue_at(x, y, z, h, vertebrae, frames, canal, body)
                w += voxel[0]
                b += voxel[1]
                c += voxel[2]
                if voxel[3] > best:  # a tie goes to the denser, later tissue
                    best = voxel[3]
                    kind = voxel[3]
            w, b, c = w / subplanes, b / subplanes, c / subplanes
            densities[k, j, i, 0], densities[k, j, i, 1], densities[k, j, i, 2] = w, b, c
            label[k, j, i] = int(kind)
            counts[0, k, j, i] = int(quantise(w, offset[0], step[0]))
            counts[1, k, j, i] = int(quantise(b, offset[1], step[1]))
            counts[2, k, j, i] = int(quantise(c, offset[2], step[2]))
