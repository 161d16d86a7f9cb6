"""Hands on a gamepad, and keys of one's own: press and release arrive, a lost gamepad lets go, a wrong file says so."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pygame
import pytest

from simulator.errors import UserInputError
from simulator.gui.input import gamepad as pad
from simulator.gui.input.key_remapping import read_key_bindings
from simulator.interface import commands as c
from tests.gui.scripted import Hand, Scripted, after, first_view


def with_needle() -> Scripted:
    view = first_view()
    for command in (c.PlaceSkinGrid(level="L3/4"), c.PlaceNeedle()):
        view = after(view, command, 9)
    return Scripted(view)


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand(with_needle())
    hand.go("guidance")
    yield hand
    hand.leave()


def button(hand: Hand, which: int, *, down: bool) -> None:
    kind = pygame.CONTROLLERBUTTONDOWN if down else pygame.CONTROLLERBUTTONUP
    pygame.event.post(pygame.event.Event(kind, button=which, instance_id=0))
    hand.app.step()


def press(hand: Hand, *which: int) -> None:
    for one in which:
        button(hand, one, down=True)
    for one in reversed(which):
        button(hand, one, down=False)
    hand.settle()


def axis(hand: Hand, which: int, value: float) -> None:
    event = pygame.event.Event(pygame.CONTROLLERAXISMOTION, axis=which, value=round(value * 32767), instance_id=0)
    pygame.event.post(event)
    hand.app.step()


def test_the_directional_pad_pushes_and_pulls(hand: Hand) -> None:
    press(hand, pad.DOWN)
    press(hand, pad.LB, pad.DOWN)
    press(hand, pad.RB, pad.DOWN)
    press(hand, pad.UP)
    assert hand.procedure.done == [
        c.Advance(distance_mm=1.0), c.Advance(distance_mm=2.0), c.Advance(distance_mm=5.0), c.Withdraw(distance_mm=1.0)
    ]  # fmt: skip


def test_a_flick_of_the_stick_is_one_step(hand: Hand) -> None:
    for value in (0.5, 0.9, 1.0, 0.95, 0.1):
        axis(hand, pad.LEFT_X, value)
    hand.settle()
    assert hand.procedure.names == ["Redirect"]
    axis(hand, pad.LEFT_X, 0.9)
    axis(hand, pad.LEFT_X, 0.0)
    hand.settle()
    assert hand.procedure.names == ["Redirect", "Redirect"]


def test_a_trigger_is_the_pedal_and_is_let_go_when_the_gamepad_goes(hand: Hand) -> None:
    axis(hand, pad.RIGHT_TRIGGER, 1.0)
    hand.until(lambda: "Wait" in hand.procedure.names)
    pygame.event.post(pygame.event.Event(pygame.CONTROLLERDEVICEREMOVED, instance_id=0))
    hand.app.step()
    hand.settle()
    assert hand.procedure.names[-1] == "ReleasePedal"
    assert not hand.context.perceived.view.console.pedal_down
    hand.turns(3)
    assert hand.procedure.names[-1] == "ReleasePedal"


def test_elsewhere_the_stick_points_and_a_presses(hand: Hand) -> None:
    hand.go("briefing")
    at = hand.placed("Prone").button.rect
    for _ in range(600):
        here = hand.app._gamepad.at or (640.0, 360.0)
        if at.collidepoint(here):
            break
        off = (at.centerx - here[0], at.centery - here[1])
        for which, away, near in ((pad.LEFT_X, off[0], 20), (pad.LEFT_Y, off[1], 8)):
            side = (away > 0) - (away < 0)
            axis(hand, which, side * (0.6 if abs(away) < 60 else 1.0) if abs(away) > near else 0.0)
    axis(hand, pad.LEFT_X, 0.0)
    axis(hand, pad.LEFT_Y, 0.0)
    hand.turns(3)
    press(hand, pad.A)
    hand.turns(3)
    hand.settle()
    assert hand.procedure.names == ["PositionPatient"]


def test_a_stick_near_its_middle_moves_the_pointer_slowly_enough_to_hit_a_point(hand: Hand) -> None:
    """In one turn of the loop never more than some pixels, however long the turn takes."""
    hand.go("briefing")
    moved = []
    for value in (1.0, 0.5, 0.3):
        axis(hand, pad.LEFT_X, 0.0)
        before = (hand.app._gamepad.at or (640.0, 360.0))[0]
        axis(hand, pad.LEFT_X, value)
        axis(hand, pad.LEFT_X, 0.0)
        moved.append((hand.app._gamepad.at or (640.0, 360.0))[0] - before)
    assert moved[0] > moved[1] > moved[2] == 0.0
    assert moved[1] < 4.0


def test_a_pedal_of_ones_own_presses_and_releases(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text('[keys]\nf13 = "space"\n')
    procedure = with_needle()
    hand = Hand(procedure)
    hand.app._bindings = read_key_bindings(file)
    hand.go("guidance")
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_F13, mod=0, unicode="", scancode=0))
    hand.until(lambda: "Wait" in procedure.names)
    pygame.event.post(pygame.event.Event(pygame.KEYUP, key=pygame.K_F13, mod=0, unicode="", scancode=0))
    hand.until(lambda: "ReleasePedal" in procedure.names)
    hand.settle()
    assert procedure.names[0] == "PressPedal"
    assert procedure.names[-1] == "ReleasePedal"
    hand.leave()


def test_the_numeric_pad_does_what_its_likes_do(hand: Hand) -> None:
    hand.key(pygame.K_KP_3)
    assert "Bone" in [p.label for p in hand.app.screen._placed if p.chosen]
    hand.key(pygame.K_KP_1)
    assert "Guide" in [p.label for p in hand.app.screen._placed if p.chosen]


def test_a_key_may_stand_for_one_of_the_numeric_pad(hand: Hand, tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text('[keys]\nf13 = "keypad 3"\n')
    hand.app._bindings = read_key_bindings(file)
    hand.key(pygame.K_F13)
    assert "Bone" in [p.label for p in hand.app.screen._placed if p.chosen]


def test_a_file_of_keys_is_read_without_a_word_of_the_library(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text('[keys]\nf13 = "space"\n')
    pygame.display.quit()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_key_bindings(file) == {pygame.K_F13: pygame.K_SPACE}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[keys]\nF13 = "space"\nf13 = "b"\n', "named twice"),
        ('[keys]\nf13 = "nonsense"\n', "no key of this name"),
        ('[keys]\nnonsense = "space"\n', "no key of this name"),
        ("[keys]\nf13 = 5\n", "no name of a key"),
        ('[keys]\nf13 = "space"\nf14 = "space"\n', "another key stands for"),
        ('[pedals]\nf13 = "space"\n', "no table of the name"),
        ("nothing\n", "no TOML"),
        ("", "no table of keys"),
        ("[keys]\n" + "# much\n" * 20_000, "larger than 100 kB"),
    ],
)
def test_a_wrong_file_of_keys_is_one_message(tmp_path: Path, text: str, said: str) -> None:
    pygame.display.init()
    file = tmp_path / "keys.toml"
    file.write_text(text)
    with pytest.raises(UserInputError) as fault:
        read_key_bindings(file)
    assert said in str(fault.value)
    with pytest.raises(UserInputError):
        read_key_bindings(tmp_path / "none.toml")
