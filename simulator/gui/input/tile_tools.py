"""Tile tools: what the mouse does on fluoroscopy tiles, which press they show, and distances measured on them."""

from __future__ import annotations

import math
from collections.abc import Callable

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.display import first_press_viewport
from simulator.gui.drawing.picture import ImagePoint, Picture, PlanePoint
from simulator.gui.drawing.window_level import WINDOW_PRESETS, WindowLevel
from simulator.gui.images.fluoroscopy_image import FluoroscopyImage
from simulator.gui.input.user_action import KeyBinding, UserAction

GESTURES = (
    ("Wheel over a tile", "zoom"),
    ("Left drag", "moves the pictures; with the tool L it measures"),
    ("Right drag", "window width and level"),
    ("Middle drag", "moves the pictures"),
)


class TileTools:
    """One place, zoom and window for all tiles, the press that they show, and one distance.

    Attributes:
        measuring: whether the left button measures
        plan_shown: whether the path that was written down lies over the tile of its slice
        points: ends of the distance, in mm from the picture's middle, and the slice on which it lies
    """

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self.measuring = False
        self.plan_shown = False  # its line would hide the shaft that follows it
        self.points: list[PlanePoint] = []
        self.slice_index = 0
        self._shown: int | None = None
        self._chosen_of = 0  # presses when it was chosen: a further one is looked at in its place
        self._pictures: dict[int, tuple[Picture, int]] = {}
        self._drag: tuple[int, int, tuple[int, int]] | None = None

    # Which press.

    @property
    def number(self) -> int | None:
        """Number of the press that is shown: the latest that has come unless an older one was chosen."""
        if self._shown is not None and self._chosen_of == len(self._context.perceived.history.presses):
            return self._shown
        latest = self._context.perceived.latest_press()
        return None if latest is None else latest.entry.number

    @property
    def press(self) -> FluoroscopyImage | None:
        """The press that is shown; None before the first, or until an old one has come again."""
        return None if self.number is None else self._context.perceived.press(self.number)

    @property
    def ordinal(self) -> int:
        """Which one it is, from 1; 0 before the first."""
        numbers = [one.number for one in self._context.perceived.history.presses]
        return numbers.index(self.number) + 1 if self.number in numbers else 0

    @property
    def looks_back(self) -> bool:
        """Whether an older press than the latest is shown."""
        made = self._context.perceived.history.presses
        chosen = self._shown is not None and self._chosen_of == len(made)
        return chosen and self._shown != made[-1].number

    def show_ordinal(self, ordinal: int) -> None:
        """Show one press, counted from 1."""
        made = self._context.perceived.history.presses
        if 1 <= ordinal <= len(made):
            self._shown, self._chosen_of = made[ordinal - 1].number, len(made)

    def turning(self) -> list[UserAction]:
        """PgUp and PgDn: an older press, a newer one."""
        return [
            self._turn(-1, pygame.K_PAGEUP, "PgUp", "Older"),
            self._turn(1, pygame.K_PAGEDOWN, "PgDn", "Newer"),
        ]

    def _turn(self, by: int, code: int, cap: str, words: str) -> UserAction:
        def wanted() -> int | None:
            numbers = [one.number for one in self._context.perceived.history.presses]
            at = self.ordinal - 1 + by
            return numbers[at] if self.ordinal and 0 <= at < len(numbers) else None

        def do() -> None:
            self._shown, self._chosen_of = wanted(), len(self._context.perceived.history.presses)

        return UserAction(
            words=words,
            key=KeyBinding(code=code, cap=cap),
            do=do,
            why_not=lambda: None if wanted() is not None else "There is no further press",
            hint="All presses of this session can be looked at again",
        )

    def length_tool(self) -> UserAction:
        """L: the left button measures, or moves again."""

        def do() -> None:
            self.measuring = not self.measuring
            self.points = []

        return UserAction(
            words="Measure a length",
            key=KeyBinding(code=pygame.K_l, cap="L"),
            do=do,
            chosen=lambda: self.measuring,
            hint="Drag on a tile from end to end; L again ends it",
        )

    def plan_switch(self) -> UserAction:
        """P: the written path over the tile of its slice."""

        def do() -> None:
            self.plan_shown = not self.plan_shown

        return UserAction(
            words="Plan on the tiles",
            key=KeyBinding(code=pygame.K_p, cap="P"),
            do=do,
            chosen=lambda: self.plan_shown,
            why_not=lambda: None if self._context.perceived.history.plan else "No path has been written down",
            hint="The path as it was drawn, on the tile that shows its slice",
        )

    def fit(self) -> UserAction:
        """Home: the pictures as they were at first."""

        def do() -> None:
            viewport, first = self._context.display.press_viewport, first_press_viewport()
            viewport.across_mm, viewport.down_mm, viewport.shown_mm = first.across_mm, first.down_mm, first.shown_mm
            self._context.display.press_window = WINDOW_PRESETS[0]

        key = KeyBinding(code=pygame.K_HOME, cap="Home")
        return UserAction(words="Fit", key=key, do=do, hint="Place, zoom and window of the pictures as at first")

    @property
    def length_words(self) -> str:
        """The distance, once both ends are set."""
        return f"{math.dist(*self.points):.1f} mm" if len(self.points) == 2 else ""

    # The mouse.

    def shows(self, key: int, picture: Picture, slice_index: int) -> None:
        """A tile was drawn: its picture, by its place among the tiles."""
        self._pictures[key] = (picture, slice_index)

    def hides(self, key: int) -> None:
        """Something else stands in a tile's place."""
        self._pictures.pop(key, None)

    def forget_tiles(self) -> None:
        """Other tiles are drawn from now on."""
        self._pictures.clear()
        self._drag = None

    def take(self, event: pygame.event.Event) -> bool:
        """Wheel and drags; whether the event was one for the tiles."""
        if event.type == pygame.MOUSEWHEEL:
            over = self._at(pygame.mouse.get_pos())
            if over is not None:
                self._context.display.press_viewport.zoom(0.9**event.y)
            return over is not None
        if event.type == pygame.MOUSEBUTTONDOWN and event.button in (1, 2, 3):
            over = self._at(event.pos)
            if over is None:
                return False
            self._drag = (event.button, over, event.pos)
            if event.button == 1 and self.measuring:
                self._begin_length(over, event.pos)
            return True
        if event.type == pygame.MOUSEMOTION and self._drag is not None:
            self._move(event.pos)
            return True
        if event.type == pygame.MOUSEBUTTONUP and self._drag is not None:
            self._drag = None
            return True
        return False

    def _at(self, at: tuple[int, int]) -> int | None:
        return next((key for key, (one, _) in self._pictures.items() if one.area.collidepoint(at)), None)

    def slice_under(self, at: tuple[int, int]) -> tuple[int, ImagePoint] | None:
        """Slice and place of the image under a point of the screen; None beside the tiles."""
        key = self._at(at)
        if key is None:
            return None
        picture, index = self._pictures[key]
        return index, picture.pixel_at(at)

    def _begin_length(self, key: int, at: tuple[int, int]) -> None:
        picture, self.slice_index = self._pictures[key]
        self.points = [picture.to_plane(picture.pixel_at(at))]

    def _move(self, at: tuple[int, int]) -> None:
        display = self._context.display
        assert self._drag is not None
        button, key, last = self._drag
        self._drag = (button, key, at)
        picture, _ = self._pictures[key]
        if button == 1 and self.measuring:
            self.points = [self.points[0], picture.to_plane(picture.pixel_at(at))]
        elif button == 3:
            display.press_window = drag_window(display.press_window, at[0] - last[0], at[1] - last[1])
        else:
            viewport = display.press_viewport
            viewport.across_mm -= (at[0] - last[0]) / picture.px_per_mm
            viewport.down_mm -= (at[1] - last[1]) / picture.px_per_mm


def drag_window(now: WindowLevel, across_px: int, down_px: int) -> WindowLevel:
    """A grey window after a drag: across for its width, down for its level."""
    return WindowLevel(
        name="own",
        width_hu=min(max(now.width_hu + 4.0 * across_px, 20.0), 4000.0),
        level_hu=min(max(now.level_hu + 2.0 * down_px, -1000.0), 3000.0),
    )


def window_keys(get: Callable[[], WindowLevel], put: Callable[[WindowLevel], None]) -> list[UserAction]:
    """F12 turns black and white over."""

    def do() -> None:
        now = get()
        put(WindowLevel(name=now.name, width_hu=now.width_hu, level_hu=now.level_hu, inverted=not now.inverted))

    key = KeyBinding(code=pygame.K_F12, cap="F12")
    return [UserAction(words="Black for white", key=key, do=do, hint="The grey window turned over")]
