"""Nothing needs a mouse, and nothing needs a keyboard: the frame of Tab, paths by arrows, clicks on bar and help."""

from __future__ import annotations

from collections.abc import Iterator

import pygame
import pytest

from simulator.gui.panels import top_bar
from simulator.gui.screens.help import HelpScreen
from simulator.gui.screens.reading import ReadingScreen
from simulator.interface import commands as c
from tests.gui.scripted import Hand, Scripted, after, first_view


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand(Scripted())
    yield hand
    hand.leave()


def with_needle(*commands: c.Command) -> Hand:
    view = first_view()
    for command in (c.PlaceSkinGrid(level="L3/4"), c.PlaceNeedle(), *commands):
        view = after(view, command, 9)
    return Hand(Scripted(view))


def framed(hand: Hand) -> str | None:
    at = hand.app.screen._frame.at
    return None if at is None else hand.app.screen._placed[at].label


def scanned(hand: Hand) -> ReadingScreen:
    hand.context.send(c.AcquirePlanningScan(levels=("L2", "L4")))
    hand.until(lambda: hand.context.perceived.scan("planning") is not None)
    hand.until(lambda: bool(hand.context.perceived.scan("planning").complete))
    hand.settle()
    screen = hand.app.screen
    assert isinstance(screen, ReadingScreen)
    return screen


@pytest.mark.parametrize("screen", ["briefing", "reading", "scout", "guidance", "injection", "menu", "stop", "tell"])
def test_tab_comes_to_every_button_and_round_again(hand: Hand, screen: str) -> None:
    hand.go(screen)
    count = len(hand.app.screen._placed)
    seen = []
    for _ in range(count):
        hand.tap(pygame.K_TAB)
        seen.append(hand.app.screen._frame.at)
    assert seen == list(range(count))
    hand.tap(pygame.K_TAB)
    assert hand.app.screen._frame.at == 0
    hand.tap(pygame.K_TAB, pygame.KMOD_SHIFT)
    assert hand.app.screen._frame.at == count - 1


def test_enter_presses_the_button_in_the_frame_again_and_again(hand: Hand) -> None:
    hand.go("reading")
    screen = hand.app.screen
    assert isinstance(screen, ReadingScreen)
    while framed(hand) != "+":
        hand.tap(pygame.K_TAB)
    for _ in range(3):
        hand.tap(pygame.K_RETURN)
    assert screen.state.level == 2


def test_the_frame_is_seen(hand: Hand) -> None:
    hand.go("briefing")
    hand.tap(pygame.K_TAB)
    area = hand.app.screen._placed[0].button.rect
    hand.app.draw()
    with_frame = hand.app.surface.get_at((area.centerx, area.top - 2))[:3]
    hand.tap(pygame.K_LEFT)
    hand.app.draw()
    assert framed(hand) is None
    assert hand.app.surface.get_at((area.centerx, area.top - 2))[:3] != with_frame


def test_any_other_key_gives_enter_back_to_what_stands_on_it() -> None:
    """Above all to stop an injection: who has begun to inject stops with Enter, wherever the frame was."""
    hand = with_needle(c.RemoveStylet(), c.DrawBlood(volume_ml=20.0))
    hand.go("injection")
    while framed(hand) != "Draw 20 mL":
        hand.tap(pygame.K_TAB)
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_i, mod=0, unicode="", scancode=0))
    hand.app.step()
    assert framed(hand) is None
    hand.tap(pygame.K_RETURN)
    hand.settle()
    assert hand.app.name == "injection", "nothing was asked about"
    assert hand.procedure is not None
    assert hand.procedure.names[-1] == "StopInjection"
    assert "DrawBlood" not in hand.procedure.names
    hand.leave()


