"""Needle pictures: what eyes see in the room, from the feet and from above; left and right agree with the images."""

from __future__ import annotations

import math
from collections.abc import Callable

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.display import Display
from simulator.gui.drawing import theme
from simulator.interface.needle_view import NeedleLook
from simulator.interface.view import View

GRID_MM = 10.0
SHOWN_MM = 66.0
HUB_LENGTH = 0.17  # of the height of the picture from the feet
HUB_HALF_WIDTH = 3.4  # of half the shaft, at the hub's far end
STYLET_CAP = 0.25  # of the hub's length, beyond it
FINE = 4  # edges are drawn at this many times the size and scaled down


def draw(context: AppContext, target: pygame.Surface, area: pygame.Rect) -> None:
    """Both pictures side by side with what is read from them below."""
    display = context.display
    view = context.perceived.view
    gap, line = display.scale.px(12), display.scale.type_px(13) + 6
    width = (area.width - gap) // 2
    caption = 0 if display.scale.compact else line
    above = pygame.Rect(area.right - width, area.top + caption, width, area.height - caption - 3 * line)
    feet = pygame.Rect(area.left, area.top + caption, width, area.height - caption)
    if caption:
        for words, place in (("From the feet", feet), ("From above", above)):
            display.type.draw(target, words, (place.left, area.top + line / 2 - 2), size=13, colour=theme.LOW)
    _smooth(target, feet, lambda surface: from_the_feet(surface, view))
    _labels_from_the_feet(display, target, feet, view)
    _smooth(target, above, lambda surface: _from_above(surface, view))
    _labels_from_above(display, target, above)
    _read_outs(context, target, pygame.Rect(above.left, above.bottom + 4, width, 3 * line), view.needle, line)


