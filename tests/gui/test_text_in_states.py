"""Texts that stand only sometimes: none is cut or lies over another, at every size and in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from simulator.gui.app import App
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.context.session_state import DoneCommand
from simulator.gui.context.teaching_state import TutorialState
from simulator.gui.drawing.language import ENGLISH_CODE, GERMAN_CODE
from simulator.gui.input.tutorial import LESSONS
from simulator.interface import commands as c
from tests.gui import made_up
from tests.gui.test_text_fits import SIZES
from tests.gui.test_text_fits import app as made_up_app
from tests.gui.text_on_screen import must_fit

app = made_up_app


def advice(app: App) -> None:
    app.screens[ScreenName.DEBRIEF]._advises = True  # type: ignore[attr-defined]


def expert(app: App) -> None:
    app.context.session.other_end = made_up.other_end(1)
    app.screens[ScreenName.DEBRIEF]._expert.shown = True  # type: ignore[attr-defined]


def plan_beside(app: App) -> None:
    path = c.PlanPath(
        approach="paramedian interlaminar", side="right", entry_mm=(-20.0, 60.0, 8.0), target_mm=(0.0, 15.0, 8.0)
    )
    app.context.perceived.history.take(path, made_up.taught())
    app.screens[ScreenName.GUIDANCE]._plan.shown = True  # type: ignore[attr-defined]
    app.controls.tiles.plan_shown = True


def difference(app: App) -> None:
    app.screens[ScreenName.INJECTION]._difference = True  # type: ignore[attr-defined]


def assisted(app: App) -> None:
    app.context.session.assisted = True
    app.context.session.resumed = 120


def told(app: App) -> None:
    app.context.notices.say("Not done: Pedal; the picture is being computed. Try again when it is there.")


def many_commands(app: App) -> None:
    done = (c.PlaceNeedle(), c.InjectBlood(volume_ml=3.0), c.AcquirePlanningScan(levels=("L3", "L4")))
    app.context.session.done.extend(
        DoneCommand(command=command, presses=1, pedal_down=False, at_ms=9000 * k) for k, command in enumerate(done * 30)
    )


def spoken(app: App) -> None:
    view = made_up.taught()
    words = "Ow! That shot down my left shin, and it does not go away."
    app.context.perceived.history.take(None, replace(view, patient=replace(view.patient, words=words)))


STATES: list[tuple[ScreenName, Callable[[App], None]]] = [
    (ScreenName.DEBRIEF, advice),
    (ScreenName.DEBRIEF, expert),
    (ScreenName.GUIDANCE, plan_beside),
    (ScreenName.GUIDANCE, told),
    (ScreenName.GUIDANCE, assisted),
    (ScreenName.GUIDANCE, spoken),
    (ScreenName.INJECTION, difference),
    (ScreenName.INJECTION, spoken),
    (ScreenName.REWIND, many_commands),
]


@contextmanager
def shown(app: App, name: ScreenName, size: tuple[int, int], code: str) -> Iterator[Any]:
    """A screen at a size, in a language."""
    app._language = app.context.display.language = code
    try:
        app._resize(size)
        app.show(ScreenName.MENU)
        app.show(name)
        app.step()
        yield
    finally:
        _forget(app)
        app._language = app.context.display.language = ENGLISH_CODE
        app._resize((1280, 720))


def _forget(app: App) -> None:
    """The state is gone for whoever comes next."""
    screens: Any = app.screens
    screens[ScreenName.DEBRIEF]._advises = screens[ScreenName.DEBRIEF]._expert.shown = False
    screens[ScreenName.GUIDANCE]._plan.shown = app.controls.tiles.plan_shown = False
    screens[ScreenName.INJECTION]._difference = False
    app.context.session.assisted, app.context.session.resumed = False, 0
    app.context.session.done.clear()
    app.context.notices.hush()
    app.context.perceived.history.take(None, made_up.taught())


@pytest.mark.parametrize("code", [ENGLISH_CODE, GERMAN_CODE])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("name", "state"), STATES, ids=lambda one: getattr(one, "__name__", str(one)))
def test_a_state_fits(
    app: App, name: ScreenName, state: Callable[[App], None], size: tuple[int, int], code: str
) -> None:
    with shown(app, name, size, code):
        state(app)
        must_fit(app, size)


@pytest.mark.parametrize("code", [ENGLISH_CODE, GERMAN_CODE])
@pytest.mark.parametrize("size", SIZES)
def test_every_step_of_the_tutorial_fits(app: App, size: tuple[int, int], code: str) -> None:
    try:
        for step in range(len(LESSONS)):
            app.context.teaching.tutorial = TutorialState(step=step)
            with shown(app, ScreenName.GUIDANCE, size, code):
                must_fit(app, size)
    finally:
        app.context.teaching.tutorial = None
