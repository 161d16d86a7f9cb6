"""Critical moments: complications, near misses and closest approaches, and the decision that cost most."""

from __future__ import annotations

import pygame

from simulator.gui.app_context import AppContext
from simulator.gui.debrief_facts import CostliestDecision, DebriefFacts
from simulator.gui.drawing import theme
from simulator.gui.drawing.symbols import warning_sign
from simulator.gui.panels.panel_frame import draw_panel


def draw(context: AppContext, target: pygame.Surface, area: pygame.Rect, facts: DebriefFacts) -> None:
    """Draw as many moments as there is place for."""
    px, write = context.scale.px, context.type.draw
    inside = draw_panel(context, target, area, "Near misses", f"{len(facts.moments)}" if facts.moments else "none")
    bottom = _draw_costliest(context, target, inside, facts.costliest)
    y = inside.top + px(8)
    for miss in facts.moments:
        if y > bottom - px(24):
            break
        if miss.warns:
            warning_sign(target, (inside.left + 8, y), px(15))
        write(target, context.clock(miss.at_ms), (inside.left + px(26), y), size=13, colour=theme.MID, figures=True)
        context.type.draw(target, miss.words, (inside.left + max(px(100), 92), y), size=14, weight="Medium")
        shown = "" if miss.image is None else f"image {miss.image}"
        because = "; ".join(part for part in (miss.because, shown) if part)
        for line in context.type.wrapped(because, 12, inside.width - max(px(100), 92))[:2]:
            y += px(18)
            write(target, line, (inside.left + max(px(100), 92), y), size=12, colour=theme.LOW)
        y += px(28)


def _draw_costliest(
    context: AppContext, target: pygame.Surface, inside: pygame.Rect, costliest: CostliestDecision | None
) -> int:
    """The decision that cost most at the foot of the panel, and how its other end is seen; the foot's upper edge."""
    if costliest is None:
        return inside.bottom
    px = context.scale.px
    head = f"Costliest: {context.clock(costliest.at_ms)}, {costliest.command}, {costliest.points:.1f} points"
    lines = [
        *context.type.wrapped(head, 12, inside.width)[:1],
        *context.type.wrapped(costliest.advice, 12, inside.width)[:1],
        f"Its other end: report SESSION --what-if {costliest.number}",
    ]
    top = inside.bottom - px(18) * len(lines)
    for index, line in enumerate(lines):
        at = (inside.left, top + px(18) * index + px(9))
        context.type.draw(target, line, at, size=12, colour=theme.LOW if index else theme.MID)
    return top
