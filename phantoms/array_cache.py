"""Array cache: what was computed for the latest patients, kept on disk between runs and mapped into memory.

A patient has a folder of plain .npy files and an index. Files are mapped, not read, so that a patient of hundreds of
megabytes is there at once, and several processes share its memory.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.lib import format as npy
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]

_KEPT = 8  # patients in the cache, those used last
_INDEX = "index.json"
_SAMPLES, _SAMPLE_BYTES = 24, 4096  # what of a file is checked whenever it is used; all of it would take too long


def _folder() -> Path:
    return Path(platformdirs.user_cache_dir("ct-fluoro-sim", appauthor=False)) / "phantoms"


def load_arrays(digest: str) -> Arrays | None:
    """Arrays of an earlier run by name, read-only; None where there are none, or where a file is not as it was left."""
    folder = _folder() / digest[:32]
    try:
        index = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
        if index["digest"] != digest:
            return None
        arrays: Arrays = {}
        for name, mark in index["arrays"].items():
            path = folder / f"{name}.npy"
            if _mark(path) != mark:
                return None
            # a plain array, for a subclass would be another type to kernels
            arrays[name] = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    except Exception:  # whatever is wrong with a cache, the arrays can be computed again
        return None
    with contextlib.suppress(OSError):
        os.utime(folder)  # so that a series of drawn patients does not displace the usual one
    return arrays


def store_arrays(digest: str, arrays: Mapping[str, NDArray[Any]], rows: Mapping[str, NDArray[np.int64]]) -> None:
    """Keep arrays for later runs, as far as the disk has room; written aside and renamed, so that none is ever half.

    Args:
        digest: names what they were computed from
        arrays: by name, C-contiguous
        rows: of some arrays [shape=(..., z, y, x)] the first and last + 1 of the rows that each plane holds
            [shape=(z, 2)]; the rest is zero, and takes no room where the file system knows holes
    """
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=_folder(), suffix=".part"))
    except OSError:
        return
    try:
        index: dict[str, Any] = {"digest": digest, "arrays": {}}
        for name, array in arrays.items():
            path = aside / f"{name}.npy"
            _write(path, array, rows.get(name))
            index["arrays"][name] = _mark(path)
        (aside / _INDEX).write_text(json.dumps(index), encoding="utf-8")
        target = _folder() / digest[:32]
        shutil.rmtree(target, ignore_errors=True)
        aside.rename(target)
        kept = sorted(_folder().iterdir(), key=lambda path: path.stat().st_mtime)
        for old in kept[:-_KEPT]:
            _remove(old)
    except OSError:
        _remove(aside)


def _write(path: Path, array: NDArray[Any], rows: NDArray[np.int64] | None) -> None:
    with path.open("wb") as file:
        npy.write_array_header_1_0(file, npy.header_data_from_array_1_0(array))
        start = file.tell()
        if rows is None:
            file.write(np.ascontiguousarray(array).data)
        else:
            height, width = array.shape[-2:]
            for index, plane in enumerate(array.reshape(-1, height, width)):
                first, stop = rows[index % len(rows)]
                file.seek(start + (index * height + int(first)) * width * array.itemsize)
                file.write(plane[first:stop].data)
        file.truncate(start + array.nbytes)


def _mark(path: Path) -> list[int]:
    """Size and CRC-32 of the head and of blocks spread evenly over a file."""
    size, check = path.stat().st_size, 0
    with path.open("rb") as file:
        for sample in range(_SAMPLES):
            file.seek(sample * max(size - _SAMPLE_BYTES, 0) // (_SAMPLES - 1))
            check = zlib.crc32(file.read(_SAMPLE_BYTES), check)
    return [size, check]


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
