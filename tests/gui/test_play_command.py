"""`play` at the door: what is wrong is said in one message, before a window opens."""

from __future__ import annotations

from pathlib import Path

import pygame
import pytest

from simulator.cli import main
from simulator.cli import play as play_command
from tests.conftest import PATIENT_2


def _fault(capsys: pytest.CaptureFixture[str], *line: str) -> str:
    assert main(["play", *line]) == 2
    message = capsys.readouterr().err
    assert "Traceback" not in message
    return message


def test_without_a_display_it_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert "no display" in _fault(capsys)


def test_bare_without_a_display_says_so_and_runs_the_demo(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    ran = []
    monkeypatch.setattr(play_command, "demo", lambda *, out: ran.append(out))
    assert main([]) == 0
    assert ran == [None]
    assert "demo instead" in capsys.readouterr().err


def test_a_driver_that_does_not_exist_is_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pygame.display.quit()  # a window that another test left open would be found instead
    monkeypatch.setenv("SDL_VIDEODRIVER", "no-such-driver")
    assert "no window can be opened" in _fault(capsys, str(PATIENT_2))


@pytest.mark.parametrize("name", ["<script>", "a b", "../x", "", "x" * 60])
def test_a_learner_is_a_pseudonym(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert "pseudonym" in _fault(capsys, "--learner", name)


@pytest.mark.parametrize("size", ["640x480", "1280", "wide", "1280x99999999"])
def test_a_size_is_checked(size: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["play", "--size", size])
    assert ended.value.code == 2


def test_a_scenario_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert "no such file" in _fault(capsys, str(PATIENT_2.with_name("patient-99.toml")))


def test_a_record_that_is_none(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "no such record" in _fault(capsys, "--resume", str(tmp_path / "none"))
    (tmp_path / "session.jsonl").write_text("not a record\n")
    assert "not JSON" in _fault(capsys, "--resume", str(tmp_path))


def test_a_rig_is_on_a_port_or_on_standard_input(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pygame.display.quit()
    record = tmp_path / "session.jsonl"
    record.write_text("kept")
    for port in (record, tmp_path / "none", tmp_path):
        assert "this port cannot be opened" in _fault(capsys, str(PATIENT_2), "--rig", str(port))
    assert record.read_text() == "kept", "nothing is written into a file"
    pygame.display.quit()
