"""Kernels that turn the solids into voxels of quantised basis densities with a majority label."""

from __future__ import annotations

import math

import numpy as np
from numba import get_num_threads, njit
from numpy.typing import NDArray

from phantoms.body_kernels import BodyArrays
from phantoms.canal_kernels import CanalArrays
from phantoms.scene_kernels import BODY, parts_near, tissue_of_parts

CELL = 4.0  # mm: blocks of voxels for which it is asked once which parts can be near


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

    Where bone or canal are near each plane is the mean of `subplanes` planes within it, elsewhere of one. The point's
    share is taken over the in-plane size, so `subplanes` should be the plane's thickness over that.
    """
    nz, _, nx = label.shape
    h = spacing[0]
    nk, nj, ni = (max(1, int(CELL / spacing[2])), max(1, int(CELL / spacing[1])), max(1, int(CELL / h)))
    radius = 0.5 * math.sqrt((nk * spacing[2]) ** 2 + (nj * spacing[1]) ** 2 + (ni * h) ** 2)
    for k0 in range(0, nz, nk):
        for j0 in range(row_start, row_stop, nj):
            for i0 in range(0, nx, ni):
                x = origin[0] + (i0 + 0.5 * (ni - 1)) * h
                y = origin[1] + (j0 + 0.5 * (nj - 1)) * spacing[1]
                z = origin[2] + (k0 + 0.5 * (nk - 1)) * spacing[2]
                parts = parts_near(x, y, z, radius, vertebrae, frames, canal, body)
                layers = subplanes if parts > BODY else 1  # soft tissue changes little within a plane
                for k in range(k0, min(k0 + nk, nz)):
                    for j in range(j0, min(j0 + nj, row_stop)):
                        for i in range(i0, min(i0 + ni, nx)):
                            x, y = origin[0] + i * h, origin[1] + j * spacing[1]
                            w, b, c, kind = 0.0, 0.0, 0.0, -1.0
                            for q in range(layers):
                                z = origin[2] + k * spacing[2] + ((q + 0.5) / layers - 0.5) * spacing[2]
                                voxel = tissue_of_parts(x, y, z, h, parts, vertebrae, frames, canal, body)
                                w += voxel[0]
                                b += voxel[1]
                                c += voxel[2]
                                kind = max(kind, voxel[3])  # a tie goes to the denser, later tissue
                            w, b, c = w / layers, b / layers, c / layers
                            densities[k, j, i, 0], densities[k, j, i, 1], densities[k, j, i, 2] = w, b, c
                            label[k, j, i] = int(kind)
                            counts[0, k, j, i] = int(quantise(w, offset[0], step[0]))
                            counts[1, k, j, i] = int(quantise(b, offset[1], step[1]))
                            counts[2, k, j, i] = int(quantise(c, offset[2], step[2]))
