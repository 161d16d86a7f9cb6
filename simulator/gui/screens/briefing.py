"""Briefing: who is on the table, what is asked for, and what is checked before anything is done."""

from __future__ import annotations

import pygame

from simulator.gui.app_context import AppContext, ScreenName
from simulator.gui.drawing import theme
from simulator.gui.input.procedure_steps import ProcedureStep, opening_steps
from simulator.gui.input.user_action import ButtonKind, KeyBinding, UserAction
from simulator.gui.panels import top_bar
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.screens.screen import Screen

WHAT_IT_IS = (
    "A dural leak lets spinal fluid escape. You place a 20G needle into the epidural space beside it, seeing only what "
    "the CT-fluoroscopy console shows when the pedal is pressed, and inject the patient's blood with contrast until "
    "they feel pressure. Contrast from the myelogram marks the fluid: inside the dura, and where it has leaked."
)
HOW_IT_IS_SCORED = (
    "Placement, safety, dose, economy and the patch are scored; every press counts. A punctured dura limits the score; "
    "blood inside the dura ends it. The weights are ours and unvalidated, the anchors are published."
)


class BriefingScreen(Screen):
    """The request, and the first steps."""

    title = "Briefing"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)

    def lay_out(self) -> None:
        """The request at the left, the steps at the right."""
        px = self.context.scale.px
        width, height = self.context.size
        top = theme.bar_height(self.context.scale) + px(24)
        bottom = height - theme.NOTICE_HEIGHT - px(16)
        edge, gap = px(40), px(16)
        left = round((width - 2 * edge - gap) * 0.62)
        self._request = pygame.Rect(edge, top, left, bottom - top)
        self._steps = pygame.Rect(edge + left + gap, top, width - 2 * edge - gap - left, bottom - top)
        y = self._steps.top + px(60)
        high = px(52)
        for index, step in enumerate(opening_steps()):
            area = pygame.Rect(self._steps.left + px(16), y, self._steps.width - px(32), high)
            self.button(self._action(step, index), area)
            y += high + px(12)
        on = UserAction(
            words="Go on to the scans",
            key=KeyBinding(code=pygame.K_F2, cap="F2"),
            do=lambda: self.context.show(ScreenName.READING),
        )
        self.button(on, pygame.Rect(self._steps.left + px(16), y + px(70), self._steps.width - px(32), high))

    def _action(self, step: ProcedureStep, index: int) -> UserAction:
        return UserAction(
            words=lambda: step.label(self.context.view),
            key=KeyBinding(code=pygame.K_1 + index, cap=str(index + 1)),
            do=self.context.sends(step.command),
            why_not=lambda: step.why_not(self.context.view),
            kind=ButtonKind.PRIMARY if index == 2 else ButtonKind.PLAIN,
        )

    def draw(self, target: pygame.Surface) -> None:
        """Draw the request."""
        context = self.context
        px, write = context.scale.px, context.type
        top_bar.draw(context, target)
        inside = draw_panel(context, target, self._request)
        y = inside.top + px(14)
        write.draw(target, context.view.case.title, (inside.left, y), size=26, weight="SemiBold")
        y += px(44)
        for title, text in (
            ("Request", " ".join(context.view.case.request.split())),
            ("Accepted ways", ", ".join(context.view.case.accepted_approaches)),
            (
                "Blood",
                "until the patient feels pressure; without a word no more than "
                f"{context.view.case.prescribed_volume_ml:g} mL",
            ),
            ("What you do", WHAT_IT_IS),
            ("How it is scored", HOW_IT_IS_SCORED),
        ):
            write.draw(target, title, (inside.left, y), size=14, weight="SemiBold", colour=theme.LOW)
            area = pygame.Rect(inside.left, y + px(14), min(inside.width, px(900)), inside.height)
            y = write.paragraph(target, text, area, size=17 if title == "Request" else 15) + px(24)
        draw_panel(context, target, self._steps, "Before the first image", "keys 1 to 3")
        words = "Identity, consent, coagulation, allergy, level and side are checked in the time-out."
        last = pygame.Rect(
            self._steps.left + px(16), self._steps.top + px(60) + 3 * px(64), self._steps.width - px(32), px(200)
        )
        write.paragraph(target, words, last, size=13, colour=theme.LOW)
