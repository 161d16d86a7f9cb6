"""Voxelisation: implicit solids -> basis densities with partial volume, and a majority label."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from phantoms.phantom import BasisVolume, VoxelGrid
from phantoms.spine import Spine
from phantoms.voxelize_kernels import thread_count, voxelize_block

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

BLOCK = 8  # planes at a time, which bounds the memory
_STRIP = 12  # rows that one thread takes at a time


def scale_of(spine: Spine) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Offset and step of the counts that hold all densities of a patient."""
    return (METAL_OFFSET, METAL_STEP) if len(spine.body_arrays.metal) else (OFFSET, STEP)


def quantise(
    densities: NDArray[np.floating], offset: NDArray[np.float64] = OFFSET, step: NDArray[np.float64] = STEP
) -> NDArray[np.uint16]:
    """Counts of basis densities [shape=(..., basis) -> (basis, ...)], saturating."""
    counts = np.floor((densities - offset) / step + 0.5)
    return np.ascontiguousarray(np.moveaxis(np.clip(counts, 0, 65535), -1, 0).astype(np.uint16))


def voxelize(
    spine: Spine,
    body: VoxelGrid,
    canal: VoxelGrid,
    progress: Callable[[str, float], None] | None = None,
    rows: tuple[Rows, Rows] | None = None,
) -> tuple[BasisVolume, BasisVolume]:
    """Voxels of the whole cross-section, and of the finer box about the canal.

    Where the box lies the body's voxels are means of the box's, so that both tell the same; the box's edges
    must therefore fall on edges of the body's voxels.

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
    scale = scale_of(spine)
    nz, nx = body.shape[0], canal.shape[2] // ratio
    outputs = [_empty(body), _empty(canal)]
    subplanes = max(1, round(canal.spacing_mm[2] / canal.spacing_mm[0]))
    for block, start in enumerate(range(0, nz, BLOCK)):
        stop = min(start + BLOCK, nz)
        (top, bottom), (first, last) = ((int(part[block, 0]), int(part[block, 1])) for part in filled)
        y0, y1 = shift + first // ratio, shift + last // ratio
        fine = _fill(spine, canal, outputs[1], start, stop, (first, last), (0, canal.shape[2]), subplanes)
        for part, columns in (
            ((top, y0), (0, body.shape[2])),
            ((y1, bottom), (0, body.shape[2])),
            ((y0, y1), (0, x0)),
            ((y0, y1), (x0 + nx, body.shape[2])),
        ):
            _fill(spine, body, outputs[0], start, stop, part, columns, 1)
        mean = fine.reshape(stop - start, y1 - y0, ratio, nx, ratio, 3).mean(axis=(2, 4))
        counts, label = outputs[0]
        counts[:, start:stop, y0:y1, x0 : x0 + nx] = quantise(mean, *scale)
        inner = outputs[1][1][start:stop, first:last].reshape(stop - start, y1 - y0, ratio, nx, ratio)
        label[start:stop, y0:y1, x0 : x0 + nx] = majority_label(inner)
        if progress is not None:
            progress("building the patient", stop / nz)
    held = [None if rows is None else np.repeat(part, BLOCK, axis=0)[:nz] for part in filled]
    return _volume(body, *outputs[0], held[0], scale), _volume(canal, *outputs[1], held[1], scale)


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
    # what is never written costs no memory
    return np.zeros((3, *grid.shape), dtype=np.uint16), np.zeros(grid.shape, dtype=np.uint8)


def _fill(
    spine: Spine,
    grid: VoxelGrid,
    output: tuple[NDArray[np.uint16], NDArray[np.uint8]],
    start: int,
    stop: int,
    rows: tuple[int, int],
    columns: tuple[int, int],
    subplanes: int,
) -> NDArray[np.float32]:
    """Part of a grid: some planes, rows and columns; returns the densities [z, y, x, basis]."""
    shape = (stop - start, rows[1] - rows[0], columns[1] - columns[0])
    counts, label = np.empty((3, *shape), dtype=np.uint16), np.empty(shape, dtype=np.uint8)
    densities = np.empty((*shape, 3), dtype=np.float32)
    first = np.array([columns[0], rows[0], start], dtype=np.float64)
    spacing = np.asarray(grid.spacing_mm, dtype=np.float64)
    corner = np.asarray(grid.origin_mm) + first * spacing
    offset, step = scale_of(spine)

    def strip(row: int) -> None:
        voxelize_block(
            counts,
            label,
            densities,
            corner,
            spacing,
            offset,
            step,
            subplanes,
            row,
            min(row + _STRIP, shape[1]),
            spine.row.vertebrae,
            spine.row.frames,
            spine.canal_arrays,
            spine.body_arrays,
        )

    with ThreadPoolExecutor(max_workers=thread_count()) as pool:
        list(pool.map(strip, range(0, shape[1], _STRIP)))
    where = (slice(start, stop), slice(*rows), slice(*columns))
    output[0][(slice(None), *where)] = counts
    output[1][where] = label
    return densities


def _volume(
    grid: VoxelGrid,
    counts: NDArray[np.uint16],
    label: NDArray[np.uint8],
    rows: Rows | None,
    scale: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> BasisVolume:
    counts.setflags(write=False)
    label.setflags(write=False)
    return BasisVolume(grid=grid, counts=counts, offset=scale[0], step=scale[1], label=label, rows=rows)
