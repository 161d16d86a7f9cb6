"""Bottom bar: what the trainee must be told, what is worked on, and why some buttons do nothing now."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.display import Display
from simulator.gui.drawing import theme
from simulator.gui.drawing.symbols import warning_sign
from simulator.gui.input.next_step import KEYS
from simulator.gui.input.tutorial import lesson, marked_step

WORK_SHOWN_S = 0.3  # what takes longer says that it works
FIRST_START_S = 20.0  # what takes longer than any command does once everything is compiled
USUAL_S = 1.5  # of a picture; only the bar's length asks
BETWEEN = "   ·   "


def draw(context: AppContext, target: pygame.Surface, reasons: list[tuple[str, list[str]]]) -> None:
    """Draw both lines; `reasons` are those of the screen, each with the buttons that it locks."""
    display = context.display
    if context.perceived.history.view is None and not context.notices.notice:
        return
    high = theme.notice_height(display.scale)
    area = pygame.Rect(0, target.get_height() - high, target.get_width(), high)
    upper, lower = area.top + round(area.height * 0.27), area.top + round(area.height * 0.75)
    _work(context, target, area)
    x = display.scale.px(16)
    if context.notices.notice:
        sign = display.scale.stroke(15)
        if context.notices.warns:
            warning_sign(target, (x + sign // 2 + 1, upper), sign)
            x += round(1.6 * sign)
        _line(display, target, context.notices.notice, (x, upper), theme.INK)
        x = display.scale.px(16)
    else:
        _line(display, target, told(context), (x, upper), theme.MID)
    _line(display, target, not_now(display, reasons), (x, lower), theme.LOW)


def told(context: AppContext) -> str:
    """What stands in the upper line where nothing was refused: work, then a resumed session, then the next step."""
    work, busy_s = context.worker.working_on, context.worker.busy_s
    if busy_s > FIRST_START_S:
        return f"Working: {work}, {busy_s:.0f} s. A first start compiles parts of the program: minutes, once"
    if busy_s > WORK_SHOWN_S and work != "picture":
        return f"Working: {work}, {busy_s:.0f} s"
    if context.notices.progress is not None:
        what, fraction = context.notices.progress
        return f"{what[:1].upper()}{what[1:]}: {fraction:.0%}"
    if context.session.resumed:
        return f"Resumed after command {context.session.resumed}. Nothing lost."
    guided = context.teaching.guided and context.display.showing in KEYS
    step = marked_step(context) if guided and context.perceived.history.view is not None else None
    if step is None:
        return "The card says what comes next." if guided and lesson(context.teaching) is not None else ""
    return f"Next: {step.words}. {step.why}"


def not_now(display: Display, reasons: list[tuple[str, list[str]]]) -> str:
    """Locked buttons with the reason, as many as find room."""
    width = display.size[0] - 2 * display.scale.px(16)
    text, left = "", len(reasons)
    for reason, labels in sorted(reasons, key=lambda one: len(one[1])):
        rest = display.type.say(f"{{}} and {len(labels) - 1} more") if len(labels) > 2 else ""
        several = rest.replace("{}", labels[0]) if rest else ", ".join(labels)
        begin = BETWEEN if text else f"{display.type.say('Not now:')}  "
        longer = f"{text}{begin}{several}: {display.type.say(reason)}"
        if display.type.width(longer, 12) > width - display.scale.px(80):
            break
        text, left = longer, left - 1
    return f"{text}{BETWEEN}{display.type.say(f'{left} more')}" if text and left else text


def _line(display: Display, target: pygame.Surface, text: str, at: tuple[float, float], colour: theme.Colour) -> None:
    """One line; what does not fit ends in an ellipsis."""
    room = target.get_width() - at[0] - display.scale.px(16)
    size = 13 if colour is not theme.LOW else 12
    if display.type.width(text, size) > room:
        while text and display.type.width(f"{text}…", size) > room:
            text = text[:-1]
        text = f"{text}…"
    display.type.draw(target, text, at, size=size, colour=colour)


def _work(context: AppContext, target: pygame.Surface, area: pygame.Rect) -> None:
    """A thin bar along the upper edge of the line while something is computed."""
    if context.notices.progress is not None:
        fraction = context.notices.progress[1]
    elif context.worker.busy_s > WORK_SHOWN_S:
        fraction = min(context.worker.busy_s / USUAL_S, 0.95)
    else:
        return
    pygame.draw.rect(target, theme.ACT, pygame.Rect(area.left, area.top, round(area.width * fraction), 2))


def draw_closing(context: AppContext, target: pygame.Surface, since_s: float) -> None:
    """What stands on the screen while the window closes."""
    display = context.display
    middle = target.get_rect().center
    words = f"Closing: the record is kept{'.' * (1 + int(2 * since_s) % 3)}"
    left = middle[0] - display.type.width("Closing: the record is kept...", 20) / 2
    display.type.draw(target, words, (left, middle[1]), size=20, weight="SemiBold")
    if since_s > 1.0:
        work = context.worker.working_on or "the patient is being built"
        text = f"Waiting for: {work}"
        display.type.draw(target, text, (middle[0], middle[1] + 30), size=13, align="centre", colour=theme.MID)
