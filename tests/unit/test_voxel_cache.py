"""The cache of voxels keeps the patients that were used last."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from phantoms import array_cache, voxel_cache
from phantoms.phantom import BasisVolume, VoxelGrid
from phantoms.voxels.voxelize import OFFSET, STEP

GRID = VoxelGrid(origin_mm=(0.0, 0.0, 0.0), spacing_mm=(1.0, 1.0, 1.0), shape=(2, 3, 3))
IDENTITY = "0123456789abcdef" * 4
ROWS = np.array([[0, 2], [1, 3]])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(array_cache, "_folder", lambda: tmp_path)
    return tmp_path


def volume(rows: np.ndarray | None = None) -> BasisVolume:
    rng = np.random.default_rng(1)
    counts = rng.integers(1, 1000, (3, *GRID.shape)).astype(np.uint16)
    label = rng.integers(1, 20, GRID.shape).astype(np.uint8)
    if rows is not None:  # rows that a plane does not hold are zero
        for plane, (first, stop) in enumerate(rows):
            for array in (counts[:, plane], label[None, plane]):
                array[:, :first] = 0
                array[:, stop:] = 0
    return BasisVolume(grid=GRID, counts=counts, offset=OFFSET, step=STEP, label=label, rows=rows)


def test_what_was_used_last_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(array_cache, "_KEPT", 3)
    (folder / "of-an-older-version.npz").write_bytes(b"")
    os.utime(folder / "of-an-older-version.npz", (900, 900))
    for age, name in enumerate(("usual", "b", "c")):
        voxel_cache.store_voxels(name, (volume(), volume()), IDENTITY)
        os.utime(folder / name, (1000 + age, 1000 + age))
    assert voxel_cache.load_voxels("usual", GRID, GRID) is not None
    voxel_cache.store_voxels("d", (volume(), volume()), IDENTITY)
    assert {path.name for path in folder.iterdir()} == {"usual", "c", "d"}
    assert voxel_cache.load_voxels("b", GRID, GRID) is None


@pytest.mark.parametrize("rows", [None, ROWS])
def test_voxels_come_back_as_they_were(rows: np.ndarray | None) -> None:
    made = volume(rows)
    voxel_cache.store_voxels("x", (made, made), IDENTITY, {"table": np.array([1.5, np.nan])})
    found = voxel_cache.load_voxels("x", GRID, GRID)
    arrays = array_cache.load_arrays("x")
    assert found is not None
    assert arrays is not None
    for other in found:
        assert np.array_equal(made.counts, other.counts)
        assert np.array_equal(made.label, other.label)
        assert np.array_equal(made.rows, other.rows) if rows is not None else other.rows is None
        assert not other.counts.flags.writeable
    assert np.array_equal(arrays["table"], [1.5, np.nan], equal_nan=True)
    assert voxel_cache.kept_identity(arrays) == IDENTITY
    assert voxel_cache.kept_identity({}) is None
    assert voxel_cache.kept_identity({"identity": np.zeros(31, np.uint8)}) is None


def test_voxels_of_another_grid_are_refused() -> None:
    voxel_cache.store_voxels("x", (volume(), volume()), IDENTITY)
    other = VoxelGrid(origin_mm=(0.0, 0.0, 0.0), spacing_mm=(1.0, 1.0, 1.0), shape=(2, 3, 4))
    assert voxel_cache.load_voxels("x", GRID, other) is None


def test_a_disk_without_room_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(array_cache, "_mark", full)
    voxel_cache.store_voxels("x", (volume(), volume()), IDENTITY)
    assert list(folder.iterdir()) == []
