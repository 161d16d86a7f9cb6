"""Rewind: all that was done so far; practice goes on from any of it, in a session of its own."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.drawing import theme
from simulator.gui.input.order_questions import leaves_open
from simulator.gui.input.practice import no_branch, practise_after, stops
from simulator.gui.input.user_action import ButtonKind, KeyBinding, UserAction
from simulator.gui.panels import top_bar
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.screens.screen import Screen
from simulator.interface.command_words import command_figures, command_name

BEFORE_ALL = -1  # as an index: nothing was done yet
PAGE = 10
WORDS = "A session of its own goes on after the one that is chosen. It is marked as assisted and counts as no attempt."


class RewindScreen(Screen):
    """The commands of this session, the latest chosen first."""

    title = "Practice"
    gestures = (("Wheel, or a click", "chooses another command"),)

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._chosen = 0
        self._rows: list[tuple[pygame.Rect, int]] = []

    @property
    def _stops(self) -> list[int]:
        return [BEFORE_ALL, *stops(self.context.session.done)]

    def open(self) -> None:
        """Begin with the command before the last."""
        self._chosen = max(len(self._stops) - 2, 0)
        super().open()

    def lay_out(self) -> None:
        """A panel in the middle, the list in it, two buttons below."""
        px = self.context.display.scale.px
        _, _, top, bottom = self.margins()
        high = max(px(46), 36)
        self._panel = pygame.Rect(0, top + px(8), max(px(760), 560), bottom - top - px(16))
        self._panel.centerx = self.context.display.size[0] // 2
        inner = self.inner(self._panel)
        wide = (inner.width - px(12)) // 2
        y = self._panel.bottom - high - px(12)
        self._list = pygame.Rect(inner.left, inner.top + px(62), inner.width, y - px(10) - inner.top - px(62))
        self.button(self._back(), pygame.Rect(inner.left, y, wide, high))
        self.button(self._go(), pygame.Rect(inner.right - wide, y, wide, high))
        for words, code, cap, by in (
            ("The command before", pygame.K_UP, "↑", -1),
            ("The command after", pygame.K_DOWN, "↓", 1),
            ("Ten commands back", pygame.K_PAGEUP, "PgUp", -PAGE),
            ("Ten commands on", pygame.K_PAGEDOWN, "PgDn", PAGE),
        ):
            self.key_only(UserAction(words=words, key=KeyBinding(code=code, cap=cap), do=self._moves(by)))

    def _back(self) -> UserAction:
        key = KeyBinding(code=pygame.K_n, cap="N")
        return UserAction(words="No, back", key=key, do=self.context.doors.close_overlay)

    def _go(self) -> UserAction:
        def do() -> None:
            practise_after(self.context, self._stops[self._chosen])

        return UserAction(
            words="Practise from here",
            key=KeyBinding(code=pygame.K_RETURN, cap="Enter"),
            do=do,
            why_not=lambda: no_branch(self.context),
            asks=lambda: leaves_open(self.context),
            kind=ButtonKind.PRIMARY,
        )

    def _moves(self, by: int) -> Callable[[], None]:
        return lambda: self._choose(self._chosen + by)

    def _choose(self, place: int) -> None:
        self._chosen = min(max(place, 0), len(self._stops) - 1)

    def draw(self, target: pygame.Surface) -> None:
        """Draw as many commands as there is room for about the one that is chosen."""
        context, display = self.context, self.context.display
        px = display.scale.px
        top_bar.draw(context, target)
        inside = draw_panel(display, target, self._panel, "Practise from any command", "↑ ↓")
        display.type.paragraph(target, WORDS, inside, size=13, colour=theme.MID)
        step = max(px(26), theme.LEAST_TYPE + 8)
        room, found = max(self._list.height // step, 1), self._stops
        first = min(max(self._chosen - room // 2, 0), max(len(found) - room, 0))
        self._rows = []
        for row, place in enumerate(range(first, min(first + room, len(found)))):
            area = pygame.Rect(self._list.left, self._list.top + row * step, self._list.width, step - 2)
            self._rows.append((area, place))
            if place == self._chosen:
                pygame.draw.rect(target, theme.ACT_GROUND, area, border_radius=4)
                pygame.draw.rect(target, theme.ACT, area, 1, border_radius=4)
            self._row(target, area, found[place])

    def _row(self, target: pygame.Surface, area: pygame.Rect, index: int) -> None:
        context, px, write = self.context, self.context.display.scale.px, self.context.display.type.draw
        if index == BEFORE_ALL:
            write(target, "before the first command", (area.left + px(120), area.centery), size=14)
            return
        done = context.session.done[index]
        at = (area.left + px(10), area.centery)
        write(target, context.perceived.clock(done.at_ms), at, size=13, colour=theme.MID, figures=True)
        write(target, command_name(done.command), (area.left + px(120), area.centery), size=14)
        right = (area.right - px(10), area.centery)
        write(target, command_figures(done.command), right, size=13, colour=theme.MID, align="right", figures=True)

    def take(self, event: pygame.event.Event) -> None:
        """Wheel and clicks choose."""
        if event.type == pygame.MOUSEWHEEL:
            self._choose(self._chosen - event.y)
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            hit = next((place for area, place in self._rows if area.collidepoint(event.pos)), None)
            if hit is not None:
                self._choose(hit)
