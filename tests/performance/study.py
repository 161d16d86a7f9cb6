"""How much faster two workers carry out a study than one: `python -m tests.performance.study [SEEDS]`.

Both take the same runs and give the same table. What a worker does once (start, load the patient, project its planes)
is part of the time, so that more seeds come nearer to 2. On a machine with other work the wall time of both is
unsure: the load is printed, and the processor time that the runs took, whose halves are what two free cores would take.
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


def _timed(study: Path, out: Path, workers: int) -> tuple[float, float]:
    """Wall time and processor time of a study with this many workers, s."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    line = [sys.executable, str(PROJECT / "run_sim.py"), "bench", str(study), "--workers", str(workers)]
    subprocess.run([*line, "--out", str(out)], check=True, stderr=subprocess.DEVNULL)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(seeds: int) -> dict[str, object]:
    """Wall and processor times in s, their ratio, and whether the tables are the same."""
    with tempfile.TemporaryDirectory() as folder:
        study, first = Path(folder) / "speed.toml", Path(folder) / "first.toml"
        study.write_text(STUDY.format(seeds=seeds), encoding="utf-8")
        first.write_text(STUDY.format(seeds=1), encoding="utf-8")
        load_before = os.getloadavg()[0]
        _timed(first, Path(folder) / "first", 1)  # compiles, and builds the patient
        one, two = (_timed(study, Path(folder) / str(workers), workers) for workers in (1, 2))
        tables = [(Path(folder) / name / "table.csv").read_bytes() for name in ("1", "2")]
    return {
        "runs": seeds,
        "one_worker_s": round(one[0], 1),
        "two_workers_s": round(two[0], 1),
        "ratio": round(one[0] / two[0], 2),
        "one_worker_processor_s": round(one[1], 1),
        "two_workers_processor_s": round(two[1], 1),
        "same_tables": tables[0] == tables[1],
        "processors": os.cpu_count(),
        "load_before": round(load_before, 2),
        "load_after": round(os.getloadavg()[0], 2),
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 40), indent=2))
