"""The next step: always one that can be done, on the screen that is named, marked there with one line why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pygame

from simulator.gui.drawing import theme
from simulator.gui.input.next_step import next_step
from simulator.gui.input.user_action import StepMark
from simulator.interface import commands as c
from simulator.spatial.frames import TablePoint
from tests.gui.scripted import Hand, Scripted
from tests.gui.text_on_screen import drawn

PLAN = c.PlanPath(
    approach="paramedian interlaminar",
    side="right",
    entry_mm=TablePoint(-20.0, 60.0, 0.0),
    target_mm=TablePoint(0.0, 15.0, 0.0),
)
DOES: dict[StepMark, Callable[[], tuple[c.Command, ...]]] = {
    StepMark.POSITION: lambda: (c.PositionPatient(),),
    StepMark.TIME_OUT: lambda: (c.TimeOut(),),
    StepMark.MYELOGRAM: lambda: (c.AcquireMyelogram(),),
    StepMark.LEAK: lambda: (c.MarkLeak(level="L3/4"),),
    StepMark.GRID: lambda: (c.PlaceSkinGrid(level="L3/4"),),
    StepMark.PLANNING_SCAN: lambda: (c.AcquirePlanningScan(levels=("L3", "L4")),),
    StepMark.PATH: lambda: (PLAN,),
    StepMark.ARM_LINE: lambda: (c.LayArmLine(),),
    StepMark.SKIN: lambda: (c.PrepareSkin(),),
    StepMark.ANAESTHETIC: lambda: (c.InjectLocalAnaesthetic(),),
    StepMark.PLACE: lambda: (c.PlaceNeedle(),),
    StepMark.ADVANCE: lambda: (c.Advance(distance_mm=5.0),),
    StepMark.PRESS: lambda: (c.PressPedal(),),
    StepMark.STYLET: lambda: (c.RemoveStylet(),),
    StepMark.ASPIRATE: lambda: (c.Aspirate(),),
    StepMark.TEST: lambda: (c.InjectContrast(),),
    StepMark.DRAW: lambda: (c.DrawBlood(),),
    StepMark.MIX: lambda: (c.MixContrast(),),
    StepMark.INJECT: lambda: (c.InjectBlood(volume_ml=5.0),),
    StepMark.NEEDLE_OUT: lambda: (c.Withdraw(distance_mm=130.0),),
    StepMark.CONTROL_SCAN: lambda: (c.AcquireControlScan(),),
    StepMark.LEGS: lambda: (c.AskPatient(about="legs and bladder"),),
    StepMark.AFTERCARE: lambda: (c.OrderAftercare(),),
    StepMark.FINISH: lambda: (c.Finish(),),
}
NEEDS_A_HAND = (StepMark.LEAK, StepMark.GRID, StepMark.PATH, StepMark.PLACE)
"""Locked until the level was counted or the path drawn, which no command does."""


def _rim(hand: Hand, mark: StepMark) -> bool:
    """Whether the button of a step has its rim on the screen."""
    placed = next(p for p in hand.app.screen._placed if p.action.mark is mark)
    hand.app.draw()
    at = (placed.button.rect.centerx, placed.button.rect.top - 2)
    return tuple(hand.app.surface.get_at(at))[:3] == theme.OK


def test_following_the_next_step_leads_from_the_briefing_to_the_end() -> None:
    hand = Hand(Scripted())
    marks = []
    for _ in range(80):
        step = next_step(hand.context)
        if step is None:
            break
        marks.append(step.mark)
        hand.go(step.screen)
        here = next_step(hand.context)
        assert here is not None
        assert here.mark is step.mark
        placed = [p for p in hand.app.screen._placed if p.action.mark is step.mark]
        assert placed or hand.app.screen.drawn_marks(step.mark), f"{step.mark} has no place on {step.screen}"
        if placed and step.mark not in NEEDS_A_HAND:
            assert placed[0].action.why_not() is None, f"{step.mark}: {placed[0].action.why_not()}"
        assert step.words
        assert step.why.endswith(".")
        for command in DOES[step.mark]():
            hand.context.send(command)
            hand.settle()
        if step.mark is StepMark.AFTERCARE:
            hand.procedure.now = replace(hand.procedure.now, phase="aftercare")
            hand.context.perceived.history.take(None, hand.procedure.now)
    assert marks[-1] is StepMark.FINISH
    order = list(dict.fromkeys(marks))
    assert order.index(StepMark.TIME_OUT) < order.index(StepMark.PLACE) < order.index(StepMark.TEST)
    assert order.index(StepMark.TEST) < order.index(StepMark.INJECT) < order.index(StepMark.NEEDLE_OUT)
    assert marks.count(StepMark.PRESS) >= 3, "it is looked at on the way, after the contrast and between the blood"
    hand.leave()


def test_it_is_marked_and_free_mode_leaves_it_out() -> None:
    hand = Hand(Scripted())
    assert _rim(hand, StepMark.POSITION)
    assert not _rim(hand, StepMark.TIME_OUT)
    assert any(line.text.startswith("Next: Lay the patient prone") for line in drawn(hand.app))
    hand.key(pygame.K_1)
    assert _rim(hand, StepMark.TIME_OUT)
    hand.key(pygame.K_ESCAPE)
    hand.key(pygame.K_g)
    hand.key(pygame.K_RETURN)
    assert not _rim(hand, StepMark.TIME_OUT)
    assert not any(line.text.startswith("Next:") for line in drawn(hand.app))
    hand.leave()


def test_a_step_of_another_screen_names_the_way_there() -> None:
    hand = Hand(Scripted())
    hand.go("guidance")
    step = next_step(hand.context)
    assert step is not None
    assert step.words.startswith("F9, then lay the patient")
    hand.leave()