def _smooth(target: pygame.Surface, place: pygame.Rect, paint: Callable[[pygame.Surface], None]) -> None:
    canvas = pygame.Surface((place.width * FINE // 2, place.height * FINE // 2))
    paint(canvas)
    target.blit(pygame.transform.smoothscale(canvas, place.size), place)


def lean_side(view: View) -> int:
    """+1 where the hub leans to the right of the pictures: the tip goes the other way."""
    needle = view.needle
    if needle is None or abs(needle.lean_deg) < 0.5:
        return 0
    # a positive lean leads the tip to lean_sign (+1: the patient's left, on the picture's left)
    return view.handling.lean_sign if needle.lean_deg > 0 else -view.handling.lean_sign


def _skin_top(size: tuple[int, int]) -> float:
    return size[1] * 0.86


def from_the_feet(surface: pygame.Surface, view: View) -> None:
    """Seen from the feet: skin, what of the shaft is outside with its marks, the hub, and the stylet's cap."""
    width, height = surface.get_size()
    surface.fill(theme.BACKGROUND)
    ground = _skin_top((width, height))
    points = [(x, ground + 0.02 * height * (2 * x / width - 1) ** 2) for x in range(0, width + 1, max(width // 20, 1))]
    pygame.draw.polygon(surface, theme.SKIN, [*points, (width, height), (0, height)])
    pygame.draw.lines(surface, theme.MID, False, points, 2)
    needle = view.needle
    if needle is None:
        return
    # the shaft leaves the skin at the entry and shows what has not gone in
    outside_mm = max(needle.length_mm - needle.inserted_marks_mm, 8.0)
    per_mm = _px_per_mm(view, needle, (width, height))
    unit = _outward(view, needle)
    start = _skin_point(view, (width, height))
    end = (start[0] + unit[0] * outside_mm * per_mm, start[1] + unit[1] * outside_mm * per_mm)
    across = (-unit[1], unit[0])
    half = _half_shaft(width)
    _bar(surface, theme.STEEL, start, end, half)
    first = math.ceil(needle.inserted_marks_mm / 5.0) * 5
    for mark in range(int(first), int(needle.length_mm), 5):
        along = (mark - needle.inserted_marks_mm) * per_mm
        at = (start[0] + unit[0] * along, start[1] + unit[1] * along)
        long = half * (1.9 if mark % 10 == 0 else 1.2)
        pygame.draw.line(
            surface,
            theme.BACKGROUND,
            (at[0] - across[0] * long, at[1] - across[1] * long),
            (at[0] + across[0] * long, at[1] + across[1] * long),
            3,
        )
    hub = HUB_LENGTH * height
    wide, narrow = half * HUB_HALF_WIDTH, half * 2.2
    tip = (end[0] + unit[0] * hub, end[1] + unit[1] * hub)
    pygame.draw.polygon(
        surface,
        theme.HUB,
        [
            (end[0] - across[0] * narrow, end[1] - across[1] * narrow),
            (end[0] + across[0] * narrow, end[1] + across[1] * narrow),
            (tip[0] + across[0] * wide, tip[1] + across[1] * wide),
            (tip[0] - across[0] * wide, tip[1] - across[1] * wide),
        ],
    )
    if needle.stylet_in:
        cap = (tip[0] + unit[0] * hub * STYLET_CAP, tip[1] + unit[1] * hub * STYLET_CAP)
        _bar(surface, theme.MID, tip, cap, wide * 1.15)


def _px_per_mm(view: View, needle: NeedleLook, size: tuple[int, int]) -> float:
    """What is outside fills the picture, hub and all, but a short rest is not blown up."""
    width, height = size
    outside_mm = max(needle.length_mm - needle.inserted_marks_mm, 8.0)
    along_px = 0.6 * height
    across, up = _outward(view, needle)
    if across:
        start = _skin_point(view, size)[0]
        room = width - start if across > 0 else start
        room -= 1.15 * _half_shaft(width) * HUB_HALF_WIDTH * abs(up)
        hub_px = (1.0 + STYLET_CAP) * HUB_LENGTH * height
        along_px = min(along_px, max(room / abs(across) - hub_px, 0.2 * height))
    return along_px / max(outside_mm, 36.0)


def _half_shaft(width: float) -> float:
    """Half a shaft's width as it is drawn: far more than to scale, so that it is seen."""
    return max(0.018 * width, 3)


def _outward(view: View, needle: NeedleLook) -> tuple[float, float]:
    """Direction of the shaft out of the skin in the picture from the feet."""
    lean = math.radians(abs(needle.lean_deg)) * lean_side(view)
    return math.sin(lean), -math.cos(lean)


def _skin_point(view: View, size: tuple[int, int]) -> tuple[float, float]:
    return size[0] * (0.5 - 0.14 * lean_side(view)), _skin_top(size)


def _labels_from_the_feet(display: Display, target: pygame.Surface, place: pygame.Rect, view: View) -> None:
    pad = display.scale.px(14)
    display.type.draw(target, "L", (place.left + pad, place.bottom - pad), size=14, align="centre")
    display.type.draw(target, "R", (place.right - pad, place.bottom - pad), size=14, align="centre")
    needle = view.needle
    if needle is None:
        display.type.draw(target, "no needle", place.center, size=13, align="centre", colour=theme.LOW)
        return
    per_mm = _px_per_mm(view, needle, place.size)
    unit = _outward(view, needle)
    start = _skin_point(view, place.size)
    first = math.ceil(needle.inserted_marks_mm / 5.0) * 5
    for mark in range(int(first), min(int(first) + 45, int(needle.length_mm)), 5):
        along = (mark - needle.inserted_marks_mm) * per_mm
        at = (place.left + start[0] + unit[0] * along, place.top + start[1] + unit[1] * along)
        if mark % 10 and 5.0 * per_mm < display.scale.type_px(12) + 2:
            continue  # no room for half centimetres
        if along * -unit[1] < 0.8 * display.scale.type_px(12):
            continue  # it would lie on the skin; the mark at the skin is read out beside the picture
        words = _centimetres(mark)
        side = -1 if lean_side(view) >= 0 else 1
        offset = side * display.scale.px(16)
        display.type.draw(
            target, words, (at[0] + offset, at[1]), size=12, align="right" if side < 0 else "left", colour=theme.MID
        )


def _from_above(surface: pygame.Surface, view: View) -> None:
    """Seen from above, head up, the patient's left on the left: skin, laser, hub and notch.

    The grid, or, once it came off where the skin was disinfected, the lines that a pen left along its wires.
    """
    width, height = surface.get_size()
    surface.fill((58, 46, 40))
    per_mm = width / SHOWN_MM
    middle = width / 2 + _grid_offset_mm(view) * per_mm
    if "skin grid" in view.prepared:
        for index in range(-6, 7):
            x = middle + index * GRID_MM * per_mm
            if 0 <= x <= width:
                if index == 0:
                    for y in range(0, height, 16):
                        pygame.draw.line(surface, theme.INK, (x, y), (x, y + 9), 2)
                else:
                    pygame.draw.line(surface, theme.EDGE, (x, 0), (x, height), 2)
    laser = height * 0.5
    pygame.draw.line(surface, theme.STOP, (0, laser), (width, laser), 4)
    needle = view.needle
    if needle is None:
        return
    at = (middle - needle.entry_from_midline_mm * per_mm, laser - needle.entry_from_laser_mm * per_mm)
    outside = max(needle.length_mm - needle.inserted_marks_mm, 8.0) * per_mm * 0.9
    hub = (
        at[0] + math.sin(math.radians(abs(needle.lean_deg))) * lean_side(view) * outside,
        at[1] + math.sin(math.radians(needle.craniocaudal_lean_deg)) * outside,
    )
    _bar(surface, theme.STEEL, at, hub, 4)
    radius = 0.075 * width
    pygame.draw.circle(surface, theme.HUB, hub, radius)
    pygame.draw.circle(surface, theme.BACKGROUND, hub, radius, 3)
    pygame.draw.circle(surface, theme.BACKGROUND, hub, radius * 0.35)
    notch = math.radians(needle.bevel_notch_deg)
    end = (hub[0] + math.sin(notch) * radius, hub[1] - math.cos(notch) * radius)
    pygame.draw.circle(surface, theme.BACKGROUND, end, radius * 0.3)
    pygame.draw.circle(surface, theme.INK, at, 7)


def _grid_offset_mm(view: View) -> float:
    """The picture keeps the needle in sight: the grid is moved where the skin point lies far to one side."""
    needle = view.needle
    return 0.0 if needle is None else min(max(needle.entry_from_midline_mm, -18.0), 18.0)


def _labels_from_above(display: Display, target: pygame.Surface, place: pygame.Rect) -> None:
    pad = display.scale.px(12)
    display.type.draw(target, "head", (place.centerx, place.top + pad), size=12, align="centre", halo=True)
    display.type.draw(
        target, "L", (place.left + pad, place.top + place.height * 0.4), size=14, align="centre", halo=True
    )
    display.type.draw(
        target, "R", (place.right - pad, place.top + place.height * 0.4), size=14, align="centre", halo=True
    )
    display.type.draw(
        target, "laser", (place.left + 4, place.centery + display.scale.px(10)), size=12, colour=theme.STOP, halo=True
    )


def _read_outs(
    context: AppContext, target: pygame.Surface, area: pygame.Rect, needle: NeedleLook | None, line: int
) -> None:
    if needle is None:
        return
    off = needle.entry_from_midline_mm
    side = "on the midline" if abs(off) < 1 else f"{abs(off):.0f} mm {'left' if off > 0 else 'right'}"
    lean = (
        ("Angle meter", f"{abs(needle.lean_deg):.1f}°")
        if context.perceived.view.case.digital_angles
        else ("Entry", side)
    )
    rows = (
        ("Notch", notch_words(needle.bevel_notch_deg).removeprefix("to the ")),
        ("Mark out", _mark_words(needle)),
        lean,
    )
    for index, (name, value) in enumerate(rows):
        y = area.top + line * (index + 0.5)
        context.display.type.draw(target, name, (area.left, y), size=12, colour=theme.LOW)
        context.display.type.draw(target, value, (area.right, y), size=12, align="right", weight="Medium")


def _mark_words(needle: NeedleLook) -> str:
    return f"{_centimetres(round(needle.inserted_marks_mm))} cm"


def _centimetres(mark_mm: int) -> str:
    """A mark of the needle in centimetres, as it is read: halves without a nought before them."""
    whole = f"{mark_mm // 10}"
    if mark_mm % 10 == 0:
        return whole
    return "½" if mark_mm < 10 else f"{whole}½"


def notch_words(degrees: float) -> str:
    """Where the notch points, as seen from above with the head up; positive turns lead to the patient's right."""
    names = ("head", "head right", "right", "feet right", "feet", "feet left", "left", "head left")
    return f"to the {names[round(degrees / 45.0) % 8]}"


def _bar(
    surface: pygame.Surface, colour: theme.Colour, start: tuple[float, float], end: tuple[float, float], half: float
) -> None:
    """A straight bar of some width between two points."""
    length = math.hypot(end[0] - start[0], end[1] - start[1])
    if length < 1e-6:
        return
    across = (-(end[1] - start[1]) / length * half, (end[0] - start[0]) / length * half)
    pygame.draw.polygon(
        surface,
        colour,
        [
            (start[0] - across[0], start[1] - across[1]),
            (start[0] + across[0], start[1] + across[1]),
            (end[0] + across[0], end[1] + across[1]),
            (end[0] - across[0], end[1] - across[1]),
        ],
    )
