"""The tutorial goes on by itself when a step was done, its questions by their right answer, and its words fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pygame
import pytest

from simulator.gui.context.teaching_state import TutorialState
from simulator.gui.input.tutorial import LESSONS, lesson
from simulator.gui.panels import tutorial_card
from simulator.interface import commands as c
from simulator.spatial.frames import TablePoint
from tests.gui.scripted import Hand, Scripted
from tests.gui.text_on_screen import cut, drawn, overlaps


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand(Scripted())
    hand.context.teaching.tutorial = TutorialState()
    hand.app.step()
    hand.go("menu")
    hand.go("briefing")
    yield hand
    hand.leave()


def _title(hand: Hand) -> str:
    present = lesson(hand.context.teaching)
    return "" if present is None else present.title


def _send(hand: Hand, *commands: c.Command) -> None:
    for command in commands:
        hand.context.send(command)
        hand.settle()
    hand.turns(2)


def test_a_whole_tutorial_is_noticed_step_by_step(hand: Hand) -> None:
    seen = [_title(hand)]

    def now() -> str:
        hand.turns(2)
        if _title(hand) != seen[-1]:
            seen.append(_title(hand))
        return seen[-1]

    hand.key(pygame.K_1)
    assert now() == "Before the first image", "not done by half of it"
    hand.key(pygame.K_2)
    assert now() == "The myelogram"
    hand.key(pygame.K_3)
    assert now() == "The leak, the grid, the scan"
    _send(hand, c.MarkLeak(level="L3/4"), c.PlaceSkinGrid(level="L3/4"), c.AcquirePlanningScan(levels=("L3", "L4")))
    assert now() == "The path"
    entry, target = TablePoint(-20.0, 60.0, 0.0), TablePoint(0.0, 15.0, 0.0)
    _send(hand, c.PlanPath(approach="paramedian interlaminar", side="right", entry_mm=entry, target_mm=target))
    assert now() == "Skin and needle"
    _send(hand, c.LayArmLine(), c.PrepareSkin(), c.InjectLocalAnaesthetic(), c.PlaceNeedle())
    assert now() == "Console and pedal"
    hand.key(pygame.K_SPACE)
    assert now() == "Look closer without dose"
    hand.key(pygame.K_2)
    assert now() == "Step and shoot"
    for _ in range(4):
        hand.key(pygame.K_DOWN, pygame.KMOD_CTRL)
    assert now() == "Step and shoot", "a push without a look is not step and shoot"
    hand.key(pygame.K_SPACE)
    assert now() == "Where is the tip?"
    hand.key(pygame.K_1, pygame.KMOD_CTRL)
    assert now() == "Where is the tip?", "a wrong answer does not go on"
    assert any("Look again" in line.text for line in drawn(hand.app))
    for _ in range(2):
        hand.key(pygame.K_2, pygame.KMOD_CTRL)
    assert now() == "Find the slice of the tip"
    at_first_mm = hand.procedure.now.console.table_mm
    moved = replace(hand.procedure.now, console=replace(hand.procedure.now.console, table_mm=6.0))
    hand.procedure.now = moved
    hand.key(pygame.K_RIGHTBRACKET)
    hand.key(pygame.K_SPACE)
    assert now() == "Find the slice of the tip", "the table is moved back, too"
    hand.procedure.now = replace(hand.procedure.now, console=replace(hand.procedure.now.console, table_mm=at_first_mm))
    hand.key(pygame.K_LEFTBRACKET)
    assert now() == "The needle's artefact"
    for _ in range(2):
        hand.key(pygame.K_2, pygame.KMOD_CTRL)
    assert now() == "To the end of the plan"
    for _ in range(6):
        hand.key(pygame.K_DOWN, pygame.KMOD_CTRL)
    hand.key(pygame.K_SPACE)
    assert now() == "Loss of resistance"
    _send(hand, c.RemoveStylet())
    assert now() == "Loss of resistance", "not before the plunger was asked"
    _send(hand, c.TestResistance())
    assert now() == "False loss of resistance"
    hand.key(pygame.K_TAB)
    assert now() == "Test contrast"
    _send(hand, c.InjectContrast(volume_ml=0.5))
    assert now() == "Test contrast", "not before it was looked at"
    hand.go("injection")
    hand.key(pygame.K_SPACE)
    assert now() == "Test contrast", "not before it was decided what it shows"
    _send(hand, c.DrawBlood())
    assert now() == "Stop at the first word", (
        hand.context.notices.notice,
        hand.context.perceived.history.given.at_press_ml,
        hand.procedure.names[-4:],
    )
    _send(hand, c.InjectBlood(volume_ml=20.0))
    assert now() == "Needle out"
    _send(hand, c.Withdraw(distance_mm=130.0))
    assert now() == "Needle out", "not before the control scan"
    _send(hand, c.AcquireControlScan())
    assert now() == "What the patient leaves with"
    _send(hand, c.Finish())
    assert now() == ""
    assert seen == [one.title for one in LESSONS] + [""]


def test_a_held_pedal_is_not_let_go_by_the_next_step(hand: Hand) -> None:
    hand.context.teaching.tutorial.step = next(k for k, one in enumerate(LESSONS) if one.title == "Console and pedal")
    _send(hand, c.PlaceNeedle())
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_SPACE, mod=0, unicode="", scancode=0))
    hand.until(lambda: hand.procedure.names.count("Wait") >= 2)
    assert "ReleasePedal" not in hand.procedure.names
    pygame.event.post(pygame.event.Event(pygame.KEYUP, key=pygame.K_SPACE, mod=0, unicode="", scancode=0))
    hand.settle()
    assert hand.procedure.names[-1] == "ReleasePedal"


@pytest.mark.parametrize("size", [(1280, 720), (1600, 900), pytest.param((3840, 2160), marks=pytest.mark.slow)])
def test_every_word_of_the_tutorial_fits(hand: Hand, size: tuple[int, int]) -> None:
    pygame.event.post(pygame.event.Event(pygame.VIDEORESIZE, w=size[0], h=size[1], size=size))
    hand.app.step()
    context = hand.context
    room = (
        tutorial_card.answers_left(context) - tutorial_card.card_area(context).left - context.display.scale.px(14) - 12
    )
    for one in LESSONS:
        for words in (one.words, one.after):
            lines = context.display.type.wrapped(words, tutorial_card.SIZE, room) if words else []
            assert len(lines) <= 2, f"{one.title}: {lines[2:]}"
    for screen in ("briefing", "reading", "guidance", "injection"):
        for step in (0, next(k for k, one in enumerate(LESSONS) if one.answers)):
            context.teaching.tutorial.step = step
            hand.go("menu")
            hand.go(screen)
            hand.turns(2)
            lines = drawn(hand.app)
            assert cut(lines, pygame.Rect(0, 0, *size)) == []
            assert overlaps(lines) == []
            texts = {line.text for line in lines}
            assert any(text.startswith(f"Tutorial {step + 1}") for text in texts)
