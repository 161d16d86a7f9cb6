"""The cache of voxels keeps the patients that were used last."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from phantoms import voxel_cache
from phantoms.phantom import BasisVolume, VoxelGrid
from phantoms.voxelize import OFFSET, STEP

GRID = VoxelGrid(origin_mm=(0.0, 0.0, 0.0), spacing_mm=(1.0, 1.0, 1.0), shape=(1, 2, 3))


def volume() -> BasisVolume:
    counts = np.zeros((3, *GRID.shape), np.uint16)
    return BasisVolume(grid=GRID, counts=counts, offset=OFFSET, step=STEP, label=np.zeros(GRID.shape, np.uint8))


def test_what_was_used_last_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voxel_cache, "_cache_file", lambda digest: tmp_path / f"{digest}.npz")
    monkeypatch.setattr(voxel_cache, "_KEPT", 3)
    for age, name in enumerate(("usual", "b", "c")):
        voxel_cache.store_voxels(name, (volume(), volume()))
        os.utime(tmp_path / f"{name}.npz", (1000 + age, 1000 + age))
    assert voxel_cache.load_voxels("usual", GRID, GRID) is not None
    voxel_cache.store_voxels("d", (volume(), volume()))
    assert {path.stem for path in tmp_path.glob("*.npz")} == {"usual", "c", "d"}
    assert voxel_cache.load_voxels("b", GRID, GRID) is None
