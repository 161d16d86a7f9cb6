"""Question: something that costs dose, or comes out of its order, is asked about before it is done."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.drawing import theme
from simulator.gui.input.user_action import ButtonKind, KeyBinding, UserAction
from simulator.gui.panels import top_bar
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.screens.screen import Screen


class QuestionScreen(Screen):
    """One question, yes or no."""

    title = "Question"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)

    def lay_out(self) -> None:
        """A panel in the middle with two buttons."""
        px = self.context.display.scale.px
        width, height = self.context.display.size
        self._panel = pygame.Rect(0, 0, max(px(640), 520), max(px(230), 190))
        self._panel.center = (width // 2, height // 2)
        high = max(px(46), 36)
        half = (self._panel.width - 3 * px(24)) // 2
        y = self._panel.bottom - high - px(20)
        left = self._panel.left + px(24)
        self.button(self._no(), pygame.Rect(left, y, half, high))
        self.button(self._yes(), pygame.Rect(left + half + px(24), y, half, high))

    def _yes(self) -> UserAction:
        return UserAction(
            words="Do it all the same", key=KeyBinding(code=pygame.K_RETURN, cap="Enter"), do=self._answer_yes
        )

    def _answer_yes(self) -> None:
        do, self.context.notices.answered_yes = self.context.notices.answered_yes, None
        self.context.doors.close_overlay()
        if do is not None:
            do()

    def _no(self) -> UserAction:
        return UserAction(
            words="No, back",
            key=KeyBinding(code=pygame.K_n, cap="N"),
            do=self.context.doors.close_overlay,
            kind=ButtonKind.PRIMARY,
        )

    def draw(self, target: pygame.Surface) -> None:
        """Draw the question."""
        top_bar.draw(self.context, target)
        inside = draw_panel(self.context.display, target, self._panel, "Is that meant?", "Esc: no")
        self.context.display.type.paragraph(target, self.context.notices.question, inside, size=17, colour=theme.INK)
