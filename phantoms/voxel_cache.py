"""Voxel cache: voxels and identity of the latest patients as arrays of the array cache."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from phantoms.array_cache import Arrays, load_arrays, store_arrays
from phantoms.phantom import BasisVolume, VoxelGrid

_PARTS = ("body", "canal")
_IDENTITY = "identity"
_IDENTITY_BYTES = 32


def load_voxels(cache_key: str, body: VoxelGrid, canal: VoxelGrid) -> tuple[BasisVolume, BasisVolume] | None:
    """Voxels of an earlier run, or None where there are none that fit."""
    arrays = load_arrays(cache_key)
    return None if arrays is None else kept_voxels(arrays, body, canal)


def kept_voxels(arrays: Arrays, body: VoxelGrid, canal: VoxelGrid) -> tuple[BasisVolume, BasisVolume] | None:
    """Voxels among the arrays of an earlier run, or None where they do not fit the grids."""
    volumes = []
    for part, grid in zip(_PARTS, (body, canal), strict=True):
        counts, label = arrays.get(f"{part}_counts"), arrays.get(f"{part}_label")
        if counts is None or counts.dtype != np.uint16 or counts.shape != (3, *grid.shape):
            return None
        if label is None or label.dtype != np.uint8 or label.shape != grid.shape:
            return None
        rows = arrays.get(f"{part}_rows")
        offset, step = arrays.get("offset"), arrays.get("step")
        if offset is None or step is None or offset.shape != (3,) or step.shape != (3,):
            return None
        volumes.append(BasisVolume(grid=grid, counts=counts, offset=offset, step=step, label=label, rows=rows))
    return volumes[0], volumes[1]


def kept_identity(arrays: Arrays) -> str | None:
    """The patient's identity among the arrays of an earlier run, or None where it is not there."""
    kept = arrays.get(_IDENTITY)
    if kept is None or kept.dtype != np.uint8 or kept.shape != (_IDENTITY_BYTES,):
        return None
    return kept.tobytes().hex()


def store_voxels(
    cache_key: str,
    volumes: tuple[BasisVolume, BasisVolume],
    identity: str,
    tables: dict[str, NDArray[Any]] | None = None,
) -> None:
    """Keep voxels for later runs with the patient's identity, and tables that were computed with them."""
    arrays: Arrays = {**(tables or {}), "offset": volumes[0].offset, "step": volumes[0].step}
    arrays[_IDENTITY] = np.frombuffer(bytes.fromhex(identity), np.uint8)
    rows = {}
    for part, volume in zip(_PARTS, volumes, strict=True):
        arrays[f"{part}_counts"], arrays[f"{part}_label"] = volume.counts, volume.label
        if volume.rows is not None:
            arrays[f"{part}_rows"] = volume.rows
            rows[f"{part}_counts"] = rows[f"{part}_label"] = volume.rows
    store_arrays(cache_key, arrays, rows)
