"""Debrief picture: the press that decided with the truth over it, and every other press as it was seen."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.debrief_facts import TruthOverlay
from simulator.gui.drawing import theme
from simulator.gui.drawing.picture import Picture, Viewport, cached
from simulator.gui.drawing.window_level import Hounsfield
from simulator.gui.input.tile_tools import TileTools
from simulator.gui.panels.picture_annotations import draw_markers, draw_scale
from simulator.gui.panels.truth_overlay import draw_legend, draw_truth

MIDDLE_SLICE = 1


class DebriefPicture:
    """One picture with its header.

    Attributes:
        truth: whether the truth lies over the press that decided
    """

    def __init__(self, context: AppContext, tiles: TileTools) -> None:
        self._context, self._tiles = context, tiles
        self.truth = True
        self._presses = False
        self._seen_number: int | None = None
        self._viewport = Viewport(shown_mm=60.0)
        self._centred_on_tip = False

    def turn_truth(self) -> None:
        """The truth on or off; from the other presses back to the one that decided."""
        self.truth = True if self._presses else not self.truth
        self._presses = False
        self._seen_number = self._tiles.number

    def show_press(self) -> None:
        """Show the press that was chosen, as it was seen."""
        self._presses = True

    def follow(self) -> bool:
        """Whoever turns to another press sees that one."""
        number = self._tiles.number
        if self._seen_number is None:
            self._seen_number = number
        if number == self._seen_number:
            return False
        self._seen_number = number
        self._presses = True
        return True

    def zoom(self, by: int) -> None:
        """Closer or further away."""
        self._viewport.zoom(0.9**by)

    def draw(self, target: pygame.Surface, area: pygame.Rect, overlay: TruthOverlay | None) -> None:
        """Draw header and picture."""
        display = self._context.display
        head = pygame.Rect(area.left, area.top, area.width, display.scale.px(32))
        pygame.draw.rect(target, theme.PANEL, head)
        place = pygame.Rect(area.left, head.bottom, area.width, area.height - head.height)
        pygame.draw.rect(target, (0, 0, 0), place)
        if self._presses:
            self._draw_press(target, head, place)
        elif overlay is None:
            display.type.draw(target, "no press to show", place.center, size=15, align="centre", colour=theme.LOW)
        else:
            self._settle(overlay)
            title = "TRUTH ON" if self.truth else "AS SEEN"
            colour = theme.TRUTH if self.truth else theme.MID
            self._header(target, head, title, f"z {overlay.z_mm:.1f} mm, {overlay.words}", colour)
            picture = self._pixels(target, place, overlay.image, overlay.pixel_mm)
            if self.truth:
                target.set_clip(place)
                draw_truth(display, target, overlay, picture)
                target.set_clip(None)
                draw_legend(display, target, place)

    def _draw_press(self, target: pygame.Surface, head: pygame.Rect, place: pygame.Rect) -> None:
        press = self._tiles.press
        made = len(self._context.perceived.history.presses)
        words = f"press {self._tiles.ordinal} of {made}"
        if press is None:
            self._context.display.type.draw(
                target, "computing", place.center, size=15, align="centre", colour=theme.LOW
            )
        else:
            words += f", {self._context.perceived.clock(press.entry.at_ms)}"
            self._pixels(target, place, press.slices[min(MIDDLE_SLICE, len(press.slices) - 1)], press.pixel_mm)
        self._header(target, head, "AS SEEN", f"{words}; Y: back to the truth", theme.MID)

    def _header(self, target: pygame.Surface, head: pygame.Rect, title: str, words: str, colour: theme.Colour) -> None:
        write = self._context.display.type.draw
        end = write(target, title, (head.left + 10, head.centery), size=13, weight="SemiBold", colour=colour).right
        room = head.right - end - 20
        for line in self._context.display.type.wrapped(words, 13, room)[:1]:
            write(target, line, (end + 14, head.centery), size=13)

    def _pixels(self, target: pygame.Surface, place: pygame.Rect, image: Hounsfield, pixel_mm: float) -> Picture:
        display = self._context.display
        picture = cached(
            Picture(
                image=image,
                spacing_mm=(pixel_mm, pixel_mm),
                area=place,
                window=display.press_window,
                viewport=self._viewport,
            )
        )
        picture.draw(target)
        target.set_clip(place)
        draw_markers(display, target, place)
        draw_scale(display, target, place, picture.px_per_mm)
        target.set_clip(None)
        return picture

    def _settle(self, overlay: TruthOverlay) -> None:
        """Look at the tip, once."""
        if self._centred_on_tip or overlay.tip is None:
            return
        self._centred_on_tip = True
        middle = (overlay.image.shape[0] - 1) / 2
        self._viewport.down_mm = (overlay.tip[0] - middle) * overlay.pixel_mm - 4.0
        self._viewport.across_mm = (overlay.tip[1] - middle) * overlay.pixel_mm
