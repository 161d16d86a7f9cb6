"""Voxel cache: the voxels of the latest patients, kept on disk between runs."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import NDArray

from phantoms.phantom import BasisVolume, VoxelGrid

_KEPT = 8  # patients in the cache, those used last, about 150 MB each


def _cache_file(digest: str) -> Path:
    return Path(platformdirs.user_cache_dir("ct-fluoro-sim", appauthor=False)) / "phantoms" / f"{digest[:32]}.npz"


def load_voxels(digest: str, body: VoxelGrid, canal: VoxelGrid) -> tuple[BasisVolume, BasisVolume] | None:
    """Voxels of an earlier run, or None where there are none that fit."""
    volumes = []
    try:
        with np.load(_cache_file(digest), allow_pickle=False) as file:
            if str(file["digest"]) != digest:
                return None
            for name, grid in (("body", body), ("canal", canal)):
                counts, label = file[f"{name}_counts"], file[f"{name}_label"]
                rows = file.get(f"{name}_rows")
                if counts.dtype != np.uint16 or label.dtype != np.uint8:
                    return None
                if rows is not None:
                    counts, label = _spread(counts, grid, rows), _spread(label[None], grid, rows)[0]
                if counts.shape != (3, *grid.shape) or label.shape != grid.shape:
                    return None
                counts.setflags(write=False)
                label.setflags(write=False)
                offset, step = file["offset"], file["step"]
                volumes.append(BasisVolume(grid=grid, counts=counts, offset=offset, step=step, label=label, rows=rows))
    except Exception:  # whatever is wrong with a cache, the voxels can be built again
        return None
    with contextlib.suppress(OSError):
        os.utime(_cache_file(digest))  # so that a series of drawn patients does not displace the usual one
    return volumes[0], volumes[1]


def _spread(held: NDArray[Any], grid: VoxelGrid, rows: NDArray[np.int64]) -> NDArray[Any]:
    """Rows that planes hold, one after the other [shape=(k, row, x)], in their places [shape=(k, z, y, x)]."""
    full = np.zeros((len(held), *grid.shape), dtype=held.dtype)
    ends = np.concatenate([[0], np.cumsum(rows[:, 1] - rows[:, 0])])
    for plane, (first, stop) in enumerate(rows):
        full[:, plane, first:stop] = held[:, ends[plane] : ends[plane + 1]]
    return full


def _gather(full: NDArray[Any], rows: NDArray[np.int64] | None) -> NDArray[Any]:
    """What `_spread` takes; everything where rows is None."""
    if rows is None:
        return full
    return np.concatenate([full[:, plane, first:stop] for plane, (first, stop) in enumerate(rows)], axis=1)


def store_voxels(digest: str, volumes: tuple[BasisVolume, BasisVolume]) -> None:
    """Keep voxels for later runs; written aside and renamed, so that no half file is ever found."""
    target = _cache_file(digest)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as file:
            arrays: dict[str, NDArray[Any]] = {"digest": np.array(digest)}
            arrays["offset"], arrays["step"] = volumes[0].offset, volumes[0].step
            for part, volume in zip(("body", "canal"), volumes, strict=True):
                arrays[f"{part}_counts"] = _gather(volume.counts, volume.rows)
                arrays[f"{part}_label"] = _gather(volume.label[None], volume.rows)[0]
                if volume.rows is not None:
                    arrays[f"{part}_rows"] = volume.rows
            np.savez(file, **arrays)  # type: ignore[arg-type]
        Path(name).replace(target)
        kept = sorted(target.parent.glob("*.npz"), key=lambda path: path.stat().st_mtime)
        for old in kept[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        Path(name).unlink(missing_ok=True)
