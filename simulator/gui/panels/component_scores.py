"""Component scores: the parts of the score, each as a bar of its weight, with all that it rests on."""

from __future__ import annotations

import pygame

from simulator.gui.context.display import Display
from simulator.gui.debrief_facts import ComponentScore, DebriefFacts
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import OwnWords
from simulator.gui.panels.panel_frame import draw_panel

FOOT = "Bar length is the weight. Weights are ours and unvalidated; anchors are published and in the report."


def draw(display: Display, target: pygame.Surface, area: pygame.Rect, facts: DebriefFacts, *, first: int = 0) -> int:
    """Draw components from one on, whole ones alone, each with a bar as long as its weight.

    Returns:
        how many were drawn
    """
    px, write = display.scale.px, display.type.draw
    inside = draw_panel(display, target, area, "Score by component", " ")
    step = display.scale.type_px(12) + 4
    foot = display.type.wrapped(FOOT, 12, inside.width)
    bottom = inside.bottom - len(foot) * step
    y, drawn = inside.top + px(10), 0
    names = (display.type.width(part.name, 14, "SemiBold") for part in facts.components)
    caption = max(px(100), max(names, default=0) + px(12))
    for part in facts.components[first:]:
        rests_on = display.type.said((display.type.said(one, ": ") for one in part.rests_on), "; ")
        lines = display.type.wrapped(rests_on, 12, inside.width) if rests_on else []
        high = px(22) + len(lines) * step
        if y - px(10) + high > bottom and drawn:
            break
        _component(display, target, inside, part, y, caption)
        for index, line in enumerate(lines):
            write(target, OwnWords(line), (inside.left, y + px(20) + index * step), size=12, colour=theme.LOW)
        y += high + px(8)
        drawn += 1
    whole = len(facts.components)
    note = "points of weight" if drawn == whole else f"{first + 1} to {first + drawn} of {whole}, wheel: more"
    write(target, note, (inside.right, area.top + px(22)), size=13, align="right", colour=theme.LOW)
    for index, line in enumerate(foot):
        write(target, line, (inside.left, bottom + index * step + step / 2), size=12, colour=theme.LOW)
    return drawn


def _component(
    display: Display, target: pygame.Surface, inside: pygame.Rect, part: ComponentScore, y: int, caption: int
) -> None:
    """Name, bar and points of one component; the bar begins beyond the caption."""
    px, write = display.scale.px, display.type.draw
    write(target, part.name, (inside.left, y), size=14, weight="SemiBold")
    write(target, f"of {part.most:.0f}", (inside.right, y), size=12, align="right", colour=theme.LOW)
    points = f"{part.points:.1f}"
    at = (inside.right - px(46), y)
    write(target, points, at, size=16, weight="SemiBold", align="right", figures=True)
    whole = round((inside.width - caption - px(110)) * part.bar_percent / 100.0)
    bar = pygame.Rect(inside.left + caption, y - px(5), whole, px(10))
    pygame.draw.rect(target, theme.RAISED, bar)
    pygame.draw.rect(target, theme.ACT, (bar.left, bar.top, round(whole * part.fraction), bar.height))
