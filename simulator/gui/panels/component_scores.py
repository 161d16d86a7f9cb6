"""Component scores: the parts of the score, each as a bar of its weight."""

from __future__ import annotations

import pygame

from simulator.gui.app_context import AppContext
from simulator.gui.debrief_facts import DebriefFacts
from simulator.gui.drawing import theme
from simulator.gui.panels.panel_frame import draw_panel


def draw(context: AppContext, target: pygame.Surface, area: pygame.Rect, facts: DebriefFacts) -> None:
    """Draw a bar for each component, as long as its weight, with what it rests on."""
    px, write = context.scale.px, context.type.draw
    inside = draw_panel(context, target, area, "Score by component", "points of weight")
    step = (inside.height - px(40)) / max(len(facts.components), 1)
    for index, part in enumerate(facts.components):
        y = inside.top + step * index + px(10)
        write(target, part.name, (inside.left, y), size=14, weight="SemiBold")
        write(target, f"of {part.most:.0f}", (inside.right, y), size=12, align="right", colour=theme.LOW)
        write(
            target,
            f"{part.points:.1f}",
            (inside.right - px(46), y),
            size=16,
            weight="SemiBold",
            align="right",
            figures=True,
        )
        whole = round((inside.width - px(210)) * part.bar_percent / 100.0)
        bar = pygame.Rect(inside.left + px(100), y - px(5), whole, px(10))
        pygame.draw.rect(target, theme.RAISED, bar)
        pygame.draw.rect(target, theme.ACT, (bar.left, bar.top, round(whole * part.fraction), bar.height))
        lines, most = context.type.wrapped(part.note, 12, inside.width), 1 if context.scale.compact else 2
        if len(lines) > most:
            lines[most - 1] = f"{lines[most - 1][:-2].rstrip()}…"
        for line in lines[:most]:
            y += px(18)
            write(target, line, (inside.left, y), size=12, colour=theme.LOW)
    words = "Bar length is the weight. Weights are ours and unvalidated; anchors are published and in the report."
    context.type.paragraph(
        target,
        words,
        pygame.Rect(inside.left, inside.bottom - px(34), inside.width, px(40)),
        size=12,
        colour=theme.LOW,
    )
