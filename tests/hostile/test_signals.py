"""Ctrl-C and SIGTERM: every command ends in order, with true words and its exit code; nothing half-made is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from simulator.cli import main
from simulator.cli.stopping import Terminated, ending_in_order, told_when_stopped, what_is_kept
from simulator.progress import Bars
from simulator.records.session_reader import read_session
from simulator.strategies.sweep import _interrupts_held_back
from tests.hostile.whole_commands import hears

PROJECT = Path(__file__).resolve().parents[2]
REAL = PROJECT / "phantoms" / "catalogue" / "real" / "lumbopelvic-3mm"
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
WAITING = """
import time
from simulator.interface.commands import PositionPatient, TimeOut

class Waits:
    def __init__(self):
        self.commands = [PositionPatient(), TimeOut()]

    def __call__(self, view):
        if self.commands:
            return self.commands.pop(0)
        time.sleep(50)
"""
STUDY = """
format = 1
scenarios = ["patient-2"]
operators = ["waits.py:Waits"]
seeds = 1
"""

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc to see what is caught")


def heard() -> None:
    """Hear Ctrl-C, which a shell has its background jobs ignore, and with them all that these start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """A command that has got as far as to hear signals."""
    environment = {**os.environ, "SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "DISPLAY": ":0"}
    process = subprocess.Popen(
        [sys.executable, str(PROJECT / "run_sim.py"), *arguments],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heard,
    )  # fmt: skip
    hears(process)
    return process


def ended(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """What a command says that this signal ends."""
    process.send_signal(number)
    out, err = process.communicate(timeout=120)
    assert process.returncode == CODES[number], err
    assert "Traceback" not in err
    assert out == ""
    lines = [line for line in err.splitlines() if line.startswith("Stopped.")]
    assert len(lines) == 1, err
    return lines[0]


def decides(process: subprocess.Popen[str], record: Path) -> None:
    """The operator, in a process of its own, has its commands recorded and thinks about the next."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while process.poll() is None and not (record.exists() and "TimeOut" in record.read_text() and children.read_text()):
        time.sleep(0.05)
    time.sleep(2.0)
    assert process.poll() is None, process.communicate()[1]


@pytest.mark.parametrize(
    ("number", "arguments", "words"),
    [
        (signal.SIGINT, ["run", "patient-2"], "Nothing new was recorded."),
        (signal.SIGTERM, ["preview", "patient-2"], "No picture was written."),
        (signal.SIGTERM, ["import-ct", str(REAL / "ct.nii.gz"), "--labels", str(REAL / "labels.nii.gz"), "--name", "a"],
         "No patient was written."),
    ],
)  # fmt: skip
def test_before_anything_is_there_nothing_is_said_to_be_kept(
    tmp_path: Path, number: signal.Signals, arguments: list[str], words: str
) -> None:
    said = ended(started(tmp_path, *arguments), number)
    assert said in ("Stopped.", f"Stopped. {words}")
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "session.jsonl"] == []
    assert not list(tmp_path.glob("patients/*"))


def test_what_was_recorded_is_named_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "waits.py").write_text(WAITING)
    line = ["run", "patient-2", "--operator", "waits.py:Waits", "--out", "s"]
    for number in (signal.SIGTERM, signal.SIGINT):
        process = started(tmp_path, *line, *(["--resume"] if number is signal.SIGINT else []))
        decides(process, tmp_path / "s" / "session.jsonl")
        said = ended(process, number)
        assert "2 commands are recorded in s;" in said
        assert "--out s --resume` goes on with them." in said
        record = read_session(tmp_path / "s")
        assert (len(record.commands), record.torn_bytes) == (2, 0)


@pytest.mark.slow
@pytest.mark.parametrize("number", list(CODES))
@pytest.mark.parametrize("delay_s", [0.0, 1.0, 3.0, 6.0, 12.0])
@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "patient-2"],
        ["preview", "patient-2"],
        ["import-ct", str(REAL / "ct.nii.gz"), "--labels", str(REAL / "labels.nii.gz"), "--name", "a"],
        ["bench", "study.toml", "--workers", "1", "--out", "b"],
        ["play", "patient-2", "--out", "p"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_at_any_time_every_command_ends_in_order(
    tmp_path: Path, arguments: list[str], delay_s: float, number: signal.Signals
) -> None:
    (tmp_path / "waits.py").write_text(WAITING)
    (tmp_path / "study.toml").write_text(STUDY)
    process = started(tmp_path, *arguments)
    try:
        process.wait(delay_s)
    except subprocess.TimeoutExpired:
        ended(process, number)
    else:
        assert process.returncode == 0  # it was done before
        process.communicate()
    left = [path.name for path in tmp_path.rglob("*") if path.name.startswith((".unfinished", ".a-"))]
    assert left == []


def test_words_of_the_innermost_room_count() -> None:
    inner, outer = told_when_stopped(lambda: "inner"), told_when_stopped(lambda: "outer")
    with pytest.raises(KeyboardInterrupt) as stopped, outer, inner:
        raise KeyboardInterrupt
    assert what_is_kept(stopped.value) == "inner"
    assert what_is_kept(KeyboardInterrupt()) == ""


KEPT = PROJECT / "tests" / "golden" / "records" / "format-3.jsonl"
BEFORE_ANYTHING = (
    ["demo"], ["run", "patient-2"], ["run", "patient-2", "--resume"], ["replay", str(KEPT)],
    ["replay", str(KEPT), "--verify", "--json"], ["report", str(KEPT), "--out", "r.html"],
    ["export", str(KEPT), "--all", "e"], ["export", ".", "--gradebook", "g.csv"],
    ["check", "patient-2", "--run"], ["preview", "patient-2"], ["bench", "first-look"], ["dataset", "build", "1"],
    ["observe"], ["import-ct", str(REAL / "ct.nii.gz"), "--labels", str(REAL / "labels.nii.gz"), "--name", "a"],
)  # fmt: skip


@pytest.mark.parametrize(("stop", "code"), [(KeyboardInterrupt, 130), (Terminated, 143)])
@pytest.mark.parametrize("arguments", BEFORE_ANYTHING, ids=lambda arguments: " ".join(arguments[:1]))
def test_every_command_that_takes_long_ends_with_its_code_and_promises_nothing(
    arguments: list[str], stop: type[KeyboardInterrupt], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def stopped(bars: Bars) -> Bars:
        raise stop

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Bars, "__enter__", stopped)
    assert main(arguments) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert [line for line in err.splitlines() if "no session in" not in line and ": sound: " not in line] == [
        "Stopped."
    ]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_ctrl_c_while_the_program_is_brought_in(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    class Brought(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "simulator.cli.command_line", Brought("simulator.cli.command_line"))
    assert main(["doctor"]) == 130
    assert capfd.readouterr() == ("", "Stopped.\n")


@pytest.mark.parametrize("number", list(CODES))
def test_a_signal_that_comes_when_all_is_done_changes_nothing(number: signal.Signals) -> None:
    code = (
        "import atexit, os, simulator.cli as door; door.main = lambda argv: 0\n"
        f"atexit.register(lambda: os.kill(os.getpid(), {int(number)}))\n"
        "door.console()"
    )
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, cwd=PROJECT, capture_output=True, text=True, timeout=120, preexec_fn=heard)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_door_is_there_before_the_house() -> None:
    """Whoever starts the program can stop it while its rooms are being brought in."""
    code = "import simulator.cli, sys; print(any(name in sys.modules for name in ('argparse', 'numpy', 'pydantic')))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_sigterm_unwinds_and_the_handler_is_put_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Terminated), ending_in_order():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_help_is_no_stop(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    assert "Stopped" not in capsys.readouterr().err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_that_the_interpreter_drops_is_sent_once_more(number: signal.Signals, code: int) -> None:
    program = f"""
import os, time
from simulator.cli.stopping import ending_in_order, exit_code

class Dropped:
    def __del__(self):
        os.kill(os.getpid(), {int(number)})
        time.sleep(0.01)

try:
    with ending_in_order():
        Dropped()
        time.sleep(20)
except KeyboardInterrupt as stop:
    raise SystemExit(exit_code(stop))
"""
    line = [sys.executable, "-c", program]
    done = subprocess.run(line, cwd=PROJECT, capture_output=True, text=True, timeout=60, preexec_fn=heard)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="this system has no mask of signals")
def test_a_worker_that_comes_up_as_ctrl_c_is_typed_says_nothing() -> None:
    line = [sys.executable, "-c", "import time; time.sleep(30)"]
    with _interrupts_held_back():
        worker = subprocess.Popen(line, stderr=subprocess.PIPE)
    try:
        for _ in range(20):
            worker.send_signal(signal.SIGINT)
            time.sleep(0.01)
        assert worker.poll() is None
    finally:
        worker.kill()
    assert worker.communicate()[1] == b""
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, set()), "who typed it is heard again"
