"""Truth overlay: what the patient really is, as lines over a picture; drawn in the debrief alone."""

from __future__ import annotations

from itertools import pairwise

import pygame

from simulator.gui.context.display import Display
from simulator.gui.debrief_facts import TruthOverlay
from simulator.gui.drawing import theme
from simulator.gui.drawing.picture import Picture
from simulator.gui.drawing.symbols import dashed_line
from simulator.vocabulary.structures import Structure


def draw_truth(display: Display, target: pygame.Surface, overlay: TruthOverlay, picture: Picture) -> None:
    """Outlines, plan, the tip's way, and where it was at each press."""

    def on(line: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
        return [picture.on_screen(*point) for point in line]

    for name, gap in ((Structure.DURA, 9.0), (Structure.FLAVUM, 5.0), (Structure.EPIDURAL, 5.0)):
        for line in overlay.lines.get(name, ()):
            points = on((*line, line[0]))
            colour = theme.TRUTH if name is not Structure.EPIDURAL else theme.OK
            if name is Structure.EPIDURAL:
                pygame.draw.aalines(target, colour, True, points)
            else:
                _dashes(target, colour, points, gap)
    for piece in overlay.path:
        if len(piece) > 1:
            pygame.draw.lines(target, theme.INK, False, on(piece), 2)
    if overlay.plan is not None:
        dashed_line(target, theme.ACT, picture.on_screen(*overlay.plan[0]), picture.on_screen(*overlay.plan[1]))
    radius = display.scale.px(9)
    for ordinal, at in overlay.presses:
        x, y = picture.on_screen(*at)
        pygame.draw.circle(target, theme.BACKGROUND, (x, y), radius)
        pygame.draw.circle(target, theme.INK, (x, y), radius, 1)
        display.type.draw(target, str(ordinal), (x, y), size=12, align="centre")
    if overlay.tip is not None:
        x, y = picture.on_screen(*overlay.tip)
        for dx, dy in ((1, 1), (1, -1)):
            pygame.draw.line(target, theme.INK, (x - 6 * dx, y - 6 * dy), (x + 6 * dx, y + 6 * dy), 2)


def _dashes(target: pygame.Surface, colour: theme.Colour, points: list[tuple[float, float]], gap: float) -> None:
    """A line of dashes along many short pieces."""
    travelled, start = 0.0, points[0]
    for a, b in pairwise(points):
        length = ((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5
        if int(travelled / gap) % 2 == 0:
            pygame.draw.line(target, colour, start, b, 2)
        travelled += length
        start = b


def draw_legend(display: Display, target: pygame.Surface, place: pygame.Rect) -> None:
    """What the lines mean, each in its own style."""
    px = display.scale.px
    entries = (
        ("your path", theme.INK, False),
        ("plan", theme.ACT, True),
        ("dura", theme.TRUTH, True),
        ("lig. flavum", theme.TRUTH, True),
        ("epidural space", theme.OK, False),
    )
    box = pygame.Rect(place.left + 8, place.bottom - px(34), place.width - 16, px(26))
    pygame.draw.rect(target, theme.BACKGROUND, box, border_radius=5)
    x = box.left + px(10)
    for words, colour, broken in entries:
        if broken:
            dashed_line(
                target, colour, (x, box.centery), (x + px(22), box.centery), 5.0 if words == "lig. flavum" else 9.0
            )
        else:
            pygame.draw.line(target, colour, (x, box.centery), (x + px(22), box.centery), 2)
        x = display.type.draw(target, words, (x + px(28), box.centery), size=12, colour=theme.MID).right + px(14)
