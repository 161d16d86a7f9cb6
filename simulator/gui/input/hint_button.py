"""Hint button: the widget library's button, whose words appear under the mouse whether it can be pressed or not."""

from __future__ import annotations

import pygame
from pygame_gui.elements import UIButton, UITooltip


class HintButton(UIButton):
    """A button that explains itself also while it is locked or chosen; the library's own are mute then."""

    def can_hover(self) -> bool:
        """Whether the mouse may rest on it; not while it is being pressed."""
        return not self.held

    def on_hovered(self) -> None:
        """The mouse came: light up only where a press would do something."""
        self.hover_time = 0.0
        if self.is_enabled and not self.is_selected:
            super().on_hovered()  # type: ignore[no-untyped-call]

    def explain(self, text: str | None) -> None:
        """Words for the mouse; those that no longer hold go at once."""
        if self.tool_tip is not None and text != self.tool_tip_text:
            self.tool_tip.kill()  # type: ignore[no-untyped-call]
            self.tool_tip = None
        self.set_tooltip(text)

    def hush(self) -> None:
        """Take the words away until the mouse has moved on: something is done now."""
        if self.tool_tip is not None:
            self.tool_tip.kill()  # type: ignore[no-untyped-call]
            self.tool_tip = None
        self.hover_time = float("-inf")

    def words_area(self) -> pygame.Rect | None:
        """Where the words stand now; None while the mouse is elsewhere."""
        return pygame.Rect(self.tool_tip.rect) if isinstance(self.tool_tip, UITooltip) else None
