"""Typeface: text on surfaces, drawn once and kept; figures stand on one width so that read-outs do not jitter."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Literal

import pygame

from simulator.gui.drawing.language import Language, OwnWords
from simulator.gui.drawing.theme import FONTS, INK, Colour, Scale

Weight = Literal["Regular", "Medium", "SemiBold"]
Align = Literal["left", "centre", "right"]
_KEPT = 1500
PLATE = (0, 0, 0, 205)
"""Dark enough that every colour in which the window writes has a contrast of 4.5 to 1 over white."""

PLATE_HEIGHT = 0.86  # of a line's


class Typeface:
    """Inter in three weights at the sizes of one scale; what it writes is translated first."""

    def __init__(self, scale: Scale, language: Language | None = None) -> None:
        self._scale = scale
        self.say = (language or Language()).translate
        self._fonts: dict[tuple[str, int], pygame.font.Font] = {}
        self._plates: dict[tuple[int, int], pygame.Surface] = {}
        self._texts: OrderedDict[tuple[str, int, str, Colour, bool], pygame.Surface] = OrderedDict()

    def said(self, parts: Iterable[str], between: str = " ") -> OwnWords:
        """Parts that are translated one by one, in one line that is translated no further."""
        return OwnWords(between.join(map(self.say, parts)))

    def draw(
        self,
        target: pygame.Surface,
        text: str,
        at: tuple[float, float],
        *,
        size: float = 14,
        weight: Weight = "Regular",
        colour: Colour = INK,
        align: Align = "left",
        figures: bool = False,
        halo: bool = False,
    ) -> pygame.Rect:
        """Write one line.

        Args:
            at: left, middle or right end, and the vertical middle of the line
            size: in pixels of the design
            figures: whether digits stand on one width
            halo: whether a dark plate sets the text off from a picture
        """
        text = self.say(text)
        drawn = self._rendered(text, self._scale.type_px(size), weight, colour, figures)
        left = at[0] - {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * drawn.get_width()
        place = pygame.Rect(round(left), round(at[1] - drawn.get_height() / 2), *drawn.get_size())
        if halo:
            self.plate(target, place)
        target.blit(drawn, place)
        return place

    def plate(self, target: pygame.Surface, place: pygame.Rect) -> None:
        """Darken a picture behind a line of text, so that it can be read over bone, steel and white alike."""
        high = round(place.height * PLATE_HEIGHT)
        size = (place.width + 6, high)
        if size not in self._plates:
            self._plates[size] = pygame.Surface(size, pygame.SRCALPHA)
            pygame.draw.rect(self._plates[size], PLATE, self._plates[size].get_rect(), border_radius=3)
        target.blit(self._plates[size], (place.left - 3, place.centery - high // 2))

    def width(self, text: str, size: float, weight: Weight = "Regular") -> int:
        """Width of a line in pixels."""
        return self._printed_width(self.say(text), size, weight)

    def wrapped(self, text: str, size: float, width: int, weight: Weight = "Regular") -> list[str]:
        """The text in lines no wider than so many pixels."""
        own = isinstance(text, OwnWords)
        lines: list[str] = []
        for paragraph in self.say(text).split("\n"):
            line = ""
            for word in paragraph.split():
                longer = f"{line} {word}".strip()
                if line and self._printed_width(longer, size, weight) > width:
                    lines.append(line)
                    line = word
                else:
                    line = longer
            lines.append(line)
        return [OwnWords(line) for line in lines] if own else lines

    def paragraph(
        self,
        target: pygame.Surface,
        text: str,
        area: pygame.Rect,
        *,
        size: float = 14,
        weight: Weight = "Regular",
        colour: Colour = INK,
        most: int = 99,
    ) -> int:
        """Write lines from the top of an area; returns the y below them."""
        step = round(self._scale.type_px(size) * 1.4)
        y = area.top
        for line in self.wrapped(text, size, area.width, weight)[:most]:
            self.draw(target, line, (area.left, y + step / 2), size=size, weight=weight, colour=colour)
            y += step
        return y

    def _printed_width(self, text: str, size: float, weight: str) -> int:
        return self._font(weight, self._scale.type_px(size)).size(text)[0]

    def _font(self, weight: str, height: int) -> pygame.font.Font:
        key = (weight, height)
        if key not in self._fonts:
            self._fonts[key] = pygame.font.Font(str(FONTS / f"Inter-{weight}.otf"), height)
        return self._fonts[key]

    def _rendered(self, text: str, height: int, weight: str, colour: Colour, figures: bool) -> pygame.Surface:
        key = (text, height, weight, colour, figures)
        if key not in self._texts:
            font = self._font(weight, height)
            self._texts[key] = _tabular(font, text, colour) if figures else font.render(text, True, colour)
            while len(self._texts) > _KEPT:
                self._texts.popitem(last=False)
        self._texts.move_to_end(key)
        return self._texts[key]


def _tabular(font: pygame.font.Font, text: str, colour: Colour) -> pygame.Surface:
    """Every digit on the advance of the widest one."""
    widest = max(font.size(digit)[0] for digit in "0123456789")
    widths = [widest if letter.isdigit() else font.size(letter)[0] for letter in text]
    surface = pygame.Surface((max(sum(widths), 1), font.get_height()), pygame.SRCALPHA)
    x = 0
    for letter, width in zip(text, widths, strict=True):
        glyph = font.render(letter, True, colour)
        surface.blit(glyph, (x + (width - glyph.get_width()) // 2, 0))
        x += width
    return surface
