"""Room sound: the beam's tone and the patient's words, off until somebody asks for them; no device is no fault."""

from __future__ import annotations

import math
import subprocess
from array import array
from collections.abc import Callable, Sequence

import pygame

from simulator.gui.sound.voice import voice_command

RATE_HZ = 22_050
BEAM_HZ = 880.0  # a steady tone, as consoles have one; the pitch is ours
CALL_HZ = (523.0, 659.0)  # two notes where the machine has no voice
LOUDNESS = 0.18  # of full scale
CALL_S, FADE_S = 0.16, 0.01

Speak = Callable[[Sequence[str]], object]


class RoomSound:
    """Plays the tone while the beam is on, and what the patient says once.

    Args:
        speak: starts the program that speaks; None starts it as a process of its own
    """

    def __init__(self, speak: Speak | None = None) -> None:
        self.on = False
        self._speak = speak or _start
        self._ready = False
        self._beam: pygame.mixer.Sound | None = None
        self._call: pygame.mixer.Sound | None = None
        self._sounds = False

    def turn(self) -> str:
        """Switch it on or off; what the trainee must be told where it stays off, else ""."""
        if self.on:
            self._tone(False)
            self.on = False
            return ""
        if not self._open():
            return "This machine plays no sound; everything is shown as well."
        self.on = True
        return ""

    def follow(self, *, beam: bool) -> None:
        """The tone sounds as long as the beam is on."""
        if self.on and beam != self._sounds:
            self._tone(beam)

    def say(self, words: str, language: str) -> None:
        """Speak what the patient says; two notes where the machine has no voice."""
        if not self.on:
            return
        command = voice_command(words, language)
        if command is not None:
            try:
                self._speak(command)
                return
            except OSError:
                pass  # the program has gone since it was found: the notes say that somebody spoke
        if self._call is not None:
            self._call.play()

    def close(self) -> None:
        """Silence, and the device given back."""
        self._tone(False)
        self.on = False
        if self._ready:
            pygame.mixer.quit()
            self._ready = False

    def _tone(self, beam: bool) -> None:
        self._sounds = beam
        if self._beam is not None:
            if beam:
                self._beam.play(loops=-1, fade_ms=10)
            else:
                self._beam.fadeout(20)

    def _open(self) -> bool:
        """Take the sound device; False where there is none."""
        if self._ready:
            return True
        try:
            pygame.mixer.init(RATE_HZ, -16, 1, 512)
            self._beam = pygame.mixer.Sound(buffer=wave(BEAM_HZ, round(RATE_HZ / BEAM_HZ * 40) / RATE_HZ, fade_s=0.0))
            notes = [wave(hertz, CALL_S) for hertz in CALL_HZ]
            self._call = pygame.mixer.Sound(buffer=notes[0] + notes[1])
        except (pygame.error, NotImplementedError, OSError):
            return False
        self._ready = True
        return True


def wave(hertz: float, length_s: float, *, fade_s: float = FADE_S) -> bytes:
    """A sine, 16 bits, one channel, with soft ends so that it does not click."""
    count = round(length_s * RATE_HZ)
    fade = max(round(fade_s * RATE_HZ), 1)
    samples = array("h")
    for index in range(count):
        edge = min(index, count - 1 - index) / fade if fade_s else 1.0
        value = math.sin(2.0 * math.pi * hertz * index / RATE_HZ) * min(edge, 1.0)
        samples.append(round(32767 * LOUDNESS * value))
    return samples.tobytes()


def _start(command: Sequence[str]) -> object:
    """A process that speaks by itself; nobody waits for it."""
    return subprocess.Popen(
        list(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
