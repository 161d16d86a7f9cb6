"""Debrief timeline: every press where it stood in time, with what was a complication or a near miss; it is scrubbed."""

from __future__ import annotations

import time

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.debrief_facts import DebriefFacts
from simulator.gui.drawing import theme
from simulator.gui.drawing.symbols import warning_sign
from simulator.gui.input.tile_tools import TileTools

SHOWN_S = 0.8  # for which each press stands while the replay plays


class DebriefTimeline:
    """A strip below the picture: a click or a drag shows the nearest press, and playing shows one after another."""

    def __init__(self, context: AppContext, tiles: TileTools) -> None:
        self._context, self._tiles = context, tiles
        self._strip = pygame.Rect(0, 0, 0, 0)
        self._dragged = False
        self._due_s: float | None = None

    @property
    def playing(self) -> bool:
        """Whether presses are shown one after another."""
        return self._due_s is not None

    def play(self) -> None:
        """Play from the shown press, from the first one where the last is shown; or stop."""
        if self.playing:
            self._due_s = None
            return
        made = len(self._context.perceived.history.presses)
        if self._tiles.ordinal >= made:
            self._tiles.show_ordinal(1)
        self._due_s = time.monotonic() + SHOWN_S

    def tick(self) -> bool:
        """The next press while it plays; whether there was one."""
        if self._due_s is None or time.monotonic() < self._due_s:
            return False
        made = len(self._context.perceived.history.presses)
        if self._tiles.ordinal >= made:
            self._due_s = None
            return True
        self._tiles.show_ordinal(self._tiles.ordinal + 1)
        self._due_s = time.monotonic() + SHOWN_S
        return True

    def take(self, event: pygame.event.Event) -> bool:
        """A click or a drag on the strip; whether it was one."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and self._strip.collidepoint(event.pos):
            self._dragged = True
        elif event.type == pygame.MOUSEBUTTONUP and event.button == 1 and self._dragged:
            self._dragged = False
            return True
        elif event.type != pygame.MOUSEMOTION or not self._dragged:
            return False
        self._due_s = None
        made = self._context.perceived.history.presses
        if made:
            nearest = min(range(len(made)), key=lambda k: abs(self._x(made[k].at_ms) - event.pos[0]))
            self._tiles.show_ordinal(nearest + 1)
        return True

    def _span_ms(self) -> tuple[int, int]:
        made = self._context.perceived.history.presses
        return (made[0].at_ms, max(made[-1].at_ms, made[0].at_ms + 1)) if made else (0, 1)

    def _x(self, at_ms: int) -> int:
        first, last = self._span_ms()
        part = min(max((at_ms - first) / (last - first), 0.0), 1.0)
        return round(self._strip.left + 12 + part * (self._strip.width - 24))

    def draw(self, target: pygame.Surface, area: pygame.Rect, facts: DebriefFacts) -> None:
        """Draw the strip, its presses, what came close, and the press that is shown."""
        self._strip = area
        context, made = self._context, self._context.perceived.history.presses
        pygame.draw.rect(target, theme.PANEL, area)
        y, stroke = area.centery, context.display.scale.stroke
        pygame.draw.line(target, theme.EDGE, (area.left + 12, y), (area.right - 12, y), stroke(1))
        for moment in facts.moments:
            first, last = self._span_ms()
            if moment.warns and first <= moment.at_ms <= last:
                warning_sign(target, (self._x(moment.at_ms), area.top + stroke(7)), stroke(11))
        for ordinal, press in enumerate(made, start=1):
            x, shown = self._x(press.at_ms), ordinal == self._tiles.ordinal
            colour, width = (theme.ACT, stroke(3)) if shown else (theme.MID, stroke(1))
            pygame.draw.line(target, colour, (x, y - stroke(6)), (x, y + stroke(6)), width)
            if shown:
                pygame.draw.circle(target, theme.ACT, (x, y), stroke(6))
        if not made:
            context.display.type.draw(
                target, "no press to show", area.center, size=12, align="centre", colour=theme.LOW
            )
