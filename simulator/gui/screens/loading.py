"""Loading: the patient is being built; what is worked on, and how far it is."""

from __future__ import annotations

import pygame

from simulator.gui.drawing import theme
from simulator.gui.screens.screen import Screen


class LoadingScreen(Screen):
    """Shown until the patient is on the table."""

    title = "Loading"

    def draw(self, target: pygame.Surface) -> None:
        """Draw a bar with its words."""
        px, write = self.context.scale.px, self.context.type.draw
        middle = target.get_rect().center
        write(
            target,
            "CT-fluoroscopy simulator",
            (middle[0], middle[1] - px(60)),
            size=28,
            weight="SemiBold",
            align="centre",
        )
        what, fraction = self.context.progress or ("getting ready", 0.0)
        write(target, what, (middle[0], middle[1] - px(14)), size=15, colour=theme.MID, align="centre")
        bar = pygame.Rect(0, 0, px(420), px(8))
        bar.center = (middle[0], middle[1] + px(16))
        pygame.draw.rect(target, theme.RAISED, bar, border_radius=4)
        pygame.draw.rect(
            target, theme.ACT, (bar.left, bar.top, round(bar.width * fraction), bar.height), border_radius=4
        )
        words = "Training in a simulator is no proof of clinical competence."
        write(target, words, (middle[0], middle[1] + px(56)), size=13, colour=theme.LOW, align="centre")

    def tick(self) -> bool:
        """The bar moves."""
        return True
