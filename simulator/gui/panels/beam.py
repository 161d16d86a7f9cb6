"""Beam: the lamp, its words and its time; amber means radiation and nothing else."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.perceived import Perceived
from simulator.gui.drawing import theme
from simulator.gui.drawing.symbols import trefoil
from simulator.vocabulary.procedure import DoseQuantity


def draw(context: AppContext, target: pygame.Surface, area: pygame.Rect, *, on: bool, since_ms: int) -> None:
    """Draw the lamp; `on` while the pedal is down, `since_ms` of simulated beam in this press."""
    display = context.display
    px, write = display.scale.px, display.type.draw
    ground = theme.BEAM_GROUND if on else theme.PANEL
    pygame.draw.rect(target, ground, area, border_radius=px(6))
    if on:
        pygame.draw.rect(target, theme.BEAM, area, 3, border_radius=px(6))
    radius = min(px(31), area.height // 3)
    centre = (area.left + px(24) + radius, area.top + radius + px(18))
    trefoil(target, centre, radius, theme.BEAM if on else theme.EDGE)
    x = centre[0] + radius + px(20)
    dose = context.perceived.view.console.dose
    write(
        target,
        "BEAM ON" if on else "BEAM OFF",
        (x, area.top + px(36)),
        size=25,
        weight="Medium",
        colour=theme.BEAM if on else theme.INK,
    )
    if on:
        write(target, f"pedal down {since_ms / 1000:.1f} s", (x, area.top + px(64)), size=14, figures=True)
        write(target, "release to stop", (x, area.top + px(84)), size=13, colour=theme.MID)
    else:
        checked = dose_check_words(context.perceived)
        up = "next press would pass the" if checked else "pedal up"
        write(target, up, (x, area.top + px(64)), size=14, colour=theme.MID)
        words = "tap: one shot   hold: continuous"
        if display.type.width(words, 12) > area.right - x - px(8):
            words = "tap, or hold"
        colour = theme.INK if checked else theme.LOW
        write(target, checked or words, (x, area.top + px(84)), size=12, colour=colour)
    y = area.bottom - px(22)
    time_on, presses, size = f"Beam on {dose.beam_on_ms / 1000:.1f} s", f"Presses {dose.presses}", 14
    if display.type.width(time_on, size) + display.type.width(presses, size) > area.right - px(44) - x:
        time_on = f"{dose.beam_on_ms / 1000:.1f} s"  # the lamp says of what
    write(target, time_on, (x, y), size=size, weight="Medium", figures=True)
    write(
        target,
        presses,
        (area.right - px(16), y),
        size=size,
        weight="Medium",
        align="right",
        figures=True,
    )


def dose_check_words(perceived: Perceived) -> str:
    """The value of the dose check that the next press would pass; "" where it would pass none of the case."""
    passed = perceived.view.console.dose_check.next_press
    if not passed:
        return ""
    unit = "mGy" if passed[0].quantity is DoseQuantity.CTDI_VOL else "mGy·cm"
    return f"{passed[0].quantity} {passed[0].kind}, {passed[0].limit:g} {unit}"
