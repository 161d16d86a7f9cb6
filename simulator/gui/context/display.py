"""Display: the window's size and type, and how pictures are shown in it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

import pygame
import pygame_gui

from simulator.gui.context.app_doors import ScreenName
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import ENGLISH_CODE, Language
from simulator.gui.drawing.picture import Viewport
from simulator.gui.drawing.theme import Scale
from simulator.gui.drawing.typeface import Typeface
from simulator.gui.drawing.window_level import WINDOW_PRESETS, WindowLevel

DEFAULT_SIZE = (1600, 900)


def first_press_viewport() -> Viewport:
    """What tiles show at first: the back and the canal."""
    return Viewport(down_mm=-46.0, shown_mm=136.0)


@dataclass(slots=True)
class Display:
    """What all screens draw with.

    Attributes:
        size: of the window in pixels
        language: in which the window prints
        showing: the screen that takes input
        press_window, scan_window: grey windows
        press_viewport: what part of the three tiles is looked at; they share it
        scale, type, manager: sizes, type and widgets of a window of this size
    """

    size: tuple[int, int]
    language: str = ENGLISH_CODE
    showing: ScreenName = ScreenName.LOADING
    press_window: WindowLevel = WINDOW_PRESETS[0]
    scan_window: WindowLevel = WINDOW_PRESETS[3]
    press_viewport: Viewport = field(default_factory=first_press_viewport)
    scale: Scale = field(init=False)
    type: Typeface = field(init=False)
    manager: pygame_gui.UIManager = field(init=False)

    def __post_init__(self) -> None:
        self.resize(self.size)

    def resize(self, size: tuple[int, int]) -> None:
        """Take on another size: type, widgets and their theme are made anew."""
        self.size = size
        self.scale = Scale.of(size)
        self.type = Typeface(self.scale, Language(self.language))
        self.manager = pygame_gui.UIManager(
            size, theme_path=theme.widget_theme(self.scale), enable_live_theme_updates=False
        )


def too_small(screens: Sequence[tuple[int, int]], driver: str) -> str:
    """What is said of screens that cannot show the whole window; "" where one can, or where there is none."""
    least = theme.LEAST_SIZE
    if driver == "dummy" or not screens or any(w >= least[0] and h >= least[1] for w, h in screens):
        return ""
    return (
        f"This screen has {screens[0][0]} x {screens[0][1]} pixels and the window needs {least[0]} x {least[1]}: "
        f"what lies beyond the edge is not seen; set a finer resolution."
    )


def fitting_size() -> tuple[int, int]:
    """Most of the screen, at least what the design needs."""
    sizes = pygame.display.get_desktop_sizes()
    width, height = sizes[0] if sizes else DEFAULT_SIZE
    if os.environ.get("SDL_VIDEODRIVER") == "dummy":
        return DEFAULT_SIZE
    return max(round(width * 0.95), theme.LEAST_SIZE[0]), max(round(height * 0.9), theme.LEAST_SIZE[1])
