"""Leak panel: level and side as the trainee counts and sees them, and the button that writes them down."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.drawing import theme
from simulator.gui.input.procedure_steps import COUNT_FIRST
from simulator.gui.input.user_action import ButtonKind, StepMark, UserAction, WhileBusy
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.scan_reading.reading_state import ReadingState
from simulator.interface import commands as c
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.levels import Interspace, Vertebra, interspaces_of

Place = Callable[[UserAction, pygame.Rect], None]


class LeakPanel:
    """Where the trainee says that the leak is."""

    def __init__(self, context: AppContext, state: ReadingState, inner: Callable[[pygame.Rect], pygame.Rect]) -> None:
        self._context, self._state, self._inner = context, state, inner
        self._area = pygame.Rect(0, 0, 0, 0)
        self._level_y = 0.0

    def interspaces(self) -> tuple[Interspace, ...]:
        """Those between the vertebrae that a scan can be asked for."""
        return interspaces_of(tuple(map(Vertebra.parse, self._context.perceived.view.case.levels)))

    def level(self) -> Interspace | None:
        """The level that was counted; None before."""
        names = self.interspaces()
        return None if self._state.level is None else names[min(self._state.level, len(names) - 1)]

    def uncounted(self) -> str | None:
        """Why nothing can be said of a level."""
        return COUNT_FIRST if self._state.level is None else None

    def lay_out(self, whole: pygame.Rect, place: Place) -> None:
        """Place the buttons in a panel."""
        self._area = whole
        area = self._inner(whole)
        px = self._context.display.scale.px
        high, gap = max(px(30), 24), px(6)
        self._level_y = area.top + high / 2
        place(self._shift(-1), pygame.Rect(area.right - 2 * high - px(76), area.top, high, high))
        place(self._shift(1), pygame.Rect(area.right - high, area.top, high, high))
        third = (area.width - 2 * gap) // 3
        for index, side in enumerate((Laterality.LEFT, Laterality.BOTH, Laterality.RIGHT)):
            at = pygame.Rect(area.left + index * (third + gap), area.top + high + gap, third, high)
            place(self._side(side), at)
        place(self._write_down(), pygame.Rect(area.left, area.top + 2 * (high + gap), area.width, high))

    def _shift(self, by: int) -> UserAction:
        def do() -> None:
            last = len(self.interspaces()) - 1
            now = self._state.level
            self._state.level = (0 if by > 0 else last) if now is None else min(max(now + by, 0), last)

        hint = "A level towards the head" if by < 0 else "A level towards the feet"
        words = "−" if by < 0 else "+"
        return UserAction(words=words, do=do, kind=ButtonKind.CENTRED, hint=hint, mark=StepMark.LEVEL)

    def _side(self, side: Laterality) -> UserAction:
        def do() -> None:
            self._state.leak_side = side

        return UserAction(
            words=side.capitalize(),
            do=do,
            chosen=lambda: self._state.leak_side == side,
            kind=ButtonKind.CENTRED,
            hint="The side on which the fluid leaves, as you see it",
        )

    def _write_down(self) -> UserAction:
        def words() -> str:
            done = "leak marked" in self._context.perceived.view.prepared
            return "✓  Leak written down" if done else "Write the leak down"

        return UserAction(
            words=words,
            do=self._mark,
            why_not=self.uncounted,
            hint="Level and side as you read them; part of the record",
            while_busy=WhileBusy.KEPT,
            mark=StepMark.LEAK,
        )

    def _mark(self) -> None:
        level = self.level()
        if level is not None:
            self._context.send(c.MarkLeak(level=level, side=self._state.leak_side))

    def draw(self, target: pygame.Surface) -> None:
        """Draw the panel and the level."""
        context, px = self._context, self._context.display.scale.px
        draw_panel(context.display, target, self._area, "Leak", "your count")
        inner = self._inner(self._area)
        context.display.type.draw(target, "Level", (inner.left, self._level_y), size=14, colour=theme.MID)
        at = (inner.right - px(30) - px(38), self._level_y)
        context.display.type.draw(target, self.level() or "?", at, size=15, weight="SemiBold", align="centre")
