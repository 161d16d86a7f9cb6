"""Every screen at the least size, at full HD and at 4K: nothing overlaps, nothing is cut off, everything can be hit."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import combinations

import pygame
import pytest

from simulator.engine.session import Session
from simulator.gui.app import App
from simulator.gui.engine_worker.engine_worker import EngineWorker, Progress
from simulator.gui.engine_worker.procedure import Procedure
from simulator.interface import commands as c
from simulator.scenario.build import Case

SIZES = [(1280, 720), (1366, 768), (1600, 1200), (1920, 1080), (2560, 1080), (3840, 2160)]
PATIENCE_S = 240.0  # a machine may be slow; only a hang ends a test
SCREENS = ["briefing", "reading", "guidance", "injection", "menu", "help", "stop", "tell", "question"]


class Held:
    """A procedure with a needle in the skin, for screens to draw."""

    def __init__(self, case: Case) -> None:
        self._session = Session(case.world)
        for command in (
            c.PlaceSkinGrid(level="L3/4"),
            c.PlaceNeedle(entry_from_midline_mm=22.0, side="right", level="L3/4", angle_deg=22.0),
            c.Advance(distance_mm=30.0),
            c.AskPatient(),
        ):
            self._session.do(command)

    def do(self, command: c.Command):
        """Carry out a command."""
        self._session.do(command)
        return self._session.view()

    def view(self):
        """What is perceived."""
        return self._session.view()

    def past(self):
        """What was perceived so far."""
        return ((None, self.view()),)

    def picture(self, number: int, indices: Sequence[int]):
        """Slices of an acquisition."""
        whole = len(indices) == len(self._session.acquisition(number).slices.centres_table_mm)
        return self._session.prepare_image(number, None if whole else indices)

    def scout(self, number: int):
        """Picture of a scout."""
        return self._session.show_scout(number)

    def debrief(self, progress: Progress) -> object:
        """Never asked for here."""
        raise AssertionError

    def other_end(self, number: int, progress: Progress) -> object:
        """Never asked for here."""
        raise AssertionError

    def report(self, progress: Progress) -> str:
        """Never asked for here."""
        raise AssertionError

    def branch(self, commands):
        """Never asked for here."""
        raise AssertionError

    def used_s(self) -> float:
        """Nobody's time is kept."""
        return 0.0

    def notices(self) -> list[str]:
        """Nothing to say."""
        return []

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture(scope="module")
def app(patient_2: Case) -> App:
    def opening(progress: Progress) -> tuple[Procedure, int]:
        return Held(patient_2), 0

    app = App(EngineWorker(opening), size=SIZES[0])
    end = time.monotonic() + PATIENCE_S
    while app.name != "guidance":
        assert time.monotonic() < end
        app.step()
    return app


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCREENS)
def test_buttons_fit(app: App, name: str, size: tuple[int, int]) -> None:
    app.show("guidance")
    pygame.event.post(pygame.event.Event(pygame.VIDEORESIZE, w=size[0], h=size[1], size=size))
    app.step()
    app.show(name)
    app.step()
    app.draw()
    whole = pygame.Rect(0, 0, *size)
    placed = [(p.label, p.button.rect, p.action) for p in app.screen._placed]
    for label, area, action in placed:
        assert whole.contains(area), f"{label} leaves the window"
        assert min(area.size) >= 20, f"{label} is too small to hit"
        cap = app.context.display.type.width(action.key.cap, 12) + 16 if action.key else 4
        wide = {"stop": 24, "beam": 17, "hold": 17}.get(action.kind, 14)
        text = app.context.display.type.width(label, wide)
        room_for = area.width - cap - (8 if action.kind not in ("stop", "beam", "hold") else 4)
        assert text <= room_for + 4, f"{label!r} and its key do not fit into {area.width} px"
    for (one, a, _), (other, b, _) in combinations(placed, 2):
        assert not a.colliderect(b), f"{one!r} lies over {other!r}"


def test_keys_of_a_screen_are_unique(app: App) -> None:
    for name in SCREENS:
        app.show(name)
        keys = [(a.key.code, a.key.shift, a.key.control) for a in app.screen.actions if a.key]
        assert len(keys) == len(set(keys)), name


def test_every_disabled_action_says_why(app: App) -> None:
    for name in ("reading", "guidance", "injection"):
        app.show(name)
        for action in app.screen.actions:
            reason = action.why_not()
            assert reason is None or len(reason) > 8, action.label


def test_a_smaller_window_than_the_least_is_not_taken(app: App) -> None:
    pygame.event.post(pygame.event.Event(pygame.VIDEORESIZE, w=640, h=400, size=(640, 400)))
    app.step()
    assert app.context.display.size == (1280, 720)
