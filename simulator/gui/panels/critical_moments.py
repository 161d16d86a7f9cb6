"""Critical moments: complications, near misses and closest approaches, with what led to them."""

from __future__ import annotations

import pygame

from simulator.gui.app_context import AppContext
from simulator.gui.debrief_facts import DebriefFacts
from simulator.gui.drawing import theme
from simulator.gui.drawing.symbols import warning_sign
from simulator.gui.panels.panel_frame import draw_panel


def draw(context: AppContext, target: pygame.Surface, area: pygame.Rect, facts: DebriefFacts) -> None:
    """Draw as many moments as there is place for."""
    px, write = context.scale.px, context.type.draw
    inside = draw_panel(context, target, area, "Near misses", f"{len(facts.moments)}" if facts.moments else "none")
    y = inside.top + px(8)
    for miss in facts.moments:
        if y > inside.bottom - px(24):
            break
        if miss.warns:
            warning_sign(target, (inside.left + 8, y), px(15))
        write(target, context.clock(miss.at_ms), (inside.left + px(26), y), size=13, colour=theme.MID, figures=True)
        context.type.draw(target, miss.words, (inside.left + max(px(100), 92), y), size=14, weight="Medium")
        for line in context.type.wrapped(miss.because, 12, inside.width - max(px(100), 92))[:2]:
            y += px(18)
            write(target, line, (inside.left + max(px(100), 92), y), size=12, colour=theme.LOW)
        y += px(28)
