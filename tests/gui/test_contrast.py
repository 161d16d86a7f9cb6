"""Every word stands out from what lies behind it by 4.5 to 1 (WCAG 2.1, 1.4.3): measured where it is drawn."""

from __future__ import annotations

import numpy as np
import pygame
import pytest

from simulator.gui.app import App
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.drawing import theme
from simulator.gui.drawing.typeface import Typeface
from tests.gui.test_text_fits import app as made_up_app
from tests.gui.text_on_screen import INK as INK_HEIGHT

LEAST = 4.5
BRIGHT = 95  # percentile of the ground's brightness: a few pixels of bone between two letters do not count
app = made_up_app


def luminance(rgb: np.ndarray) -> np.ndarray:
    """Relative luminance of sRGB values [shape=(..., 3)], as WCAG defines it."""
    value = np.asarray(rgb, float) / 255.0
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def contrast(text: tuple[int, int, int], ground: np.ndarray) -> float:
    """Contrast of a colour against the worst of what lies behind it."""
    ink, behind = float(luminance(np.array(text))), luminance(ground)
    worst = np.percentile(behind, BRIGHT if ink > np.median(behind) else 100 - BRIGHT)
    lighter, darker = max(ink, float(worst)), min(ink, float(worst))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture
def faint(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Lines that were drawn with too little contrast."""
    found: list[str] = []
    draw = Typeface.draw

    def measured(self: Typeface, target: pygame.Surface, text: str, at: tuple[float, float], **more: object) -> object:
        before = target.copy()
        place = draw(self, target, text, at, **more)  # type: ignore[arg-type]
        seen = place.clip(target.get_clip())
        seen = pygame.Rect(seen.left, 0, seen.width, round(seen.height * INK_HEIGHT))
        seen.centery = place.centery
        seen = seen.clip(target.get_clip())
        if text.strip() and seen.width and seen.height:
            if more.get("halo"):
                self.plate(before, place)
            ground = pygame.surfarray.array3d(before.subsurface(seen))
            colour = more.get("colour", theme.INK)
            ratio = contrast(colour, ground.reshape(-1, 3))  # type: ignore[arg-type]
            if ratio < LEAST:
                found.append(f"{text!r} at {place.topleft}: {ratio:.1f} to 1")
        return place

    monkeypatch.setattr(Typeface, "draw", measured)
    return found


@pytest.mark.parametrize("name", list(ScreenName))
def test_every_line_stands_out(app: App, faint: list[str], name: ScreenName) -> None:
    app.show(name)
    app.step()
    faint.clear()
    app.draw()
    assert faint == []


def test_a_line_over_bone_stands_out(app: App, faint: list[str]) -> None:
    """On white, in every colour in which the window writes over pictures."""
    white = pygame.Surface((400, 60))
    for colour in (theme.INK, theme.MID, theme.ACT, theme.OK, theme.WARN, theme.STOP, theme.TRUTH):
        white.fill((255, 255, 255))
        app.context.display.type.draw(white, "50 mm", (40, 30), colour=colour, halo=True)
    assert faint == []
    white.fill((255, 255, 255))
    app.context.display.type.draw(white, "50 mm", (40, 30), colour=theme.MID)
    assert faint, "the check itself can fail"


def test_words_on_buttons_stand_out() -> None:
    """Of every kind of button, in every state that has colours of its own."""
    data = theme.widget_theme(theme.Scale.of((1280, 720)))
    plain = data["defaults"]["colours"]

    def rgb(code: str) -> tuple[int, int, int]:
        return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)

    measured = 0
    for kind in data.values():
        colours = {**plain, **kind.get("colours", {})}
        for state in ("normal", "hovered", "selected", "active", "disabled"):
            ground = np.array([rgb(colours[f"{state}_bg"])])
            assert contrast(rgb(colours[f"{state}_text"]), ground) >= LEAST, (kind, state)
            measured += 1
    assert measured >= 25
