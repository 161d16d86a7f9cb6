"""A machine that lacks something: one sentence in the window, and the session goes on.

No display stands in `test_play_command.py`, no sound in `test_sound.py`.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Any

import pygame
import pytest

from simulator.cli.start_library import StartLibrary
from simulator.gui.app import App
from simulator.gui.context.display import too_small
from simulator.gui.ground_truth.recorded_procedure import RecordedProcedure
from simulator.gui.input import gamepad as pad
from simulator.interface import commands as c
from simulator.records import record_file
from simulator.records.session_reader import read_session
from simulator.report.recording import Recording
from simulator.scenario.build import Case
from tests.conftest import PATIENT_2
from tests.gui.devices import Window
from tests.gui.scripted import Hand, Scripted, after, first_view
from tests.gui.text_on_screen import drawn

NOWHERE = Path(os.devnull) / "home"  # a path on which nothing can be made, whoever asks


def said(app: App) -> str:
    """All that stands on the screen."""
    app.step()
    return " ".join(line.text for line in drawn(app))


def started(sessions: Path, open_case: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> App:
    """The first screen over a folder of sessions."""
    monkeypatch.setattr(StartLibrary, "_read_behind", lambda self: setattr(self, "_attempts", []))
    monkeypatch.setattr(StartLibrary, "_wait_for_kernels", lambda self, progress: None)
    app = App(
        None,
        size=(1280, 720),
        desk=StartLibrary(PATIENT_2.parent, sessions, seed=1, open_case=open_case, resume=open_case),
    )
    app.step()
    return app


def tap(app: App, code: int) -> None:
    """A key goes down and up."""
    for kind in (pygame.KEYDOWN, pygame.KEYUP):
        pygame.event.post(pygame.event.Event(kind, key=code, mod=0, unicode="", scancode=0))
        app.step()


def test_a_disk_that_is_full_is_told_and_what_follows_is_saved_later(
    own_case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = [False]

    class File(FileIO):
        def write(self, data: Any) -> int:
            if full[0]:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return super().write(data)

    monkeypatch.setattr(record_file, "FileIO", File)

    def open_case(path: Path, learner: str | None, out: Path) -> Any:
        notices: list[str] = []
        recording = Recording(own_case, operator="trainee", scenario_path="", out=out, say=notices.append)
        return lambda progress: (RecordedProcedure(recording, notices=notices), 0)

    app = started(tmp_path, open_case, monkeypatch)
    tap(app, pygame.K_RETURN)
    window = Window(app)
    window.until(lambda: app.name in ("briefing", "lesson"))
    app.show("briefing")  # type: ignore[arg-type]
    full[0] = True
    tap(app, pygame.K_1)
    window.settle()
    assert "No space left on device" in app.context.notices.notice
    assert "cannot be written" in said(app)
    tap(app, pygame.K_2)
    window.settle()
    assert app.context.perceived.view.prepared == ("patient positioned", "time-out"), "it goes on"
    full[0] = False
    app.context.send(c.Wait(duration_s=1.0))
    window.settle()
    assert "saved again" in app.context.notices.notice
    app._close_worker()
    (record,) = tmp_path.glob("*/session.jsonl")
    assert [type(one).__name__ for one in read_session(record).commands] == ["PositionPatient", "TimeOut", "Wait"]
    pygame.display.quit()


def test_where_nothing_can_be_written_the_case_says_so_and_the_window_stays(
    own_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No home and no folder for sessions: learners, attempts and the list of cases come all the same."""
    monkeypatch.setenv("CTFSIM_LEARNERS", str(NOWHERE / "names.json"))

    def open_case(path: Path, learner: str | None, out: Path) -> Any:
        def opening(progress: object) -> Any:
            recording = Recording(own_case, operator="trainee", scenario_path="", out=out)
            return RecordedProcedure(recording), 0

        return opening

    app = started(NOWHERE / "sessions", open_case, monkeypatch)
    assert "Patient 1" in said(app)
    tap(app, pygame.K_RETURN)
    Window(app).until(lambda: app.name == "start" and bool(app.context.notices.notice))
    assert str(NOWHERE) in app.context.notices.notice
    assert app.running
    tap(app, pygame.K_DOWN)
    assert "Patient 2" in said(app), "another case can be chosen"
    pygame.display.quit()


def test_a_round_of_the_drill_that_cannot_be_kept_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from simulator.gui.engine_worker.tip_drill import DrillRound

    library = StartLibrary(PATIENT_2.parent, NOWHERE, seed=1, open_case=None, resume=None)  # type: ignore[arg-type]
    round_ = DrillRound(started="2026-01-02T03:04:05", seed=1, errors_mm=(1.0,), answers=1, wrong=0)
    assert library.keep_drill_round("r-17", round_).startswith("The round is not kept: ")
    assert library.drill_rounds("r-17") == []


def test_a_gamepad_that_goes_is_told_and_keys_go_on() -> None:
    view = after(first_view(), c.PlaceNeedle(), 9)
    hand = Hand(Scripted(view))
    hand.go("guidance")
    pygame.event.post(pygame.event.Event(pygame.CONTROLLERBUTTONDOWN, button=pad.DOWN, instance_id=0))
    hand.app.step()
    pygame.event.post(pygame.event.Event(pygame.CONTROLLERDEVICEREMOVED, instance_id=0))
    hand.app.step()
    assert "The gamepad has gone" in hand.texts()
    assert hand.app._gamepad._held == {}
    hand.settle()
    hand.key(pygame.K_DOWN)
    assert hand.procedure is not None
    assert hand.procedure.names == ["Advance", "Advance"]
    hand.leave()


def test_a_machine_without_a_way_to_gamepads_is_none_the_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    from pygame._sdl2 import controller

    def none() -> None:
        raise pygame.error("no gamepads here")

    monkeypatch.setattr(controller, "init", none)
    assert pad.open_controllers() == []


@pytest.mark.parametrize("size", [(640, 480), (1280, 600), (1024, 768)])
def test_a_screen_that_is_too_small_is_told_and_the_window_opens(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pygame.display, "get_desktop_sizes", lambda: [size])
    monkeypatch.setattr(pygame.display, "get_driver", lambda: "x11")
    hand = Hand(Scripted())
    assert hand.app.surface.get_size() == (1280, 720)
    assert f"This screen has {size[0]} x {size[1]} pixels" in hand.app.at_first
    hand.key(pygame.K_1)
    assert hand.procedure is not None
    assert hand.procedure.names == ["PositionPatient"]
    hand.leave()


def test_a_screen_that_is_large_enough_is_not_spoken_of() -> None:
    assert too_small([(640, 480), (1280, 720)], "x11") == ""
    assert too_small([], "x11") == ""
    assert too_small([(640, 480)], "dummy") == ""
