"""Mapped pages: memory of arrays that lie in a file, given back once it has been read."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray


def let_go(array: NDArray[Any]) -> None:
    """Tell the system that the pages behind an array are not needed now; they come from the file again when they are.

    Voxels of a patient are read plane by plane, most of them once. Without this all of them stay counted as memory of
    the process until something else needs it. Arrays that do not lie in a file that is mapped for reading keep theirs.

    Args:
        array: contiguous, or part of one
    """
    source = _mapped(array)
    if source is None or not hasattr(mmap, "MADV_DONTNEED") or not array.flags.c_contiguous:
        return
    file: mmap.mmap = source._mmap  # type: ignore[attr-defined]
    start = _address(array) - _address(np.frombuffer(file, np.uint8))
    first = -(-start // mmap.PAGESIZE) * mmap.PAGESIZE
    stop = (start + array.nbytes) // mmap.PAGESIZE * mmap.PAGESIZE
    if stop > first:
        file.madvise(mmap.MADV_DONTNEED, first, stop - first)


def _mapped(array: NDArray[Any]) -> np.memmap[Any, Any] | None:
    """The mapped file in which an array lies, if it may only be read: what was written there would be lost."""
    base: object = array
    while isinstance(base, np.ndarray):
        if isinstance(base, np.memmap):
            return base if base.mode == "r" else None
        base = base.base
    return None


def _address(array: NDArray[Any]) -> int:
    return int(array.__array_interface__["data"][0])
