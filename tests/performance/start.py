"""Start: from the start of the demo's process to its first picture, and what memory the whole lumbar case takes.

`fresh` finds neither kernels nor voxels in its cache, `warm` finds both. Each is a process of its own with a cache
folder of its own. Run alone with `python -m tests.performance.start`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.performance.gauges import memory_mb, say

PROJECT = Path(__file__).resolve().parents[2]


def _demo(out: Path, cache: Path) -> dict[str, float | None]:
    """Seconds to the first picture on disk and to the end; peak memory of the process and of the largest below it."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    environment.pop("NUMBA_CACHE_DIR", None)  # this process's own
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, str(PROJECT / "run_sim.py"), "demo", "--out", str(out)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    first, peak = None, None
    while True:
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
        if ended:
            process.returncode = os.waitstatus_to_exitcode(status)
            break
        if first is None and any((out / "frames").glob("*.png")):
            first = time.monotonic() - start
        peak = memory_mb(process.pid).get("peak", peak)
        time.sleep(0.02)
    end = time.monotonic() - start
    if process.returncode != 0 or first is None:
        raise RuntimeError(f"the demo did not end well (exit code {process.returncode})")
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return {
        "first_image_s": round(first, 1),
        "end_s": round(end, 1),
        "peak_rss_mb": peak,
        "peak_rss_with_children_mb": round(used.ru_maxrss / unit, 1),
    }


def measure() -> dict[str, object]:
    """Times in s, peak memory in MB; `with_children` is the largest single process, compilers included."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        say("start: the demo with an empty cache")
        fresh = _demo(folder / "fresh", folder / "cache")
        say("start: the demo again")
        warm = _demo(folder / "warm", folder / "cache")
    return {"fresh": fresh, "warm": warm}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
