"""No text is cut, leaves the window or lies over other text: on every screen, at every size."""

from __future__ import annotations

from collections.abc import Iterator

import pygame
import pytest

from simulator.gui.app import App
from simulator.gui.app_context import ScreenName, StartChoice
from simulator.interface import commands as c
from tests.gui import made_up
from tests.gui.text_on_screen import cut, cut_labels, drawn, overlaps

SIZES = [(1280, 720), (1600, 900), (3840, 2160)]


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    """A window with something to show on every screen, and nobody behind it."""
    app = App(None, size=(1280, 720), desk=made_up.MadeUpDesk())
    context = app.context
    context.chosen = StartChoice(card=made_up.MadeUpDesk().cards()[0], learner="r-17")
    context.history.take(None, made_up.view())
    for command in (c.PlaceNeedle(), c.Advance(distance_mm=1.5), c.InjectBlood(volume_ml=8.0), c.Aspirate()):
        context.history.take(command, made_up.view())
    for entry, slices in zip(made_up.view().console.acquired, (9, 3), strict=True):
        context.ask_for(entry)
        context.keep(entry.number, tuple(range(slices)), made_up.frame(slices))
    context.debrief = made_up.debrief()
    context.question = (
        "A planning scan was taken at 14:03:20. Another one costs 20.7 mGy·cm more, booked as guidance. Take it?"
    )
    yield app
    pygame.display.quit()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", list(ScreenName))
def test_no_text_is_cut_or_lies_over_other_text(app: App, name: ScreenName, size: tuple[int, int]) -> None:
    pygame.event.post(pygame.event.Event(pygame.VIDEORESIZE, w=size[0], h=size[1], size=size))
    app.step()
    app.show(name)
    app.step()
    lines = drawn(app)
    assert lines
    assert cut(lines, pygame.Rect(0, 0, *size)) == []
    assert cut_labels(app) == []
    assert overlaps(lines) == []


def test_the_measure_finds_text_over_text(app: App) -> None:
    """The check itself can fail."""
    lines = drawn(app)
    twice = [*lines, type(lines[0])("another word", lines[0].area.move(4, 1))]
    assert overlaps(twice)
