"""The scout's screen in the real event loop: taken, labelled by mouse and keys, a range drawn and scanned."""

from __future__ import annotations

from collections.abc import Iterator

import pygame
import pytest

from simulator.gui.panels import scout_planes
from simulator.interface import commands as c
from simulator.vocabulary.levels import Vertebra
from tests.gui.scripted import Hand, Scripted


@pytest.fixture
def hand() -> Iterator[Hand]:
    one = Hand(Scripted())
    yield one
    one.leave()


def scouted(hand: Hand) -> Hand:
    """From the scans to the scout's screen, and one scout taken."""
    hand.go("reading")
    hand.tap(pygame.K_s)
    assert hand.app.name == "scout"
    hand.key(pygame.K_SPACE)
    hand.until(lambda: bool(hand.context.perceived.scouts))
    hand.app.draw()
    return hand


def at_table(hand: Hand, table_mm: float) -> tuple[int, int]:
    """A place on the scout at a table position."""
    (picture, middle), _ = scout_planes.pictures(hand.context, hand.app.screen._areas)
    assert picture is not None
    return round(picture.area.centerx), round(scout_planes.y_of(picture, middle, table_mm))


def test_a_scout_is_taken_once_and_asked_about_the_second_time(hand: Hand) -> None:
    scouted(hand)
    (command,) = hand.procedure.done
    assert command == c.AcquireScout(orientation="PA", tube_voltage_kv=120, tube_current_ma=30.0)
    hand.key(pygame.K_SPACE)
    assert hand.context.notices.question.startswith("A scout from this side was taken")
    assert len(hand.procedure.done) == 1
    hand.go("scout")
    hand.key(pygame.K_7)
    hand.key(pygame.K_SPACE)
    assert hand.procedure.done[-1].orientation == "lateral"
    assert hand.context.perceived.counting.labels == {}
    assert hand.context.perceived.counting.range_mm is None


def test_no_level_is_preset_and_clicks_count_from_the_sacrum(hand: Hand) -> None:
    scouted(hand)
    counting = hand.context.perceived.counting
    assert counting.labels == {}
    for table_mm in (-90.0, -60.0, -25.0):
        at = at_table(hand, table_mm)
        hand.drag(at, at)
    assert list(counting.labels) == [Vertebra.S1, Vertebra.L5, Vertebra.L4]
    assert counting.labels[Vertebra.L5] == pytest.approx(-60.0, abs=1.0)
    assert counting.name is Vertebra.L3
    hand.key(pygame.K_BACKSPACE)
    assert list(counting.labels) == [Vertebra.S1, Vertebra.L5]
    hand.app.draw()
    hand.tap(pygame.K_F2)
    assert hand.app.name == "reading"
    hand.app.draw()


def test_the_same_by_keys_alone(hand: Hand) -> None:
    scouted(hand)
    counting = hand.context.perceived.counting
    for _ in range(4):
        hand.key(pygame.K_COMMA)
    assert counting.name is Vertebra.L3
    start = counting.cursor_mm
    hand.key(pygame.K_DOWN, pygame.KMOD_SHIFT)
    hand.key(pygame.K_UP)
    hand.key(pygame.K_RETURN)
    assert counting.labels == {Vertebra.L3: pytest.approx(start - 9.0)}
    hand.key(pygame.K_t)
    for _ in range(4):
        hand.key(pygame.K_DOWN, pygame.KMOD_SHIFT)
    hand.key(pygame.K_b)
    assert counting.range_mm == (pytest.approx(start - 49.0), pytest.approx(start - 9.0))
    hand.key(pygame.K_DELETE)
    assert counting.range_mm is None


def test_labels_that_cannot_be_right_are_told(hand: Hand) -> None:
    scouted(hand)
    for table_mm in (-60.0, -90.0):
        at = at_table(hand, table_mm)
        hand.drag(at, at)
    assert "L5 lies below S1" in hand.context.notices.notice


def test_the_planning_scan_goes_over_the_range_that_was_dragged(hand: Hand) -> None:
    scouted(hand)
    hand.key(pygame.K_r)
    hand.drag(at_table(hand, 40.0), at_table(hand, -20.0))
    low, high = hand.context.perceived.counting.range_mm
    assert (low, high) == (pytest.approx(-20.0, abs=1.0), pytest.approx(40.0, abs=1.0))
    hand.tap(pygame.K_F2)
    hand.key(pygame.K_SPACE)
    if hand.context.notices.question:
        hand.key(pygame.K_RETURN)
    hand.until(lambda: len(hand.procedure.done) > 1)
    command = hand.procedure.done[1]
    assert isinstance(command, c.AcquirePlanningScan)
    assert (command.levels, command.between_mm) == (None, (low, high))


def test_without_a_range_the_scan_goes_where_the_own_labels_say_that_the_levels_are(hand: Hand) -> None:
    """A count that is one off is scanned one off: what the console knows of the levels corrects nobody."""
    scouted(hand)
    for table_mm in (-90.0, -60.0, -25.0, 10.0):  # by the console S1 lies at -60, L3 at 30
        at = at_table(hand, table_mm)
        hand.drag(at, at)
    hand.tap(pygame.K_F2)
    state = hand.app.screen.state
    levels = list(hand.context.perceived.view.case.levels)
    state.levels = (levels.index("L3"), levels.index("L4"))
    command = hand.app.screen._exposure._next.command()
    assert command.levels is None
    assert command.between_mm == (pytest.approx(-41.0, abs=1.0), pytest.approx(26.0, abs=1.0))
    state.levels = (levels.index("L2"), levels.index("L4"))
    assert hand.app.screen._exposure._next.command().levels == ("L2", "L4")


def test_a_short_drag_draws_nothing(hand: Hand) -> None:
    scouted(hand)
    hand.key(pygame.K_r)
    hand.drag(at_table(hand, 0.0), at_table(hand, -2.0))
    assert hand.context.perceived.counting.range_mm is None
    assert "shorter than 6 mm" in hand.context.notices.notice
