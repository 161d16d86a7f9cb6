"""The next step: always one that can be done, on the screen that is named, marked there with one line why."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pygame
import pytest

from simulator.gui.drawing import theme
from simulator.gui.input.next_step import next_step
from simulator.gui.input.user_action import StepMark
from simulator.interface import commands as c
from simulator.spatial.frames import TablePoint
from simulator.vocabulary.levels import Interspace
from simulator.vocabulary.procedure import HubSign
from tests.gui.scripted import Hand, Scripted, first_view
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
    StepMark.ADVANCE_FAR: lambda: (c.Advance(distance_mm=5.0),),
    StepMark.ADVANCE: lambda: (c.Advance(distance_mm=1.0),),
    StepMark.PRESS: lambda: (c.PressPedal(),),
    StepMark.BEVEL: lambda: (c.RotateBevel(angle_deg=180.0),),
    StepMark.STYLET: lambda: (c.RemoveStylet(),),
    StepMark.RESISTANCE: lambda: (c.TestResistance(),),
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
    hand.procedure.gives_from_mm = 50.0
    marks = []
    for _ in range(120):
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
        stylet_in = step.mark is StepMark.STYLET and not hand.context.perceived.view.needle.stylet_in
        for command in (c.ReplaceStylet(),) if stylet_in else DOES[step.mark]():
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
    assert hand.context.perceived.history.needle.depth_mm == 0.0
    pushed = [one for one in hand.procedure.done if isinstance(one, c.Advance | c.RemoveStylet | c.ReplaceStylet)]
    for before, push in itertools.pairwise(pushed):
        assert not (isinstance(push, c.Advance) and isinstance(before, c.RemoveStylet)), "never with an open bore"
    hand.leave()


def _at_the_end(*, gives: bool = True) -> Hand:
    """A needle at the end of a plan of 49.2 mm, looked at, its stylet out."""
    hand = Hand(Scripted())
    hand.procedure.gives_from_mm = 0.0 if gives else 90.0
    hand.procedure.now = replace(
        hand.procedure.now, handling=replace(hand.procedure.now.handling, force_n=(2.0, 2.0, 2.0, 2.0, 2.0, 2.0))
    )
    _send(hand, PLAN, c.PlaceNeedle(), c.Advance(distance_mm=48.0), c.PressPedal(), c.RemoveStylet())
    return hand


def _send(hand: Hand, *commands: c.Command) -> None:
    for command in commands:
        hand.context.send(command)
        hand.settle()


def _next(hand: Hand) -> StepMark:
    found = next_step(hand.context)
    assert found is not None
    return found.mark


def test_a_firm_plunger_leads_on_by_a_millimetre_with_the_stylet_in() -> None:
    hand = _at_the_end(gives=False)
    assert _next(hand) is StepMark.RESISTANCE
    _send(hand, c.TestResistance())
    assert _next(hand) is StepMark.STYLET
    _send(hand, c.ReplaceStylet())
    assert _next(hand) is StepMark.ADVANCE
    _send(hand, c.Advance(distance_mm=1.0))
    assert _next(hand) is StepMark.PRESS


def test_at_the_plans_end_contrast_decides_though_the_plunger_is_firm() -> None:
    """Beside a collection it may be firm in the space itself."""
    hand = _at_the_end(gives=False)
    _send(hand, c.ReplaceStylet(), c.Advance(distance_mm=1.0), c.PressPedal(), c.RemoveStylet(), c.TestResistance())
    assert _next(hand) is StepMark.ASPIRATE
    _send(hand, c.Aspirate())
    assert _next(hand) is StepMark.TEST
    _send(hand, c.ReplaceStylet(), c.Advance(distance_mm=3.0), c.PressPedal(), c.RemoveStylet(), c.TestResistance())
    found = next_step(hand.context)
    assert found is not None
    assert found.words.startswith("No further: draw back"), "it is not led on for ever"
    hand.leave()


def test_a_firm_plunger_after_the_force_gave_leads_no_further() -> None:
    hand = _at_the_end(gives=False)
    handling = hand.procedure.now.handling
    _send(hand, c.Withdraw(distance_mm=1.0), c.ReplaceStylet())
    hand.procedure.now = replace(hand.procedure.now, handling=replace(handling, force_n=(1.9, 0.8)))
    _send(hand, c.Advance(distance_mm=1.0), c.PressPedal(), c.RemoveStylet(), c.TestResistance())
    assert _next(hand) is StepMark.ASPIRATE
    hand.leave()


def test_the_bevel_is_turned_between_pushes_and_no_push_leads_into_the_last_part() -> None:
    hand = Hand(Scripted())
    _send(hand, PLAN, c.PlaceNeedle(), c.Advance(distance_mm=5.0))
    assert _next(hand) is StepMark.BEVEL
    _send(hand, c.RotateBevel(angle_deg=180.0))
    assert _next(hand) is StepMark.ADVANCE_FAR
    _send(hand, c.Advance(distance_mm=28.0), c.RotateBevel(angle_deg=180.0), c.PressPedal())
    assert _next(hand) is StepMark.ADVANCE, "16 mm before the end, where 5 mm would end in the last 12"
    hand.leave()


def test_a_give_before_the_plans_end_stops_the_needle() -> None:
    hand = _at_the_end()
    _send(hand, c.Withdraw(distance_mm=6.0), c.ReplaceStylet(), c.RotateBevel(angle_deg=180.0), c.PressPedal())
    assert _next(hand) is StepMark.ADVANCE
    handling = hand.procedure.now.handling
    hand.procedure.now = replace(hand.procedure.now, handling=replace(handling, force_n=(1.9, 0.8)))
    _send(hand, c.Advance(distance_mm=1.0))
    assert _next(hand) is StepMark.PRESS
    _send(hand, c.PressPedal())
    assert _next(hand) is StepMark.STYLET, "it is asked what was reached, and not pushed on"
    hand.leave()


@pytest.mark.parametrize(
    ("came", "mark"),
    [(HubSign.NOTHING, StepMark.TEST), (HubSign.CLEAR, StepMark.TEST), (HubSign.BLOOD, StepMark.WITHDRAW)],
)
def test_what_is_aspirated_decides(came: HubSign, mark: StepMark) -> None:
    hand = _at_the_end()
    hand.procedure.on_aspiration = came
    _send(hand, c.TestResistance())
    assert _next(hand) is StepMark.ASPIRATE
    _send(hand, c.Aspirate())
    assert _next(hand) is mark
    hand.leave()


def test_contrast_that_hurts_leads_to_no_blood() -> None:
    hand = _at_the_end()
    _send(hand, c.TestResistance(), c.Aspirate())
    said = replace(hand.procedure.now.patient, words="That is beginning to hurt.", words_at_ms=1)
    hand.procedure.now = replace(hand.procedure.now, patient=said)
    _send(hand, c.InjectContrast(volume_ml=0.5))
    assert _next(hand) is StepMark.PRESS
    _send(hand, c.PressPedal())
    assert _next(hand) is StepMark.STYLET
    _send(hand, c.ReplaceStylet())
    assert _next(hand) is StepMark.ADVANCE
    _send(hand, c.Advance(distance_mm=1.0), c.PressPedal())
    assert _next(hand) is StepMark.STYLET, "it begins anew where the needle stands now"
    hand.leave()


def test_a_word_before_three_millilitres_is_waited_out_and_one_after_them_is_the_end() -> None:
    hand = _at_the_end()
    _send(hand, c.TestResistance(), c.Aspirate(), c.InjectContrast(volume_ml=0.5), c.PressPedal(), c.DrawBlood())
    _send(hand, c.MixContrast(volume_ml=1.0), c.InjectBlood(volume_ml=1.0))

    def says(words: str) -> None:
        patient = replace(hand.procedure.now.patient, words=words, words_at_ms=hand.procedure.now.elapsed_ms)
        hand.procedure.now = replace(hand.procedure.now, patient=patient)

    says("I feel a pressure in my back.")
    _send(hand, c.InjectBlood(volume_ml=0.5))
    assert _next(hand) is StepMark.ASK
    says("I am all right.")
    _send(hand, c.AskPatient())
    assert _next(hand) is StepMark.INJECT
    _send(hand, c.InjectBlood(volume_ml=2.0))
    says("I feel a pressure in my back, just there.")
    _send(hand, c.AskPatient())
    assert _next(hand) is StepMark.INJECT, "who is asked feels some pressure long before a word of their own"
    says("I feel a pressure in my back.")
    _send(hand, c.InjectBlood(volume_ml=0.2))
    assert _next(hand) is StepMark.NEEDLE_OUT
    hand.leave()


def test_a_locked_button_marks_what_unlocks_it() -> None:
    plain = first_view()
    hand = Hand(Scripted(replace(plain, case=replace(plain.case, requested_level=Interspace.L3_4))))
    _send(hand, c.PositionPatient(), c.TimeOut(), c.AcquireMyelogram())
    hand.go("reading")
    assert _next(hand) is StepMark.LEAK
    assert _rim(hand, StepMark.LEVEL)
    assert not _rim(hand, StepMark.LEAK)
    state = hand.app.screen.state
    state.level = 0
    assert _rim(hand, StepMark.LEVEL), "a level is set, but not the one that is asked for"
    assert not _rim(hand, StepMark.LEAK)
    state.level = hand.app.screen._leak.interspaces().index(Interspace.L3_4)
    assert _rim(hand, StepMark.LEAK)
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
