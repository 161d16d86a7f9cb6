"""Plunger: what the thumb felt against the volume, and what the patient said at which millilitre."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.drawing import theme
from simulator.vocabulary.procedure import PlungerFeel

FEELS = tuple(PlungerFeel)
SHOWN_ML = 20.0
PAPER_ML = (6.0, 20.0)  # patches of the published series (phantoms/data/cases.csv)


def draw(context: AppContext, target: pygame.Surface, area: pygame.Rect) -> None:
    """Draw the trace."""
    display = context.display
    px, write = display.scale.px, display.type.draw
    history = context.perceived.history
    bubbles = px(44)
    plot = pygame.Rect(area.left + px(64), area.top + bubbles, area.width - px(76), area.height - bubbles - px(34))
    widest = max(SHOWN_ML, 5.0 * (int(context.perceived.view.injection.injected_blood_ml / 5.0) + 1))

    def to_x(ml: float) -> float:
        return plot.left + ml / widest * plot.width

    band = pygame.Rect(round(to_x(PAPER_ML[0])), plot.top, round(to_x(PAPER_ML[1]) - to_x(PAPER_ML[0])), plot.height)
    pygame.draw.rect(target, theme.RAISED, band)
    write(
        target,
        "published patches: 6 to 20 mL",
        (band.right - 8, plot.bottom - px(12)),
        size=12,
        align="right",
        colour=theme.LOW,
    )
    for index, word in enumerate(FEELS):
        y = plot.bottom - (index + 0.5) * plot.height / len(FEELS)
        write(target, word, (plot.left - px(10), y), size=13, align="right", colour=theme.MID)
        line = plot.bottom - index * plot.height / len(FEELS)
        pygame.draw.line(target, theme.LINE, (plot.left, line), (plot.right, line))
    for ml in range(0, int(widest) + 1, 2):
        write(target, str(ml), (to_x(ml), plot.bottom + px(14)), size=12, align="centre", colour=theme.LOW)
    limit = to_x(context.perceived.view.case.prescribed_volume_ml)
    for y in range(plot.top, plot.bottom, 8):
        pygame.draw.line(target, theme.MID, (limit, y), (limit, min(y + 4, plot.bottom)), display.scale.stroke(1))
    left_of_it = limit > plot.right - px(90)
    at = (limit + (-6 if left_of_it else 6), plot.top + px(10))
    write(target, "prescribed", at, size=12, colour=theme.LOW, align="right" if left_of_it else "left")
    points = [
        (to_x(ml), plot.bottom - (FEELS.index(word) + 0.5) * plot.height / len(FEELS))
        for ml, word in history.given.plunger
    ]
    if len(points) > 1:
        pygame.draw.lines(target, theme.INK, False, points, display.scale.stroke(2))
    if points:
        pygame.draw.circle(target, theme.INK, points[-1], px(6))
    for pressed_ml, ordinal in history.given.blood_presses:
        x = to_x(pressed_ml)
        half, top = display.scale.stroke(6), plot.bottom - display.scale.stroke(8)
        pygame.draw.polygon(target, theme.ACT, [(x - half, top), (x + half, top), (x, plot.bottom)])
        # Above the curve, which runs through the lower half of the panel
        for y in range(plot.top + px(34), top, 8):
            pygame.draw.line(target, theme.ACT, (x, y), (x, min(y + 3, top)), display.scale.stroke(1))
        write(target, f"press {ordinal}", (x, plot.top + px(26)), size=12, align="centre", colour=theme.ACT)
    _bubbles(context, target, area, plot, to_x)
    write(target, "mL of blood mixture", (plot.right, area.bottom - px(4)), size=12, align="right", colour=theme.LOW)


def _bubbles(
    context: AppContext,
    target: pygame.Surface,
    area: pygame.Rect,
    plot: pygame.Rect,
    to_x: Callable[[float], float],
) -> None:
    """Words stand over the volume at which they were said; where they would overlap, the earlier one goes."""
    display = context.display
    right = area.right
    for index, said in enumerate(reversed([s for s in context.perceived.history.said if s.at_ml > 0])):
        words = f"“{said.words}”"
        width = display.type.width(words, 13) + display.scale.px(18)
        x = to_x(said.at_ml)
        left = min(max(x - width / 2, plot.left), right - width)
        if left < plot.left:
            break
        box = pygame.Rect(round(left), area.top, width, display.scale.px(30))
        pygame.draw.line(target, theme.EDGE, (x, box.bottom), (x, plot.bottom))
        pygame.draw.rect(target, theme.RAISED, box, border_radius=5)
        pygame.draw.rect(target, theme.ACT if index == 0 else theme.LINE, box, 2 if index == 0 else 1, border_radius=5)
        display.type.draw(target, words, box.center, size=13, align="centre")
        right = box.left - 8
