"""Lesson text: an author's words in an area, as many lines as there is room for, and a picture with its caption."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import pygame

from simulator.gui.context.display import Display
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import OwnWords
from simulator.gui.drawing.plain_markdown import BlockKind, TextBlock
from simulator.gui.drawing.typeface import Weight
from simulator.interface.teaching import BriefingPicture

SIZE = 16
DASH = "–  "
LARGEST_PIXELS = 4000


def draw_blocks(
    display: Display, target: pygame.Surface, area: pygame.Rect, blocks: Sequence[TextBlock], first: int
) -> int:
    """Draw blocks from a line on.

    Returns:
        how many lines are left below
    """
    lines = _lines(display, blocks, area.width)
    step = line_height(display)
    room = max(area.height // step, 1)
    for row, (indent, words, weight) in enumerate(lines[first : first + room]):
        at = (area.left + indent, area.top + row * step + step / 2)
        display.type.draw(target, words, at, size=SIZE, weight=weight)
    return max(len(lines) - first - room, 0)


def lines_needed(display: Display, blocks: Sequence[TextBlock], width: int) -> int:
    """Lines that blocks take."""
    return len(_lines(display, blocks, width))


def line_height(display: Display) -> int:
    """Height of one line."""
    return round(display.scale.type_px(SIZE) * 1.4)


def _lines(display: Display, blocks: Sequence[TextBlock], width: int) -> list[tuple[int, str, Weight]]:
    """Indent, words and weight of every line; an empty one stands before each heading and paragraph."""
    found: list[tuple[int, str, Weight]] = []
    for block in blocks:
        if found and block.kind is not BlockKind.ENTRY:
            found.append((0, "", "Regular"))
        indent = display.type.width(DASH, SIZE) if block.kind is BlockKind.ENTRY else 0
        weight: Weight = "SemiBold" if block.kind is BlockKind.HEADING else "Regular"
        wrapped = display.type.wrapped(block.words, SIZE, width - indent, weight)
        for index, line in enumerate(wrapped):
            if indent and not index:
                found.append((0, type(line)(f"{DASH}{line}"), weight))
            else:
                found.append((indent, line, weight))
    return found


def draw_picture(display: Display, target: pygame.Surface, area: pygame.Rect, picture: BriefingPicture) -> None:
    """Draw a picture as large as there is room, its caption below; a file that has gone is said."""
    step = line_height(display)
    caption = display.type.wrapped(OwnWords(picture.caption), SIZE, area.width)
    room = pygame.Rect(area.left, area.top, area.width, area.height - step * len(caption) - display.scale.px(8))
    image = _read(picture.path)
    if image is None:
        words = "The picture cannot be read; its file may have been moved."
        display.type.draw(target, words, room.center, size=14, align="centre", colour=theme.LOW)
    else:
        factor = min(room.width / image.get_width(), room.height / image.get_height())
        size = (max(round(image.get_width() * factor), 1), max(round(image.get_height() * factor), 1))
        shown = _scaled(picture.path, size)
        target.blit(shown, shown.get_rect(center=room.center))
    y = room.bottom + display.scale.px(8)
    for line in caption:
        display.type.draw(target, line, (area.left, y + step / 2), size=SIZE, colour=theme.MID)
        y += step


@lru_cache(8)
def _read(path: str) -> pygame.Surface | None:
    try:
        image = pygame.image.load(path)
    except (OSError, pygame.error):
        return None
    return image if max(image.get_size()) <= LARGEST_PIXELS else None


@lru_cache(8)
def _scaled(path: str, size: tuple[int, int]) -> pygame.Surface:
    image = _read(path)
    assert image is not None
    return pygame.transform.smoothscale(image.convert_alpha(), size)
