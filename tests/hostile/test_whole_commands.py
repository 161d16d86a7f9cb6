"""Whole commands through signals, tiny disks and restarts; and what judges them sees what is wrong."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest

from simulator.records.session_reader import read_session
from tests.hostile.stopped_commands import SIGNALS, _faults, stopped, undisturbed
from tests.hostile.tiny_disks import USUAL_KB, can_mount, on_a_tiny_disk
from tests.hostile.tiny_disks import _faults as _faults_of_disk
from tests.hostile.whole_commands import COMMANDS, OUT, Ended, litter

GOES_ON = "the same command with --resume goes on with them."
GOLDEN = Path(__file__).parents[1] / "golden" / "records" / "format-3.jsonl"

needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc to see what is caught")


@pytest.mark.slow
@needs_proc
@pytest.mark.parametrize("name", COMMANDS)
def test_commands_that_are_ended_go_on_as_if_nothing_had_been(name: str, tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    left, took_s = undisturbed(COMMANDS[name], tmp_path / "whole")
    rng = np.random.default_rng(7)
    for one in range(12):
        folder = tmp_path / str(one)
        folder.mkdir()
        _, faults = stopped(COMMANDS[name], folder, SIGNALS[one % 3], float(rng.uniform(0.0, took_s)), left)
        assert faults == []


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_commands_on_a_tiny_disk_say_what_is_there(name: str, tmp_path: Path) -> None:
    if not can_mount():
        pytest.skip("a file system can be mounted by root alone")
    (tmp_path / "whole").mkdir()
    left, _ = undisturbed(COMMANDS[name], tmp_path / "whole")
    for size_kb in USUAL_KB[name]:
        folder = tmp_path / str(size_kb)
        folder.mkdir()
        assert on_a_tiny_disk(COMMANDS[name], folder, size_kb, left)[1] == []


def ended(err: str, code: int = 130, out: str = "") -> Ended:
    return Ended(code=code, out=out, err=err, took_s=1.0, stopped=True)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("run", "5 commands are recorded in out; `x run s --out out --resume` goes on with them."),
        ("run", "The record was kept."),
        ("preview", "out/patient-2.png is drawn."),
        ("import-ct", "The patient is in out/a."),
        ("bench", f"The runs that were done are in {OUT}/journal.jsonl; {GOES_ON}"),
        ("play", "The record is kept in out; `x play --resume out` goes on with it."),
    ],
)  # fmt: skip
def test_words_that_are_not_true_are_seen(name: str, wrong: str, tmp_path: Path) -> None:
    (tmp_path / OUT).mkdir()
    true = {"run": "Nothing new was recorded.", "preview": "No picture was written.", "bench": "No run was done yet.",
            "import-ct": "No patient was written.", "play": "Nothing was recorded."}[name]  # fmt: skip
    command, number = COMMANDS[name], signal.SIGINT
    assert _faults(command, tmp_path, number, ended(f"Stopped. {true}\n")) == []
    assert "not true" in _faults(command, tmp_path, number, ended(f"Stopped. {wrong}\n"))[0]
    assert _faults(command, tmp_path, number, ended("Traceback\nStopped.\n"))
    assert _faults(command, tmp_path, number, ended(f"Stopped. {true}\n", code=2))
    assert _faults(command, tmp_path, number, ended(""))
    assert _faults(command, tmp_path, number, ended(f"Stopped. {true}\n", out="{}"))
    (tmp_path / OUT / ".unfinished-x").touch()
    assert "left behind" in _faults(command, tmp_path, number, ended(f"Stopped. {true}\n"))[0]


def test_what_is_recorded_is_counted(tmp_path: Path) -> None:
    (tmp_path / OUT).mkdir()
    shutil.copy(GOLDEN, tmp_path / OUT / "session.jsonl")
    count = len(read_session(tmp_path / OUT).commands)
    words = f"{count} commands are recorded in out; `x run s --out out --resume` goes on with them."
    assert COMMANDS["run"].is_true(words, tmp_path)
    assert not COMMANDS["run"].is_true("Nothing new was recorded.", tmp_path)
    assert not COMMANDS["run"].is_true(words.replace(str(count), str(count + 1), 1), tmp_path)


def test_what_a_full_disk_left_is_held_against_the_words(tmp_path: Path) -> None:
    (tmp_path / OUT / "frames").mkdir(parents=True)
    shutil.copy(GOLDEN, tmp_path / OUT / "session.jsonl")
    (tmp_path / OUT / "scorecard.json").write_text("{}" * 600)
    said = "In out: the record, scorecard.json; not there: report.html.\n"
    assert _faults_of_disk(COMMANDS["run"], tmp_path, ended(said, code=0), GOLDEN.read_bytes()) == []
    assert _faults_of_disk(COMMANDS["run"], tmp_path, ended(said, code=0), b"another") == ["the record is not there"]
    (tmp_path / OUT / "report.html").write_text("there")
    assert _faults_of_disk(COMMANDS["run"], tmp_path, ended(said, code=0), GOLDEN.read_bytes())
    (tmp_path / OUT / "report.html").write_text("")
    assert litter(tmp_path) == ["out/report.html"]
    assert _faults_of_disk(COMMANDS["bench"], tmp_path, ended("it failed", code=2), b"")
    assert _faults_of_disk(COMMANDS["bench"], tmp_path, ended("", code=70), b"")


@pytest.mark.skipif(os.name != "posix", reason="groups of processes")
def test_every_command_that_writes_much_is_among_them() -> None:
    assert set(COMMANDS) == {"run", "preview", "import-ct", "bench", "play"}
    assert set(USUAL_KB) == set(COMMANDS)
