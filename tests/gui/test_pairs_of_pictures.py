"""Before and after: every press can be looked at again, pairs stay, and a difference shows what was gained."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pygame
import pytest

from simulator.gui.images.fluoroscopy_image import difference
from simulator.interface import commands as c
from tests.gui.scripted import Hand, Scripted, after, first_view
from tests.gui.text_on_screen import drawn


@pytest.fixture
def hand() -> Iterator[Hand]:
    view = first_view()
    for command in (c.PlaceNeedle(), c.RemoveStylet()):
        view = after(view, command, 9)
    hand = Hand(Scripted(view))
    hand.go("injection")
    yield hand
    hand.leave()


def _numbers(hand: Hand) -> tuple[int | None, int | None]:
    before, now = hand.app.screen._pair()
    return (None if before is None else before.number, None if now is None else now.entry.number)


def _give_and_look(hand: Hand, code: int) -> None:
    hand.key(code)
    hand.key(pygame.K_SPACE)


def test_the_picture_without_contrast_stays_beside_the_one_with_it(hand: Hand) -> None:
    hand.key(pygame.K_SPACE)
    _give_and_look(hand, pygame.K_c)
    assert _numbers(hand) == (0, 1)
    hand.key(pygame.K_SPACE)
    assert _numbers(hand) == (0, 2), "a further look at the same contrast has the same before"
    _give_and_look(hand, pygame.K_c)
    assert _numbers(hand) == (2, 3)


def test_before_stays_while_the_next_picture_is_computed(hand: Hand) -> None:
    hand.key(pygame.K_SPACE)
    _give_and_look(hand, pygame.K_c)
    procedure = hand.procedure
    assert procedure is not None
    procedure.picture_gate.clear()
    hand.tap(pygame.K_SPACE)
    hand.until(lambda: hand.app.worker.pending == 0)
    hand.app.draw()
    left, right = hand.app.screen._tiles
    for tile in (left, right):
        pixels = pygame.surfarray.array3d(hand.app.surface)[tile.left : tile.right, tile.top + 60 : tile.bottom]
        assert pixels.max(axis=2).std() > 5.0, "a picture stands there"


def test_all_presses_can_be_scrolled_back_and_forth(hand: Hand) -> None:
    for _ in range(5):
        hand.key(pygame.K_SPACE)
    for ordinal in (4, 3, 2, 1):
        hand.key(pygame.K_PAGEUP)
        assert hand.app.controls.tiles.ordinal == ordinal
    hand.key(pygame.K_PAGEUP)
    assert "no further press" in hand.context.notices.notice
    assert any("press 1 of 5" in line.text for line in drawn(hand.app)), "it is said that this is an old one"
    for _ in range(4):
        hand.key(pygame.K_PAGEDOWN)
    assert not hand.app.controls.tiles.looks_back
    hand.key(pygame.K_PAGEUP)
    hand.key(pygame.K_SPACE)
    assert hand.app.controls.tiles.ordinal == 6, "who presses sees the new picture"


def test_a_press_that_was_put_away_comes_again(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.gui.context.perceived.KEPT_PRESSES", 2)
    for _ in range(4):
        hand.key(pygame.K_SPACE)
    assert len(hand.context.perceived.presses) == 2
    for _ in range(3):
        hand.key(pygame.K_PAGEUP)
    tiles = hand.app.controls.tiles
    hand.until(lambda: tiles.press is not None)
    assert tiles.press.entry.number == 0
    assert hand.context.perceived.latest_press().entry.number == 3


def test_the_difference_is_what_was_gained(hand: Hand) -> None:
    hand.key(pygame.K_SPACE)
    hand.key(pygame.K_d)
    assert "no press before" in hand.context.notices.notice
    _give_and_look(hand, pygame.K_c)
    before, now = (hand.context.perceived.presses[number] for number in (0, 1))
    assert (difference(now, before, 1) == 10).all()  # each scripted press is brighter by ten
    hand.key(pygame.K_d)
    assert any(line.text == "GAIN" for line in drawn(hand.app))
    right = hand.app.screen._tiles[1]
    pixels = pygame.surfarray.array3d(hand.app.surface)[right.left + 40 : right.right - 90, right.centery, 0]
    assert np.ptp(pixels) <= 2, "an even gain is even grey, whatever lies below it"
    hand.key(pygame.K_d)
    assert any(line.text == "NOW" for line in drawn(hand.app))


def test_presses_after_the_blood_are_named_as_such(hand: Hand) -> None:
    hand.key(pygame.K_SPACE)
    hand.key(pygame.K_b)
    hand.context.send(c.InjectBlood(volume_ml=3.0))
    hand.settle()
    hand.key(pygame.K_SPACE)
    hand.key(pygame.K_SPACE)
    hand.key(pygame.K_PAGEUP)
    texts = [line.text for line in drawn(hand.app)]
    assert "press 1 of 3, nothing given" in texts
    assert "press 2 of 3, after 3.0 mL" in texts
