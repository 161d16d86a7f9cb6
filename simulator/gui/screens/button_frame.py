"""Button frame: Tab goes from button to button, and Enter presses the one in the frame, so that no mouse is needed."""

from __future__ import annotations

from dataclasses import dataclass

import pygame

from simulator.gui.drawing import theme

MODIFIERS = frozenset(
    (
        pygame.K_LSHIFT, pygame.K_RSHIFT, pygame.K_LCTRL, pygame.K_RCTRL, pygame.K_LALT, pygame.K_RALT,
        pygame.K_LMETA, pygame.K_RMETA,
    )
)  # fmt: skip
ANY_MODIFIER = pygame.KMOD_CTRL | pygame.KMOD_ALT | pygame.KMOD_META
GESTURE = ("Tab, Enter", "go to the next button, with Shift to the one before; press it. Any other key leaves it")


@dataclass(slots=True)
class ButtonFrame:
    """Where the frame stands.

    Attributes:
        at: the button's place in the order in which they were placed; None without a frame
    """

    at: int | None = None

    def move(self, event: pygame.event.Event, count: int) -> bool:
        """Tab goes on by one of so many buttons, with Shift back; whether the key was that."""
        if event.key != pygame.K_TAB or event.mod & ANY_MODIFIER or count == 0:
            return False
        back = bool(event.mod & pygame.KMOD_SHIFT)
        if self.at is None:
            self.at = count - 1 if back else 0
        else:
            self.at = (self.at + (-1 if back else 1)) % count
        return True

    def pressed_by(self, event: pygame.event.Event) -> bool:
        """Whether a key presses the button in the frame."""
        plain = not event.mod & (ANY_MODIFIER | pygame.KMOD_SHIFT)
        return self.at is not None and event.key in (pygame.K_RETURN, pygame.K_KP_ENTER) and plain

    def leave_for(self, event: pygame.event.Event) -> None:
        """Any key but a modifier takes the frame away: Enter is free again, above all to stop."""
        if event.key not in MODIFIERS:
            self.leave()

    def leave(self) -> None:
        """Take the frame away."""
        self.at = None

    def draw(self, target: pygame.Surface, area: pygame.Rect) -> None:
        """Two rims about a button, light on dark, that show on any ground."""
        pygame.draw.rect(target, theme.BACKGROUND, area.inflate(8, 8), 2, border_radius=6)
        pygame.draw.rect(target, theme.INK, area.inflate(4, 4), 2, border_radius=5)
