"""How much faster two workers carry out a study than one: `python -m tests.performance.study [SEEDS]`.

Both take the same runs and give the same table. What a worker does once (start, load the patient, project its planes)
is part of the time, so that more seeds come nearer to 2. The processor time that other programs took meanwhile is
printed too: where it is not small, the ratio is theirs as well.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
STUDY = """format = 1
scenarios = ["patient-2"]
operators = ["quick-check"]
seeds = {seeds}
"""


def _busy_s() -> float:
    """Processor time of the whole machine so far, s; nan where it cannot be read."""
    try:
        user, nice, system = (int(field) for field in Path("/proc/stat").read_text().split()[1:4])
    except (OSError, ValueError):
        return float("nan")
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


def _timed(study: Path, out: Path, workers: int) -> dict[str, float]:
    """Wall time of a study with this many workers, its processor time, and that of everything else meanwhile, s."""
    busy = _busy_s()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    line = [sys.executable, str(PROJECT / "run_sim.py"), "bench", str(study), "--workers", str(workers)]
    subprocess.run([*line, "--out", str(out)], check=True, stderr=subprocess.DEVNULL)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    ours = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "wall_s": round(wall, 1),
        "processor_s": round(ours, 1),
        "processor_of_others_s": round(_busy_s() - busy - ours, 1),
    }


def measure(seeds: int) -> dict[str, object]:
    """Wall and processor times in s, their ratio, and whether the tables are the same."""
    with tempfile.TemporaryDirectory() as folder:
        study, first = Path(folder) / "speed.toml", Path(folder) / "first.toml"
        study.write_text(STUDY.format(seeds=seeds), encoding="utf-8")
        first.write_text(STUDY.format(seeds=1), encoding="utf-8")
        _timed(first, Path(folder) / "first", 1)  # compiles, and builds the patient
        one, two = (_timed(study, Path(folder) / str(workers), workers) for workers in (1, 2))
        tables = [(Path(folder) / name / "table.csv").read_bytes() for name in ("1", "2")]
    return {
        "runs": seeds,
        "one_worker": one,
        "two_workers": two,
        "ratio": round(one["wall_s"] / two["wall_s"], 2),
        "same_tables": tables[0] == tables[1],
        "processors": os.cpu_count(),
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 40), indent=2))
