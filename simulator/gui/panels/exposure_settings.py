"""Exposure settings: what the console is set to for the next press, and what that press will cost."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.perceived import Perceived
from simulator.gui.drawing import theme
from simulator.gui.input.console_actions import ExposureRow
from simulator.gui.panels import dose


def draw(context: AppContext, target: pygame.Surface, area: pygame.Rect, *, chosen_row: ExposureRow) -> None:
    """Draw the settings, the row that the keys step in a lighter colour, and the dose of one press."""
    display = context.display
    px = display.scale.px
    settings = context.perceived.view.console.settings
    rows = (
        ("Tube voltage", f"{settings.tube_voltage_kv}", "kV"),
        ("Tube current", f"{settings.tube_current_ma:g}", "mA"),
        ("Rotation", f"{settings.rotation_s:g}", "s"),
    )
    for index, (name, value, unit) in enumerate(rows):
        y = area.top + px(34) * index + px(14)
        chosen = index == chosen_row
        display.type.draw(target, name, (area.left, y), size=14, colour=theme.INK if chosen else theme.MID)
        display.type.draw(
            target, value, (area.right - px(62), y), size=18, weight="SemiBold", align="right", figures=True
        )
        display.type.draw(target, unit, (area.right - px(58), y), size=12, colour=theme.LOW)
    y = area.top + px(34) * 3 + px(12)
    if not (settings.gantry_tilt_deg or settings.metal_artefact_reduction):  # with them the words need the whole line
        display.type.draw(target, "Collimation", (area.left, y), size=13, colour=theme.LOW)
    display.type.draw(target, _beam_words(context.perceived), (area.right, y), size=13, align="right", colour=theme.LOW)
    y += px(20)
    pygame.draw.line(target, theme.LINE, (area.left, y), (area.right, y))
    y += px(16)
    display.type.draw(target, "One press will cost", (area.left, y), size=13, colour=theme.LOW)
    display.type.draw(target, f"{settings.mas:g} mAs", (area.right, y), size=13, align="right")
    y += px(24)
    display.type.draw(
        target,
        f"{dose.press_ctdi_mgy(context.perceived):.2f} mGy",
        (area.left, y),
        size=16,
        weight="SemiBold",
        figures=True,
    )
    display.type.draw(
        target,
        f"{dose.press_dlp(context.perceived):.2f} mGy·cm",
        (area.right, y),
        size=16,
        weight="SemiBold",
        align="right",
        figures=True,
    )


def _beam_words(perceived: Perceived) -> str:
    """Collimation, where the beam is on, and how the gantry leans."""
    settings = perceived.view.console.settings
    hand = (", hand" if settings.hand_protection else "") + (", MAR" if settings.metal_artefact_reduction else "")
    tilt = f", gantry {settings.gantry_tilt_deg:+g}°" if settings.gantry_tilt_deg else ""
    return f"3 × 4 mm, {settings.scan_arc_deg}°{hand}{tilt}"
