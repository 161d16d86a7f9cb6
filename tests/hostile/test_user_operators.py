"""Operators of a user's that are wrong: one message with file, line and mend; exit code 2; no traceback of ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.cli import main
from simulator.errors import UserInputError
from simulator.operators.user_operator import UserOperator
from tests.conftest import PATIENT_2, PROJECT
from tests.studies import IDLE

HEAD = "from simulator.interface import commands as c\n\nclass Mine:\n    def __call__(self, view):\n        "


def refused(capsys: pytest.CaptureFixture[str], operator: str, out: Path) -> str:
    assert main(["run", str(PATIENT_2), "--operator", operator, "--out", str(out)]) == 2
    printed, err = capsys.readouterr()
    assert printed == ""
    assert "Traceback" not in err
    assert 'File "' not in err
    return err


@pytest.mark.parametrize(
    ("source", "operator", "expected"),
    [
        (None, "mine.py:Mine", ["mine.py", "no such file"]),
        ("class Other: pass", "mine.py:Mine", ["no class 'Mine'", "Other"]),
        ("class Mien: pass", "mine.py:Mine", ["did you mean 'Mien'"]),
        ("Mine = 3", "mine.py:Mine", ["no class 'Mine'"]),
        ("x = (", "mine.py:Mine", ["mine.py:1", "SyntaxError"]),
        ("\nimport no_such_module_anywhere", "mine.py:Mine", ["mine.py:2", "ModuleNotFoundError"]),
        ("\n\nraise SystemExit(3)", "mine.py:Mine", ["mine.py:3", "SystemExit"]),
        ("class Mine:\n    def __init__(self, x): pass", "mine.py:Mine", ["TypeError", "mine.py"]),
        ("class Mine: pass", "mine.py:Mine", ["cannot be called"]),
        ("class Mine: pass", "mine.py", ["FILE.py:Class"]),
        ("class Mine: pass", "mine.py:", ["FILE.py:Class"]),
        ("class Mine: pass", "mine.py:Mine.x", ["FILE.py:Class"]),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_built(
    source: str | None,
    operator: str,
    expected: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if source is not None:
        (tmp_path / "mine.py").write_text(source + "\n")
    message = refused(capsys, f"{tmp_path}/{operator}", tmp_path / "out")
    for words in expected:
        assert words in message, message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return 1 / 0", ["mine.py:5", "command 1", "ZeroDivisionError"]),
        ("return None", ["command 1", "gave None"]),
        ("return 'Advance'", ["gave 'Advance'"]),
        ("return c.Finish", ["gave the class Finish"]),
        ("return c.RotateBevel(angle_deg=None)", ["RotateBevel", "angle_deg = None"]),
        ("return c.Advance(distance_mm='3')", ["Advance", "distance_mm = '3'"]),
        ("return c.HoldNeedle(held_by='teeth')", ["HoldNeedle", "'teeth'"]),
        ("return c.AcquirePlanningScan(levels=['L3', 'L4'])", ["levels"]),
        ("return c.MoveTable(level=3)", ["level = 3"]),
        ("raise SystemExit", ["SystemExit"]),
    ],
)
def test_what_goes_wrong_in_the_room_names_the_line(body: str, expected: list[str], tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(HEAD + body + "\n")
    operator = UserOperator(f"{path}:Mine", folder=Path())
    with pytest.raises(UserInputError) as fault:
        operator(None)  # type: ignore[arg-type]
    for words in expected:
        assert words in str(fault.value)


def test_exception_in_the_middle_of_a_run_is_one_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.py").write_text(HEAD + "return c.Wait(duration_s=1.0) if view.elapsed_ms == 0 else view.truth\n")
    message = refused(capsys, f"{tmp_path}/mine.py:Mine", tmp_path / "out")
    assert "mine.py:5" in message
    assert "command 2" in message
    assert "truth" in message


def test_own_operator_runs_and_is_named_on_the_scorecard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "idle.py").write_text(IDLE)
    operator = f"{tmp_path}/idle.py:Idle"
    line = ["run", str(PATIENT_2), "--operator", operator, "--out", str(tmp_path / "out"), "--json"]
    assert main(line) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["operator"] == operator
    assert "not treated" in card["cap_reason"]


def test_the_operator_of_the_contributors_page_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (PROJECT / "docs" / "contributing" / "operator.md").read_text(encoding="utf-8")
    (tmp_path / "survey.py").write_text(page.partition("```python\n")[2].partition("```")[0])
    out = tmp_path / "out"
    line = ["run", str(PATIENT_2), "--operator", f"{tmp_path}/survey.py:Survey", "--out", str(out), "--json"]
    assert main(line) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["dose"]["by_phase"]["planning"]["acquisitions"] == 1
    assert card["placement"]["compartment"] is None
