"""Whole commands as processes: `run`, `preview`, `import-ct`, `bench`, `play`; what each leaves and says of it.

They are short: the procedure is a script of a dozen commands, the study four runs of an operator that waits. What they
say is held against what lies on the disk, sentence by sentence.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from simulator.engine.advance import plain
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.records.session_reader import read_session
from simulator.strategies.journal import read_journal
from tests.procedures import placed
from tests.studies import IDLE

PROJECT = Path(__file__).resolve().parents[2]
REAL = PROJECT / "phantoms" / "catalogue" / "real" / "lumbopelvic-3mm"
OUT = "out"
SCRIPT: tuple[c.Command, ...] = (
    c.PositionPatient(), c.TimeOut(), *placed(), c.Advance(distance_mm=30.0), c.PressPedal(), c.ReleasePedal(),
    c.Redirect(angle_change_deg=1.0), c.Advance(distance_mm=5.0), c.PressPedal(), c.ReleasePedal(),
    c.Wait(duration_s=2.0),
)  # fmt: skip
STUDY = """\
format = 1
scenarios = ["patient-2"]
operators = ["idle.py:Idle"]
seeds = 4
"""
LONGEST_S = 400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a process ended.

    Attributes:
        code: its exit code; negative after a signal that it did not take
        took_s: how long it ran
        stopped: whether it was still running when a signal was sent
    """

    code: int
    out: str
    err: str
    took_s: float
    stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeCommand:
    """One command.

    Attributes:
        arguments: of the command line
        again: of the command line that goes on with what is there
        is_true: whether a sentence on what is kept fits a folder
        left: what is whole in a folder, in bytes or words that are the same every time
        program: that starts it
    """

    name: str
    arguments: tuple[str, ...]
    again: tuple[str, ...]
    is_true: Callable[[str, Path], bool]
    left: Callable[[Path], object]
    program: str = "run_sim.py"


def prepare(folder: Path) -> None:
    """Put what the commands need into a folder."""
    (folder / "script.jsonl").write_text("".join(f"{json.dumps(plain(one))}\n" for one in SCRIPT))
    (folder / "idle.py").write_text(IDLE)
    (folder / "study.toml").write_text(STUDY)


def start(command: WholeCommand, folder: Path, *, again: bool = False, **environment: str) -> subprocess.Popen[str]:
    """Start a command in a folder, in a group of processes of its own, as a shell at a terminal does."""
    quiet = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "DISPLAY": ":0", "PYTHONPATH": str(PROJECT)}
    line = [sys.executable, str(PROJECT / command.program), *(command.again if again else command.arguments)]
    return subprocess.Popen(
        line, cwd=folder, env={**os.environ, **quiet, **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True, preexec_fn=_hear,
    )  # fmt: skip


def _hear() -> None:
    """Hear Ctrl-C, which a shell has its background jobs ignore, and with them all that these start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def hears(process: subprocess.Popen[str]) -> bool:
    """Wait until a command has got as far as to hear signals; whether it has."""
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        caught = re.search(r"SigCgt:\s*([0-9a-f]+)", status.read_text())
        if caught and int(caught[1], 16) >> (signal.SIGTERM - 1) & 1:
            return True
        time.sleep(0.01)
    return False


def end(process: subprocess.Popen[str], began: float, number: signal.Signals | None = None) -> Ended:
    """Send a signal, if one is named and somebody is there to hear it, and wait for the end.

    Ctrl-C at a terminal reaches the processes that a command started as well; other signals reach it alone.
    """
    stopped = number is not None and process.poll() is None
    if stopped and number is not None:
        (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
    out, err = process.communicate(timeout=LONGEST_S)
    return Ended(code=process.returncode, out=out, err=err, took_s=time.monotonic() - began, stopped=stopped)


def litter(folder: Path) -> list[str]:
    """What nobody should find: files half made, hidden, or with nothing in them."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.name.startswith(".") or path.name.endswith(".part") or (path.is_file() and not path.stat().st_size)
    )


