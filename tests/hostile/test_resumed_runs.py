"""`run --resume`: an operator or a script goes on where a kill left it, and ends with the same record and score."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from simulator.cli import main
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.apart.operator_process import OperatorProcess
from simulator.records.session_reader import read_session
from simulator.scenario import patient_build
from simulator.scenario.build import Case
from tests.conftest import PATIENT_2

OPERATOR = '''
from simulator.interface import commands as c


class Looks:
    """Remembers what it saw: each step is as long as all pictures so far say."""

    def __init__(self):
        self.steps = self.work()
        self.grey = 0.0

    def __call__(self, view):
        self.view = view
        return next(self.steps)

    def work(self):
        yield c.AcquirePlanningScan(levels=("L3", "L4"), mas=50.0)
        yield c.PlaceNeedle(entry_from_midline_mm=22.0, side="right", level="L3/4", angle_deg=22.0)
        for _ in range(3):
            yield c.PressPedal()
            self.grey += float(abs(self.view.images.frame(self.view.console.acquired[-1].number).hu).mean())
            yield c.Advance(distance_mm=1.0 + self.grey % 7.0)
        yield c.Finish()
'''


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("own") / "looks.py"
    path.write_text(OPERATOR)
    return f"{path}:Looks"


@pytest.fixture(autouse=True)
def _built_once(monkeypatch: pytest.MonkeyPatch, patient_2: Case) -> None:
    """The same patient each time, as its digest says; and no report, which takes longer than all the rest."""
    monkeypatch.setattr("simulator.report.recording.write_debrief", lambda *_, **__: None)
    monkeypatch.setattr(patient_build, "build_phantom", lambda *_, **__: patient_2.world.phantom)


@pytest.fixture(scope="module")
def whole(own: str, patient_2: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nobody disturbed."""
    out = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patient_build, "build_phantom", lambda *_, **__: patient_2.world.phantom)
        assert main(["run", str(PATIENT_2), "--operator", own, "--seed", "5", "--out", str(out)]) == 0
    return out


def left(whole: Path, out: Path, length: int) -> Path:
    out.mkdir(exist_ok=True)
    (out / "session.jsonl").write_bytes((whole / "session.jsonl").read_bytes()[:length])
    return out


def go_on(out: Path, *more: str) -> int:
    return main(["run", str(PATIENT_2), "--out", str(out), "--resume", *more])


def test_an_operator_goes_on_after_a_kill_anywhere(
    whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = (whole / "session.jsonl").read_bytes()
    header = content.index(b"\n") + 1
    for length in (header // 2, *np.random.default_rng(2).integers(header, len(content), 3), len(content)):
        out = left(whole, tmp_path / f"at-{length}", int(length))
        named = ("--seed", "5", "--operator", read_session(whole).header.operator)
        assert go_on(out, *(named if length < header else ())) == 0
        told = capsys.readouterr().err
        assert (out / "session.jsonl").read_bytes() == content, length
        assert (out / "scorecard.json").read_bytes() == (whole / "scorecard.json").read_bytes()
        assert ("torn" in told) == (length > header and content[length - 1 : length] != b"\n")
        assert ("begins anew" in told) == (length < header)


def test_nothing_to_go_on_with_begins(
    own: str, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert go_on(tmp_path / "new", "--operator", own, "--seed", "5") == 0
    assert "no session" in capsys.readouterr().err
    assert (tmp_path / "new" / "session.jsonl").read_bytes() == (whole / "session.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--seed", "6"), "has the seed 5"),
        (("--operator", "quick-check"), "begun by"),
        (("--commands", "SCRIPT"), "begun by"),
    ],
)
def test_another_run_does_not_go_on_with_it(
    whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], words: str
) -> None:
    out = left(whole, tmp_path / "out", 8000)
    assert go_on(out, *more) == 2
    assert words in capsys.readouterr().err
    assert (out / "session.jsonl").stat().st_size == 8000


def test_another_scenario_does_not_go_on_with_it(
    whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = left(whole, tmp_path / "out", 8000)
    other = tmp_path / "patient-2.toml"
    other.write_text(PATIENT_2.read_text().replace("blood_ml = 16", "blood_ml = 15"))
    assert main(["run", str(other), "--out", str(out), "--resume"]) == 2
    assert "as it was then" in capsys.readouterr().err


def test_an_operator_that_was_edited_is_told_at_its_first_other_command(
    whole: Path, own: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = left(whole, tmp_path / "out", len((whole / "session.jsonl").read_bytes()) - 6000)
    before = read_session(out)
    call = OperatorProcess.__call__
    calls: list[int] = []

    def edited(self: OperatorProcess, view: View) -> Command:
        calls.append(1)
        command = call(self, view)
        return c.Wait(duration_s=1.0) if len(calls) == 3 else command

    monkeypatch.setattr(OperatorProcess, "__call__", edited)
    assert go_on(out) == 2
    told = capsys.readouterr().err
    assert "command 3 was" in told
    assert "PressPedal" in told
    assert "Wait" in told
    assert read_session(out).commands == before.commands


def test_a_script_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "script.jsonl"
    script.write_text('{"command": "TimeOut"}\n{"command": "Wait", "duration_s": 2}\n{"command": "PositionPatient"}\n')
    out = tmp_path / "out"
    given = ["run", str(PATIENT_2), "--out", str(out), "--commands", str(script), "--json"]
    assert main(given) == 0
    card = json.loads(capsys.readouterr().out)
    content = (out / "session.jsonl").read_bytes()
    lines = content.splitlines(keepends=True)
    (out / "session.jsonl").write_bytes(b"".join(lines[:4]) + lines[4][:20])
    assert go_on(out) == 2
    assert "by a script: name it with --commands" in capsys.readouterr().err
    assert main([*given, "--resume"]) == 0
    assert json.loads(capsys.readouterr().out) == card
    assert (out / "session.jsonl").read_bytes() == content
