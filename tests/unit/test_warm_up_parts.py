"""The parts of a first start: each is waited for when it is needed, and what fails is not waited for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from simulator import warm_up

DONE_AFTER = """
import sys, time
from pathlib import Path
for part in sys.argv[2:]:
    until = Path(sys.argv[1]) / f"let-{part}"
    while not until.exists():
        time.sleep(0.01)
    (Path(sys.argv[1]) / part).touch()
"""
FAILS = "raise SystemExit(3)"
PATIENCE_S = 60.0


class Compilers:
    """Processes in the place of compilers: a part is done when the test lets it."""

    def __init__(self, folder: Path, program: str) -> None:
        self.folder, self.program = folder, program
        self.begun: list[subprocess.Popen[bytes]] = []

    def begin(self, line: list[str], **ignored: object) -> subprocess.Popen[bytes]:
        process = REAL([sys.executable, "-c", self.program, str(self.folder), *line[3:]])
        self.begun.append(process)
        return process

    def let(self, *parts: str) -> None:
        for part in parts:
            (self.folder / f"let-{part}").touch()

    def done(self, part: str) -> bool:
        return (self.folder / part).exists()


REAL = subprocess.Popen


def compilers(monkeypatch: pytest.MonkeyPatch, folder: Path, program: str = DONE_AFTER) -> Compilers:
    made = Compilers(folder, program)
    monkeypatch.setattr(warm_up, "_marker", lambda part: folder / part)
    monkeypatch.setattr(warm_up.subprocess, "Popen", made.begin)
    return made


def test_a_part_is_waited_for_and_what_comes_after_it_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = compilers(monkeypatch, tmp_path)
    made.let("patient", "picture")
    told: list[str] = []
    with warm_up.first_start() as starting:
        starting.wait(lambda what, fraction: told.append(what), until="picture")
        assert made.done("patient")
        assert made.done("picture")
        assert not made.done("procedure")
        assert any(process.poll() is None for process in made.begun), "the last part is still being compiled"
        made.let("procedure")
        starting.wait(warm_up.unheard)
        assert made.done("procedure")
    assert told
    assert all(process.poll() is not None for process in made.begun)


def test_what_is_not_waited_for_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = compilers(monkeypatch, tmp_path)
    made.let("patient")
    with warm_up.first_start() as starting:
        starting.wait(warm_up.unheard, until="patient")
    assert all(process.wait(PATIENCE_S) is not None for process in made.begun)
    assert not made.done("picture")


def test_a_compiler_that_fails_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = compilers(monkeypatch, tmp_path, FAILS)
    monkeypatch.setattr(warm_up, "LONGEST_S", float("inf"))  # whoever waited for it would wait for ever
    with warm_up.first_start() as starting:
        for part in warm_up.PARTS:
            starting.wait(warm_up.unheard, until=part)
    assert [process.poll() for process in made.begun] == [3, 3]


def test_nothing_is_begun_where_all_is_compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = compilers(monkeypatch, tmp_path)
    for part in warm_up.PARTS:
        (tmp_path / part).touch()
    with warm_up.first_start() as starting:
        starting.wait(lambda what, fraction: pytest.fail("there is nothing to wait for"))
    assert made.begun == []


def test_only_what_is_missing_is_compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = compilers(monkeypatch, tmp_path)
    for part in ("patient", "picture"):
        (tmp_path / part).touch()
    made.let("procedure")
    with warm_up.first_start() as starting:
        starting.wait(warm_up.unheard, until="patient")
        starting.wait(warm_up.unheard)
    assert len(made.begun) == 1
    assert made.done("procedure")
