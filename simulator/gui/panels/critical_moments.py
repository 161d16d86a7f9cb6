"""Critical moments: complications, near misses and closest approaches, and the decision that cost most."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.debrief_facts import CostliestDecision, CriticalMoment, DebriefFacts
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import OwnWords
from simulator.gui.drawing.symbols import warning_sign
from simulator.gui.panels.command_line import command_line
from simulator.gui.panels.panel_frame import draw_panel


def draw(
    context: AppContext, target: pygame.Surface, area: pygame.Rect, facts: DebriefFacts, *, first: int = 0
) -> list[tuple[pygame.Rect, CriticalMoment]]:
    """Draw the moments from one on, as many as there is place for; where each of them stands."""
    display = context.display
    px, write = display.scale.px, display.type.draw
    inside = draw_panel(display, target, area, "Near misses", " ")
    bottom = _draw_costliest(context, target, inside, facts.costliest)
    y, step = inside.top + px(8), display.scale.type_px(12) + 4
    indent = max(display.type.width("00:00:00", 13), 66) + px(26) + 14
    places: list[tuple[pygame.Rect, CriticalMoment]] = []
    for moment in facts.moments[first:]:
        shown = "" if moment.image is None else f"see press {moment.image}"
        because = display.type.said((part for part in (*moment.reasons, shown) if part), "; ")
        head = display.type.wrapped(moment.words, 14, inside.width - indent, "Medium")
        lines = display.type.wrapped(because, 12, inside.width - indent) if because else []
        high = len(head) * (step + 3) + len(lines) * step
        if y + high - step > bottom - px(4) and places:
            break
        if moment.warns:
            warning_sign(target, (inside.left + 8, y), px(15))
        write(
            target,
            context.perceived.clock(moment.at_ms),
            (inside.left + px(26), y),
            size=13,
            colour=theme.MID,
            figures=True,
        )
        place = pygame.Rect(inside.left, y - step, inside.width, high + px(6))
        for line in head:
            write(target, OwnWords(line), (inside.left + indent, y), size=14, weight="Medium")
            y += step + 3
        for line in lines:
            write(target, line, (inside.left + indent, y), size=12, colour=theme.LOW)
            y += step
        places.append((place, moment))
        y += px(12)
    at = (inside.right, area.top + px(22))
    write(target, _note(facts, first, len(places)), at, size=13, align="right", colour=theme.LOW)
    return places


def _note(facts: DebriefFacts, first: int, shown: int) -> str:
    """How many there are, and where further ones are."""
    whole = len(facts.moments)
    if not whole:
        return "none"
    return f"{first + 1} of {whole}, wheel: more" if shown < whole else str(whole)


def _draw_costliest(
    context: AppContext, target: pygame.Surface, inside: pygame.Rect, costliest: CostliestDecision | None
) -> int:
    """The decision that cost most at the foot of the panel, and how its other end is seen; the foot's upper edge."""
    display = context.display
    if costliest is None:
        return inside.bottom
    px = display.scale.px
    clock, points = context.perceived.clock(costliest.at_ms), f"{costliest.points:.1f} points"
    head = display.type.said((f"Costliest: {clock}", command_line(display, costliest.command), points), ", ")
    lines = [
        *display.type.wrapped(head, 12, inside.width),
        *display.type.wrapped(costliest.advice, 12, inside.width)[:3],
    ]
    heads = len(display.type.wrapped(head, 12, inside.width))
    top = inside.bottom - px(18) * len(lines)
    for index, line in enumerate(lines):
        at = (inside.left, top + px(18) * index + px(9))
        display.type.draw(target, OwnWords(line), at, size=12, colour=theme.LOW if index >= heads else theme.MID)
    return top
