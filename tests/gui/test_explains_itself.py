"""Every button tells what it does or why it does nothing: under the mouse, and below without it."""

from __future__ import annotations

from collections.abc import Iterator

import pygame
import pytest

from simulator.interface import commands as c
from tests.gui.scripted import Hand, Scripted, after, first_view
from tests.gui.text_on_screen import drawn


@pytest.fixture(scope="module")
def hand() -> Iterator[Hand]:
    view = first_view()
    for command in (c.PlaceSkinGrid(level="L3/4"), c.PlaceNeedle()):
        view = after(view, command, 9)
    hand = Hand(Scripted(view))
    yield hand
    hand.leave()


@pytest.mark.parametrize(
    ("screen", "words", "said"),
    [
        ("guidance", "Aspirate", "The stylet is in: take it out first"),  # locked
        ("guidance", "Wait", "The simulated clock moves"),  # can be pressed from the start
        ("guidance", "Guide", "Guide window"),  # chosen
        ("injection", "Hold to inject", "Draw blood first"),
        ("reading", "Control", "This scan has not been taken"),
        ("briefing", "Consent", "Whether the time-out checks it"),
    ],
)
def test_words_appear_where_the_mouse_rests(hand: Hand, screen: str, words: str, said: str) -> None:
    hand.go("menu")
    hand.go(screen)
    button = hand.rest_on(words)
    assert button.tool_tip is not None, "no words came"
    assert button.tool_tip_text.startswith(said)


def test_a_reason_that_no_longer_holds_goes(hand: Hand) -> None:
    hand.go("menu")
    hand.go("guidance")
    button = hand.rest_on("Aspirate")
    hand.key(pygame.K_v)
    assert button.tool_tip is None or "stylet is in" not in button.tool_tip_text
    hand.key(pygame.K_v)


def test_no_key_and_no_mark_lies_over_the_words(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    hand.go("menu")
    hand.go("reading")
    words = hand.rest_on("Skin grid").tool_tip
    assert words is not None
    area = pygame.Rect(words.rect).clip(hand.app.surface.get_rect())
    under = [placed for placed in hand.app.screen._placed if placed.action.key and placed.button.rect.colliderect(area)]
    assert under, "no key lies below, so that this shows nothing"

    def picture() -> bytes:
        hand.app.draw()
        return pygame.image.tobytes(hand.app.surface.subsurface(area), "RGB")

    with_keys = picture()
    monkeypatch.setattr(type(hand.app.screen), "_draw_keys", lambda self, target: None)
    assert with_keys == picture()


@pytest.mark.parametrize("screen", ["guidance", "injection", "reading"])
def test_reasons_stand_below_without_the_mouse(hand: Hand, screen: str) -> None:
    hand.go(screen)
    pygame.mouse.set_pos((5, 5))
    hand.context.notices.hush()
    text = " ".join(line.text for line in drawn(hand.app))
    assert "Not now:" in text
    reasons = [reason for reason, _ in hand.app.screen.reasons()]
    assert reasons
    shown = [reason for reason in reasons if reason[1:] in text]
    assert shown, reasons
    assert len(shown) == len(reasons) or "more" in text.split("Not now:")[1]


def test_a_click_on_a_locked_button_says_why(hand: Hand) -> None:
    hand.go("guidance")
    at = hand.placed("Aspirate").button.rect.center
    hand.drag(at, at)
    assert hand.context.notices.notice == "The stylet is in: take it out first"


@pytest.mark.parametrize("screen", ["briefing", "reading", "guidance", "injection", "menu"])
def test_every_button_has_words_for_the_mouse(hand: Hand, screen: str) -> None:
    """But for those whose own words are all that there is to say."""
    hand.go(screen)
    silent = [p.label for p in hand.app.screen._placed if p.hint is None and len(p.label.split()) < 3]
    assert silent in ([], ["Injection"]), silent


def test_a_sentence_goes_when_something_else_is_done(hand: Hand) -> None:
    hand.go("guidance")
    hand.key(pygame.K_f)
    assert "stylet" in hand.context.notices.notice
    hand.key(pygame.K_t)
    assert hand.context.notices.notice == ""
    hand.key(pygame.K_f)
    hand.go("injection")
    assert hand.context.notices.notice == ""


def test_a_sentence_does_not_stand_for_ever(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.gui.context.notices.NOTICE_S", 0.05)
    hand.context.notices.say("Something")
    hand.until(lambda: hand.context.notices.notice == "")
