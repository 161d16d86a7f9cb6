"""Drawn path: the way that was drawn, in the numbers that a hand needs."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.drawing import theme
from simulator.gui.input.order_questions import BONE_HU
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.scan_reading.reading_state import ReadingState

HOW = "Tool P: drag from skin to target on the axial picture. Arrows move the target, with Shift the entry."


def draw(context: AppContext, target: pygame.Surface, area: pygame.Rect, state: ReadingState) -> None:
    """Draw the panel; where nothing was drawn, how to draw."""
    display = context.display
    draft = state.draft
    inside = draw_panel(display, target, area, "Path", "confirmed" if state.confirmed else ("draft" if draft else ""))
    source = context.perceived.volumes.get(draft.number) if draft is not None else None
    if draft is None or source is None or source.grid is None:
        display.type.paragraph(target, HOW, inside, size=13, colour=theme.LOW)
        return
    offset = draft.offset_mm(source.grid)
    entry = "no skin grid yet"
    if offset is not None:
        side = "left" if offset > 0 else "right"
        entry = f"{abs(offset):.0f} mm {side} of midline" if abs(offset) >= 0.5 else "on the midline"
    highest_hu = draft.highest_hu(source)
    rows = (
        ("Way", draft.approach(source.grid)),
        ("Entry", entry),
        ("Angle to vertical", f"{draft.angle_deg(source.grid):.0f}°"),
        ("Depth to target", f"{draft.length_mm(source.pixel_mm):.0f} mm"),
        ("Highest HU on it", f"{highest_hu}: bone" if highest_hu >= BONE_HU else f"{highest_hu}"),
    )
    step = inside.height / len(rows)
    for index, (name, value) in enumerate(rows):
        y = inside.top + step * (index + 0.5) - 4
        display.type.draw(target, name, (inside.left, y), size=13, colour=theme.MID)
        display.type.draw(target, value, (inside.right, y), size=13, weight="Medium", align="right")
