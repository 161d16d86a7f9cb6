"""How long the demo takes to its first image, from a fresh cache and from a warm one, and what memory it needs."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def _demo(out: Path, cache: Path) -> tuple[float, float]:
    """Seconds to the first picture on disk, and to the end."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    environment.pop("NUMBA_CACHE_DIR", None)  # this process's own
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, str(PROJECT / "run_sim.py"), "demo", "--out", str(out)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    first = None
    while process.poll() is None:
        if first is None and any((out / "frames").glob("*.png")):
            first = time.monotonic() - start
        time.sleep(0.02)
    if process.returncode != 0 or first is None:
        raise RuntimeError("the demo did not end well")
    return first, time.monotonic() - start


def measure() -> dict[str, object]:
    """Times in seconds, peak memory of the largest process in MB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fresh, fresh_end = _demo(folder / "fresh", folder / "cache")
        warm, warm_end = _demo(folder / "warm", folder / "cache")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "first_image_fresh_s": round(fresh, 1),
        "demo_fresh_s": round(fresh_end, 1),
        "first_image_warm_s": round(warm, 1),
        "demo_warm_s": round(warm_end, 1),
        "demo_peak_rss_mb": round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024)),
    }
