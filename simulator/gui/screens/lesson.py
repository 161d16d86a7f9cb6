"""Lesson: what a case tells and asks, a page at a time: before the procedure, before its end, and in the debrief."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.context.teaching_state import LessonPart, LessonState
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import OwnWords
from simulator.gui.input import lesson_answers as given
from simulator.gui.input.carry_out import carry_out
from simulator.gui.input.lesson_pages import LessonPage, PageKind, open_questions, pages
from simulator.gui.input.user_action import ButtonKind, KeyBinding, UserAction, WhileBusy
from simulator.gui.panels import lesson_text, top_bar
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.screens.checklist import ChecklistRows
from simulator.gui.screens.screen import Screen
from simulator.interface.teaching import AskedQuestion, QuestionKind

IN_A_ROW = 8
SIGNS = "1234567890.-"
SIGN_KEYS = {".": pygame.K_PERIOD, "-": pygame.K_MINUS}
ONWARD = {
    LessonPart.BEFORE: "Go on to the patient",
    LessonPart.AFTER: "Finish the procedure",
    LessonPart.DEBRIEF: "Back to the debrief",
}


class LessonScreen(Screen):
    """One page above, and below it the way to the others."""

    title = "Lesson"
    gestures = (("Wheel", "further lines of a long text"),)

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._below = 0
        self._laid_out: LessonState | None = None
        self._checklist = ChecklistRows(context)

    @property
    def page(self) -> LessonPage | None:
        """The page that is open; None where the part has none."""
        found = pages(self.context)
        return found[min(self.context.teaching.lesson.page, len(found) - 1)] if found else None

    def lay_out(self) -> None:
        """The page with its answers, and the buttons at the foot."""
        if self.context.perceived.history.view is None:
            return
        self._laid_out = self.context.teaching.lesson
        px = self.context.display.scale.px
        edge, gap, top, bottom = self.margins()
        high = max(px(46), 36)
        self._panel = pygame.Rect(
            edge, top, self.context.display.size[0] - 2 * edge, bottom - top - high - 2 * gap - px(6)
        )
        self._inside = self.inner(self._panel)
        self._foot(pygame.Rect(edge, self._panel.bottom + gap, self._panel.width, high))
        page = self.page
        self._words = self._inside
        if page is None:
            return
        if page.kind is PageKind.CHECKLIST:
            self._checklist.place(self, self._inside)
        elif page.kind is PageKind.QUESTION:
            self._answers(page)

    # The foot: other pages, and the way on.

    def _foot(self, area: pygame.Rect) -> None:
        px = self.context.display.scale.px
        wide = max(px(300), 250)
        last = len(pages(self.context)) - 1
        back = UserAction(
            words="Page back",
            key=KeyBinding(code=pygame.K_PAGEUP, cap="PgUp"),
            do=self._turns(-1),
            why_not=lambda: None if self.context.teaching.lesson.page > 0 else "This is the first page",
        )
        on = UserAction(
            words="Next page",
            key=KeyBinding(code=pygame.K_PAGEDOWN, cap="PgDn"),
            do=self._turns(1),
            why_not=lambda: None if self.context.teaching.lesson.page < last else "This is the last page",
            kind=ButtonKind.PRIMARY if self.context.teaching.lesson.page < last else ButtonKind.PLAIN,
        )
        leave = UserAction(
            words=ONWARD[self.context.teaching.lesson.part],
            key=KeyBinding(code=pygame.K_F2, cap="F2"),
            do=self._go_on,
            asks=self._unanswered,
            kind=ButtonKind.PLAIN if self.context.teaching.lesson.page < last else ButtonKind.PRIMARY,
            while_busy=WhileBusy.KEPT,
        )
        self.button(back, pygame.Rect(area.left, area.top, wide, area.height))
        self.button(on, pygame.Rect(area.left + wide + px(10), area.top, wide, area.height))
        self.button(leave, pygame.Rect(area.right - wide - px(60), area.top, wide + px(60), area.height))
        if self.context.teaching.lesson.part is LessonPart.AFTER:
            to_patient = UserAction(
                words="Back to the patient",
                key=KeyBinding(code=pygame.K_F3, cap="F3"),
                do=lambda: self.context.doors.show(ScreenName.READING),
            )
            x = area.left + 2 * (wide + px(10))
            self.button(to_patient, pygame.Rect(x, area.top, wide, area.height))

    def _turns(self, by: int) -> Callable[[], None]:
        def do() -> None:
            state = self.context.teaching.lesson
            state.page = min(max(state.page + by, 0), len(pages(self.context)) - 1)
            state.typed = state.level = state.side = ""
            state.first_line = 0
            self.open()

        return do

    def _unanswered(self) -> str | None:
        if self.context.teaching.lesson.part is LessonPart.DEBRIEF:
            return None
        left = len(open_questions(self.context))
        return f"{left} of the questions have no answer. Go on without?" if left else None

    def _go_on(self) -> None:
        part = self.context.teaching.lesson.part
        if part is LessonPart.DEBRIEF:
            self.context.doors.show(ScreenName.DEBRIEF)
        elif part is LessonPart.AFTER:
            self.context.send(self.context.teaching.lesson.ends_with)
        else:
            self.context.doors.show(ScreenName.BRIEFING)

    # Answers.

    def _answers(self, page: LessonPage) -> None:
        asked = self.context.perceived.view.case.teaching.questions[page.number - 1]
        lines = lesson_text.lines_needed(self.context.display, page.blocks, self._inside.width) + 1
        high = lines * lesson_text.line_height(self.context.display)
        self._words = pygame.Rect(self._inside.left, self._inside.top, self._inside.width, high)
        below = pygame.Rect(
            self._inside.left, self._words.bottom, self._inside.width, self._inside.bottom - self._words.bottom
        )
        if asked.kind is QuestionKind.CHOICE:
            self._options(page.number, asked, below)
        elif asked.kind is QuestionKind.LEVEL_AND_SIDE:
            self._levels(page.number, below)
        else:
            self._number(page.number, below)

    def _options(self, number: int, asked: AskedQuestion, area: pygame.Rect) -> None:
        """A button for each option, with its words beside it."""
        display = self.context.display
        px, y = display.scale.px, area.top
        self._option_words: list[tuple[list[str], tuple[int, int]]] = []
        high, wide, step = max(px(40), 30), max(px(84), 66), lesson_text.line_height(display)
        for index, words in enumerate(asked.options, start=1):
            lines = display.type.wrapped(OwnWords(words), lesson_text.SIZE, area.width - wide - px(16))
            row = max(high, len(lines) * step)
            self.button(self._option(number, index), pygame.Rect(area.left, y, wide, high))
            self._option_words.append((lines, (area.left + wide + px(16), y + max(high - step, 0) // 2)))
            y += row + px(8)

    def _option(self, number: int, index: int) -> UserAction:
        return UserAction(
            words=lambda: "✓" if given.answers(self.context.session).get(number) == str(index) else "–",
            key=KeyBinding(code=pygame.K_0 + index, cap=str(index)),
            do=lambda: given.give_answer(self.context, number, str(index)),
            chosen=lambda: given.answers(self.context.session).get(number) == str(index),
            hint=f"Answer {index}",
            while_busy=WhileBusy.KEPT,
        )

    def _levels(self, number: int, area: pygame.Rect) -> None:
        """A button for each level, and one for each side; keys go through both."""
        px = self.context.display.scale.px
        high, gap = max(px(42), 32), px(8)
        wide = (area.width - (IN_A_ROW - 1) * gap) // IN_A_ROW
        levels, sides = given.levels(self.context.perceived), given.sides()
        for index, level in enumerate(levels):
            at = (area.left + index % IN_A_ROW * (wide + gap), area.top + index // IN_A_ROW * (high + gap))
            self.button(self._part(number, level=level), pygame.Rect(*at, wide, high))
        y = area.top + -(-len(levels) // IN_A_ROW) * (high + gap) + gap
        for index, side in enumerate(sides):
            place = pygame.Rect(area.left + index * (2 * wide + gap), y, 2 * wide, high)
            self.button(self._part(number, side=side), place)
        for by, code, cap in ((-1, pygame.K_UP, "↑"), (1, pygame.K_DOWN, "↓")):
            self._stepper("The level above" if by < 0 else "The level below", number, levels, by, code, cap, first=True)
        for by, code, cap in ((-1, pygame.K_LEFT, "←"), (1, pygame.K_RIGHT, "→")):
            self._stepper("Another side", number, sides, by, code, cap, first=False)

    def _part(self, number: int, *, level: str | None = None, side: str | None = None) -> UserAction:
        return UserAction(
            words=level or (side or "").capitalize(),
            do=lambda: given.choose_part(self.context, number, level=level, side=side),
            chosen=lambda: (level or side) in given.chosen_parts(self.context, number),
            kind=ButtonKind.CENTRED,
            while_busy=WhileBusy.KEPT,
        )

    def _stepper(self, words: str, number: int, names: list[str], by: int, code: int, cap: str, *, first: bool) -> None:
        def do() -> None:
            present = given.chosen_parts(self.context, number)[0 if first else 1]
            at = names.index(present) + by if present in names else 0
            name = names[min(max(at, 0), len(names) - 1)]
            given.choose_part(self.context, number, **{"level" if first else "side": name})

        self.key_only(UserAction(words=words, key=KeyBinding(code=code, cap=cap), do=do, while_busy=WhileBusy.KEPT))

    def _number(self, number: int, area: pygame.Rect) -> None:
        """Signs to type a number with, also by the mouse."""
        px = self.context.display.scale.px
        wide, high, gap = max(px(76), 62), max(px(42), 32), px(8)
        self._typed_at = (area.left, area.top + high // 2)
        y = area.top + high + gap
        for index, sign in enumerate(SIGNS):
            at = (area.left + index % 6 * (wide + gap), y + index // 6 * (high + gap))
            self.button(self._sign(sign), pygame.Rect(*at, wide, high))
        y += 2 * (high + gap)
        whole = 6 * wide + 5 * gap
        erase = UserAction(
            words="Erase", key=KeyBinding(code=pygame.K_BACKSPACE, cap="Back"), do=self._erase, hint="The last sign"
        )
        write_down = UserAction(
            words="Write it down",
            key=KeyBinding(code=pygame.K_RETURN, cap="Enter"),
            do=lambda: given.give_number(self.context, number),
            why_not=lambda: None if given.is_number(self.context.teaching.lesson.typed) else "No number is typed yet",
            kind=ButtonKind.PRIMARY,
            while_busy=WhileBusy.KEPT,
        )
        half = (whole - gap) // 2
        self.button(erase, pygame.Rect(area.left, y, half, high))
        self.button(write_down, pygame.Rect(area.left + half + gap, y, half, high))

    def _sign(self, sign: str) -> UserAction:
        code = SIGN_KEYS.get(sign) or pygame.K_0 + int(sign)
        return UserAction(
            words=sign,
            key=KeyBinding(code=code, cap=sign),
            do=lambda: given.type_number(self.context.teaching, sign),
            hint=f"Type {sign}",
        )

    def _erase(self) -> None:
        self.context.teaching.lesson.typed = self.context.teaching.lesson.typed[:-1]

    # Drawing.

    def draw(self, target: pygame.Surface) -> None:
        """Draw the open page."""
        display = self.context.display
        context, page = self.context, self.page
        top_bar.draw(context, target)
        if page is None:
            draw_panel(display, target, self._panel, "This case tells and asks nothing here.", " ")
            return
        note = f"page {min(context.teaching.lesson.page, len(pages(context)) - 1) + 1} of {len(pages(context))}"
        draw_panel(display, target, self._panel, page.title, note)
        if page.kind is PageKind.PICTURE and page.picture is not None:
            lesson_text.draw_picture(display, target, self._inside, page.picture)
        elif page.kind is PageKind.CHECKLIST:
            self._checklist.draw(target)
        else:
            self._below = lesson_text.draw_blocks(
                display, target, self._words, page.blocks, context.teaching.lesson.first_line
            )
            if self._below:
                at = (self._inside.right, self._panel.bottom - display.scale.px(10))
                display.type.draw(target, "wheel: more", at, size=12, align="right", colour=theme.LOW)
        if page.kind is PageKind.QUESTION:
            self._draw_answer(target, page)

    def _draw_answer(self, target: pygame.Surface, page: LessonPage) -> None:
        context, display = self.context, self.context.display
        asked = context.perceived.view.case.teaching.questions[page.number - 1]
        if asked.kind is QuestionKind.CHOICE:
            step = lesson_text.line_height(display)
            for lines, (x, y) in self._option_words:
                for index, line in enumerate(lines):
                    display.type.draw(target, line, (x, y + index * step + step / 2), size=lesson_text.SIZE)
        elif asked.kind is QuestionKind.NUMBER:
            words = f"{context.teaching.lesson.typed or '…'} {asked.unit}".strip()
            display.type.draw(target, words, self._typed_at, size=22, weight="SemiBold")
        answer = given.answers(context.session).get(page.number)
        words = "No answer yet" if answer is None else f"Written down: {self._in_words(asked, answer)}"
        at = (self._inside.left, self._panel.bottom - display.scale.px(18))
        display.type.draw(target, words, at, size=14, colour=theme.MID if answer is None else theme.OK)

    @staticmethod
    def _in_words(asked: AskedQuestion, answer: str) -> str:
        return f"option {answer}" if asked.kind is QuestionKind.CHOICE else f"{answer} {asked.unit}".strip()

    def tick(self) -> bool:
        """Another part of the lesson may be opened while this screen is open."""
        if self._laid_out is self.context.teaching.lesson:
            return False
        self.open()
        return True

    def take(self, event: pygame.event.Event) -> None:
        """Wheel: further lines; a comma types the decimal point, as half the world writes it."""
        if event.type == pygame.MOUSEWHEEL and self.context.perceived.history.view is not None:
            state = self.context.teaching.lesson
            state.first_line = min(max(state.first_line - event.y, 0), state.first_line + self._below)
            if self.page is not None and self.page.kind is PageKind.CHECKLIST:
                self._checklist.scroll(-event.y)
                self.open()
        elif event.type == pygame.KEYDOWN and event.key == pygame.K_COMMA:
            point = next((one for one in self.actions if one.key and one.key.code == pygame.K_PERIOD), None)
            if point is not None:
                carry_out(self.context, point)
