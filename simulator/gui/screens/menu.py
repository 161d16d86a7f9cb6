"""Menu and help: laid over another screen."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.gui.app_context import AppContext
from simulator.gui.drawing import theme
from simulator.gui.input.user_action import KeyBinding, UserAction
from simulator.gui.screens.screen import Screen
from simulator.interface import commands as c
from simulator.vocabulary.procedure import Phase

MOUSE = (
    ("Wheel over fluoroscopy", "zoom; drag moves the picture"),
    ("Wheel over a scan", "slice; with Ctrl zoom"),
    ("Right drag on a scan", "window width and level"),
    ("Middle drag on a scan", "moves the picture"),
    ("Click on the table strip", "brings that slice under the laser"),
    ("Click or hold the lamp", "the pedal"),
)


class MenuScreen(Screen):
    """Go on, end the procedure, or leave."""

    title = "Menu"

    def __init__(self, context: AppContext, leave: Callable[[], None]) -> None:
        super().__init__(context)
        self._leave = leave

    def lay_out(self) -> None:
        """Three buttons in the middle."""
        px = self.context.scale.px
        width, height = self.context.size
        wide, high = px(420), px(46)
        rows = (
            UserAction(
                words="Back to the patient",
                key=KeyBinding(code=pygame.K_RETURN, cap="Enter"),
                do=lambda: self.context.close_overlay(),
            ),
            UserAction(
                words="Finish the procedure and see the debrief",
                key=KeyBinding(code=pygame.K_F10, cap="F10"),
                do=self._finish,
                why_not=self._finished,
            ),
            UserAction(
                words="Leave; the record is kept and can be resumed",
                key=KeyBinding(code=pygame.K_F12, cap="F12"),
                do=self._leave,
            ),
        )
        y = height // 2 - px(60)
        for action in rows:
            self.button(action, pygame.Rect((width - wide) // 2, y, wide, high))
            y += high + px(10)

    def _finished(self) -> str | None:
        return "The procedure is finished" if self.context.view.phase == Phase.CLOSED else None

    def _finish(self) -> None:
        self.context.close_overlay()
        self.context.send(c.Finish())

    def draw(self, target: pygame.Surface) -> None:
        """Draw the title."""
        px, write = self.context.scale.px, self.context.type.draw
        at = target.get_rect().center
        write(target, "Menu", (at[0], at[1] - px(100)), size=26, weight="SemiBold", align="centre")
        words = "The simulated clock stands still meanwhile."
        write(target, words, (at[0], at[1] + px(126)), size=13, colour=theme.LOW, align="centre")


class HelpScreen(Screen):
    """Every key of the screen below, and the mouse."""

    title = "Help"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.keys: list[tuple[str, str, str]] = []

    def draw(self, target: pygame.Surface) -> None:
        """Draw three columns of keys."""
        px, write = self.context.scale.px, self.context.type.draw
        line = self.context.scale.type_px(14) + px(12)
        left, top = px(60), px(90)
        write(target, "Keys of this screen", (left, px(54)), size=24, weight="SemiBold")
        write(target, "F1 or Esc: back", (target.get_width() - left, px(54)), size=14, colour=theme.LOW, align="right")
        column = (target.get_width() - 2 * left) // 3
        entries = [*self.keys, ("", "", ""), *((a, b, "") for a, b in MOUSE)]
        rows = max(-(-len(entries) // 3), 1)
        for index, (cap, words, hint) in enumerate(entries):
            x, y = left + column * (index // rows), top + line * (index % rows) + line // 2
            end = write(target, cap, (x, y), size=14, weight="SemiBold").right
            start = max(x + px(110), end + px(12))
            text = hint or words
            for part in self.context.type.wrapped(text, 13, column - (start - x) - px(16))[:1]:
                write(target, part, (start, y), size=13, colour=theme.MID)


def list_keys(screen: Screen) -> list[tuple[str, str, str]]:
    """Cap, words and hint of each action of a screen that has a key."""
    return [(a.key.cap, a.label, a.hint) for a in screen.actions if a.key is not None]
