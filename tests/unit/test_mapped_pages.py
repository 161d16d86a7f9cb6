"""Pages of mapped files are given back and come again; memory that would be lost stays."""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np
import pytest

from phantoms.mapped_pages import let_go

STATUS = Path("/proc/self/smaps")
PLANES, SIDE = 40, 256


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "voxels.npy"
    np.save(path, np.arange(3 * PLANES * SIDE * SIDE, dtype=np.uint32).reshape(3, PLANES, SIDE, SIDE))
    return path


def resident_kb(path: Path) -> int:
    """What of a mapped file is counted as this process's memory."""
    held, total = False, 0
    for line in STATUS.read_text().splitlines():
        first = line.split()[0]
        if "-" in first and not first.endswith(":"):
            held = line.endswith(str(path))
        elif held and first == "Rss:":
            total += int(line.split()[1])
    return total


@pytest.mark.skipif(not STATUS.exists(), reason="the system does not tell what is mapped")
def test_what_was_read_is_given_back_and_comes_again(file: Path) -> None:
    voxels = np.load(file, mmap_mode="r").view(np.ndarray)
    total = int(voxels.sum(dtype=np.uint64))
    whole = resident_kb(file)
    assert whole > 0.9 * voxels.nbytes / 1024
    for plane in range(PLANES):
        for part in voxels[:, plane]:
            let_go(part)
    assert resident_kb(file) < 0.1 * whole
    assert int(voxels.sum(dtype=np.uint64)) == total


def test_nothing_is_lost_of_what_lies_in_no_file_or_may_be_written(file: Path) -> None:
    anonymous = np.frombuffer(mmap.mmap(-1, 8 * mmap.PAGESIZE), np.uint8)
    anonymous[:] = 7
    own = np.full(8 * mmap.PAGESIZE, 7, np.uint8)
    private = np.load(file, mmap_mode="c")
    private[:] = 7
    for array in (anonymous, own, private, private.view(np.ndarray), own[3:], np.zeros(0)):
        let_go(array)
    assert (anonymous == 7).all()
    assert (own == 7).all()
    assert (private == 7).all()


def test_a_part_that_is_not_contiguous_stays(file: Path) -> None:
    voxels = np.load(file, mmap_mode="r").view(np.ndarray)
    across = voxels[:, :, 3]
    let_go(across)
    assert across[1, 2, 5] == voxels[1, 2, 3, 5]
