"""Learning curve: the median error of each round of the drill, the latest at the right."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from simulator.gui.context.display import Display
from simulator.gui.drawing import theme
from simulator.gui.engine_worker.tip_drill import DrillRound
from simulator.gui.panels.panel_frame import draw_panel

SHOWN_ROUNDS = 20
LEAST_SCALE_MM = 4.0


def draw(display: Display, target: pygame.Surface, area: pygame.Rect, rounds: Sequence[DrillRound]) -> None:
    """Draw the rounds with an error; the scale begins at 0 mm."""
    px, write = display.scale.px, display.type.draw
    inside = draw_panel(display, target, area, "Learning curve", "median error, mm")
    found = [one.median_error_mm for one in rounds if one.median_error_mm is not None][-SHOWN_ROUNDS:]
    if not found:
        display.type.paragraph(target, "No round is kept yet.", inside, size=13, colour=theme.LOW)
        return
    top_mm = max(LEAST_SCALE_MM, max(found) * 1.15)
    plot = pygame.Rect(inside.left + px(34), inside.top + px(8), inside.width - px(46), inside.height - px(40))
    for share in (0.0, 0.5, 1.0):
        y = plot.bottom - share * plot.height
        pygame.draw.line(target, theme.LINE, (plot.left, y), (plot.right, y))
        write(target, f"{share * top_mm:.1f}", (plot.left - 6, y), size=12, align="right", colour=theme.LOW)
    step = plot.width / max(len(found) - 1, 1)
    points = [(plot.left + index * step, plot.bottom - mm / top_mm * plot.height) for index, mm in enumerate(found)]
    if len(points) > 1:
        pygame.draw.lines(target, theme.ACT, False, points, display.scale.stroke(2))
    for point in points:
        pygame.draw.circle(target, theme.ACT, point, display.scale.stroke(4))
    words = f"{len(found)} rounds" if len(found) != 1 else "1 round"
    write(target, words, (plot.left, inside.bottom - px(8)), size=12, colour=theme.LOW)
    write(target, f"last {found[-1]:.1f} mm", (plot.right, inside.bottom - px(8)), size=12, align="right")
