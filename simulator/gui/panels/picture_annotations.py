"""Picture annotations: letters, scale and exposure, as they stand over pictures of every kind."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from simulator.gui.context.display import Display
from simulator.gui.drawing import theme
from simulator.gui.drawing.picture import scale_bar
from simulator.interface.console import Acquired


def header_height(display: Display) -> int:
    """Height of a tile's header."""
    return 24 if display.scale.compact else display.scale.px(32)


def draw_markers(
    display: Display,
    target: pygame.Surface,
    place: pygame.Rect,
    letters: tuple[str, str, str, str] = ("P", "L", "R", ""),
) -> None:
    """Letters at the upper, left, right and lower edge."""
    pad = display.scale.px(16)
    upper, left, right, lower = letters
    for letter, at in (
        (upper, (place.centerx, place.top + pad)),
        (left, (place.left + pad, place.centery)),
        (right, (place.right - pad, place.centery)),
        (lower, (place.centerx, place.bottom - pad)),
    ):
        if letter:
            display.type.draw(target, letter, at, size=16, weight="Medium", align="centre", halo=True)


def draw_scale(display: Display, target: pygame.Surface, place: pygame.Rect, px_per_mm: float) -> None:
    """A bar with its length."""
    length_mm, length_px = scale_bar(px_per_mm)
    x, y = place.right - display.scale.px(16), place.bottom - display.scale.px(20)
    width, tick = display.scale.stroke(1), display.scale.stroke(6)
    pygame.draw.line(target, theme.INK, (x, y), (x, y - length_px), width)
    for end in (y, y - length_px // 2, y - length_px):
        pygame.draw.line(target, theme.INK, (x - tick, end), (x, end), width)
    display.type.draw(target, f"{length_mm} mm", (x - 2 * tick, y - length_px / 2), size=13, align="right", halo=True)


def exposure_words(entry: Acquired) -> str:
    """Slice thickness, tube voltage and tube load of an acquisition."""
    return f"{entry.slice_thickness_mm:g} mm · {entry.settings.tube_voltage_kv} kV · {entry.settings.mas:g} mAs"


def draw_corner_lines(display: Display, target: pygame.Surface, place: pygame.Rect, lines: Sequence[str]) -> None:
    """Write lines into the lower left corner of a picture."""
    y = place.bottom - display.scale.px(16)
    for line in reversed(lines):
        display.type.draw(target, line, (place.left + display.scale.px(12), y), size=13, halo=True)
        y -= display.scale.type_px(13) + 4
