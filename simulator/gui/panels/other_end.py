"""Other end: what the expert did from one command on, beside the end that was recorded."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.debrief_facts import OtherEnd
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import OwnWords
from simulator.gui.panels.command_line import command_line
from simulator.gui.panels.panel_frame import draw_panel


def draw(context: AppContext, target: pygame.Surface, area: pygame.Rect, *, first: int = 0) -> None:
    """Draw where the expert took over, then what is compared and what the expert did, from one entry on."""
    display, session = context.display, context.session
    inside = draw_panel(display, target, area, "The expert's way", " ")
    px, write = display.scale.px, display.type.draw
    end = session.other_end
    if session.other_end_of is not None or end is None:
        words = "The expert treats the same patient from there on, with the same chance"
        for index, line in enumerate(display.type.wrapped(words, 13, inside.width)):
            write(target, line, (inside.left, inside.top + px(12) + index * px(20)), size=13, colour=theme.MID)
        return
    step = display.scale.type_px(12) + 4
    y = inside.top + px(8)
    head = display.type.said((context.perceived.clock(end.at_ms), command_line(display, end.instead_of)), ": ")
    for line in display.type.wrapped(head, 13, inside.width, "Medium"):
        write(target, OwnWords(line), (inside.left, y), size=13, weight="Medium")
        y += step
    shown = 0
    while first + shown < entries(end):
        bottom = _draw_entry(context, target, inside, y, first + shown, end)
        if bottom is None:
            break
        y, shown = bottom, shown + 1
    whole = entries(end)
    note = f"{first + 1} of {whole}, wheel: more" if shown < whole else str(whole)
    write(target, note, (inside.right, area.top + px(22)), size=13, align="right", colour=theme.LOW)


def entries(end: OtherEnd) -> int:
    """How many lines there are: the names of both ends, what is compared, and the expert's commands."""
    return 1 + len(end.rows) + len(end.steps)


def _draw_entry(
    context: AppContext, target: pygame.Surface, inside: pygame.Rect, y: int, entry: int, end: OtherEnd
) -> int | None:
    """Draw one entry; where the next begins, or None where there is no room for it."""
    display = context.display
    px, write = display.scale.px, display.type.draw
    step = display.scale.type_px(12) + 4
    if y + step // 2 > inside.bottom:
        return None
    if entry <= len(end.rows):
        name, was, other = end.rows[entry - 1] if entry else ("", "as it was", "the expert")
        colour = theme.INK if entry else theme.LOW
        write(target, name, (inside.left, y), size=12, colour=theme.MID)
        for x, words in ((inside.right - inside.width // 4 - px(8), was), (inside.right, other)):
            write(target, words, (x, y), size=12, align="right", colour=colour)
        return y + step
    at_ms, command = end.steps[entry - 1 - len(end.rows)]
    indent = max(display.type.width("00:00:00", 12), 60) + 10
    lines = display.type.wrapped(command_line(display, command), 12, inside.width - indent)
    if y + step * len(lines) - step // 2 > inside.bottom:
        return None
    clock = context.perceived.clock(at_ms)
    write(target, clock, (inside.left, y), size=12, colour=theme.LOW, figures=True)
    for line in lines:
        write(target, OwnWords(line), (inside.left + indent, y), size=12)
        y += step
    return y
