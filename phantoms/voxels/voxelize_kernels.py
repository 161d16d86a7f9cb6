"""Kernels that turn the solids into voxels of quantised basis densities with a majority label."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import get_num_threads, njit
from phantoms.solids_kernels import Solids
from phantoms.voxels.referenced_kernels import referenced
from phantoms.voxels.scene_kernels import BODY, DISCS, parts_near, tissue_from_parts

CELL = 4  # voxels in a row: blocks as high as wide for which it is asked once which parts can be near


class VoxelArrays(NamedTuple):
    """Voxels of a grid: counts of the basis densities [basis, z, y, x] and labels [z, y, x]."""

    counts: NDArray[np.uint16]
    label: NDArray[np.uint8]


class GridArrays(NamedTuple):
    """Where a grid lies: centre of its first voxel and spacing, x y z in mm."""

    origin: NDArray[np.float64]
    spacing: NDArray[np.float64]


class CountScale(NamedTuple):
    """Densities of the counts: density = offset + step * count, each [shape=(basis,)]."""

    offset: NDArray[np.float64]
    step: NDArray[np.float64]


def thread_count() -> int:
    """How many threads kernels may use now."""
    return int(get_num_threads())


@njit(cache=True, nogil=True, error_model="numpy")
def quantise(value: float, offset: float, step: float) -> float:
    """Nearest count of a 16-bit scale, saturating."""
    return min(max(math.floor((value - offset) / step + 0.5), 0.0), 65535.0)


@njit(cache=True, nogil=True, error_model="numpy")  # threads outside: half the compilation of prange
def voxelize_part(
    output: VoxelArrays, part: NDArray[np.int64], grid: GridArrays, scale: CountScale, subplanes: int, solids: Solids
) -> None:
    """Fill the voxels within part [axis, first and last + 1].

    Where bone or canal are near each plane is the mean of `subplanes` planes within it, elsewhere of one. The point's
    share is taken over the in-plane size, so `subplanes` should be the plane's thickness over that.
    """
    counts, label = output.counts, output.label
    origin, spacing = grid.origin, grid.spacing
    offset, step = scale.offset, scale.step
    solids = referenced(solids)
    h = spacing[0]
    nk = max(1, int(CELL * h / spacing[2]))
    radius = 0.5 * math.sqrt((nk * spacing[2]) ** 2 + (CELL * spacing[1]) ** 2 + (CELL * h) ** 2)
    for k0 in range(part[0, 0], part[0, 1], nk):
        for j0 in range(part[1, 0], part[1, 1], CELL):
            for i0 in range(part[2, 0], part[2, 1], CELL):
                x = origin[0] + (i0 + 0.5 * (CELL - 1)) * h
                y = origin[1] + (j0 + 0.5 * (CELL - 1)) * spacing[1]
                z = origin[2] + (k0 + 0.5 * (nk - 1)) * spacing[2]
                parts = parts_near(x, y, z, radius, h, solids)
                layers = subplanes if parts & ~(BODY | DISCS) != 0 else 1  # soft tissue changes little within a plane
                for k in range(k0, min(k0 + nk, part[0, 1])):
                    for j in range(j0, min(j0 + CELL, part[1, 1])):
                        for i in range(i0, min(i0 + CELL, part[2, 1])):
                            x, y = origin[0] + i * h, origin[1] + j * spacing[1]
                            w, b, c, kind = 0.0, 0.0, 0.0, -1.0
                            for q in range(layers):
                                z = origin[2] + k * spacing[2] + ((q + 0.5) / layers - 0.5) * spacing[2]
                                voxel = tissue_from_parts(x, y, z, h, parts, solids)
                                w += voxel[0]
                                b += voxel[1]
                                c += voxel[2]
                                kind = max(kind, voxel[3])  # a tie goes to the denser, later tissue
                            label[k, j, i] = int(kind)
                            counts[0, k, j, i] = int(quantise(w / layers, offset[0], step[0]))
                            counts[1, k, j, i] = int(quantise(b / layers, offset[1], step[1]))
                            counts[2, k, j, i] = int(quantise(c / layers, offset[2], step[2]))


@njit(cache=True, nogil=True, error_model="numpy")
def average_part(output: VoxelArrays, part: NDArray[np.int64], fine: VoxelArrays, first_row: int, ratio: int) -> None:
    """Fill part [axis, first and last + 1] with means and majority labels of ratio x ratio finer voxels in each plane.

    The fine voxels start in row `first_row` and in column 0. The denser label wins a tie.
    """
    counts, label = output.counts, output.label
    fine_counts, fine_label = fine.counts, fine.label
    cells = ratio * ratio
    for k in range(part[0, 0], part[0, 1]):
        for j in range(part[1, 0], part[1, 1]):
            row = first_row + (j - part[1, 0]) * ratio
            for i in range(part[2, 0], part[2, 1]):
                column = (i - part[2, 0]) * ratio
                for basis in range(counts.shape[0]):
                    total = 0
                    for q in range(cells):
                        total += int(fine_counts[basis, k, row + q // ratio, column + q % ratio])
                    counts[basis, k, j, i] = (2 * total + cells) // (2 * cells)
                best, most = 0, 0
                for q in range(cells):
                    kind = int(fine_label[k, row + q // ratio, column + q % ratio])
                    same = 0
                    for r in range(cells):
                        same += int(fine_label[k, row + r // ratio, column + r % ratio]) == kind
                    if same > most or (same == most and kind > best):
                        best, most = kind, same
                label[k, j, i] = best
