"""Array cache: what was computed for the latest patients, kept on disk between runs and mapped into memory.

A patient has a folder of plain .npy files and an index with a digest of each. Every file is read through and held
against its digest once in a process (1.2 ms of processor time a megabyte: 0.2 s for a patient), and then mapped, so
that several processes share its memory. A damaged cache only costs time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.lib import format as npy
from numpy.typing import NDArray

from simulator.files.whole_file import sync_folder

Arrays = dict[str, NDArray[Any]]

_KEPT = 8  # patients in the cache, those used last
_INDEX = "index.json"
_LARGEST_INDEX = 100_000  # bytes

_checked: set[tuple[str, int, int, int, str]] = set()
"""Files that this process has read through: path, inode, size, time of change, digest."""
_anew: ContextVar[bool] = ContextVar("_anew", default=False)


def _folder() -> Path:
    return Path(platformdirs.user_cache_dir("ct-fluoro-sim", appauthor=False)) / "phantoms"


@contextlib.contextmanager
def nothing_earlier() -> Iterator[None]:
    """Within, nothing of an earlier run is believed: what is asked for is computed again and stored in its place."""
    token = _anew.set(True)
    try:
        yield
    finally:
        _anew.reset(token)


def load_arrays(digest: str) -> Arrays | None:
    """Arrays of an earlier run by name, read-only; None where there are none, or where a file is not as it was left."""
    if _anew.get():
        return None
    folder = _folder() / digest[:32]
    try:
        index = json.loads(_read_index(folder / _INDEX))
        if index["digest"] != digest:
            return None
        arrays: Arrays = {}
        for name, mark in index["arrays"].items():
            path = folder / f"{name}.npy"
            if not name.isidentifier() or not _is_as_left(path, mark):
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
        with (aside / _INDEX).open("w", encoding="utf-8") as file:
            file.write(json.dumps(index))
            os.fsync(file.fileno())
        sync_folder(aside)
        target = _folder() / digest[:32]
        _remove(target)
        aside.rename(target)
        sync_folder(_folder())
        kept = sorted(_folder().iterdir(), key=lambda path: path.stat().st_mtime)
        for old in kept[:-_KEPT]:
            _remove(old)
    except OSError:
        _remove(aside)
    except BaseException:  # Ctrl-C among them: what was half kept goes, and the signal goes on
        _remove(aside)
        raise


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
        file.flush()
        os.fsync(file.fileno())


def _read_index(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        raise ValueError("this is no index")
    with path.open("rb") as file:
        content = file.read(_LARGEST_INDEX + 1)
    if len(content) > _LARGEST_INDEX:
        raise ValueError("this is no index")
    return content.decode("utf-8")


def _is_as_left(path: Path, mark: object) -> bool:
    """Whether a file is to the last byte as it was left; read through once in a process."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode) or not isinstance(mark, list):
        return False
    known = (str(path), status.st_ino, status.st_size, status.st_mtime_ns, str(mark))
    if known not in _checked:
        if _mark(path) != mark:
            return False
        _checked.add(known)
    return True


def _mark(path: Path) -> list[int | str]:
    """Size and SHA-256 of a file; no more of it than a piece is held in memory."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return [os.fstat(file.fileno()).st_size, digest]


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
