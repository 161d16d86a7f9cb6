"""Syringes: what is in them, and what has gone."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.display import Display
from simulator.gui.drawing import theme

THICKENING_MS = 180_000  # assumption: from here the console of a real room would remind of clotting


def draw(context: AppContext, target: pygame.Surface, area: pygame.Rect) -> None:
    """The contrast for a test, and blood with contrast."""
    view, history = context.perceived.view, context.perceived.history
    half = area.height // 2
    _syringe(
        context.display,
        target,
        pygame.Rect(area.left, area.top, area.width, half),
        "Contrast, test",
        f"{history.given.test_contrast_ml:.1f} of 3 mL given",
        left_ml=max(3.0 - history.given.test_contrast_ml, 0.0),
        whole_ml=3.0,
        colour=theme.CONTRAST,
        step_ml=1,
        note="",
        warn=False,
    )
    drawn = view.injection.syringe_ml + view.injection.injected_blood_ml
    thick = view.injection.syringe_ml > 0 and view.injection.syringe_age_ms > THICKENING_MS
    age = view.injection.syringe_age_ms // 1000
    words = f"drawn {age // 60} min {age % 60} s ago" + (": thickening" if thick else "")
    _syringe(
        context.display,
        target,
        pygame.Rect(area.left, area.top + half, area.width, half),
        "Blood + contrast",
        f"{view.injection.injected_blood_ml:.1f} mL given",
        left_ml=view.injection.syringe_ml,
        whole_ml=max(drawn, 20.0),
        colour=theme.BLOOD,
        step_ml=5,
        note=words if view.injection.syringe_ml > 0 else "empty",
        warn=thick,
    )


def _syringe(
    display: Display,
    target: pygame.Surface,
    area: pygame.Rect,
    name: str,
    given: str,
    *,
    left_ml: float,
    whole_ml: float,
    colour: theme.Colour,
    step_ml: int,
    note: str,
    warn: bool,
) -> None:
    px, write = display.scale.px, display.type.draw
    y = area.top + px(12)
    end = write(target, name, (area.left, y), size=14, weight="Medium").right
    write(target, note, (end + px(14), y), size=13, colour=theme.WARN if warn else theme.LOW)
    write(target, given, (area.right, y), size=14, align="right", colour=theme.MID)
    barrel = pygame.Rect(
        area.left + px(44), y + px(16), area.width - px(150), min(px(32), max(area.height - px(56), 10))
    )
    nozzle = [
        (area.left + px(6), barrel.centery - 3),
        (barrel.left, barrel.centery - px(8)),
        (barrel.left, barrel.centery + px(8)),
        (area.left + px(6), barrel.centery + 3),
    ]
    pygame.draw.polygon(target, theme.MID, nozzle)
    pygame.draw.rect(target, theme.BACKGROUND, barrel)
    fill = round(barrel.width * min(left_ml / whole_ml, 1.0))
    pygame.draw.rect(target, colour, (barrel.left, barrel.top, fill, barrel.height))
    pygame.draw.rect(target, theme.EDGE, barrel, 1)
    stopper = pygame.Rect(barrel.left + fill, barrel.top, px(7), barrel.height)
    pygame.draw.rect(target, theme.EDGE, stopper)
    rod = pygame.Rect(stopper.right, barrel.centery - 3, barrel.width - fill + px(70), 6)
    rod.width = min(rod.width, area.right - rod.left - px(8))
    pygame.draw.rect(target, theme.MID, rod)
    pygame.draw.rect(target, theme.MID, (rod.right, barrel.centery - px(14), px(5), px(28)))
    for ml in range(0, int(whole_ml) + 1):
        x = barrel.left + round(barrel.width * ml / whole_ml)
        named = ml % step_ml == 0
        pygame.draw.line(target, theme.INK, (x, barrel.bottom), (x, barrel.bottom - (px(9) if named else px(5))))
        if named:
            write(target, str(ml), (x, barrel.bottom + px(10)), size=12, align="centre", colour=theme.LOW)
