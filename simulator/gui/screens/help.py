"""Help: every key of the screen below, and what the mouse does there; a click on an entry does what it says."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import OwnWords
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
        self._gestures: tuple[tuple[str, str], ...] = ()
        self._actions: list[UserAction] = []
        self._places: list[pygame.Rect] = []

    def speak_of(self, screen: Screen) -> None:
        """Take up the keys of a screen, then its gestures."""
        self._actions = [action for action in screen.actions if action.key is not None]
        self._gestures = (*screen.gestures, GESTURE)

    @property
    def entries(self) -> list[tuple[str, str]]:
        """Each key or gesture with what it does; words and their reason are translated one by one."""
        say = self.context.display.type.say
        keys = []
        for action in self._actions:
            label = say(action.label.removeprefix(DONE))
            words = f"{label}: {say(action.hint)}" if action.hint else label
            keys.append((action.key.cap if action.key else "", OwnWords(words)))
        return [*keys, *self._gestures]

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
        indent = self._cap_width(size)
        for column, y, cap, lines, wide in laid or []:
            x, above = left + column * wide, self._stands_above(cap, size)
            rows = len(lines) + above
            self._places.append(pygame.Rect(x, round(y - step / 2), wide - px(20), step * rows))
            write(target, cap, (x, y), size=size, weight="SemiBold")
            for index, line in enumerate(lines):
                write(target, line, (x + indent, y + (index + above) * step), size=size, colour=theme.MID)

    def _cap_width(self, size: int) -> int:
        """Room for the caps of keys; what the mouse does has longer names, which stand above their words."""
        type_ = self.context.display.type
        caps = [action.key.cap for action in self._actions if action.key is not None]
        return max((type_.width(cap, size, "SemiBold") for cap in caps), default=0) + self.context.display.scale.px(14)

    def _stands_above(self, cap: str, size: int) -> bool:
        return self.context.display.type.width(cap, size, "SemiBold") > self._cap_width(size)

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
                high = (len(lines) + self._stands_above(cap, size)) * step + 5
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
