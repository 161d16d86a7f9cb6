"""Debrief advice: what to do otherwise, the dearest first, each with the press on which it is seen."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.debrief_facts import AdviceLine, DebriefFacts
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import OwnWords
from simulator.gui.panels.command_line import command_line
from simulator.gui.panels.panel_frame import draw_panel


def draw(
    context: AppContext, target: pygame.Surface, area: pygame.Rect, facts: DebriefFacts, *, first: int = 0
) -> list[tuple[pygame.Rect, AdviceLine]]:
    """Draw the advice from one on, as much as there is place for; where each of it stands."""
    display = context.display
    px, write = display.scale.px, display.type.draw
    inside = draw_panel(display, target, area, "Advice", " ")
    y, step = inside.top + px(8), display.scale.type_px(13) + 4
    places: list[tuple[pygame.Rect, AdviceLine]] = []
    for line in facts.advice[first:]:
        words = display.type.wrapped(line.words, 13, inside.width - px(30), "Medium")
        shown = "" if line.image is None else f"see press {line.image}"
        clock, points = context.perceived.clock(line.at_ms), f"{line.points:.1f} points"
        head = display.type.said((clock, command_line(display, line.command), points), ", ")
        under = display.type.wrapped(
            display.type.said((part for part in (head, shown) if part), "; "), 12, inside.width - px(30)
        )
        high = step * (len(words) + len(under))
        if y + high - step > inside.bottom and places:
            break
        write(target, f"{len(places) + 1}", (inside.left, y), size=12, colour=theme.LOW)
        place = pygame.Rect(inside.left, y - step // 2, inside.width, high)
        for text in words:
            write(target, OwnWords(text), (inside.left + px(30), y), size=13, weight="Medium")
            y += step
        for text in under:
            write(target, OwnWords(text), (inside.left + px(30), y), size=12, colour=theme.LOW)
            y += step
        places.append((place, line))
        y += px(8)
    whole = len(facts.advice)
    note = "none" if not whole else f"{first + 1} of {whole}, wheel: more" if len(places) < whole else str(whole)
    write(target, note, (inside.right, area.top + px(22)), size=13, align="right", colour=theme.LOW)
    return places
