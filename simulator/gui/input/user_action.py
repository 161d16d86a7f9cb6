"""User actions: what the trainee can do, said once: its words, its key, when it can be done, and what it does.

Mouse and keyboard both end here, so that there is one place where input becomes a command.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import pygame


class ButtonKind(StrEnum):
    """How a button looks; the widget library's theme names them so."""

    PLAIN = "plain"
    CENTRED = "centred"
    PRIMARY = "primary"
    STOP = "stop"
    BEAM = "beam"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyBinding:
    """A key with its modifiers, and how it is printed on a button."""

    code: int
    cap: str
    shift: bool = False
    control: bool = False

    def fits(self, event: pygame.event.Event) -> bool:
        """Whether this key was pressed; Alt does what Ctrl does, since a Mac takes Ctrl with arrows."""
        control = bool(event.mod & (pygame.KMOD_CTRL | pygame.KMOD_ALT))
        return bool(
            event.key == self.code and bool(event.mod & pygame.KMOD_SHIFT) == self.shift and control == self.control
        )


def always_possible() -> str | None:
    """No reason against it."""
    return None


def _never() -> bool:
    return False


@dataclass(slots=True, kw_only=True)
class UserAction:
    """Something the trainee can do.

    Attributes:
        words: on the button; a function where they change
        key: None where only the mouse does it
        do: carried out on a press
        release: carried out when what is held is let go; None for an action that is not held
        why_not: the reason why it cannot be done now; None where it can
        chosen: whether it is drawn as selected
        kind: how the button looks
    """

    words: str | Callable[[], str]
    do: Callable[[], None]
    key: KeyBinding | None = None
    release: Callable[[], None] | None = None
    why_not: Callable[[], str | None] = always_possible
    chosen: Callable[[], bool] = _never
    kind: ButtonKind = ButtonKind.PLAIN
    hint: str = ""

    @property
    def label(self) -> str:
        """The words now."""
        return self.words if isinstance(self.words, str) else self.words()
