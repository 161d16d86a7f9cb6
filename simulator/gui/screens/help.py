"""Help: every key of the screen below, and what the mouse does there; a click on an entry does what it says."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.drawing import theme
from simulator.gui.input.carry_out import carry_out
from simulator.gui.input.user_action import UserAction
from simulator.gui.screens.button_frame import GESTURE
from simulator.gui.screens.screen import Screen

DONE = "✓  "
"""Before the words of a step that was taken."""


class HelpScreen(Screen):
    """Every key of the screen below, and what the mouse does there."""

    title = "Help"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.entries: list[tuple[str, str]] = []
        self._actions: list[UserAction] = []
        self._places: list[pygame.Rect] = []

    def speak_of(self, screen: Screen) -> None:
        """Take up the keys of a screen, then its gestures."""
        self._actions = [action for action in screen.actions if action.key is not None]
        keys = [
            (action.key.cap if action.key else "", f"{action.label.removeprefix(DONE)}{_because(action.hint)}")
            for action in self._actions
        ]
        self.entries = [*keys, *screen.gestures, GESTURE]

    def draw(self, target: pygame.Surface) -> None:
        """Draw the entries in as many columns as have room for whole words, each entry as long as it is."""
        display = self.context.display
        px, write = display.scale.px, display.type.draw
        left, top = px(50), px(84)
        write(target, "Keys and mouse of this screen", (left, px(46)), size=24, weight="SemiBold")
        words = "A click on an entry does it; F1, Esc or a click elsewhere: back"
        write(target, words, (target.get_width() - left, px(46)), size=14, colour=theme.LOW, align="right")
        bottom = target.get_height() - px(16)
        for size in (14, 13, 12):
            laid = self._laid_out(size, top, bottom, target.get_width() - 2 * left)
            if laid is not None:
                break
        step = display.scale.type_px(size) + 4
        self._places = []
        for column, y, cap, lines, wide in laid or []:
            x = left + column * wide
            self._places.append(pygame.Rect(x, round(y - step / 2), wide - px(20), step * len(lines)))
            write(target, cap, (x, y), size=size, weight="SemiBold")
            for index, line in enumerate(lines):
                write(target, line, (x + self._cap_width(size), y + index * step), size=size, colour=theme.MID)

    def _cap_width(self, size: int) -> int:
        longest = max((self.context.display.type.width(cap, size, "SemiBold") for cap, _ in self.entries), default=0)
        return longest + self.context.display.scale.px(14)

    def _laid_out(
        self, size: int, top: int, bottom: int, width: int
    ) -> list[tuple[int, float, str, list[str], int]] | None:
        """Column, middle of the first line, cap, lines and column width of every entry; None where they do not fit."""
        display = self.context.display
        step = display.scale.type_px(size) + 4
        for columns in (2, 3, 4):
            wide = width // columns
            room = wide - self._cap_width(size) - display.scale.px(20)
            found: list[tuple[int, float, str, list[str], int]] = []
            column, y = 0, float(top)
            for cap, words in self.entries:
                lines = display.type.wrapped(words, size, room)
                high = len(lines) * step + 5
                if y + high > bottom:
                    column, y = column + 1, float(top)
                found.append((column, y + step / 2, cap, lines, wide))
                y += high
            if column < columns:
                return found
        return None

    def take(self, event: pygame.event.Event) -> None:
        """A click on an entry does it, but for what is held, which needs its key; beside them it leads back."""
        if event.type != pygame.MOUSEBUTTONDOWN or event.button != 1:
            return
        index = next((k for k, place in enumerate(self._places) if place.collidepoint(event.pos)), None)
        action = self._actions[index] if index is not None and index < len(self._actions) else None
        self.context.doors.close_overlay()
        if action is not None and action.release is None:
            carry_out(self.context, action)


def _because(hint: str) -> str:
    return f": {hint}" if hint else ""
