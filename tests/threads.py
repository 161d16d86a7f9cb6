"""How many threads kernels take, for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numba

import phantoms.compiled_kernels  # noqa: F401  (says how threads wait before the first of them starts)

MOST: int = numba.config.NUMBA_NUM_THREADS


@contextmanager
def threads(count: int) -> Iterator[None]:
    """So many threads in what this thread calls within."""
    before = numba.get_num_threads()
    numba.set_num_threads(count)
    try:
        yield
    finally:
        numba.set_num_threads(before)
