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


class StepMark(StrEnum):
    """What a button stands for in the usual order of a procedure, so that the next one can be marked."""

    POSITION = "position"
    TIME_OUT = "time-out"
    MYELOGRAM = "myelogram"
    LEVEL = "level"
    LEAK = "leak"
    GRID = "grid"
    PLANNING_SCAN = "planning scan"
    PATH_TOOL = "path tool"
    PATH = "path"
    SKIN = "skin"
    ANAESTHETIC = "anaesthetic"
    ARM_LINE = "arm line"
    PLACE = "place"
    ADVANCE = "advance"
    ADVANCE_FAR = "advance-far"
    PRESS = "press"
    WITHDRAW = "withdraw"
    BEVEL = "bevel"
    STYLET = "stylet"
    RESISTANCE = "resistance"
    ASPIRATE = "aspirate"
    TEST = "test"
    DRAW = "draw"
    MIX = "mix"
    INJECT = "inject"
    STOP = "stop"
    ASK = "ask"
    NEEDLE_OUT = "needle out"
    CONTROL_SCAN = "control scan"
    LEGS = "legs"
    AFTERCARE = "aftercare"
    FINISH = "finish"


MEANWHILE = {
    StepMark.LEAK: StepMark.LEVEL,
    StepMark.GRID: StepMark.LEVEL,
    StepMark.PATH: StepMark.PATH_TOOL,
    StepMark.PLACE: StepMark.PATH,
}
"""What is marked in place of a button that is locked until this was done."""


class WhileBusy(StrEnum):
    """What becomes of an input that comes while a command or a picture is being computed.

    Beam, needle and syringe act on what was last seen, so they are dropped: what is seen by then is not known yet.
    """

    AT_ONCE = "at once"
    KEPT = "kept"
    DROPPED = "dropped"


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
        while_busy: what becomes of it while something is computed
        mark: its place in the usual order, where it has one
        asks: a question that must be answered first; None where there is none
    """

    words: str | Callable[[], str]
    do: Callable[[], None]
    key: KeyBinding | None = None
    release: Callable[[], None] | None = None
    why_not: Callable[[], str | None] = always_possible
    chosen: Callable[[], bool] = _never
    kind: ButtonKind = ButtonKind.PLAIN
    hint: str = ""
    while_busy: WhileBusy = WhileBusy.AT_ONCE
    asks: Callable[[], str | None] = always_possible
    mark: StepMark | None = None

    @property
    def label(self) -> str:
        """The words now."""
        return self.words if isinstance(self.words, str) else self.words()

    @property
    def told(self) -> str:
        """What it is called in a sentence: a button that shows a figure alone is called by what it does."""
        label = self.label.removeprefix("✓  ")
        return self.hint.partition(":")[0] if len(label) == 1 and self.hint else label
