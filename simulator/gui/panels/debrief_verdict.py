"""Debrief verdict: the score, and the procedure in a few sentences."""

from __future__ import annotations

import pygame

from simulator.gui.context.display import Display
from simulator.gui.debrief_facts import DebriefFacts, VerdictTone
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import OwnWords
from simulator.gui.drawing.symbols import warning_sign

HEAD, BODY = 18, 13
TONES = {VerdictTone.OK: theme.OK, VerdictTone.WARN: theme.WARN, VerdictTone.STOP: theme.STOP}


def height(display: Display, facts: DebriefFacts, *, left: int, text_right: int) -> int:
    """Height that the whole verdict needs, whatever its length."""
    _, width = _text_column(display, facts, left, text_right)
    heads = len(display.type.wrapped(facts.verdict.headline, HEAD, width, "SemiBold"))
    lines = len(display.type.wrapped(_body(display, facts), BODY, width))
    return round(display.scale.type_px(HEAD) * 1.35) * heads + _line(display) * lines + display.scale.px(28)


def draw(display: Display, target: pygame.Surface, area: pygame.Rect, facts: DebriefFacts, *, text_right: int) -> None:
    """Draw the panel; its text ends at `text_right`, where the buttons of the screen begin."""
    px, write = display.scale.px, display.type.draw
    pygame.draw.rect(target, theme.PANEL, area, border_radius=px(6))
    middle = area.top + min(area.height, px(150)) / 2
    end = write(target, f"{facts.score:.0f}", (area.left + px(22), middle), size=58, weight="SemiBold").right
    write(target, "of 100", (end + px(8), middle - px(8)), size=14, weight="Medium")
    x, width = _text_column(display, facts, area.left, text_right)
    pygame.draw.line(target, theme.LINE, (x - px(40), area.top + 12), (x - px(40), area.bottom - 12))
    step = round(display.scale.type_px(HEAD) * 1.35)
    y = area.top + px(12) + step // 2
    _sign(target, facts.verdict.tone, (x - px(18), y), px(18), TONES[facts.verdict.tone])
    for line in display.type.wrapped(facts.verdict.headline, HEAD, width, "SemiBold"):
        write(target, OwnWords(line), (x, y), size=HEAD, weight="SemiBold")
        y += step
    box = pygame.Rect(x, y - step // 2 + px(2), width, area.height)
    display.type.paragraph(target, _body(display, facts), box, size=BODY, colour=theme.MID)


def _text_column(display: Display, facts: DebriefFacts, left: int, text_right: int) -> tuple[int, int]:
    """Left end and width of the verdict's text."""
    px = display.scale.px
    number = display.type.width(f"{facts.score:.0f}", 58, "SemiBold") + display.type.width("of 100", 14, "Medium")
    x = left + px(22) + number + px(8) + px(64)
    return x, text_right - x - px(12)


def _line(display: Display) -> int:
    return round(display.scale.type_px(BODY) * 1.4)


def _body(display: Display, facts: DebriefFacts) -> OwnWords:
    treated = facts.verdict.treated.capitalize()
    sign = () if facts.verdict.headline.startswith(treated) else (f"{treated}.",)  # the headline has said it
    return display.type.said((*sign, *facts.verdict.cap, *facts.verdict.sentences))


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
