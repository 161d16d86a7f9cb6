"""Patient: the words, the last ones large."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.perceived import Perceived
from simulator.gui.drawing import theme

FRESH_MS = 15_000


def just_spoke(perceived: Perceived) -> bool:
    """Whether the last words are so new that nobody may miss them."""
    said = perceived.history.said
    return bool(said) and perceived.view.elapsed_ms - said[-1].at_ms < FRESH_MS


def draw(context: AppContext, target: pygame.Surface, area: pygame.Rect) -> None:
    """Draw what was said."""
    display = context.display
    said = context.perceived.history.said
    line = display.scale.type_px(13) + 8
    if not said:
        display.type.draw(
            target, "The patient has said nothing yet.", (area.left, area.top + line / 2), size=13, colour=theme.LOW
        )
        return
    last = said[-1]
    pad = display.scale.px(12)
    words = f"“{last.words}”"
    lines = display.type.wrapped(words, 16, area.width - 2 * pad)[:3]
    step = round(display.scale.type_px(16) * 1.35)
    box = pygame.Rect(area.left, area.top, area.width, len(lines) * step + line + pad)
    fresh = just_spoke(context.perceived)
    pygame.draw.rect(target, theme.RAISED, box, border_radius=6)
    if fresh:
        pygame.draw.rect(target, theme.ACT, box, 2, border_radius=6)
    for index, text in enumerate(lines):
        display.type.draw(
            target, text, (box.left + pad, box.top + pad / 2 + step * (index + 0.5)), size=16, weight="Medium"
        )
    ago = (context.perceived.view.elapsed_ms - last.at_ms) // 1000
    words = f"{ago} s ago" if ago < 120 else f"{ago // 60} min ago"
    if last.at_ml > 0:
        words += f", at {last.at_ml:.1f} mL"
    display.type.draw(target, words, (box.left + pad, box.bottom - line * 0.7), size=12, colour=theme.LOW)
    y = box.bottom + line
    for earlier in reversed(said[:-1]):
        if y > area.bottom - line / 2:
            break
        display.type.draw(
            target, context.perceived.clock(earlier.at_ms)[:5], (area.left, y), size=12, colour=theme.LOW, figures=True
        )
        text = display.type.wrapped(f"“{earlier.words}”", 13, area.width - display.scale.px(50))[0]
        display.type.draw(target, text, (area.left + display.scale.px(50), y), size=13, colour=theme.MID)
        y += line
