"""Memory: where the memory of a lumbar case goes, stage by stage, in processes of their own.

Each stage tells by how much it has grown what is resident, what was resident when it last ended (allocated, and mapped
from libraries) and the peak within it. The case is the demo's: with the patient's voxels in the cache, and built anew.
Run alone with `python -m tests.performance.memory`.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.performance.gauges import forget_peak, memory_mb, say

PROJECT = Path(__file__).resolve().parents[2]


class _Ledger:
    """Stages by name; one that comes again adds to what it has grown by, and keeps its largest peak."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, float]] = {}
        self._since = time.perf_counter()
        self._resident = 0.0
        forget_peak()

    def close(self, name: str) -> None:
        now = time.perf_counter()
        said = memory_mb()
        resident = said.get("resident", 0.0)
        before = self.rows.get(name, {})
        self.rows[name] = {
            **said,
            "grown": round(before.get("grown", 0.0) + resident - self._resident, 1),
            "peak": max(said.get("peak", 0.0), before.get("peak", 0.0)),
            "seconds": round(before.get("seconds", 0.0) + now - self._since, 2),
        }
        self._since, self._resident = now, resident
        forget_peak()


def _case(out: Path) -> dict[str, dict[str, float]]:
    """The demo's steps, with a line in the ledger after each."""
    ledger = _Ledger()
    ledger.close("interpreter")
    for name in ("numpy", "scipy.fft", "numba"):
        importlib.import_module(name)
        ledger.close(f"import {name}")
    from simulator.operators import operator_named
    from simulator.report.recording import Recording
    from simulator.scenario.build import build_case
    from simulator.scenario.load import load_scenario

    ledger.close("import simulator")
    path = PROJECT / "scenarios" / "patient-2.toml"
    file = load_scenario(path)
    ledger.close("scenario file")
    case = build_case(file.scenario_for(1), name=file.name, seed=1, location=str(path), folder=path.parent)
    ledger.close("patient")
    recording = Recording(case, operator="autopilot", scenario_path=str(path), out=out)
    session, decide = recording.session, operator_named("autopilot")
    ledger.close("recording opened")
    last = ""
    while not session.state.finished:
        command = decide(session.view())  # looks at what the last command showed
        if last:
            ledger.close(f"{last} and its images")
        session.do(command)
        last = type(command).__name__
    ledger.close("last command")
    recording.close()
    ledger.close("scorecard")
    recording.leave()
    recording.report()
    ledger.close("report")
    return ledger.rows


def measure() -> dict[str, Any]:
    """By way of getting the patient: stages with MB resident, anonymous, file and peak, and seconds."""
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as empty:
        for name, extra in (("patient from the cache", {}), ("patient built", {"XDG_CACHE_HOME": empty})):
            say(f"memory: {name}")
            # The kernels stay those of this installation: compiling is `start`'s business
            done = subprocess.run(
                [sys.executable, "-m", "tests.performance.memory", "--case"],
                cwd=PROJECT,
                env={**os.environ, "NUMBA_CACHE_DIR": _kernels_folder(), **extra},
                check=True,
                stdout=subprocess.PIPE,
            )
            stages = json.loads(done.stdout)
            result[name] = {
                "peak_rss_mb": max((row.get("peak", 0.0) for row in stages.values()), default=0.0),
                "stages_mb": stages,
            }
    return result


def _kernels_folder() -> str:
    from phantoms import kernel_cache

    return str(kernel_cache.cache_folder())


if __name__ == "__main__":
    if "--case" in sys.argv:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(_case(Path(folder))))
    else:
        print(json.dumps(measure(), indent=2))
