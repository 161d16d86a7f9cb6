"""Picture: grey values of a slice in a window, zoomed and moved, and where its pixels lie on the screen."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import pygame

from simulator.gui.drawing.window_level import Hounsfield, WindowLevel, grey, grey_surface


class ImagePoint(NamedTuple):
    """A place of one image; rows and columns may be fractions."""

    row: float
    column: float


class PlanePoint(NamedTuple):
    """A place of one image in millimetres from its middle."""

    down_mm: float
    across_mm: float


@dataclass(slots=True)
class Viewport:
    """What part of an image is looked at: its middle, in mm from the image's middle, and how large."""

    across_mm: float = 0.0
    down_mm: float = 0.0
    shown_mm: float = 150.0  # across the shorter side of the place on the screen

    def zoom(self, factor: float) -> None:
        """Look closer (below 1) or from further away."""
        self.shown_mm = min(max(self.shown_mm * factor, 20.0), 400.0)


@dataclass(slots=True)
class Picture:
    """One plane of HU at a place on the screen.

    Attributes:
        image: [shape=(row, column), int16]
        spacing_mm: height and width of a pixel
    """

    image: Hounsfield
    spacing_mm: tuple[float, float]
    area: pygame.Rect
    window: WindowLevel
    viewport: Viewport
    _drawn: dict[tuple[object, ...], pygame.Surface] = field(default_factory=dict)

    @property
    def px_per_mm(self) -> float:
        """Scale on the screen."""
        return min(self.area.size) / self.viewport.shown_mm

    def on_screen(self, row: float, column: float) -> tuple[float, float]:
        """Where the middle of a pixel is drawn, in pixels of the screen."""
        down_mm, across_mm = self.to_plane(ImagePoint(row, column))
        return (
            self.area.centerx + (across_mm - self.viewport.across_mm) * self.px_per_mm,
            self.area.centery + (down_mm - self.viewport.down_mm) * self.px_per_mm,
        )

    def pixel_at(self, at: tuple[float, float]) -> ImagePoint:
        """The place of the image under a point of the screen."""
        across_mm = (at[0] - self.area.centerx) / self.px_per_mm + self.viewport.across_mm
        down_mm = (at[1] - self.area.centery) / self.px_per_mm + self.viewport.down_mm
        return self.from_plane(PlanePoint(down_mm, across_mm))

    def to_plane(self, at: ImagePoint) -> PlanePoint:
        """Millimetres of a place of the image from the image's middle."""
        rows, columns = self.image.shape
        return PlanePoint(
            (at.row - (rows - 1) / 2) * self.spacing_mm[0], (at.column - (columns - 1) / 2) * self.spacing_mm[1]
        )

    def from_plane(self, at: PlanePoint) -> ImagePoint:
        """The place of the image so many millimetres from its middle."""
        rows, columns = self.image.shape
        return ImagePoint(
            at.down_mm / self.spacing_mm[0] + (rows - 1) / 2, at.across_mm / self.spacing_mm[1] + (columns - 1) / 2
        )

    def hu_at(self, row: float, column: float) -> int | None:
        """HU of the pixel here; None outside."""
        r, k = round(row), round(column)
        if 0 <= r < self.image.shape[0] and 0 <= k < self.image.shape[1]:
            return int(self.image[r, k])
        return None

    def draw(self, target: pygame.Surface) -> None:
        """Draw the part that is looked at; black where there is no image."""
        pygame.draw.rect(target, (0, 0, 0), self.area)
        key = (
            self.area.size,
            self.window,
            self.viewport.across_mm,
            self.viewport.down_mm,
            self.viewport.shown_mm,
        )
        if key not in self._drawn:
            self._drawn.clear()
            self._drawn[key] = self._scaled()
        target.blit(self._drawn[key], self.area)

    def _scaled(self) -> pygame.Surface:
        canvas = pygame.Surface(self.area.size)
        top, left = self.pixel_at(self.area.topleft)
        bottom, right = self.pixel_at(self.area.bottomright)
        rows, columns = self.image.shape
        first, last = max(math.floor(top) - 1, 0), min(math.ceil(bottom) + 2, rows)
        start, stop = max(math.floor(left) - 1, 0), min(math.ceil(right) + 2, columns)
        if first >= last or start >= stop:
            return canvas
        part = grey_surface(grey(self.image[first:last, start:stop], self.window))
        size = (
            max(round((stop - start) * self.spacing_mm[1] * self.px_per_mm), 1),
            max(round((last - first) * self.spacing_mm[0] * self.px_per_mm), 1),
        )
        x, y = self.on_screen(first - 0.5, start - 0.5)
        canvas.blit(
            pygame.transform.smoothscale(part, size),
            (round(x - self.area.left), round(y - self.area.top)),
        )
        return canvas


def scale_bar(px_per_mm: float) -> tuple[int, int]:
    """Length in mm of a scale bar that is neither tiny nor huge, and its pixels."""
    length = next((mm for mm in (50, 20, 10, 5) if mm * px_per_mm < 160), 5)
    return length, round(length * px_per_mm)


_DRAWN: dict[tuple[object, ...], Picture] = {}


def cached(picture: Picture) -> Picture:
    """The same picture as drawn before, so that its scaled pixels are kept; a few are."""
    key = (id(picture.image), tuple(picture.area), picture.window)
    known = _DRAWN.get(key)
    if known is not None and known.image is picture.image and known.viewport is picture.viewport:
        return known
    if len(_DRAWN) > 12:
        _DRAWN.clear()
    _DRAWN[key] = picture
    return picture
