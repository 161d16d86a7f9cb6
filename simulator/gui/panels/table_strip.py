"""Table strip: from head to feet, where the three slices lie, the laser, and the skin point."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.display import Display
from simulator.gui.context.perceived import Perceived
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import OwnWords

SHOWN_MM = 80.0
SLICE_MM = 4.0


def ruler_area(display: Display, area: pygame.Rect) -> pygame.Rect:
    """The part of the strip that is a ruler; a click on it moves the table there."""
    side = 226 if display.scale.compact else display.scale.px(230)
    return pygame.Rect(area.left + side, area.top, area.width - side - display.scale.px(150), area.height)


def table_position_mm(perceived: Perceived, ruler: pygame.Rect, x: float) -> float:
    """Table position under a point of the ruler."""
    middle = _middle_mm(perceived)
    return round(middle - (x - ruler.centerx) / ruler.width * SHOWN_MM, 1)


def _middle_mm(perceived: Perceived) -> float:
    """The ruler stands still while the table moves a little, and jumps after it when it leaves."""
    table = perceived.view.console.table_mm
    return round(table / 20.0) * 20.0


def draw(context: AppContext, target: pygame.Surface, area: pygame.Rect) -> None:
    """Draw the strip; its buttons are the screen's."""
    display = context.display
    px, write = display.scale.px, display.type.draw
    pygame.draw.rect(target, theme.PANEL, area, border_radius=px(6))
    view, table_mm = context.perceived.view, context.perceived.view.console.table_mm
    if display.scale.compact:
        write(target, "TABLE", (area.left + 12, area.centery), size=12, colour=theme.MID)
        write(
            target,
            f"{table_mm:.1f} mm",
            (area.left + 60, area.centery),
            size=14,
            weight="SemiBold",
            figures=True,
        )
    else:
        write(target, "TABLE", (area.left + px(16), area.top + px(14)), size=12, weight="Medium", colour=theme.MID)
        write(
            target,
            f"{table_mm:.1f} mm",
            (area.left + px(16), area.top + px(33)),
            size=17,
            weight="SemiBold",
            figures=True,
        )
    ruler = ruler_area(display, area)
    middle = _middle_mm(context.perceived)

    def to_x(z: float) -> float:
        return ruler.centerx + (middle - z) / SHOWN_MM * ruler.width

    base = ruler.centery + px(8)
    pygame.draw.line(target, theme.EDGE, (ruler.left, base), (ruler.right, base), display.scale.stroke(1))
    for step in range(-10, 11):
        z = middle + 4.0 * step
        x = to_x(z)
        if ruler.left <= x <= ruler.right:
            named = step % 5 == 0
            pygame.draw.line(target, theme.EDGE, (x, base), (x, base + (px(7) if named else px(4))))
            if named and abs(z - table_mm) > 7.0:
                write(target, f"{z:.0f}", (x, base + px(14)), size=12, align="centre", colour=theme.LOW)
    _slices(display, target, table_mm, base, to_x)
    x = to_x(table_mm)
    top = base - px(26)
    pygame.draw.polygon(target, theme.STOP, [(x - px(6), top), (x + px(6), top), (x, top + px(8))])
    beside = to_x(table_mm - 1.5 * SLICE_MM) + px(8)
    write(target, "laser", (beside, base - px(9)), size=12, colour=theme.STOP)
    if view.needle is not None:
        x = to_x(table_mm + view.needle.entry_from_laser_mm)
        y, half = base + px(10), px(5)
        pygame.draw.polygon(target, theme.INK, [(x, y - half), (x + half, y), (x, y + half), (x - half, y)])
        write(target, "entry", (x - px(10), y + px(1)), size=12, align="right")


def _slices(
    display: Display, target: pygame.Surface, table_mm: float, base: int, to_x: Callable[[float], float]
) -> None:
    """The three slices of a press about the laser, each with the letter of its tile."""
    px, write = display.scale.px, display.type.draw
    for offset, name in ((1, "SUPERIOR"), (0, "MIDDLE"), (-1, "INFERIOR")):
        x0, x1 = (
            to_x(table_mm + SLICE_MM * (offset + 0.5)),
            to_x(table_mm + SLICE_MM * (offset - 0.5)),
        )
        box = pygame.Rect(round(x0), base - px(18), round(x1 - x0) - 1, px(17))
        pygame.draw.rect(target, theme.RAISED if offset else theme.ACT_GROUND, box)
        pygame.draw.rect(target, theme.EDGE if offset else theme.ACT, box, display.scale.stroke(1))
        write(target, OwnWords(display.type.say(name)[0]), box.center, size=12, align="centre")
