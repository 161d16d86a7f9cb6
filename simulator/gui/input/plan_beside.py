"""Plan beside: the written path in three planes next to the live tiles, and where the trainee saw the tip."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.drawing.picture import Viewport
from simulator.gui.images.image_plane import ImagePlane
from simulator.gui.input.tile_tools import TileTools
from simulator.gui.input.user_action import KeyBinding, UserAction
from simulator.spatial.frames import PixelPosition, TablePoint


class PlanBeside:
    """Whether the plan stands in the first tile, and the marks of the tip, one for each press.

    A mark is the trainee's own reading of a picture: nothing corrects it before the debrief.

    Attributes:
        shown: whether the plan stands in place of the first tile
        marking: whether the next click on a tile marks the tip
        viewports: what part of each plane is looked at
    """

    def __init__(self, context: AppContext, tiles: TileTools) -> None:
        self._context, self._tiles = context, tiles
        self.shown, self.marking = False, False
        self.viewports = {plane: Viewport() for plane in ImagePlane}

    def switch(self) -> UserAction:
        """B: the plan in place of the first tile, or the tile again."""

        def do() -> None:
            self.shown = not self.shown

        return UserAction(
            words="Plan beside the tiles",
            key=KeyBinding(code=pygame.K_b, cap="B"),
            do=do,
            chosen=lambda: self.shown,
            why_not=lambda: None if self._context.perceived.history.plan else "No path has been written down",
            hint="The path on the scan that it was drawn on, in three planes, in place of the first slice",
        )

    def mark_tip(self) -> UserAction:
        """K: the next click on a tile says where the tip is seen."""

        def do() -> None:
            self.marking = not self.marking

        return UserAction(
            words="Mark the tip",
            key=KeyBinding(code=pygame.K_k, cap="K"),
            do=do,
            chosen=lambda: self.marking,
            why_not=lambda: None if self._tiles.press is not None else "There is no press to mark it on",
            hint="Click where the tip is seen; the marks of all presses stand on the plan",
        )

    def take(self, event: pygame.event.Event) -> bool:
        """The click that marks the tip; whether the event was one."""
        if not self.marking or event.type != pygame.MOUSEBUTTONDOWN or event.button != 1:
            return False
        found, press = self._tiles.slice_under(event.pos), self._tiles.press
        if found is None or press is None:
            return False
        index, at = found
        point = press.grid.point(PixelPosition(index, *at))
        self._context.session.tip_marks[press.entry.number] = TablePoint(point.x_mm, point.y_mm, point.z_mm)
        self.marking = False
        return True
