"""Briefing: who is on the table, what is asked for, and what is checked before anything is done."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.context.teaching_state import LessonPart
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import OwnWords
from simulator.gui.input.lesson_pages import before_pages
from simulator.gui.input.procedure_steps import myelogram_steps, opening_steps
from simulator.gui.input.time_out_items import TimeOutItems
from simulator.gui.input.user_action import ButtonKind, KeyBinding, UserAction
from simulator.gui.panels import chart, top_bar
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.screens.screen import Screen
from simulator.vocabulary.patient_facts import TimeOutItem

WHAT_IT_IS = (
    "A dural leak lets spinal fluid escape. You place a 20G needle into the epidural space beside it, seeing only what "
    "the CT-fluoroscopy console shows when the pedal is pressed, and inject the patient's blood with contrast until "
    "they feel pressure. Contrast from the myelogram marks the fluid: inside the dura, and where it has leaked."
)
HOW_IT_IS_SCORED = (
    "Placement, safety, dose, economy and the patch are scored; every press counts. A punctured dura limits the score; "
    "blood inside the dura ends it. The weights are ours and unvalidated, the anchors are published."
)


def _goals(goals: Sequence[str]) -> OwnWords:
    """Goals in one line."""
    return OwnWords("; ".join(goal.removesuffix(".") for goal in goals))


class BriefingScreen(Screen):
    """The request, the chart, and the first steps."""

    title = "Briefing"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._time_out = TimeOutItems()

    def lay_out(self) -> None:
        """Request and chart at the left, the steps at the right."""
        display = self.context.display
        px = display.scale.px
        width = display.size[0]
        top = theme.bar_height(display.scale) + px(16)
        bottom = self.margins()[3] - px(8)
        edge, gap = px(40), px(12)
        left = round((width - 2 * edge - gap) * 0.62)
        chart_height = round((bottom - top) * 0.31)
        self._request = pygame.Rect(edge, top, left, bottom - top - chart_height - gap)
        self._chart = pygame.Rect(edge, self._request.bottom + gap, left, chart_height)
        self._steps = pygame.Rect(edge + left + gap, top, width - 2 * edge - gap - left, bottom - top)
        x, wide = self._steps.left + px(16), self._steps.width - px(32)
        y, high = self._steps.top + px(52), max(px(48), 36)
        steps = opening_steps(self._time_out.command)
        kinds = (ButtonKind.PLAIN, ButtonKind.PLAIN, ButtonKind.PRIMARY)
        for index, (step, kind) in enumerate(zip(steps, kinds, strict=True)):
            action = step.action(self.context, key=KeyBinding(code=pygame.K_1 + index, cap=str(index + 1)), kind=kind)
            if index == 1:
                action.why_not = self._time_out.why_not
            self.button(action, pygame.Rect(x, y, wide, high))
            y += high + px(10)
        y = self._positions(x, y, wide)
        self._caption_y = y + px(12)
        y += px(28)
        y = self._items(x, y, wide)
        on = UserAction(
            words="Go on to the scans",
            key=KeyBinding(code=pygame.K_F2, cap="F2"),
            do=lambda: self.context.doors.show(ScreenName.READING),
        )
        self.button(on, pygame.Rect(x, self._steps.bottom - high - px(14), wide, high))
        lesson = UserAction(
            words="What the case tells and asks",
            key=KeyBinding(code=pygame.K_l, cap="L"),
            do=lambda: self.context.open_lesson(LessonPart.BEFORE),
        )
        if before_pages(self.context.perceived.view.case.teaching):
            self.button(lesson, pygame.Rect(x, self._steps.bottom - 2 * high - px(22), wide, high))
        for action in (
            self.goes_to(ScreenName.GUIDANCE, "Guidance", pygame.K_F3, "F3"),
            self.goes_to(ScreenName.INJECTION, "Injection", pygame.K_F4, "F4"),
        ):
            self.key_only(action)

    def _positions(self, x: int, y: int, wide: int) -> int:
        """One button for each further position of the myelogram, in a row below it; the y below them."""
        px = self.context.display.scale.px
        steps, gap, high = myelogram_steps(), px(6), max(px(36), 27)
        part = (wide - (len(steps) - 1) * gap) // len(steps)
        for index, step in enumerate(steps):
            self.button(step.action(self.context), pygame.Rect(x + index * (part + gap), y, part, high))
        return y + high + px(10)

    def _items(self, x: int, y: int, wide: int) -> int:
        """One button for each item of the time-out, two in a row; the y below them."""
        px = self.context.display.scale.px
        high, gap = max(px(36), 27), px(6)
        half = (wide - gap) // 2
        for index, item in enumerate(TimeOutItem):
            last = index == len(TimeOutItem) - 1
            place = pygame.Rect(x + (index % 2) * (half + gap), y, wide if last else half, high)
            self.button(self._item(index, item), place)
            y += (high + gap) if index % 2 or last else 0
        return y

    def _item(self, index: int, item: TimeOutItem) -> UserAction:
        return UserAction(
            words=item.capitalize(),
            key=KeyBinding(code=pygame.K_5 + index, cap=str(5 + index)),
            do=lambda: self._time_out.toggle(item),
            chosen=lambda: item in self._time_out.ticked,
            hint="Whether the time-out checks it",
        )

    def draw(self, target: pygame.Surface) -> None:
        """Draw the request and the chart."""
        context, display = self.context, self.context.display
        px, write = display.scale.px, display.type
        top_bar.draw(context, target)
        inside = draw_panel(display, target, self._request)
        y = inside.top + px(10)
        write.draw(target, OwnWords(context.perceived.view.case.title), (inside.left, y), size=24, weight="SemiBold")
        y += px(34)
        wide = min(inside.width, px(900))
        for title, text in self._texts():
            size = 16 if title == "Request" else 14
            lines = write.wrapped(text, size, wide)
            if y + px(12) + len(lines) * round(display.scale.type_px(size) * 1.4) > inside.bottom:
                break  # what is left out stands in the lesson's pages and in the documentation
            write.draw(target, title, (inside.left, y), size=13, weight="SemiBold", colour=theme.LOW)
            y = write.paragraph(target, text, pygame.Rect(inside.left, y + px(12), wide, inside.height), size=size)
            y += px(16)
        chart.draw(context, target, self._chart)
        draw_panel(display, target, self._steps, "Before the first image", "keys 1 to 3")
        at = (self._steps.left + px(16), self._caption_y)
        write.draw(target, "The time-out checks", at, size=13, colour=theme.LOW)

    def _texts(self) -> tuple[tuple[str, str], ...]:
        case = self.context.perceived.view.case
        goals = (("Afterwards you can", _goals(case.teaching.goals)),) if case.teaching.goals else ()
        terms = (("This lesson", self._terms()),) if self._terms() else ()
        return (
            ("Request", OwnWords(" ".join(case.request.split()))),
            *goals,
            *terms,
            ("Accepted ways", ", ".join(case.accepted_approaches)),
            (
                "Blood",
                f"until the patient feels pressure; without a word no more than {case.prescribed_volume_ml:g} mL",
            ),
            ("What you do", WHAT_IT_IS),
            ("How it is scored", HOW_IT_IS_SCORED),
        )

    def _terms(self) -> str:
        """Difficulty and time of the lesson, and whether it is an examination."""
        teaching = self.context.perceived.view.case.teaching
        said = [f"difficulty: {teaching.difficulty}"] if teaching.difficulty else []
        said += [f"about {teaching.minutes:g} min"] if teaching.minutes is not None else []
        said += ["an examination: the teacher releases score and truth"] if teaching.exam is not None else []
        return "; ".join(said)
