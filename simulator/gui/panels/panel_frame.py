"""Panel frame: the ground, title and note that panels share."""

from __future__ import annotations

import pygame

from simulator.gui.context.display import Display
from simulator.gui.drawing import theme


def draw_panel(
    display: Display, target: pygame.Surface, area: pygame.Rect, title: str = "", note: str = ""
) -> pygame.Rect:
    """Draw a panel with its title and a note at the right; what is left inside."""
    px = display.scale.px
    pygame.draw.rect(target, theme.PANEL, area, border_radius=px(6))
    pad = px(16) if not display.scale.compact else 10
    inside = area.inflate(-2 * pad, -2 * pad)
    if title or note:
        y = area.top + px(22)
        display.type.draw(target, title, (inside.left, y), size=14, weight="SemiBold")
        display.type.draw(target, note, (inside.right, y), size=13, align="right", colour=theme.LOW)
        top = area.top + px(40)
        inside = pygame.Rect(inside.left, top, inside.width, area.bottom - pad // 2 - top)
    return inside
