"""Killed sessions: processes that record a session are killed with SIGKILL at random moments, and go on.

    python -m tests.hostile.killed_sessions 1000 [SEED]

Each session is begun by a process of its own, killed, gone on with by the next, killed again, and so on until one
process reaches the end. Prints one JSON object: kills, sessions, torn ends, and every session whose record is not,
byte for byte, that of an uninterrupted one. Ends with 1 where there is such a session.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from simulator.interface.commands import Command
from simulator.records.session_reader import NothingRecordedError, read_session
from simulator.records.session_record import SessionRecord
from simulator.scenario.build import Case, build_case
from simulator.scenario.load import load_scenario
from tests.conftest import PATIENT_2
from tests.recorded import SCRIPT, begun, finished, gone_on

LATER_S = 0.001


def main() -> int:
    """Kill as often as the command line says."""
    wanted = int(sys.argv[1])
    rng = np.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    file = load_scenario(PATIENT_2)
    case = build_case(file.scenario_for(1), name=file.name, seed=1, location="", folder=PATIENT_2.parent)
    # in memory where there is such a folder: SIGKILL takes nothing from the system's buffers, and syncing takes time
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as name:
        result = _killed(case, Path(name), wanted, rng)
    print(json.dumps(result))
    return 1 if result["other"] else 0


def _killed(case: Case, folder: Path, wanted: int, rng: np.random.Generator) -> dict[str, Any]:
    whole = folder / "whole.jsonl"
    finished(case, begun(case, whole))
    reference = whole.read_bytes()
    path = folder / "killed.jsonl"
    kills = sessions = torn = before_anything = 0
    other: list[str] = []
    while kills < wanted:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        ended = False
        while not ended:
            # some microseconds after some command began, or after all have: the same instants however busy the machine
            after = int(rng.integers(0, len(SCRIPT) + 8))
            ended = not _killed_child(case, path, after, rng.exponential(LATER_S))
            if ended:
                continue
            kills += 1
            record = _left(path)
            before_anything += record is None
            torn += record is not None and record.torn_bytes > 0
        sessions += 1
        if path.read_bytes() != reference:
            other.append(f"session {sessions} after {kills} kills in all")
    found = {"kills": kills, "sessions": sessions, "torn": torn, "before_anything": before_anything}
    return {**found, "other": other}


def _killed_child(case: Case, path: Path, after: int, later_s: float) -> bool:
    """Have a process begin or go on, and kill it some time after its so-manieth command; whether it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(case, path, writing)
    os.close(writing)
    begun_commands = 0
    while begun_commands < after:
        ticks = os.read(reading, after - begun_commands)
        if not ticks:  # it came to the end before
            break
        begun_commands += len(ticks)
    time.sleep(later_s)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(reading)
    return os.WIFSIGNALED(status)


def _child(case: Case, path: Path, ticks: int) -> None:
    """Begin or go on, and carry the script out; never returns."""

    def ticking() -> Iterator[Command]:
        for command in SCRIPT:
            os.write(ticks, b".")
            yield command

    code = 1
    try:
        record = _left(path)
        if record is None:
            path.unlink(missing_ok=True)
        finished(case, begun(case, path) if record is None else gone_on(case, record), ticking())
        code = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(code)


def _left(path: Path) -> SessionRecord | None:
    """What a kill left; any damage but a torn end is an error."""
    if not path.exists():
        return None
    try:
        return read_session(path)
    except NothingRecordedError:
        return None


if __name__ == "__main__":
    sys.exit(main())
