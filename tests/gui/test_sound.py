"""Sound: off by default, a tone while the beam is on, the patient's words; a machine without a device is no fault."""

from __future__ import annotations

from collections.abc import Iterator

import pygame
import pytest

from simulator.gui.sound import room_sound, voice
from simulator.gui.sound.room_sound import RATE_HZ, RoomSound, wave
from simulator.gui.sound.voice import voice_command
from tests.gui.scripted import Hand, Scripted, first_view


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand(Scripted(first_view(prepared=("skin grid",))))
    yield hand
    hand.app._sound.close()
    hand.leave()


def test_it_is_silent_until_it_is_asked_for(hand: Hand) -> None:
    hand.go("reading")
    hand.tap(pygame.K_SPACE)
    assert pygame.mixer.get_init() is None, "no device is taken"
    assert not hand.app._sound.on


def test_the_tone_sounds_as_long_as_the_beam_is_on(hand: Hand) -> None:
    hand.key(pygame.K_ESCAPE)
    hand.tap(pygame.K_s)
    assert hand.app._sound.on
    hand.tap(pygame.K_RETURN)
    hand.go("reading")
    hand.tap(pygame.K_SPACE)
    hand.turns(2)
    assert hand.app._sound._sounds
    hand.settle()
    hand.until(lambda: not hand.app._sound._sounds)
    assert [one.done_fraction for one in hand.procedure.done if hasattr(one, "done_fraction")] == [None]  # type: ignore[union-attr]


def test_a_machine_without_sound_says_so_and_goes_on(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_device(*arguments: object) -> None:
        raise pygame.error("No such device.")

    monkeypatch.setattr(pygame.mixer, "init", no_device)
    hand.key(pygame.K_ESCAPE)
    hand.tap(pygame.K_s)
    assert not hand.app._sound.on
    assert "This machine plays no sound" in hand.context.notices.notice
    hand.tap(pygame.K_RETURN)
    assert hand.app.name != "menu"


def test_words_are_spoken_by_the_machine_or_called_by_two_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    spoken: list[list[str]] = []
    sound = RoomSound(speak=lambda command: spoken.append(list(command)))
    sound.say("Ow!", "en")
    assert spoken == [], "it is off"
    monkeypatch.setattr(voice, "_program", lambda: ("/usr/bin/spd-say", ("-l", "{language}")))
    assert sound.turn() == ""
    sound.say("--Ow!", "de")
    assert spoken == [["/usr/bin/spd-say", "-l", "de", "Ow!"]]
    monkeypatch.setattr(voice, "_program", lambda: None)
    assert voice_command("Ow!", "en") is None
    called: list[bool] = []
    monkeypatch.setattr(sound, "_call", type("Notes", (), {"play": lambda self: called.append(True)})())
    sound.say("Ow!", "en")
    assert called == [True]
    sound.close()


def test_a_tone_is_a_sine_with_soft_ends() -> None:
    data = wave(440.0, 0.1)
    assert len(data) == 2 * round(0.1 * RATE_HZ)
    assert data[:2] == b"\0\0"
    assert room_sound.LOUDNESS < 0.5
