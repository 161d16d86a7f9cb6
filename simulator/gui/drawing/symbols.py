"""Symbols: signs and line styles that stand beside a colour, so that no meaning rests on colour alone."""

from __future__ import annotations

import math

import pygame

from simulator.gui.drawing import theme


def warning_sign(target: pygame.Surface, centre: tuple[float, float], size: int) -> None:
    """A triangle with an exclamation mark: the second cue of a warning."""
    x, y = centre
    half = size / 2
    pygame.draw.polygon(target, theme.WARN, [(x, y - half), (x + half, y + half * 0.8), (x - half, y + half * 0.8)])
    bar = pygame.Rect(0, 0, max(size // 8, 2), max(size // 3, 3))
    bar.center = (round(x), round(y + size * 0.02))
    pygame.draw.rect(target, theme.BACKGROUND, bar)
    pygame.draw.circle(target, theme.BACKGROUND, (x, y + half * 0.58), max(size // 14, 1))


def trefoil(target: pygame.Surface, centre: tuple[float, float], radius: int, colour: theme.Colour) -> None:
    """The radiation sign."""
    x, y = centre
    pygame.draw.circle(target, colour, centre, radius, max(radius // 12, 2))
    inner, outer = radius * 0.25, radius * 0.8
    for start in (-120, 0, 120):
        blade = [
            (x + r * math.cos(math.radians(start - 30 + 6 * k)), y + r * math.sin(math.radians(start - 30 + 6 * k)))
            for r, ks in ((outer, range(11)), (inner, range(10, -1, -1)))
            for k in ks
        ]
        pygame.draw.polygon(target, colour, [(2 * x - bx, 2 * y - by) for bx, by in blade])
    pygame.draw.circle(target, colour, centre, radius * 0.14)


def dashed_line(
    target: pygame.Surface,
    colour: theme.Colour,
    start: tuple[float, float],
    end: tuple[float, float],
    step: float = 10.0,
    width: int = 2,
) -> None:
    """A dashed line: planned, not done."""
    length = math.dist(start, end)
    count = max(int(length / step), 1)
    for k in range(count):
        a, b = k / count, (k + 0.6) / count
        pygame.draw.line(
            target,
            colour,
            (start[0] + a * (end[0] - start[0]), start[1] + a * (end[1] - start[1])),
            (start[0] + b * (end[0] - start[0]), start[1] + b * (end[1] - start[1])),
            width,
        )
