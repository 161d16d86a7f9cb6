"""Tutorial card: the present step of the tutorial, above the line at the foot of the window."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.display import Display
from simulator.gui.drawing import theme
from simulator.gui.input.tutorial import LESSONS, lesson

SIZE = 14


def card_height(context: AppContext) -> int:
    """Room that the card takes at the foot of the screen; 0 without a tutorial."""
    present = lesson(context.teaching)
    if present is None:
        return 0
    return 3 * _line(context.display) + context.display.scale.px(16)


def _line(display: Display) -> int:
    return display.scale.type_px(SIZE) + 5


def card_area(context: AppContext) -> pygame.Rect:
    """Where the card stands."""
    display = context.display
    width, height = display.size
    high = card_height(context)
    edge = 8 if display.scale.compact else display.scale.px(16)
    return pygame.Rect(edge, height - theme.notice_height(display.scale) - high, width - 2 * edge, high - 2)


def answers_left(context: AppContext) -> int:
    """Left end of the buttons at the right of the card."""
    return card_area(context).right - max(context.display.scale.px(460), 400)


def draw(context: AppContext, target: pygame.Surface) -> None:
    """Draw the card; its buttons are the screen's."""
    display = context.display
    present, state = lesson(context.teaching), context.teaching.tutorial
    if present is None or state is None:
        return
    area = card_area(context)
    pygame.draw.rect(target, theme.ACT_GROUND, area, border_radius=6)
    pygame.draw.rect(target, theme.ACT, area, 1, border_radius=6)
    line, x = _line(display), area.left + display.scale.px(14)
    y = area.top + display.scale.px(7) + line / 2
    title = f"Tutorial {state.step + 1} of {len(LESSONS)}: {present.title}"
    display.type.draw(target, title, (x, y), size=SIZE, weight="SemiBold")
    words = present.words
    if state.answer is not None:
        words = present.after if state.answer == present.right else "No. Look again, and choose the other one."
    room = answers_left(context) - x - 12
    for index, text in enumerate(display.type.wrapped(words, SIZE, room)[:2]):
        display.type.draw(target, text, (x, y + (index + 1) * line), size=SIZE)
