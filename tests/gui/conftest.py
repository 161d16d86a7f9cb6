"""Windows without a screen: SDL's dummy driver, the real event loop."""

from __future__ import annotations

import os

os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["SDL_AUDIODRIVER"] = "dummy"
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import time

import pygame
import pytest

FRAME_MS = 17
"""Of a turn of the event loop, as the window counts it at 60 a second."""


class QuickClock:
    """A clock that does not wait for the next frame: tests turn the loop as fast as it goes."""

    def tick(self, framerate: float = 0.0) -> int:
        time.sleep(0.0005)  # what works beside the loop gets its turn
        return FRAME_MS

    def get_fps(self) -> float:
        return 1000.0 / FRAME_MS


@pytest.fixture(autouse=True)
def frames_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pygame.time, "Clock", QuickClock)
