"""A rig on a line: what it moves becomes commands, it feels a force, a wrong line and its going are told."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulator.engine.session import Session
from simulator.gui.input.rig import GONE, Rig, read_rig_line
from simulator.interface import commands as c
from simulator.records.session_reader import read_session
from simulator.scenario.build import Case
from tests.gui.player import Player
from tests.gui.rig_lines import lines
from tests.gui.scripted import Hand, Scripted, after, first_view


class Line:
    """A line that a test feeds."""

    def __init__(self) -> None:
        self._queue: queue.Queue[str | None] = queue.Queue()
        self.answers: list[str] = []

    def __iter__(self) -> Iterator[str]:
        while (text := self._queue.get(timeout=60.0)) is not None:
            yield text

    def send(self, text: str | None) -> None:
        self._queue.put(text)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def hand(line: Line) -> Iterator[Hand]:
    view = after(first_view(), c.PlaceNeedle(), 9)
    hand = Hand(Scripted(view))
    hand.app.rig = Rig(line, line.answers.append)
    hand.app.rig.start()
    hand.go("guidance")
    yield hand
    line.send(None)
    hand.leave()


def at(hand: Hand, line: Line, text: str) -> list[c.Command]:
    """The rig is there; the commands that come of it."""
    assert hand.procedure is not None
    before, wanted = len(hand.procedure.done), read_rig_line(text)
    line.send(f"{text}\n")
    hand.until(lambda: hand.app.rig._latest == wanted)
    hand.turns(3)
    hand.settle()
    for _ in range(20):
        hand.turns(1)
        hand.settle()
    return [one for one in hand.procedure.done[before:] if not isinstance(one, c.LookAt)]


def test_what_moves_becomes_commands_from_where_the_rig_first_was(hand: Hand, line: Line) -> None:
    assert at(hand, line, "needle 30.0 10 5 0 0") == [], "where it is at first is where the needle stands"
    assert at(hand, line, "needle 32.0 10 5 0 0") == [c.Advance(distance_mm=2.0)]
    assert at(hand, line, "needle 32.3 10.5 5 0 0") == [], "it trembles"
    assert at(hand, line, "needle 31.0 10 5 0 0") == [c.Withdraw(distance_mm=1.0)]
    assert at(hand, line, "needle 31.0 100 5 0 0") == [c.RotateBevel(angle_deg=90.0)]
    (leaned,) = at(hand, line, "needle 31.0 100 9 0 0")
    assert isinstance(leaned, c.Redirect)
    assert abs(leaned.angle_change_deg) == 4.0
    assert at(hand, line, "needle 43.0 100 9 0 0") == [
        c.Advance(distance_mm=5.0), c.Advance(distance_mm=5.0), c.Advance(distance_mm=2.0)
    ]  # fmt: skip
    assert set(line.answers) == {"force 1.20\n"}


def test_a_short_tap_is_not_lost(hand: Hand, line: Line) -> None:
    line.send("needle 0 0 0 0 1\n")
    assert [type(one).__name__ for one in at(hand, line, "needle 0 0 0 0 0")][-2:] == ["PressPedal", "ReleasePedal"]


def test_a_rig_that_goes_lets_the_pedal_go(hand: Hand, line: Line) -> None:
    line.send("needle 0 0 0 0 1\n")
    hand.until(lambda: hand.app.controls.footswitch.down)
    line.send(None)
    hand.until(lambda: hand.context.notices.notice == GONE)
    hand.settle()
    assert not hand.app.controls.footswitch.down
    assert hand.app.running


@pytest.mark.parametrize(
    "wrong",
    ["", "needle", "needle 1 2 3 4", "needle 1 2 3 4 2", "needle nan 0 0 0 0", "needle 1e9 0 0 0 0", "probe 1 2 3 4 0",
     "needle 1 2 3 4 0 7", "needle a 2 3 4 0"],
)  # fmt: skip
def test_what_is_no_line_is_left_out(wrong: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any fault of a line
        read_rig_line(wrong)


def test_a_wrong_line_is_told_once_and_the_next_ones_count(hand: Hand, line: Line) -> None:
    at(hand, line, "needle 0 0 0 0 0")
    line.send("x\x1b[31m" + "y" * 500 + "\n")
    hand.until(lambda: "no line of its protocol" in hand.context.notices.notice)
    assert "\x1b" not in hand.context.notices.notice
    assert at(hand, line, "needle 2 0 0 0 0") == [c.Advance(distance_mm=2.0)]


def test_a_session_with_a_rig_replays_without_it(make_case: Callable[..., Case], tmp_path: Path) -> None:
    case = make_case(seed=9)
    player = Player(case, tmp_path)
    player.on("briefing")
    player.app.context.send(c.PlaceNeedle(entry_from_midline_mm=22.0, side="right", level="L3/4", angle_deg=22.0))
    player.on("guidance")
    fed = Line()
    player.app.rig = Rig(fed, fed.answers.append)
    player.app.rig.start()
    for text in list(lines(5.0))[::25]:
        fed.send(text)
        player.until(lambda text=text: player.app.rig._latest == read_rig_line(text))  # type: ignore[misc]
        for _ in range(3):
            player.settle()
            player.app.step()
    fed.send(None)
    player.settle()
    view = player.app.context.perceived.view
    player.leave()
    commands = read_session(tmp_path).commands
    assert any(isinstance(one, c.Advance) for one in commands)
    assert fed.answers
    again = Session(case.world)
    for command in commands:
        again.do(command)
    assert again.view().handling.force_n == view.handling.force_n
    assert again.view().needle == view.needle
