"""Options of `report` that do not fit: one message with the mend, exit code 2, no file."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from simulator.cli import main
from tests.golden.sessions import golden_path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere", "--cohort"], "there is no such folder|cannot be written there|no folder"),
        ([".", "--cohort"], "no session in this folder"),
        ([".", "--cohort", "--expert", "autopilot"], "belongs to one session"),
        ([".", "--cohort", "--past", "."], "belongs to one session"),
        ([".", "--cohort", "--what-if", "3"], "--what-if: this belongs to one session"),
        ([".", "--cohort", "--what-if", "0"], "--what-if: this belongs to one session"),
        ([".", "--cohort", "--worth"], "--worth: this belongs to one session"),
        ([".", "--cohort", "--brief"], "--brief: this belongs to one session"),
        ([".", "--out", "."], "cannot be written there"),
        (["nowhere"], "cannot be written there|no such record"),
    ],
)
def test_a_wrong_option_is_one_message(tmp_path, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(tmp_path)
    assert main(["report", *arguments]) == 2
    message = capsys.readouterr().err
    assert "Traceback" not in message
    assert any(word in message for word in words.split("|"))
    assert list(tmp_path.iterdir()) == []


KEPT = Path(__file__).parents[1] / "golden" / "records"


def _golden(folder: Path, name: str = "script-thin-needle") -> Path:
    (folder / "session.jsonl").write_bytes(gzip.decompress(golden_path(name).read_bytes()))
    return folder


@pytest.mark.parametrize("number", ["0", "-1", "100000"])
def test_a_fork_at_a_command_that_does_not_exist_is_one_message(tmp_path, capsys, number):
    session = _golden(tmp_path)
    assert main(["report", str(session), "--what-if", number]) == 2
    message = capsys.readouterr().err
    assert f"--what-if {number}: there is no such command" in message
    assert "Traceback" not in message
    assert not (session / "report.html").exists()


def test_a_fork_that_is_no_number_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        main(["report", str(_golden(tmp_path)), "--what-if", "later"])
    assert left.value.code == 2
    assert "--what-if" in capsys.readouterr().err


@pytest.mark.parametrize("option", [("--what-if", "2"), ("--worth",)])
@pytest.mark.parametrize("found", [1, 2, 3])
def test_a_record_of_an_older_format_is_not_forked(tmp_path, capsys, option, found):
    record = tmp_path / "session.jsonl"
    record.write_bytes((KEPT / f"format-{found}.jsonl").read_bytes())
    assert main(["report", str(tmp_path), *option]) == 2
    assert f"it is of format {found}" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [record]


def test_two_pages_are_not_asked_for_at_once(tmp_path, capsys):
    assert main(["report", str(_golden(tmp_path)), "--brief", "--worth"]) == 2
    assert "these are two pages" in capsys.readouterr().err
