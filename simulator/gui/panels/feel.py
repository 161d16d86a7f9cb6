"""Feel: the force of the last pushes against the millimetres that the hand commanded, and what shows at the hub."""

from __future__ import annotations

import pygame

from simulator.gui import theme
from simulator.gui.app_context import AppContext
from simulator.gui.typeface import Align

SHOWN_MM = 30.0
LEAST_N = 5.0


def draw(room: AppContext, target: pygame.Surface, area: pygame.Rect) -> None:
    """Draw trace and hub."""
    memory, line = room.memory, room.scale.type_px(13) + 7
    hub_height = round(2.6 * line)
    plot = pygame.Rect(
        area.left + room.scale.px(22), area.top, area.width - room.scale.px(28), area.height - hub_height - 3 * line
    )
    _trace(room, target, plot)
    y = plot.bottom + line * 1.9
    if memory.give is not None:
        text = f"Give felt: {memory.give[0]:.1f} → {memory.give[1]:.1f} N"
        pygame.draw.circle(target, theme.ACT, (area.left + 7, y), 6, 2)
        room.type.draw(target, text, (area.left + 20, y), size=14)
    elif room.view.stopped:
        room.type.draw(target, "It does not go further.", (area.left, y), size=14)
    elif memory.felt:
        room.type.draw(target, f"{memory.felt[-1][1]:.1f} N at the end", (area.left, y), size=14, colour=theme.MID)
    y = area.bottom - hub_height
    pygame.draw.line(target, theme.LINE, (area.left, y), (area.right, y))
    room.type.draw(target, "At the hub", (area.left, y + line * 0.8), size=14, weight="SemiBold")
    needle = room.view.needle
    if memory.hub_at_ms is not None and needle is not None:
        age = (room.view.elapsed_ms - memory.hub_at_ms) // 1000
        room.type.draw(target, memory.hub, (area.left, y + line * 1.7), size=14)
        room.type.draw(target, f"{age} s ago", (area.right, y + line * 0.8), size=12, align="right", colour=theme.LOW)
    else:
        words = "no needle" if needle is None else "stylet in, not looked at yet"
        room.type.draw(target, words, (area.left, y + line * 1.7), size=13, colour=theme.LOW)


def _trace(room: AppContext, target: pygame.Surface, plot: pygame.Rect) -> None:
    memory = room.memory
    deepest = max((depth for depth, _ in memory.felt), default=0.0)
    right = max(5.0 * (int(deepest / 5.0) + 1), SHOWN_MM)
    left = right - SHOWN_MM
    top = max(LEAST_N, max((force for depth, force in memory.felt if depth >= left), default=0.0) * 1.15)

    def at(depth: float, force: float) -> tuple[float, float]:
        return (
            plot.left + (depth - left) / SHOWN_MM * plot.width,
            plot.bottom - force / top * plot.height,
        )

    step = 1 if top <= 6 else (2 if top <= 12 else 5)
    for newton in range(0, int(top) + 1, step):
        y = at(left, newton)[1]
        pygame.draw.line(target, theme.LINE, (plot.left, y), (plot.right, y))
        room.type.draw(target, str(newton), (plot.left - 6, y), size=12, align="right", colour=theme.LOW)
    for index in range(int(SHOWN_MM // 5) + 1):
        x = plot.left + index * 5 / SHOWN_MM * plot.width
        room.type.draw(
            target,
            f"{left + 5 * index:.0f}",
            (x, plot.bottom + room.scale.px(12)),
            size=12,
            align="centre",
            colour=theme.LOW,
        )
    imaged = memory.imaged_depth_mm
    if imaged is not None and left <= imaged <= right:
        x = at(imaged, 0)[0]
        for y in range(plot.top, plot.bottom, 8):
            pygame.draw.line(target, theme.ACT, (x, y), (x, min(y + 4, plot.bottom)))
        side: Align = "right" if imaged > left + 0.4 * SHOWN_MM else "left"
        offset = -6 if side == "right" else 6
        room.type.draw(
            target,
            "last image",
            (x + offset, plot.top + room.scale.px(8)),
            size=12,
            align=side,
            colour=theme.ACT,  # type: ignore[arg-type]
        )
    points = [at(depth, force) for depth, force in memory.felt if depth >= left]
    if len(points) > 1:
        pygame.draw.aalines(target, theme.INK, False, points)
        pygame.draw.lines(target, theme.INK, False, points, 2)
    if points:
        pygame.draw.circle(target, theme.INK, points[-1], room.scale.px(5))
