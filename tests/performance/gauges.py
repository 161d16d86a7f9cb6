"""Gauges: what a list of times says in short, and the memory of this process as the system counts it."""

from __future__ import annotations

import math
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

_MB = 1024.0


def summary(values: Sequence[float], digits: int = 1) -> dict[str, float]:
    """Median, 95th percentile (an observed value), least and greatest."""
    ordered = sorted(values)
    return {
        "median": round(median(ordered), digits),
        "p95": round(ordered[math.ceil(0.95 * len(ordered)) - 1], digits),
        "min": round(ordered[0], digits),
        "max": round(ordered[-1], digits),
    }


def timed_ms(work: Callable[[], object]) -> tuple[float, float]:
    """Wall time and processor time of all threads, ms."""
    wall, busy = time.perf_counter(), time.process_time()
    work()
    return 1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - busy)


def say(what: str) -> None:
    """Progress, on standard error: standard output belongs to the result."""
    print(what, file=sys.stderr, flush=True)


def memory_mb(process: int | str = "self") -> dict[str, float]:
    """Resident memory of a process by kind, and its peak; empty where the system does not say.

    `anonymous` was allocated, `file` is mapped from libraries and can be dropped.
    """
    names = {"VmHWM": "peak", "VmRSS": "resident", "RssAnon": "anonymous", "RssFile": "file"}
    found: dict[str, float] = {}
    try:
        text = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return found
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key in names:
            found[names[key]] = round(int(value.split()[0]) / _MB, 1)
    return found


def peak_mb() -> float:
    """Peak resident memory of this process, MB.

    What `getrusage` says is asked last: a child takes over its parent's peak from before it started its own program.
    """
    said = memory_mb().get("peak")
    if said is not None:
        return said
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (_MB * _MB if sys.platform == "darwin" else _MB), 1)


def forget_peak() -> bool:
    """Start the system's peak anew from what is resident now; False where it cannot."""
    try:
        Path(f"/proc/{os.getpid()}/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return False
    return True


class AskingClock:
    """The window's clock, which notes when each turn asks for events: a key waits at most from one time to the next."""

    def __init__(self, clock: Any) -> None:
        self._clock, self.at_s = clock, time.perf_counter()

    def tick(self, frames_per_s: float) -> int:
        """Wait for the turn's time."""
        passed: int = self._clock.tick(frames_per_s)
        self.at_s = time.perf_counter()
        return passed
