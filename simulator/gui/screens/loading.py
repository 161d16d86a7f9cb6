"""Loading: the patient is being built; who it is, what is worked on, and how far it is."""

from __future__ import annotations

import pygame

from simulator.gui.drawing import theme
from simulator.gui.input.user_action import KeyBinding, UserAction
from simulator.gui.screens.screen import Screen


class LoadingScreen(Screen):
    """Shown until the patient is on the table."""

    title = "Loading"

    def lay_out(self) -> None:
        """One button, where there is something to go back to."""
        display = self.context.display
        go_to_start = self.context.doors.go_to_start
        if go_to_start is None:
            return
        px = display.scale.px
        area = pygame.Rect(0, 0, max(px(280), 220), max(px(44), 34))
        area.center = (display.size[0] // 2, display.size[1] // 2 + px(150))
        back = UserAction(
            words="Another case", key=KeyBinding(code=pygame.K_ESCAPE, cap="Esc"), do=go_to_start, hint="Gives this up"
        )
        self.button(back, area)

    def draw(self, target: pygame.Surface) -> None:
        """Draw a bar with its words, below what is known of the case."""
        display = self.context.display
        px, write = display.scale.px, display.type.draw
        middle = target.get_rect().center
        chosen = self.context.session.chosen
        title = "CT-fluoroscopy simulator" if chosen is None else chosen.card.title
        write(target, title, (middle[0], middle[1] - px(60)), size=28, weight="SemiBold", align="centre")
        if chosen is not None:
            lines = display.type.wrapped(chosen.card.request, 15, px(900))
            step = round(display.scale.type_px(15) * 1.4)
            top = middle[1] - px(100) - len(lines) * step
            for index, line in enumerate(lines):
                write(target, line, (middle[0], top + index * step), size=15, align="centre", colour=theme.MID)
        what, fraction = self.context.notices.progress or ("getting ready", 0.0)
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
