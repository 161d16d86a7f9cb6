"""What an export of everything costs beside the report: `python -m tests.export.figures [NAME] [PAIRS]`.

NAME is a golden session, by default one of twelve presses. Report and export are made from its record in turns, each by
a process of its own: wall time, processor time of all threads, and peak memory of each, and what the second is of the
first. A first pair, which may compile, is not counted. On a machine that others use, too, processor time says more than
the wall.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.golden.sessions import golden_path

PROJECT = Path(__file__).resolve().parents[2]
TWELVE_PRESSES = "patient-5-autopilot-1"
MOST_TIMES, MOST_MORE_MB = 2.0, 150.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one process."""

    wall_s: float
    busy_s: float
    peak_mb: float


def cost_of(*line: str | Path) -> Cost:
    """Run the program and wait for it."""
    begun = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, PROJECT / "run_sim.py", *line], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, line))} ended with {child.returncode}")
    return Cost(
        wall_s=time.perf_counter() - begun, busy_s=used.ru_utime + used.ru_stime, peak_mb=used.ru_maxrss / 1024.0
    )


def main(asked: list[str]) -> int:
    """Measure pairs and print them; returns 1 where a limit is passed."""
    name = asked[0] if asked else TWELVE_PRESSES
    pairs: list[tuple[Cost, Cost]] = []
    for number in range(-1, int(asked[1]) if len(asked) > 1 else 3):
        with tempfile.TemporaryDirectory() as place:
            record = Path(place) / "session.jsonl"
            record.write_bytes(gzip.decompress(golden_path(name).read_bytes()))
            made = {
                "report": lambda record=record: cost_of("report", record, "--out", record.with_name("report.html")),
                "export": lambda record=record: cost_of("export", record, "--all", record.with_name("all")),
            }
            order = ("report", "export") if number % 2 == 0 else ("export", "report")
            costs = {kind: made[kind]() for kind in order}
        if number < 0:
            continue  # what had to be compiled is compiled now
        pairs.append((costs["report"], costs["export"]))
        for kind, cost in costs.items():
            print(f"{kind}: {cost.wall_s:.1f} s, {cost.busy_s:.1f} s of processor, {cost.peak_mb:.0f} MB", flush=True)
    wall, busy = (median(getattr(e, part) / getattr(r, part) for r, e in pairs) for part in ("wall_s", "busy_s"))
    more_mb = median(e.peak_mb - r.peak_mb for r, e in pairs)
    print(f"{name}: an export takes {wall:.2f} times as long as the report, {busy:.2f} of processor, {more_mb:+.0f} MB")
    return int(busy > MOST_TIMES or more_mb > MOST_MORE_MB)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
