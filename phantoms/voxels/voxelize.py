"""Voxelisation: implicit solids -> basis densities with partial volume, and a majority label."""

from __future__ import annotations

import contextlib
import math
import mmap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phantoms.phantom import BasisVolume, VoxelGrid
from phantoms.spine import Spine
from phantoms.voxels.voxelize_kernels import (
    CountScale,
    GridArrays,
    VoxelArrays,
    average_part,
    thread_count,
    voxelize_part,
)
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.progress import Progress

OFFSET = np.array([-0.1, -0.1, -2.0])
STEP = np.array([1.5, 1.4, 102.0]) / 65535.0
"""Scale of the counts: half a step is 0.011, 0.017 and 0.021 HU at 120 kV."""
OFFSET.setflags(write=False)
STEP.setflags(write=False)

METAL_OFFSET = np.array([-16.5, -0.1, -2.0])
METAL_STEP = np.array([18.0, 12.0, 102.0]) / 65535.0
"""Scale where there is titanium: half a step is 0.14, 0.24 and 0.02 HU."""
METAL_OFFSET.setflags(write=False)
METAL_STEP.setflags(write=False)

Rows = NDArray[np.int64]

BLOCK = 8  # planes that hold the same rows
_STRIP = 12  # rows of the body that one thread takes at a time, in one block of planes


def count_scale(spine: Spine) -> tuple[FloatArray, FloatArray]:
    """Offset and step of the counts that hold all densities of a patient."""
    return (METAL_OFFSET, METAL_STEP) if len(spine.body_arrays.metal) else (OFFSET, STEP)


def quantise(
    densities: NDArray[np.floating], offset: FloatArray = OFFSET, step: FloatArray = STEP
) -> NDArray[np.uint16]:
    """Counts of basis densities [shape=(..., basis) -> (basis, ...)], saturating."""
    counts = np.floor((densities - offset) / step + 0.5)
    return np.ascontiguousarray(np.moveaxis(np.clip(counts, 0, 65535), -1, 0).astype(np.uint16))


def voxelize(
    spine: Spine,
    body: VoxelGrid,
    canal: VoxelGrid,
    progress: Progress | None = None,
    rows: tuple[Rows, Rows] | None = None,
) -> tuple[BasisVolume, BasisVolume]:
    """Voxels of the whole cross-section, and of the finer box about the canal.

    Where the box lies the body's voxels are means of the box's, so that both tell the same; the box's edges
    must therefore fall on edges of the body's voxels. Each voxel depends on its place alone, so threads change nothing.

    Args:
        spine: the patient
        body: coarse grid; canal: finer grid with the same planes, its spacing a whole part of the body's
        progress: called with what is done and the part done, 0..1
        rows: first and last + 1 of the rows to fill in each block of `BLOCK` planes, of body and canal
            [shape=(block, 2)]; None for all

    Raises:
        ValueError: the grids do not fit each other.
    """
    ratio = round(body.spacing_mm[0] / canal.spacing_mm[0])
    corner = np.asarray(canal.origin_mm) - 0.5 * np.asarray(canal.spacing_mm)
    offset = (corner - np.asarray(body.origin_mm)) / np.asarray(body.spacing_mm) + 0.5
    x0, shift, z0 = (round(float(q)) for q in offset)
    fits = np.allclose(offset, [x0, shift, z0]) and body.shape[0] == canal.shape[0] and z0 == 0
    filled = _every_row(body, canal) if rows is None else rows
    if not fits or canal.shape[2] % ratio or np.any(filled[1] % ratio):
        raise ValueError("the canal box must start and end on edges of the body's voxels, with the same planes")
    scale = count_scale(spine)
    (nz, _, body_columns), columns = body.shape, canal.shape[2]
    inner = x0, x0 + columns // ratio
    outputs = [_empty(body), _empty(canal)]
    subplanes = max(1, round(canal.spacing_mm[2] / canal.spacing_mm[0]))

    def strip(planes: tuple[int, int], low: int, high: int, top: int, bottom: int) -> None:
        """Rows [low, high) of the body, with the box's where it lies between top and bottom."""
        if not top <= low < bottom:
            _fill(spine, body, outputs[0], (planes, (low, high), (0, body_columns)), 1)
            return
        # a box about a curved spine can reach beyond the body's rows, into air that the body does not hold
        held = max(low, 0), min(high, body.shape[1])
        _fill(spine, body, outputs[0], (planes, held, (0, inner[0])), 1)
        _fill(spine, body, outputs[0], (planes, held, (inner[1], body_columns)), 1)
        _fill(
            spine, canal, outputs[1], (planes, (ratio * (low - shift), ratio * (high - shift)), (0, columns)), subplanes
        )
        part = np.array([planes, held, inner])
        average_part(VoxelArrays(*outputs[0]), part, VoxelArrays(*outputs[1]), ratio * (held[0] - shift), ratio)

    _run_strips(strip, nz, shift, ratio, filled, progress)
    held = [None if rows is None else np.repeat(part, BLOCK, axis=0)[:nz] for part in filled]
    return _volume(body, *outputs[0], held[0], scale), _volume(canal, *outputs[1], held[1], scale)


