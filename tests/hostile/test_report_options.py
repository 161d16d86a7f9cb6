"""Options of `report` that do not fit: one message with the mend, exit code 2, no file."""

from __future__ import annotations

import pytest

from simulator.cli import main


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere", "--cohort"], "there is no such folder|cannot be written there|no folder"),
        ([".", "--cohort"], "no session in this folder"),
        ([".", "--cohort", "--expert", "autopilot"], "belongs to one session"),
        ([".", "--cohort", "--past", "."], "belongs to one session"),
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
