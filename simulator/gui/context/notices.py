"""Notices: what the window says to the trainee, and what it asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

NOTICE_S = 12.0  # for how long a sentence stands, unless something is done before


@dataclass(slots=True)
class Notices:
    """What stands in the bar at the bottom, and what is asked over a screen.

    Attributes:
        notice: one sentence for the trainee
        warns: whether it has a warning sign
        dropped: the input that was dropped last, in words, because something was being computed
        question, answered_yes: what is asked before something is done, and what is done on a yes
        progress: kind of long work that goes on, and the fraction of it that is done
    """

    notice: str = ""
    warns: bool = True
    dropped: str = ""
    question: str = ""
    answered_yes: Callable[[], None] | None = None
    progress: tuple[str, float] | None = None
    _notice_s: float = 0.0

    def say(self, text: str, *, warns: bool = True) -> None:
        """Tell the trainee something in one sentence; a warning, unless it only tells."""
        self.notice, self.warns, self._notice_s = text, warns, time.monotonic()

    def hush(self) -> None:
        """Take the sentence away: something else is done now."""
        self.notice, self.dropped = "", ""

    def hush_old(self) -> bool:
        """Take away a sentence that has stood long enough; whether there was one."""
        if not self.notice or time.monotonic() - self._notice_s < NOTICE_S:
            return False
        self.hush()
        return True
