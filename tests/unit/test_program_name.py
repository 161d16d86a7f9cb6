"""Messages name the command that was typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator import program_name as module
from simulator.cli import main
from simulator.program_name import program_name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("/usr/bin/ctfsim", "ctfsim"),
        ("C:/Scripts/ctfsim.exe", "ctfsim"),
        ("run_sim.py", "run_sim.py"),
        ("../ct-fluoro-sim/run_sim.py", "run_sim.py"),
        ("/usr/bin/pytest", "run_sim.py"),
        ("", "run_sim.py"),
    ],
)
def test_the_name_is_the_one_that_was_typed(monkeypatch: pytest.MonkeyPatch, typed: str, name: str) -> None:
    monkeypatch.setattr("sys.argv", [typed])
    assert program_name() == name


def test_another_program_beside_an_installed_wheel_is_told_of_ctfsim(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.argv", ["analysis.py"])
    monkeypatch.setattr(module, "_SOURCES", tmp_path)
    assert program_name() == "ctfsim"


@pytest.mark.parametrize("typed", ["ctfsim", "run_sim.py"])
def test_new_names_the_next_command_as_it_was_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, typed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [typed])
    assert main(["new", "mine"]) == 0
    assert f"then: {typed} check mine.toml" in capsys.readouterr().err
    assert f"{typed} preview mine.toml" in Path("mine.toml").read_text(encoding="utf-8")
    Path("empty.toml").touch()
    assert main(["check", "empty.toml"]) == 2
    assert f"`{typed} new NAME`" in capsys.readouterr().err
