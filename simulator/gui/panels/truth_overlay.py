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

COLOURS = {Structure.EPIDURAL: theme.OK, Structure.FLAVUM: theme.FLAVUM, Structure.DURA: theme.TRUTH}
"""Of each outline, in the order of drawing: the epidural space is thin, the flavum dashed, the dura thick. The space
ends at the dura, which therefore lies on top."""


def draw_truth(display: Display, target: pygame.Surface, overlay: TruthOverlay, picture: Picture) -> None:
    """Outlines, plan, the tip's way, and where it was at each press."""

    def on(line: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
        return [picture.on_screen(*point) for point in line]

    width, thin, gap = display.scale.stroke(2), display.scale.stroke(1), 5.0
    for name in COLOURS:
        for line in overlay.lines.get(name, ()):
            points = on((*line, line[0]))
            if name is Structure.FLAVUM:
                _dashes(target, COLOURS[name], points, gap * width / 2, width)
            else:
                pygame.draw.lines(target, COLOURS[name], False, points, width if name is Structure.DURA else thin)
    for piece in overlay.path:
        if len(piece) > 1:
            pygame.draw.lines(target, theme.INK, False, on(piece), width)
    if overlay.plan is not None:
        entry, aim = (picture.on_screen(*point) for point in overlay.plan)
        dashed_line(target, theme.ACT, entry, aim, 5.0 * width, width)
    radius = display.scale.px(9)
    for ordinal, at in overlay.presses:
        x, y = picture.on_screen(*at)
        pygame.draw.circle(target, theme.BACKGROUND, (x, y), radius)
        pygame.draw.circle(target, theme.INK, (x, y), radius, thin)
        display.type.draw(target, str(ordinal), (x, y), size=12, align="centre")
    if overlay.tip is not None:
        x, y = picture.on_screen(*overlay.tip)
        arm = display.scale.stroke(6)
        for dx, dy in ((arm, arm), (arm, -arm)):
            pygame.draw.line(target, theme.INK, (x - dx, y - dy), (x + dx, y + dy), width)


def _dashes(
    target: pygame.Surface, colour: theme.Colour, points: list[tuple[float, float]], gap: float, width: int
) -> None:
    """A line of dashes along many short pieces."""
    travelled, start = 0.0, points[0]
    for a, b in pairwise(points):
        length = ((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5
        if int(travelled / gap) % 2 == 0:
            pygame.draw.line(target, colour, start, b, width)
        travelled += length
        start = b


def draw_legend(display: Display, target: pygame.Surface, place: pygame.Rect) -> None:
    """What the lines mean, each in its own style."""
    px, width = display.scale.px, display.scale.stroke(2)
    entries = (
        ("your path", theme.INK, False),
        ("plan", theme.ACT, True),
        ("dura", COLOURS[Structure.DURA], False),
        ("lig. flavum", COLOURS[Structure.FLAVUM], True),
        ("epidural space", COLOURS[Structure.EPIDURAL], False),
    )
    box = pygame.Rect(place.left + 8, place.bottom - px(34), place.width - 16, px(26))
    pygame.draw.rect(target, theme.BACKGROUND, box, border_radius=5)
    x = box.left + px(10)
    for words, colour, broken in entries:
        if broken:
            gap = 2.5 * width if words == "lig. flavum" else 4.5 * width
            dashed_line(target, colour, (x, box.centery), (x + px(22), box.centery), gap, width)
        else:
            pygame.draw.line(target, colour, (x, box.centery), (x + px(22), box.centery), width)
        x = display.type.draw(target, words, (x + px(28), box.centery), size=12, colour=theme.MID).right + px(14)
