"""The debrief goes on: advice leads to its press, presses are scrubbed and played, and no note is cut."""

from __future__ import annotations

from collections.abc import Iterator

import pygame
import pytest

from simulator.gui.panels import debrief_timeline
from simulator.gui.screens.debrief import DebriefScreen
from simulator.interface import commands as c
from tests.gui import made_up
from tests.gui.scripted import Hand, Scripted


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand(Scripted())
    hand.to_debrief(c.PlaceNeedle(), c.PressPedal(), c.PressPedal(), c.Wait(duration_s=5.0), c.PressPedal())
    yield hand
    hand.leave()


def screen(hand: Hand) -> DebriefScreen:
    found = hand.app.screen
    assert isinstance(found, DebriefScreen)
    return found


def test_advice_leads_to_its_press(hand: Hand) -> None:
    hand.key(pygame.K_d)
    assert "Look before each of the last millimetres." in hand.texts()
    hand.key(pygame.K_1)
    assert "press 1 of 3" in hand.texts()
    hand.key(pygame.K_y)
    place, line = screen(hand)._places[0]
    assert line.image == 1
    hand.drag(place.center, place.center)
    assert "press 1 of 3" in hand.texts()


def test_the_line_below_the_image_is_scrubbed(hand: Hand) -> None:
    strip = screen(hand)._strip
    hand.drag((strip.centerx, strip.centery), (strip.right - 14, strip.centery))
    assert "press 3 of 3" in hand.texts()
    hand.drag((strip.centerx, strip.centery), (strip.left + 13, strip.centery))
    assert "press 1 of 3" in hand.texts()


def test_presses_play_one_after_another_and_stop_at_the_last(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debrief_timeline, "SHOWN_S", 0.0)
    tiles = screen(hand)._tiles
    seen: list[int] = []
    show = tiles.show_ordinal

    def noting(ordinal: int) -> None:
        seen.append(ordinal)
        show(ordinal)

    monkeypatch.setattr(tiles, "show_ordinal", noting)
    hand.tap(pygame.K_SPACE)
    hand.turns(6)
    assert seen == [1, 2, 3]
    assert tiles.ordinal == 3
    assert not screen(hand)._timeline.playing


def test_every_word_of_a_note_can_be_read(hand: Hand) -> None:
    whole = made_up.debrief().components
    found = ""
    for _ in whole:
        found += hand.texts()
        hand.wheel(screen(hand)._components.center, -1)
    assert "…" not in found
    for part in whole:
        assert part.name in found
    assert found.count("least distance from tip to dura") >= 3 * len(whole)