def test_what_is_held_is_held_by_enter_too() -> None:
    hand = with_needle(c.RemoveStylet(), c.DrawBlood(volume_ml=20.0))
    hand.go("injection")
    while framed(hand) != "Hold to inject":
        hand.tap(pygame.K_TAB)
    for kind in (pygame.KEYDOWN, pygame.KEYUP):
        pygame.event.post(pygame.event.Event(kind, key=pygame.K_RETURN, mod=0, unicode="", scancode=0))
        hand.app.step()
        assert hand.app.screen.holds == (kind == pygame.KEYDOWN)
    hand.settle()
    assert hand.procedure is not None
    assert hand.procedure.names == ["InjectBlood", "StopInjection"]
    hand.leave()


def test_a_locked_button_in_the_frame_says_why() -> None:
    hand = with_needle()
    hand.go("guidance")
    while framed(hand) != "Aspirate":
        hand.tap(pygame.K_TAB)
    hand.tap(pygame.K_RETURN)
    assert hand.context.notices.notice == "The stylet is in: take it out first"
    hand.leave()


def test_arrows_move_the_cross_hair_begin_a_path_and_move_its_ends(hand: Hand) -> None:
    hand.go("reading")
    screen = scanned(hand)
    state, volume = screen.state, screen.volume()
    assert volume is not None
    row, column = state.row, state.column
    hand.tap(pygame.K_DOWN)
    hand.tap(pygame.K_RIGHT, pygame.KMOD_SHIFT)
    assert state.row == pytest.approx(row + 1.0 / volume.pixel_mm)
    assert state.column == pytest.approx(column + 10.0 / volume.pixel_mm)
    assert state.draft is None
    hand.tap(pygame.K_p)
    hand.tap(pygame.K_UP)
    assert state.draft is not None
    assert state.draft.target == (state.row, state.column)
    assert state.draft.entry.column == state.column
    assert state.draft.entry.row == volume.skin_row(state.index, state.column)
    hand.tap(pygame.K_RIGHT, pygame.KMOD_SHIFT)
    assert state.draft.entry.column == pytest.approx(state.column + 1.0 / volume.pixel_mm)
    hand.tap(pygame.K_BACKSPACE)
    assert state.draft is None, "with the tool that draws, the path is what is removed"


def test_without_a_scan_arrows_say_why(hand: Hand) -> None:
    hand.go("reading")
    hand.tap(pygame.K_UP)
    assert hand.context.notices.notice == "No scan has been opened"


def test_menu_and_help_open_by_a_click_on_the_bar(hand: Hand) -> None:
    hand.go("briefing")
    places = {name: area.center for name, _, _, area in top_bar.doors(hand.context, 1280)}
    assert set(places) == {"menu", "help"}
    hand.drag(places["help"], places["help"])
    assert hand.app.name == "help"
    hand.drag((640, 710), (640, 710))
    assert hand.app.name == "briefing", "a click beside the entries leads back"
    hand.drag(places["menu"], places["menu"])
    assert hand.app.name == "menu"


def test_a_click_on_an_entry_of_the_help_does_it() -> None:
    """What has a key and no button needs no keyboard either."""
    hand = with_needle(c.PressPedal())
    hand.go("guidance")
    hand.key(pygame.K_F1)
    help_screen = hand.app.screen
    assert isinstance(help_screen, HelpScreen)
    hand.app.draw()
    at = next(k for k, (cap, _) in enumerate(help_screen.entries) if cap == "L")
    place = help_screen._places[at].center
    hand.drag(place, place)
    assert hand.app.name == "guidance"
    assert hand.app.controls.tiles.measuring
    hand.leave()


def test_keys_that_come_in_one_turn_of_the_loop_are_all_taken(hand: Hand) -> None:
    """However slow a turn is: events wait in their queue, none is overwritten by the next."""
    hand.go("briefing")
    for code in (pygame.K_1, pygame.K_2, pygame.K_5, pygame.K_6, pygame.K_3):
        for kind in (pygame.KEYDOWN, pygame.KEYUP):
            pygame.event.post(pygame.event.Event(kind, key=code, mod=0, unicode="", scancode=0))
    hand.app.step()
    hand.settle()
    assert hand.procedure is not None
    assert hand.procedure.names == ["PositionPatient", "TimeOut", "AcquireMyelogram"]
