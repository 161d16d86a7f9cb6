"""What kernels are compiled with: numba, its cache pointed at the folder of exactly these kernels.

Every kernel file takes `njit` and `prange` from here, so that the cache is chosen before the first kernel is declared.
Importing the packages themselves costs neither numba nor a change of the process's environment: kernels alone do.
"""

from __future__ import annotations

import os

from phantoms.kernel_cache import process_cache_folder

# Read when the first parallel kernel runs. A thread that has done its part waits for more by turning in a circle, for
# milliseconds unless told otherwise, and takes a core from the transforms of scipy.fft, whose threads are others
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

import numba
from numba import float32, get_num_threads, njit, prange, uint32, uint64

__all__ = ["float32", "get_num_threads", "njit", "prange", "uint32", "uint64"]

vars(numba.config)["CACHE_DIR"] = str(process_cache_folder())  # read when a kernel is declared
