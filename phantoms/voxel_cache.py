"""Voxel cache: the voxels of the latest patients, kept on disk between runs."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

import numpy as np
import platformdirs

from phantoms.phantom import BasisVolume, VoxelGrid
from phantoms.voxelize import OFFSET, STEP

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
                if counts.shape != (3, *grid.shape) or label.shape != grid.shape:
                    return None
                if counts.dtype != np.uint16 or label.dtype != np.uint8:
                    return None
                counts.setflags(write=False)
                label.setflags(write=False)
                volumes.append(BasisVolume(grid=grid, counts=counts, offset=OFFSET, step=STEP, label=label))
    except Exception:  # whatever is wrong with a cache, the voxels can be built again
        return None
    with contextlib.suppress(OSError):
        os.utime(_cache_file(digest))  # so that a series of drawn patients does not displace the usual one
    return volumes[0], volumes[1]


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
            np.savez(
                file,
                digest=np.array(digest),
                body_counts=volumes[0].counts,
                body_label=volumes[0].label,
                canal_counts=volumes[1].counts,
                canal_label=volumes[1].label,
            )
        Path(name).replace(target)
        kept = sorted(target.parent.glob("*.npz"), key=lambda path: path.stat().st_mtime)
        for old in kept[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        Path(name).unlink(missing_ok=True)
