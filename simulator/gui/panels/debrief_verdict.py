"""Debrief verdict: the score, and the procedure in a few sentences."""

from __future__ import annotations

import pygame

from simulator.gui.app_context import AppContext
from simulator.gui.debrief_facts import DebriefFacts, VerdictTone
from simulator.gui.drawing import theme
from simulator.gui.drawing.symbols import warning_sign

TONES = {VerdictTone.OK: theme.OK, VerdictTone.WARN: theme.WARN, VerdictTone.STOP: theme.STOP}


def draw(
    context: AppContext, target: pygame.Surface, area: pygame.Rect, facts: DebriefFacts, *, text_right: int
) -> None:
    """Draw the panel; its text ends at `text_right`, where the buttons of the screen begin."""
    px, write = context.scale.px, context.type.draw
    pygame.draw.rect(target, theme.PANEL, area, border_radius=px(6))
    end = write(target, f"{facts.score:.0f}", (area.left + px(22), area.centery), size=58, weight="SemiBold").right
    write(target, "of 100", (end + px(8), area.centery - px(8)), size=14, weight="Medium")
    x = end + px(84)
    pygame.draw.line(target, theme.LINE, (x - px(14), area.top + 12), (x - px(14), area.bottom - 12))
    colour = TONES[facts.verdict.tone]
    y = area.top + px(26)
    _sign(target, facts.verdict.tone, (x + px(8), y), px(18), colour)
    width = text_right - x - px(20)
    for line in context.type.wrapped(facts.verdict.headline, 18, width - px(24), "SemiBold")[:1]:
        write(target, line, (x + px(26), y), size=18, weight="SemiBold")
    treated = f"{facts.verdict.treated.capitalize()}."
    text = " ".join([treated] + ([facts.verdict.cap] if facts.verdict.cap else []) + list(facts.verdict.sentences))
    box = pygame.Rect(x + px(26), area.top + px(42), width - px(24), area.height)
    context.type.paragraph(target, text, box, size=13, colour=theme.MID, most=4)


def _sign(target: pygame.Surface, tone: VerdictTone, at: tuple[float, float], size: int, colour: theme.Colour) -> None:
    """A tick, a triangle or a square: the second cue of the verdict."""
    x, y = at
    half = size / 2
    if tone is VerdictTone.OK:
        pygame.draw.circle(target, colour, at, half)
        pygame.draw.lines(
            target,
            theme.PANEL,
            False,
            [(x - half * 0.5, y), (x - 1, y + half * 0.45), (x + half * 0.55, y - half * 0.4)],
            2,
        )
    elif tone is VerdictTone.WARN:
        warning_sign(target, at, size)
    else:
        pygame.draw.rect(target, colour, pygame.Rect(round(x - half), round(y - half), size, size))
        pygame.draw.line(target, theme.PANEL, (x - half * 0.5, y), (x + half * 0.5, y), 3)
