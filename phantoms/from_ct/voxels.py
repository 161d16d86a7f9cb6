"""Voxels of a patient made from a CT: the whole cross-section, and the finer box about the canal."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from phantoms.canal.canal_kernels import CanalArrays
from phantoms.from_ct.body import CtBody
from phantoms.from_ct.bony_canal import CanalMeasure
from phantoms.from_ct.ct_kernels import CtArrays, RowSpan
from phantoms.from_ct.ct_kernels import voxelize as voxelize_block
from phantoms.from_ct.resampling import axis_mm, resample, resample_slices
from phantoms.phantom import BasisVolume, VoxelGrid
from phantoms.voxels.voxelize import OFFSET, STEP, majority_label, quantise
from phantoms.voxels.voxelize_kernels import CountScale, GridArrays, VoxelArrays, thread_count
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import PatientPoint

_HALF_WIDTH_MM = 40
_FRONT_MM, _BACK_MM = 12, 44  # of the box, before and behind the posterior walls
_CANAL_BACK_MM, _CANAL_SIDE_MM = 28, 26  # behind and beside every one of them, however the spine is curved
_TREATED_MM = 60.0  # above and below the interspace that is treated, where the box reaches behind the laminae
_ABOVE_MM, _BELOW_MM = 40.0, 3.0  # shown beyond the middles of the first and last vertebra; below S1 no needle goes
_BLOCK = 8  # planes at a time, which bounds the memory
_STRIP = 12  # rows that one thread takes at a time
_FINE = 2  # voxels of the box in one of the body
_ROUNDED_HU, _BLEND = 1.0, 2  # of the 1 mm grid; voxels about what it changed that follow it


def grids(whole: VoxelGrid, measure: CanalMeasure) -> tuple[VoxelGrid, VoxelGrid]:
    """Grid of the body, with fewer planes than the CT's, and of the box about the canal, both from edge to edge.

    Args:
        whole: the CT's 1 mm grid
        measure: of its canal
    """
    centres = np.array(list(measure.body_centre_mm.values()))
    z = whole.z_mm
    below = _BELOW_MM if measure.names[-1] == "S1" else _ABOVE_MM
    low = max(float(np.ceil(centres[:, 2].min() - below)), float(z[0]))
    high = min(float(np.floor(centres[:, 2].max() + _ABOVE_MM)), float(z[-1]))
    planes = round(high - low) + 1
    body = VoxelGrid(
        origin_mm=PatientPoint(whole.origin_mm[0], whole.origin_mm[1], low),
        spacing_mm=(1.0, 1.0, 1.0),
        shape=(planes, *whole.shape[1:]),
    )
    line = measure.centreline
    shown = (line.z_mm >= low) & (line.z_mm <= high)
    x, y, z = line.samples[shown, 0], line.samples[shown, 1], line.z_mm[shown]
    about = np.abs(z) <= _TREATED_MM  # the frame's origin lies at the interspace about which the patient is built
    x0 = round(min(x.mean() - _HALF_WIDTH_MM, x.min() - _CANAL_SIDE_MM))
    x1 = round(max(x.mean() + _HALF_WIDTH_MM, x.max() + _CANAL_SIDE_MM))
    y0 = int(np.floor(y.min())) - _FRONT_MM
    y1 = int(np.ceil(np.minimum(y, y.min() + 45.0).max())) + _BACK_MM  # lamina and process of a lordosis' front
    y1 = max(y1, int(np.ceil(y.max() + _CANAL_BACK_MM)), int(np.ceil(y[about].max() + _BACK_MM)))
    last = [axis_mm(whole, k)[-1] for k in (0, 1)]
    x0, y0 = max(x0, round(whole.origin_mm[0])), max(y0, round(whole.origin_mm[1]))
    x1, y1 = min(x1, round(last[0])), min(y1, round(last[1]))
    box = VoxelGrid(
        origin_mm=PatientPoint(x0 - 0.25, y0 - 0.25, low),
        spacing_mm=(1.0 / _FINE, 1.0 / _FINE, 1.0),
        shape=(planes, _FINE * (y1 - y0 + 1), _FINE * (x1 - x0 + 1)),
    )
    return body, box


def voxelize_ct(
    source: CtBody,
    arrays: CtArrays,
    canal: CanalArrays,
    body: VoxelGrid,
    box: VoxelGrid,
    progress: Callable[[float], None],
) -> tuple[BasisVolume, BasisVolume]:
    """Voxels of the body and of the box; where the box lies the body's voxels are means of the box's.

    Args:
        source: the CT on its 1 mm grid
        arrays, canal: for the kernels
        body, box: from `grids`
        progress: called with the part done, 0..1
    """
    counts, labels = _empty(body)
    fine_counts, fine_labels = _empty(box)
    first = round(body.origin_mm[2] - source.grid.origin_mm[2])
    x, y = axis_mm(box, 0), axis_mm(box, 1)
    left, top = (round(box.origin_mm[k] + 0.25 - body.origin_mm[k]) for k in (0, 1))
    ny, nx = box.shape[1] // _FINE, box.shape[2] // _FINE
    for start in range(0, body.shape[0], _BLOCK):
        stop = min(start + _BLOCK, body.shape[0])
        hu = source.hu[first + start : first + stop]
        fine_hu = _fine_hu(source, x, y, body.z_mm[start:stop])
        fine = _fill(fine_hu, box, (start, 0, 0), fine_counts, fine_labels, _FINE, arrays, canal)
        for j0, j1, i0, i1 in (
            (0, top, 0, body.shape[2]),
            (top + ny, body.shape[1], 0, body.shape[2]),
            (top, top + ny, 0, left),
            (top, top + ny, left + nx, body.shape[2]),
        ):
            if j1 > j0 and i1 > i0:
                part = np.ascontiguousarray(hu[:, j0:j1, i0:i1], dtype=np.float32)
                _fill(part, body, (start, j0, i0), counts, labels, 1, arrays, canal)
        where = (slice(start, stop), slice(top, top + ny), slice(left, left + nx))
        mean = fine.reshape(stop - start, ny, _FINE, nx, _FINE, 3).mean(axis=(2, 4))
        counts[(slice(None), *where)] = quantise(mean)
        labels[where] = majority_label(fine_labels[start:stop].reshape(stop - start, ny, _FINE, nx, _FINE))
        progress(0.4 + 0.55 * stop / body.shape[0])
    return _volume(body, counts, labels), _volume(box, fine_counts, fine_labels)


def _fine_hu(source: CtBody, x_mm: FloatArray, y_mm: FloatArray, z_mm: FloatArray) -> NDArray[np.float32]:
    """HU of some planes of the box [shape=(z, y, x)], from the CT's own voxels where nothing was taken or moved.

    By way of the 1 mm grid a CT of finer voxels would lose detail. There the table is taken away and the back rounded,
    so where that grid differs from the CT it counts.
    """
    fine = resample_slices(source.source, source.source_grid, x_mm, y_mm, z_mm)
    x, y = (np.arange(np.floor(q[0]), np.ceil(q[-1]) + 1.0) for q in (x_mm, y_mm))
    origin = np.asarray(source.grid.origin_mm)
    k, j, i = (np.clip(np.rint(q - origin[a]).astype(int), 0, source.grid.shape[2 - a] - 1)
               for a, q in ((2, z_mm), (1, y), (0, x)))  # fmt: skip
    coarse = resample_slices(source.source, source.source_grid, x, y, z_mm)
    changed = np.abs(coarse - source.hu[np.ix_(k, j, i)]) > _ROUNDED_HU
    if not changed.any():
        return fine
    changed = ndimage.binary_dilation(changed, np.ones((1, 3, 3), dtype=bool), iterations=_BLEND)
    near = [np.clip(np.rint(q - p[0]).astype(int), 0, len(p) - 1) for q, p in ((y_mm, y), (x_mm, x))]
    wide = changed[np.ix_(np.arange(len(z_mm)), *near)]
    fine[wide] = resample(source.hu, source.grid, x_mm, y_mm, z_mm)[wide]
    return fine


def in_strips(rows: Callable[[int, int], None], count: int) -> None:
    """Call `rows(first, last)` for strips of rows on threads; strips do not depend on how many threads there are."""
    with ThreadPoolExecutor(max_workers=thread_count()) as pool:
        list(pool.map(lambda first: rows(first, min(first + _STRIP, count)), range(0, count, _STRIP)))


def _empty(grid: VoxelGrid) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    return np.empty((3, *grid.shape), dtype=np.uint16), np.empty(grid.shape, dtype=np.uint8)


def _fill(
    hu: NDArray[np.float32],
    grid: VoxelGrid,
    start: tuple[int, int, int],
    counts: NDArray[np.uint16],
    labels: NDArray[np.uint8],
    subplanes: int,
    arrays: CtArrays,
    canal: CanalArrays,
) -> NDArray[np.float32]:
    """Voxels of one block from `start` (z, y, x) on; returns the densities [z, y, x, basis]."""
    block_counts, block_labels = np.empty((3, *hu.shape), dtype=np.uint16), np.empty(hu.shape, dtype=np.uint8)
    densities = np.empty((*hu.shape, 3), dtype=np.float32)
    spacing = np.asarray(grid.spacing_mm)
    origin = np.asarray(grid.origin_mm) + spacing * np.array(start[::-1], dtype=np.float64)

    block = VoxelArrays(counts=block_counts, label=block_labels)
    where_mm, scale = GridArrays(origin=origin, spacing=spacing), CountScale(offset=OFFSET, step=STEP)

    def rows(first: int, last: int) -> None:
        voxelize_block(block, densities, where_mm, scale, subplanes, RowSpan(first, last), hu, arrays, canal)

    in_strips(rows, hu.shape[1])
    where = tuple(slice(a, a + n) for a, n in zip(start, hu.shape, strict=True))
    counts[(slice(None), *where)] = block_counts
    labels[where] = block_labels
    return densities


def _volume(grid: VoxelGrid, counts: NDArray[np.uint16], label: NDArray[np.uint8]) -> BasisVolume:
    counts.setflags(write=False)
    label.setflags(write=False)
    return BasisVolume(grid=grid, counts=counts, offset=OFFSET, step=STEP, label=label)
