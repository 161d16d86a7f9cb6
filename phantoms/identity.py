"""Identity of a patient: a digest of what was built, and not of the sources that built it.

Rounding makes the digest the same for builds that differ in the last bits of their numbers, as those of two processors
do. Counts of voxels are summed over blocks before they are rounded: one count that fell on the other side of its own
rounding moves a block's mean by far less than a step. A structure that moved by 0.1 mm moves many means by many steps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from phantoms.phantom import Anatomy, BasisVolume, Phantom, VoxelGrid
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import patient_point

_BLOCK = (8, 16, 16)  # planes, rows and columns whose mean is taken
_DENSITY_STEPS = (1e-4, 1e-4, 1e-2)  # of water, cortical bone and iodine, in the units of `BASES`; 0.1 to 0.3 HU
_LABEL_FACTOR = 151  # odd, so that no two labels have one weight of 0..255, and neighbours have unlike ones
_LABEL_STEP = 1.0
_DISTANCE_STEP_MM = 1e-3
_CANAL_POINTS, _BODY_POINTS = 4096, 1024
_RATIOS = np.array([0.8191725133961645, 0.6710436067037893, 0.5497004779019703])
"""Steps of the R3 sequence, which fills a box evenly and meets no face of a voxel (M. Roberts 2018)."""


def patient_identity(phantom: Phantom) -> str:
    """SHA-256 over a patient's voxels, distances, landmarks and leak, all rounded; hexadecimal.

    Names of the patient and of its derived structures have no part in it.
    """
    digest = hashlib.sha256()
    for volume, count in ((phantom.body, _BODY_POINTS), (phantom.canal, _CANAL_POINTS)):
        _add(digest, np.array([*volume.grid.origin_mm, *volume.grid.spacing_mm]), _DISTANCE_STEP_MM)
        digest.update(repr(tuple(volume.grid.shape)).encode())
        for means in _block_means(volume):
            _add(digest, means, np.array([*_DENSITY_STEPS, _LABEL_STEP])[:, None, None])
        for distances in _distances_mm(phantom.anatomy, _points(volume.grid, count)):
            _add(digest, distances, _DISTANCE_STEP_MM)
    marks = phantom.landmarks
    for named in (marks.vertebral_bodies, marks.interspaces, marks.interlaminar_windows):
        digest.update(" ".join(map(str, named)).encode())
        _add(digest, np.array([tuple(point) for point in named.values()], np.float64), _DISTANCE_STEP_MM)
    digest.update(" ".join(map(str, phantom.levels)).encode())
    for leak in phantom.leaks:
        digest.update(f" {leak.pattern} {leak.level} {leak.side}".encode())
        _add(digest, np.array([] if leak.hole_mm is None else tuple(leak.hole_mm), np.float64), _DISTANCE_STEP_MM)
        if leak.vein is not None:
            _add(digest, leak.vein.points_mm, _DISTANCE_STEP_MM)
            _add(digest, np.array([leak.vein.radius_mm, leak.vein.iodine_mg_per_ml]), _DISTANCE_STEP_MM)
    return digest.hexdigest()


def _add(digest: hashlib._Hash, values: FloatArray, step: float | FloatArray) -> None:
    """Add numbers to a digest, rounded to whole steps."""
    whole = np.nan_to_num(np.rint(values / step), nan=2.0**62)
    digest.update(np.ascontiguousarray(whole, dtype="<i8").data)


def _block_means(volume: BasisVolume) -> Iterator[FloatArray]:
    """Mean densities and mean weight of the labels in blocks [shape=(basis + 1, y, x)], from the lowest planes up.

    Rows that a plane does not hold are read as zero counts and as air; they are not touched.
    """
    planes, height, width = volume.grid.shape
    weights = (np.arange(256) * _LABEL_FACTOR % 256).astype(np.uint16)
    starts = [np.arange(0, size, block) for size, block in zip((height, width), _BLOCK[1:], strict=True)]
    sizes = [np.diff(np.append(start, size)) for start, size in zip(starts, (height, width), strict=True)]
    for low in range(0, planes, _BLOCK[0]):
        high = min(low + _BLOCK[0], planes)
        first, stop = (0, height) if volume.rows is None else _held(volume.rows[low:high])
        sums = np.zeros((len(volume.counts) + 1, height, width), np.uint32)
        part = np.s_[low:high, first:stop]
        np.sum(volume.counts[:, low:high, first:stop], axis=1, dtype=np.uint32, out=sums[:-1, first:stop])
        np.sum(weights[volume.label[part]], axis=0, dtype=np.uint32, out=sums[-1, first:stop])
        blocks = np.add.reduceat(np.add.reduceat(sums.astype(np.int64), starts[0], axis=1), starts[1], axis=2)
        means = blocks / ((high - low) * sizes[0][:, None] * sizes[1][None, :])
        means[:-1] = volume.offset[:, None, None] + volume.step[:, None, None] * means[:-1]
        yield means


def _held(rows: NDArray[np.int64]) -> tuple[int, int]:
    """First and last + 1 of the rows that any of some planes holds."""
    return int(rows[:, 0].min()), int(rows[:, 1].max())


def _points(grid: VoxelGrid, count: int) -> FloatArray:
    """Points spread evenly over a grid [shape=(count, 3), mm]."""
    shares = (0.5 + np.arange(1, count + 1)[:, None] * _RATIOS) % 1.0
    size = np.array(grid.shape[::-1]) * np.array(grid.spacing_mm)
    return np.asarray(grid.origin_mm + shares * size - 0.5 * np.array(grid.spacing_mm))


def _distances_mm(anatomy: Anatomy, points: FloatArray) -> Iterator[FloatArray]:
    """All that the anatomy says of points; labels and zones count as whole millimetres."""
    asked = (anatomy.dura_mm, anatomy.neural_mm, anatomy.cord_mm, anatomy.bone_mm, anatomy.skin_mm)
    for distance in asked:
        yield distance(points)
    yield anatomy.label(points).astype(np.float64)
    yield anatomy.zone(points).astype(np.float64)
    yield np.array([anatomy.epidural_depth_mm(patient_point(point)) for point in points[::16]])
