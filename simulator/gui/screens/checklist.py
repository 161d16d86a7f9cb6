"""Checklist: the lines of the case's checklist, ticked at any time of the procedure; the record keeps when."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import OwnWords
from simulator.gui.input import lesson_answers as given
from simulator.gui.input.user_action import ButtonKind, KeyBinding, UserAction, WhileBusy
from simulator.gui.panels import top_bar
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.screens.screen import Screen

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ1234"
SIZE = 15


class ChecklistRows:
    """Rows of the checklist in an area: a button each, with the words beside it."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._first, self._left = 0, 0
        self._words: list[tuple[str, tuple[int, int], bool]] = []

    def scroll(self, by: int) -> None:
        """Further rows, or earlier ones."""
        self._first = min(max(self._first + by, 0), self._first + self._left)

    @property
    def left(self) -> int:
        """Rows that did not find room."""
        return self._left

    def place(self, screen: Screen, area: pygame.Rect) -> None:
        """Place a button for each line from the first one on, while there is room."""
        display = self._context.display
        px, write = display.scale.px, display.type
        lines = self._context.perceived.view.case.teaching.checklist
        high, wide = max(px(36), 28), max(px(72), 60)
        step = round(display.scale.type_px(SIZE) * 1.35)
        y, self._words = area.top, []
        self._left = len(lines) - self._first
        for index in range(self._first, len(lines)):
            line = lines[index]
            due = f"{line.words} ({write.say(str(line.phase))})" if line.phase is not None else line.words
            wrapped = write.wrapped(OwnWords(due), SIZE, area.width - wide - px(16))
            row = max(high, len(wrapped) * step)
            if y + row > area.bottom:
                return
            screen.button(self._tick(index), pygame.Rect(area.left, y, wide, high))
            now = line.phase == self._context.perceived.view.phase
            for place, words in enumerate(wrapped):
                at = (area.left + wide + px(16), y + max(high - step, 0) // 2 + place * step + step // 2)
                self._words.append((words, at, now))
            y += row + px(6)
            self._left -= 1

    def _tick(self, index: int) -> UserAction:
        context, letter = self._context, LETTERS[index]
        return UserAction(
            words=lambda: "✓" if index + 1 in given.ticks(context.session) else "–",
            key=KeyBinding(code=ord(letter.lower()), cap=letter),
            do=lambda: given.turn_tick(context, index + 1),
            chosen=lambda: index + 1 in given.ticks(context.session),
            kind=ButtonKind.PLAIN,
            hint="Ticks the line, or takes the tick back",
            while_busy=WhileBusy.KEPT,
        )

    def draw(self, target: pygame.Surface) -> None:
        """Draw the words; those of the present phase stand out by weight."""
        for words, at, now in self._words:
            colour = theme.INK if now else theme.MID
            self._context.display.type.draw(
                target, words, at, size=SIZE, weight="SemiBold" if now else "Regular", colour=colour
            )


class ChecklistScreen(Screen):
    """The checklist over another screen."""

    title = "Checklist"
    gestures = (("Wheel", "further lines"),)

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._rows = ChecklistRows(context)

    def lay_out(self) -> None:
        """A panel over the whole window."""
        display = self.context.display
        if self.context.perceived.history.view is None:
            return
        edge, gap, top, bottom = self.margins()
        self._panel = pygame.Rect(edge, top, display.size[0] - 2 * edge, bottom - top - gap)
        inside = self.inner(self._panel)
        high = max(display.scale.px(44), 34)
        self._rows.place(self, pygame.Rect(inside.left, inside.top, inside.width, inside.height - high - 2 * gap))
        back = UserAction(
            words="Back", key=KeyBinding(code=pygame.K_RETURN, cap="Enter"), do=self.context.doors.close_overlay
        )
        wide = max(display.scale.px(260), 200)
        self.button(back, pygame.Rect(inside.left, self._panel.bottom - high - gap - 4, wide, high))

    def draw(self, target: pygame.Surface) -> None:
        """Draw what has to be looked at, and how much of it is ticked."""
        context, display = self.context, self.context.display
        top_bar.draw(context, target)
        whole = len(context.perceived.view.case.teaching.checklist)
        note = f"{len(given.ticks(context.session))} of {whole} ticked" if whole else "this case has none"
        draw_panel(display, target, self._panel, "Checklist", note)
        self._rows.draw(target)
        if self._rows.left:
            at = (self._panel.right - display.scale.px(16), self._panel.bottom - display.scale.px(26))
            words = f"{self._rows.left} more below: wheel"
            display.type.draw(target, words, at, size=13, align="right", colour=theme.LOW)

    def take(self, event: pygame.event.Event) -> None:
        """Wheel: further lines."""
        if event.type == pygame.MOUSEWHEEL:
            self._rows.scroll(-event.y)
            self.open()
