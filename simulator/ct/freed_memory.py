"""Freed memory: kept for the next image instead of being given back to the system and fetched again page by page.

A plane's projection takes some thirty megabytes of arrays for a few milliseconds. Where the C library gives them back,
clearing fresh pages takes half of the time.
"""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Numbers of glibc's `mallopt`."""

_SAID_BY = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES")
"""Where the environment says the same; what else it says of the allocator is no matter of ours."""

_SAID_OF_ARENAS = "MALLOC_ARENA_MAX"

_LARGEST_KEPT_BYTES = 16 << 20
_MOST_KEPT_BYTES = 64 << 20


@cache
def keep_freed_memory() -> bool:
    """Tell the C library to keep freed memory; whether it was told.

    Elsewhere than under glibc nothing is done, nor where the environment has already said what to do.
    """
    if not sys.platform.startswith("linux") or any(name in os.environ for name in _SAID_BY):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    told = [mallopt(_MMAP_THRESHOLD, _LARGEST_KEPT_BYTES), mallopt(_TRIM_THRESHOLD, _MOST_KEPT_BYTES)]
    if _SAID_OF_ARENAS not in os.environ:  # what one thread has freed is there for the next one
        told.append(mallopt(_ARENA_MAX, 1))
    return all(told)
