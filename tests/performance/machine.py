"""Machine: what this computer is, and how fast it moves memory and multiplies."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

import numpy as np

from tests.performance.gauges import timed_ms

_VALUES = 1 << 24
_REPEATS = 9
_PASSES = 64


def described() -> dict[str, object]:
    """Processor, cores, versions, and how busy the machine has been in the last minute."""
    model = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in ("numpy", "numba", "scipy")},
        "load_average_before": None if load is None else round(load, 2),
    }


def speed() -> dict[str, float]:
    """GB/s of a triad over arrays far larger than the caches, and Gflop/s in single precision, all numba threads.

    Both are the best of several runs of code compiled like the product's, so that they bound what it could reach here.
    """
    import numba

    from tests.performance import machine_kernels as kernels

    first, second = np.ones(_VALUES, np.float32), np.ones(_VALUES, np.float32)
    out = np.zeros(_VALUES, np.float32)
    values = np.full((64, 1024), 0.5, np.float32)
    result = np.zeros_like(values)

    def triad() -> None:
        kernels.triad(first, second, out)

    def arithmetic() -> None:
        kernels.multiply_add(values, _PASSES, result)

    best = {}
    for name, work in (("triad", triad), ("arithmetic", arithmetic)):
        work()  # compiles
        best[name] = min(timed_ms(work)[0] for _ in range(_REPEATS)) / 1e3
    return {
        "threads": numba.get_num_threads(),
        "memory_gb_per_s": round(12 * _VALUES / best["triad"] / 1e9, 1),
        "single_precision_gflops": round(
            2 * kernels.MULTIPLY_ADDS * _PASSES * values.size / best["arithmetic"] / 1e9, 1
        ),
    }