def _run_strips(
    strip: Callable[[tuple[int, int], int, int, int, int], None],
    plane_count: int,
    shift: int,
    ratio: int,
    filled: tuple[Rows, Rows],
    progress: Progress | None,
) -> None:
    """Call `strip(planes, low, high, top, bottom)` for all strips of the rows that are filled, on threads."""
    with ThreadPoolExecutor(max_workers=thread_count()) as pool:
        waiting = []
        for start, whole, box in zip(range(0, plane_count, BLOCK), *filled, strict=True):
            planes = start, min(start + BLOCK, plane_count)
            top, bottom = shift + int(box[0]) // ratio, shift + int(box[1]) // ratio
            for first, last in ((int(whole[0]), top), (top, bottom), (bottom, int(whole[1]))):
                for low in range(first, last, _STRIP):
                    waiting.append(pool.submit(strip, planes, low, min(low + _STRIP, last), top, bottom))
        for done, each in enumerate(waiting):
            each.result()
            if progress is not None:
                progress("building the patient", (done + 1) / len(waiting))


def _every_row(body: VoxelGrid, canal: VoxelGrid) -> tuple[Rows, Rows]:
    blocks = -(-body.shape[0] // BLOCK)
    return np.tile([0, body.shape[1]], (blocks, 1)), np.tile([0, canal.shape[1]], (blocks, 1))


def majority_label(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Most frequent label of each cell [shape=(z, y, ratio, x, ratio) -> (z, y, x)].

    The denser wins a tie.
    """
    nz, ny, ratio, nx, _ = labels.shape
    cells = np.sort(labels.transpose(0, 1, 3, 2, 4).reshape(nz, ny, nx, ratio * ratio), axis=-1)
    count = (cells[..., :, None] == cells[..., None, :]).sum(axis=-1)
    best = count.shape[-1] - 1 - np.argmax(count[..., ::-1], axis=-1)
    return np.take_along_axis(cells, best[..., None], axis=-1)[..., 0]


def _empty(grid: VoxelGrid) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    return _untouched((3, *grid.shape), np.uint16), _untouched(grid.shape, np.uint8)


def _untouched(shape: tuple[int, ...], dtype: type) -> NDArray[Any]:
    """Zeros of which what is never written costs no memory: huge pages, which numpy asks for, would fill all."""
    memory = mmap.mmap(-1, math.prod(shape) * np.dtype(dtype).itemsize)
    if hasattr(mmap, "MADV_NOHUGEPAGE"):  # on Linux
        with contextlib.suppress(OSError):
            memory.madvise(mmap.MADV_NOHUGEPAGE)
    return np.frombuffer(memory, dtype=dtype).reshape(shape)


def _fill(
    spine: Spine,
    grid: VoxelGrid,
    output: tuple[NDArray[np.uint16], NDArray[np.uint8]],
    part: tuple[tuple[int, int], ...],
    subplanes: int,
) -> None:
    """Fill some planes, rows and columns of a grid."""
    offset, step = count_scale(spine)
    where = GridArrays(
        origin=np.asarray(grid.origin_mm, dtype=np.float64), spacing=np.asarray(grid.spacing_mm, dtype=np.float64)
    )
    scale = CountScale(offset=offset, step=step)
    voxelize_part(VoxelArrays(*output), np.array(part), where, scale, subplanes, spine.solids)


def _volume(
    grid: VoxelGrid,
    counts: NDArray[np.uint16],
    label: NDArray[np.uint8],
    rows: Rows | None,
    scale: tuple[FloatArray, FloatArray],
) -> BasisVolume:
    counts.setflags(write=False)
    label.setflags(write=False)
    return BasisVolume(grid=grid, counts=counts, offset=scale[0], step=scale[1], label=label, rows=rows)
