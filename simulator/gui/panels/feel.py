"""Feel: the force of the last pushes against the millimetres that the hand commanded, and what shows at the hub."""

from __future__ import annotations

from dataclasses import dataclass

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.display import Display
from simulator.gui.drawing import theme
from simulator.gui.drawing.typeface import Align
from simulator.gui.perceived_history import PerceivedHistory

SHOWN_MM = 30.0
LEAST_N = 5.0
AHEAD_MM = 15.0  # the plan's end is shown from so far before it


def draw(context: AppContext, target: pygame.Surface, area: pygame.Rect) -> None:
    """Draw trace and hub."""
    display = context.display
    history, line = context.perceived.history, display.scale.type_px(13) + 7
    hub_height = round(2.6 * line)
    plot = pygame.Rect(
        area.left + display.type.width("10 N", 12) + 4,
        area.top,
        area.width - display.type.width("10 N", 12) - 12,
        area.height - hub_height - round(3.4 * line),
    )
    _trace(context, target, plot)
    y = plot.bottom + line * 2.4
    if history.needle.give is not None:
        text = f"Give felt: {history.needle.give[0]:.1f} → {history.needle.give[1]:.1f} N"
        radius = display.scale.stroke(6)
        pygame.draw.circle(target, theme.ACT, (area.left + radius + 1, y), radius, display.scale.stroke(2))
        display.type.draw(target, text, (area.left + round(3.3 * radius), y), size=14)
    elif context.perceived.view.handling.stopped:
        display.type.draw(target, "It does not go further.", (area.left, y), size=14)
    elif history.needle.felt:
        display.type.draw(
            target, f"{history.needle.felt[-1][1]:.1f} N at the end", (area.left, y), size=14, colour=theme.MID
        )
    y = area.bottom - hub_height
    pygame.draw.line(target, theme.LINE, (area.left, y), (area.right, y))
    display.type.draw(target, "At the hub", (area.left, y + line * 0.8), size=14, weight="SemiBold")
    needle = context.perceived.view.needle
    if history.needle.hub_at_ms is not None and needle is not None:
        age = (context.perceived.view.elapsed_ms - history.needle.hub_at_ms) // 1000
        display.type.draw(target, history.needle.hub, (area.left, y + line * 1.7), size=14)
        display.type.draw(
            target, f"{age} s ago", (area.right, y + line * 0.8), size=12, align="right", colour=theme.LOW
        )
    else:
        words = "no needle" if needle is None else "stylet in, not looked at yet"
        display.type.draw(target, words, (area.left, y + line * 1.7), size=13, colour=theme.LOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axes:
    """The plot's place and what it shows: depths from left to right, mm, and forces up to the top, N."""

    plot: pygame.Rect
    left: float
    right: float
    top: float

    def at(self, depth: float, force: float) -> tuple[float, float]:
        """Where a depth and a force lie on the screen."""
        across = (depth - self.left) / (self.right - self.left)
        return self.plot.left + across * self.plot.width, self.plot.bottom - force / self.top * self.plot.height


def _axes(history: PerceivedHistory, plot: pygame.Rect) -> _Axes:
    """The last millimetres, with the plan's end where it is near."""
    deepest = max((depth for depth, _ in history.needle.felt), default=0.0)
    planned = history.planned_mm
    if planned is not None and planned - deepest < AHEAD_MM:
        deepest = max(deepest, planned)
    right = max(5.0 * (int(deepest / 5.0) + 1), SHOWN_MM)
    left = right - SHOWN_MM
    top = max(LEAST_N, max((force for depth, force in history.needle.felt if depth >= left), default=0.0) * 1.15)
    return _Axes(plot=plot, left=left, right=right, top=top)


def _trace(context: AppContext, target: pygame.Surface, plot: pygame.Rect) -> None:
    display, history = context.display, context.perceived.history
    axes = _axes(history, plot)
    _scales(display, target, axes)
    _depth_marks(display, target, axes, history)
    points = [axes.at(depth, force) for depth, force in history.needle.felt if depth >= axes.left]
    if len(points) > 1:
        pygame.draw.aalines(target, theme.INK, False, points)
        pygame.draw.lines(target, theme.INK, False, points, display.scale.stroke(2))
    if points:
        pygame.draw.circle(target, theme.INK, points[-1], display.scale.px(5))


def _scales(display: Display, target: pygame.Surface, axes: _Axes) -> None:
    """Newtons upwards, millimetres to the right."""
    plot, write = axes.plot, display.type.draw
    step = 1 if axes.top <= 6 else (2 if axes.top <= 12 else 5)
    for newton in range(0, int(axes.top) + 1, step):
        y = axes.at(axes.left, newton)[1]
        pygame.draw.line(target, theme.LINE, (plot.left, y), (plot.right, y))
        words = f"{newton} N" if newton + step > axes.top else str(newton)
        write(target, words, (plot.left - 4, y), size=12, align="right", colour=theme.LOW)
    below = plot.bottom + display.scale.px(12)
    for index in range(int(SHOWN_MM // 5) + 1):
        depth = axes.left + 5 * index
        x = axes.at(depth, 0)[0]
        write(target, f"{depth:.0f}", (x, below), size=12, align="centre", colour=theme.LOW)
    under = (plot.right, below + display.scale.type_px(12) + 1)
    write(target, "mm pushed at the skin", under, size=12, align="right", colour=theme.LOW)


def _depth_marks(display: Display, target: pygame.Surface, axes: _Axes, history: PerceivedHistory) -> None:
    """Where the plan ends, and where the needle stood in the last image; words stand over either's line."""
    plot, planned, imaged, px = axes.plot, history.planned_mm, history.needle.imaged_depth_mm, display.scale.px
    words: list[tuple[str, tuple[float, float], Align, theme.Colour]] = []
    if planned is not None and axes.left <= planned <= axes.right:
        x = axes.at(planned, 0)[0]
        pygame.draw.line(target, theme.OK, (x, plot.top), (x, plot.bottom), display.scale.stroke(1))
        words.append(("plan's end", (x - px(4), plot.top + 0.3 * plot.height), "right", theme.OK))
    if imaged is not None and axes.left <= imaged <= axes.right:
        x = axes.at(imaged, 0)[0]
        for y in range(plot.top, plot.bottom, 8):
            pygame.draw.line(target, theme.ACT, (x, y), (x, min(y + 4, plot.bottom)), display.scale.stroke(1))
        side: Align = "right" if imaged > axes.left + 0.4 * SHOWN_MM else "left"
        words.append(("last image", (x + (-6 if side == "right" else 6), plot.top + px(8)), side, theme.ACT))
    for text, (beside, middle), align, colour in words:
        width, height = display.type.width(text, 12), display.scale.type_px(12) + 2
        left = beside - width - 2 if align == "right" else beside - 2
        ground = pygame.Rect(left, middle - height / 2, width + 4, height)
        pygame.draw.rect(target, theme.PANEL, ground)
        display.type.draw(target, text, (beside, middle), size=12, align=align, colour=colour)
