"""What the expert does from here, and playing on from a press, in the debrief."""

from __future__ import annotations

from collections.abc import Iterator

import pygame
import pytest

from simulator.gui.screens.debrief import DebriefScreen
from simulator.interface import commands as c
from tests.gui.scripted import Hand, Scripted


@pytest.fixture
def procedure() -> Scripted:
    return Scripted()


@pytest.fixture
def hand(procedure: Scripted) -> Iterator[Hand]:
    hand = Hand(procedure)
    hand.to_debrief(c.PlaceNeedle(), c.PressPedal(), c.PressPedal(), c.Advance(distance_mm=3.0), c.PressPedal())
    yield hand
    procedure.end_gate.set()
    hand.leave()


def screen(hand: Hand) -> DebriefScreen:
    found = hand.app.screen
    assert isinstance(found, DebriefScreen)
    return found


def test_the_expert_goes_on_from_the_advice_that_was_chosen(hand: Hand, procedure: Scripted) -> None:
    hand.key(pygame.K_d)
    hand.texts()
    hand.key(pygame.K_2)
    hand.key(pygame.K_e)
    hand.until(lambda: hand.context.session.other_end is not None)
    assert procedure.ends == [1]
    shown = hand.texts()
    assert "61.5 of 100" in shown
    assert "94.0 of 100" in shown
    assert "step 1 of the expert" in shown
    hand.key(pygame.K_e)
    assert "94.0 of 100" not in hand.texts(), "the same key puts it away"
    hand.key(pygame.K_e)
    hand.texts()
    assert procedure.ends == [1], "what is known is not computed again"


def test_the_expert_goes_on_after_the_press_that_was_scrubbed_to(hand: Hand, procedure: Scripted) -> None:
    strip = screen(hand)._strip
    hand.drag((strip.centerx, strip.centery), (strip.left + 13, strip.centery))
    hand.key(pygame.K_e)
    hand.until(lambda: hand.context.session.other_end is not None)
    done = [one.command for one in hand.context.session.done]
    first = procedure.ends[0] - 1
    assert done[first] == c.PressPedal(), "the second press follows the first one"
    assert sum(isinstance(command, c.PressPedal) for command in done[:first]) == 1


def test_all_of_the_experts_commands_can_be_reached(hand: Hand) -> None:
    hand.key(pygame.K_d)
    hand.texts()
    hand.key(pygame.K_1)
    hand.key(pygame.K_e)
    hand.until(lambda: hand.context.session.other_end is not None)
    seen = ""
    for _ in range(64):
        seen += hand.texts()
        hand.wheel(screen(hand)._moments.center, -1)
    assert all(f"step {k + 1} of the expert" in seen for k in range(60))


def test_it_can_be_given_up_and_another_one_asked_for(hand: Hand, procedure: Scripted) -> None:
    procedure.end_gate.clear()
    hand.key(pygame.K_d)
    hand.texts()
    hand.key(pygame.K_1)
    hand.key(pygame.K_e)
    hand.until(lambda: procedure.ends == [2])
    assert "The expert treats the same patient" in hand.texts()
    hand.key(pygame.K_e)
    assert "The expert treats the same patient" not in hand.texts(), "nobody does any more"
    hand.key(pygame.K_2)
    hand.key(pygame.K_e)
    hand.until(lambda: procedure.ends == [2, 1])
    assert hand.context.session.other_end is None
    procedure.end_gate.set()
    hand.until(lambda: hand.context.session.other_end is not None)
    assert hand.context.session.other_end is not None
    assert hand.context.session.other_end.number == 1
    assert hand.context.session.other_end_of is None


def test_closing_the_window_does_not_wait_for_the_expert(hand: Hand, procedure: Scripted) -> None:
    procedure.end_gate.clear()
    hand.key(pygame.K_d)
    hand.texts()
    hand.key(pygame.K_1)
    hand.key(pygame.K_e)
    hand.until(lambda: bool(procedure.ends))
    hand.context.worker.stop()
    assert hand.context.worker.stopped


def test_one_plays_on_from_the_press_that_is_shown(hand: Hand, procedure: Scripted) -> None:
    strip = screen(hand)._strip
    hand.drag((strip.centerx, strip.centery), (strip.left + 13, strip.centery))
    hand.key(pygame.K_f)
    hand.until(lambda: hand.app.name == "guidance")
    hand.turns(3)
    assert procedure.closed.wait(10.0)
    assert len(hand.context.perceived.history.presses) == 1
    assert hand.context.session.assisted
    hand.procedure = procedure.branched
