"""Spine sketch: the column from the side, with the level of a case marked; a drawing, of nobody in particular."""

from __future__ import annotations

import math

import pygame

from simulator.gui.context.display import Display
from simulator.gui.drawing import theme

COUNTS = (("C", 7), ("T", 12), ("L", 5), ("S", 1))
BODIES = [f"{letter}{number}" for letter, count in COUNTS for number in range(1, count + 1)]
HEIGHTS = {"C": 0.62, "T": 0.95, "L": 1.35, "S": 1.6}
"""Heights of a body with its disc, about, against each other."""


def draw(display: Display, target: pygame.Surface, area: pygame.Rect, level: str) -> None:
    """Draw 25 bodies, back to the left, and a mark at an interspace such as "L3/4"; without a level none."""
    whole = sum(HEIGHTS[name[0]] for name in BODIES)
    unit = (area.height - display.scale.px(8)) / whole
    y = float(area.top + display.scale.px(4))
    upper = level.split("/")[0]
    for index, name in enumerate(BODIES):
        high = HEIGHTS[name[0]] * unit
        middle = area.centerx + area.width * 0.16 * _curve(index / (len(BODIES) - 1))
        wide = (7.0 + 0.8 * index) * area.width / 90.0
        body = pygame.Rect(round(middle), round(y), round(wide), max(round(high * 0.78), 2))
        here = name == upper
        pygame.draw.rect(target, theme.MID if here else theme.EDGE, body, border_radius=2)
        process = [
            (body.left - 3, body.top + 1),
            (body.left - wide * 0.8, body.bottom + 1),
            (body.left - 3, body.bottom),
        ]
        pygame.draw.polygon(target, theme.EDGE, process)
        if here:
            at = (body.left - 3, round(y + high * 0.88))
            pygame.draw.line(target, theme.ACT, at, (area.right - 2, at[1]), display.scale.stroke(2))
            pygame.draw.circle(target, theme.ACT, at, max(display.scale.px(5), 4), display.scale.stroke(2))
            display.type.draw(target, level, (area.right - 2, at[1] - 9), size=13, align="right", colour=theme.INK)
        if name in ("C1", "T1", "L1", "S1"):
            display.type.draw(target, name, (area.left, y + high / 2), size=12, colour=theme.LOW)
        y += high


def _curve(along: float) -> float:
    """How far to the front a body lies: lordosis of the neck, kyphosis of the chest, lordosis of the loins."""
    return math.sin(2.0 * math.pi * (along * 1.35 - 0.02)) * (0.7 if along < 0.3 else 1.0) * -1.0
