"""Theme: the colours of a dark reading room, sizes that follow the window, and the same for the widget library.

Colours carry meaning and never stand alone: each has a second cue (a word, a shape or a line style) where it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

Colour = tuple[int, int, int]

BACKGROUND: Colour = (10, 12, 15)
PANEL: Colour = (18, 22, 27)
RAISED: Colour = (28, 34, 42)
LINE: Colour = (42, 50, 60)
EDGE: Colour = (95, 110, 125)
INK: Colour = (233, 237, 241)
MID: Colour = (180, 190, 200)
LOW: Colour = (135, 147, 160)
ACT: Colour = (91, 184, 240)
ACT_GROUND: Colour = (18, 50, 74)
BEAM: Colour = (255, 194, 51)
BEAM_GROUND: Colour = (58, 42, 10)
WARN: Colour = (255, 159, 28)
WARN_GROUND: Colour = (50, 33, 10)
STOP: Colour = (255, 107, 74)
STOP_GROUND: Colour = (74, 24, 15)
OK: Colour = (69, 199, 154)
TRUTH: Colour = (227, 154, 198)
FLAVUM: Colour = (214, 208, 140)
SKIN: Colour = (92, 74, 64)
STEEL: Colour = (170, 178, 186)
HUB: Colour = (226, 178, 52)
BLOOD: Colour = (142, 45, 42)
CONTRAST: Colour = (112, 142, 168)

FONTS = Path(__file__).parent / "fonts"
LEAST_TYPE = 12
COMPACT_BELOW = 1600
LEAST_SIZE = (1280, 720)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How large things are in a window of this size.

    Attributes:
        unit: pixels of the screen for one pixel of the design at 1920 x 1080, in steps of an eighth
        compact: captions of second rank go and phases become dots
    """

    unit: float
    compact: bool

    @classmethod
    def of(cls, size: tuple[int, int]) -> Scale:
        """Scale for a window of so many pixels."""
        fits = min(size[0] / 1920, size[1] / 1080)
        return cls(unit=max(int(fits * 8) / 8, 0.75), compact=size[0] < COMPACT_BELOW)

    def px(self, design: float) -> int:
        """Pixels of a length of the design."""
        return round(design * self.unit)

    def stroke(self, design: float) -> int:
        """Thickness of a line, or size of a sign: as in the design, and larger on a larger screen, never thinner."""
        return max(round(design * self.unit), round(design))

    def type_px(self, design: float) -> int:
        """Height of type: never below what can be read."""
        return max(round(design * self.unit), LEAST_TYPE)


NOTICE_LEAST = 44


def notice_height(scale: Scale) -> int:
    """Height of the bar along the lower edge: two lines, what is told, and what cannot be done now."""
    return max(NOTICE_LEAST, scale.px(44))


def bar_height(scale: Scale) -> int:
    """Height of the bar along the upper edge."""
    return 40 if scale.compact else scale.px(56)


def widget_theme(scale: Scale) -> dict[str, Any]:
    """The theme of the widget library, from the same tokens."""
    font = {
        "name": "inter",
        "size": str(scale.type_px(14)),
        "regular_path": str(FONTS / "Inter-Regular.otf"),
        "bold_path": str(FONTS / "Inter-SemiBold.otf"),
        "italic_path": str(FONTS / "Inter-Regular.otf"),
        "bold_italic_path": str(FONTS / "Inter-SemiBold.otf"),
    }
    misc = {
        "shape": "rounded_rectangle",
        "shape_corner_radius": str(scale.px(5)),
        "border_width": "1",
        "shadow_width": "0",
        "tool_tip_delay": "0.4",
    }
    strong = {**misc, "border_width": "2", "text_horiz_alignment": "center"}
    left = {"text_horiz_alignment": "left", "text_horiz_alignment_padding": "8"}
    large, huge = {**font, "size": str(scale.type_px(17))}, {**font, "size": str(scale.type_px(24))}
    return {
        "defaults": {"colours": _widget_colours()},
        "button": {"font": font, "misc": {**misc, **left}},
        "#centred": {"misc": {**misc, "text_horiz_alignment": "center"}},
        "#primary": {"colours": _button_colours(ACT_GROUND, ACT), "misc": {**strong, **left}},
        "#stop": {"colours": _button_colours(STOP_GROUND, STOP), "misc": strong, "font": huge},
        "#beam": {"colours": _button_colours(BEAM_GROUND, BEAM), "misc": strong, "font": large},
        "#hold": {"colours": _button_colours(ACT_GROUND, ACT), "misc": strong, "font": large},
        "tool_tip": {"misc": {"rect_width": str(scale.px(280))}},
        "tool_tip.text_box": {"font": font, "colours": {"dark_bg": _code(RAISED)}, "misc": {**misc, "padding": "6,4"}},
    }


def _code(colour: Colour) -> str:
    return "#{:02X}{:02X}{:02X}".format(*colour)


def _button_colours(ground: Colour, edge: Colour) -> dict[str, str]:
    """Of a button of its own kind: one ground, and an edge that lights up under the mouse."""
    return {
        "normal_bg": _code(ground),
        "hovered_bg": _code(ground),
        "active_bg": _code(ground),
        "selected_bg": _code(ground),
        "normal_border": _code(edge),
        "hovered_border": _code(INK),
    }


def _widget_colours() -> dict[str, str]:
    """Of all widgets, unless a kind says otherwise."""
    return {
        "dark_bg": _code(PANEL),
        "normal_bg": _code(RAISED),
        "hovered_bg": _code(LINE),
        "disabled_bg": _code(PANEL),
        "selected_bg": _code(ACT_GROUND),
        "active_bg": _code(ACT_GROUND),
        "normal_text": _code(INK),
        "hovered_text": _code(INK),
        "selected_text": _code(INK),
        "active_text": _code(INK),
        "disabled_text": _code(LOW),
        "normal_border": _code(EDGE),
        "hovered_border": _code(MID),
        "disabled_border": _code(LINE),
        "selected_border": _code(ACT),
        "active_border": _code(ACT),
        "link_text": _code(ACT),
        "filled_bar": _code(ACT),
        "unfilled_bar": _code(RAISED),
    }