def _commands(folder: Path) -> int:
    """How many commands are recorded; 0 where there is no record, or not even its first line."""
    try:
        return len(read_session(folder).commands)
    except UserInputError:
        return 0


def _is_true_of_run(said: str, folder: Path) -> bool:
    recorded = _commands(folder / OUT)
    if said in ("", "Nothing new was recorded."):
        return recorded == 0
    if said.startswith(f"The record is finished and in {OUT};"):
        return read_session(folder / OUT).closing is not None
    told = re.match(rf"(\d+) commands are recorded in {OUT}; `.* --out {OUT} --resume` goes on with them\.$", said)
    return told is not None and int(told[1]) == recorded > 0


def _record(folder: Path) -> object:
    return (folder / OUT / "session.jsonl").read_bytes()


def _is_true_of_preview(said: str, folder: Path) -> bool:
    picture = folder / OUT / "patient-2.png"
    if said == f"{OUT}/patient-2.png is drawn.":
        return picture.is_file()
    return said in ("", "No picture was written.") and not picture.exists()


def _picture(folder: Path) -> object:
    with Image.open(folder / OUT / "patient-2.png") as picture:
        return picture.convert("RGB").tobytes()


def _is_true_of_import(said: str, folder: Path) -> bool:
    if said == f"The patient is in {OUT}/a.":
        return len(list((folder / OUT).glob("a/*"))) == 6
    return said in ("", "No patient was written.") and not (folder / OUT / "a").exists()


def _patient(folder: Path) -> object:
    files = sorted((folder / OUT / "a").iterdir())
    return {path.name: path.read_bytes() for path in files if path.suffix in (".toml", ".txt")} | {
        path.name: path.stat().st_size > 0 for path in files
    }


def _is_true_of_bench(said: str, folder: Path) -> bool:
    journal = folder / OUT / "journal.jsonl"
    rows = len(read_journal(journal, say=lambda _: None)) if journal.is_file() else 0
    kept = f"The runs that were done are in {OUT}/journal.jsonl; the same command with --resume goes on with them."
    return rows == 0 if said in ("", "No run was done yet.") else said == kept and rows > 0


def _table(folder: Path) -> object:
    return (folder / OUT / "table.csv").read_bytes()


def _is_true_of_play(said: str, folder: Path) -> bool:
    recorded = _commands(folder / OUT)
    if said in ("", "Nothing was recorded."):
        return recorded == 0
    return said.startswith(f"The record is kept in {OUT};") and f"play --resume {OUT}` goes on" in said and recorded > 0


def _played(folder: Path) -> object:
    """Commands but looks, which come as the screen is drawn."""
    return [repr(one) for one in read_session(folder / OUT).commands if not isinstance(one, c.LookAt)]


_RUN = ("run", "patient-2", "--commands", "script.jsonl", "--out", OUT)
_BENCH = ("bench", "study.toml", "--workers", "1", "--out", OUT)
_PREVIEW = ("preview", "patient-2", "--out", OUT)
_IMPORT = (
    "import-ct", str(REAL / "ct.nii.gz"), "--labels", str(REAL / "labels.nii.gz"), "--name", "a", "--out", OUT
)  # fmt: skip
_ALL = (
    WholeCommand(name="run", arguments=_RUN, again=(*_RUN, "--resume"), is_true=_is_true_of_run, left=_record),
    WholeCommand(
        name="preview", arguments=_PREVIEW, again=_PREVIEW, is_true=_is_true_of_preview, left=_picture
    ),
    WholeCommand(name="import-ct", arguments=_IMPORT, again=_IMPORT, is_true=_is_true_of_import, left=_patient),
    WholeCommand(name="bench", arguments=_BENCH, again=(*_BENCH, "--resume"), is_true=_is_true_of_bench, left=_table),
    WholeCommand(
        name="play", arguments=("play", "patient-2", "--out", OUT), again=("play", "--resume", OUT),
        is_true=_is_true_of_play, left=_played, program="tests/hostile/played.py",
    ),
)  # fmt: skip
COMMANDS: Mapping[str, WholeCommand] = {one.name: one for one in _ALL}
