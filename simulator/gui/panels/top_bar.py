"""Top bar: the case, what has been done of each phase, the clock on the wall."""

from __future__ import annotations

import math

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import OwnWords
from simulator.gui.drawing.typeface import Weight
from simulator.gui.input.exam_clock import exam_left_s
from simulator.vocabulary.procedure import Phase

LAST_S = 300.0  # of an examination, which are told in another colour
PHASES = tuple(phase for phase in Phase if phase is not Phase.CLOSED)


def draw(context: AppContext, target: pygame.Surface) -> None:
    """Draw the bar."""
    display = context.display
    bar = pygame.Rect(0, 0, target.get_width(), theme.bar_height(display.scale))
    pygame.draw.rect(target, theme.PANEL, bar)
    pygame.draw.line(target, theme.LINE, bar.bottomleft, bar.bottomright)
    view = context.perceived.view
    left = display.type.draw(
        target, OwnWords(view.case.title), (display.scale.px(16), bar.centery), size=16, weight="SemiBold"
    )
    if context.session.assisted:
        _assisted(target, bar)
        at = (left.right + display.scale.px(14), bar.centery)
        left = display.type.draw(target, "ASSISTED", at, size=13, weight="SemiBold", colour=theme.WARN)
    right = _clock(context, target, bar)
    _phases(context, target, bar, left.right + display.scale.px(24), right - display.scale.px(24))


def _assisted(target: pygame.Surface, bar: pygame.Rect) -> None:
    """A hatched band along the upper edge."""
    for x in range(bar.left, bar.right, 12):
        pygame.draw.line(target, theme.WARN, (x, bar.top + 3), (x + 6, bar.top), 2)


def doors(context: AppContext, width: int) -> list[tuple[ScreenName, str, str, pygame.Rect]]:
    """What is laid over a screen from the bar, by its key or by a click: the screen, key, word and place of each."""
    display = context.display
    bar = pygame.Rect(0, 0, width, theme.bar_height(display.scale))
    found = [(ScreenName.MENU, "Esc", "Menu"), (ScreenName.HELP, "F1", "Help")]
    if context.perceived.has_checklist:
        found.append((ScreenName.CHECKLIST, "F11", "Checklist"))
    placed, x = [], bar.right - display.scale.px(16)
    for name, cap, words in found:
        wide = display.type.width(words, 13) + display.type.width(cap, 12) + 16
        placed.append((name, cap, words, pygame.Rect(x - wide, bar.top, wide, bar.height)))
        x -= wide + display.scale.px(14)
    return placed


def door_at(context: AppContext, width: int, at: tuple[int, int]) -> ScreenName | None:
    """The screen whose words in the bar were clicked."""
    return next((name for name, _, _, area in doors(context, width) if area.collidepoint(at)), None)


def _clock(context: AppContext, target: pygame.Surface, bar: pygame.Rect) -> int:
    display = context.display
    x = bar.right - display.scale.px(16)
    for _, cap, words, area in doors(context, bar.width):
        place = display.type.draw(target, words, (area.right, bar.centery), size=13, align="right", colour=theme.MID)
        key = pygame.Rect(area.left, 0, display.type.width(cap, 12) + 10, place.height + 2)
        key.centery = bar.centery
        pygame.draw.rect(target, theme.EDGE, key, 1, border_radius=4)
        display.type.draw(target, cap, key.center, size=12, align="centre", colour=theme.MID)
        x = area.left - display.scale.px(14)
    place = display.type.draw(
        target, context.perceived.clock(), (x, bar.centery), size=19, weight="Medium", align="right", figures=True
    )
    left = place.left
    if not display.scale.compact:
        left = display.type.draw(
            target, "simulated", (left - 10, bar.centery), size=12, align="right", colour=theme.LOW
        ).left
    return _exam_time(context, target, bar, left)


def _exam_time(context: AppContext, target: pygame.Surface, bar: pygame.Rect, right: int) -> int:
    """What is left of an examination, in whole minutes, in its last one in seconds."""
    left_s = exam_left_s(context)
    if left_s is None:
        return right
    words = f"{math.ceil(left_s / 60.0)} min left" if left_s > 60.0 else f"{math.ceil(left_s)} s left"
    colour = theme.WARN if left_s < LAST_S else theme.MID
    at = (right - context.display.scale.px(16), bar.centery)
    return context.display.type.draw(target, words, at, size=14, weight="SemiBold", align="right", colour=colour).left


def _phases(context: AppContext, target: pygame.Surface, bar: pygame.Rect, left: int, right: int) -> None:
    """Phases of which something was done, the present one, and those without: a tick, a frame, an empty circle."""
    display = context.display
    present = context.perceived.view.phase
    at = PHASES.index(present) if present in PHASES else len(PHASES)
    gap, radius = display.scale.px(14), max(display.scale.px(6), 5)
    names = [name.capitalize() for name in PHASES]
    whole = sum(display.type.width(name, 14) + 2 * radius + 8 + 2 * gap for name in names)
    dots_only = display.scale.compact or whole > right - left
    widths = [
        2 * radius
        + (8 + display.type.width(name, 14, "SemiBold") if not dots_only or index == at else 0)
        + gap * (1 if dots_only else 2)
        for index, name in enumerate(names)
    ]
    pad = gap if at < len(names) else 0  # the present phase stands in a frame
    x = left + max((right - left - sum(widths) - 2 * pad) // 2, 0)
    for index, name in enumerate(names):
        named = not dots_only or index == at
        x += pad if index == at else 0
        centre = (x + radius + gap // 2, bar.centery)
        if index == at:
            high = display.scale.px(32)
            frame = pygame.Rect(x - gap // 3, bar.centery - high // 2, widths[index] + gap // 3, high)
            pygame.draw.rect(target, theme.ACT_GROUND, frame, border_radius=display.scale.px(16))
            pygame.draw.rect(target, theme.ACT, frame, 2, border_radius=display.scale.px(16))
            pygame.draw.circle(target, theme.ACT, centre, radius - 1)
        elif PHASES[index] in context.perceived.history.happened:
            pygame.draw.circle(target, theme.MID, centre, radius)
            pygame.draw.lines(
                target,
                theme.PANEL,
                False,
                [(centre[0] - 3, centre[1]), (centre[0] - 1, centre[1] + 3), (centre[0] + 3, centre[1] - 3)],
                2,
            )
        else:
            pygame.draw.circle(target, theme.EDGE, centre, radius, 2)
        if named:
            colour = theme.INK if index == at else theme.MID
            weight: Weight = "SemiBold" if index == at else "Regular"
            display.type.draw(
                target, name, (centre[0] + radius + 8, bar.centery), size=14, weight=weight, colour=colour
            )
        x += widths[index] + (pad if index == at else 0)
