"""Display: the window's size and type, and how pictures are shown in it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pygame_gui

from simulator.gui.context.app_doors import ScreenName
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import ENGLISH_CODE, Language
from simulator.gui.drawing.picture import Viewport
from simulator.gui.drawing.theme import Scale
from simulator.gui.drawing.typeface import Typeface
from simulator.gui.drawing.window_level import WINDOW_PRESETS, WindowLevel


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
