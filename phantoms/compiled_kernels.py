"""What kernels are compiled with: numba, its cache pointed at the folder of exactly these kernels.

Every kernel file takes `njit` and `prange` from here, so that the cache is chosen before the first kernel is declared.
Importing the packages themselves costs neither numba nor a change of the process's environment.
"""

from __future__ import annotations

import numba
from numba import float32, get_num_threads, njit, prange, uint32, uint64

from phantoms.kernel_cache import process_cache_folder

__all__ = ["float32", "get_num_threads", "njit", "prange", "uint32", "uint64"]

vars(numba.config)["CACHE_DIR"] = str(process_cache_folder())  # read when a kernel is declared
