"""Debrief: the score with its reasons, the truth over the image on a key, the ledger, the near misses."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.context.teaching_state import LessonPart
from simulator.gui.debrief_facts import AdviceLine, CriticalMoment, DebriefFacts, LessonFacts
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import own
from simulator.gui.engine_worker.start_desk import StartDesk
from simulator.gui.input.controls import Controls
from simulator.gui.input.lesson_pages import debrief_pages
from simulator.gui.input.next_case import open_again, open_next
from simulator.gui.input.other_end import OtherEndChoice
from simulator.gui.input.user_action import ButtonKind, KeyBinding, UserAction
from simulator.gui.panels import (
    component_scores,
    critical_moments,
    debrief_advice,
    debrief_verdict,
    dose_ledger,
    other_end,
    published_comparison,
    top_bar,
)
from simulator.gui.panels.debrief_picture import DebriefPicture
from simulator.gui.panels.debrief_timeline import DebriefTimeline
from simulator.gui.screens.screen import Screen


class DebriefScreen(Screen):
    """The only screen that shows what the patient really is."""

    title = "Debrief"
    gestures = (
        ("Wheel over the image", "zoom"),
        ("Wheel over near misses", "further ones; a click shows the press"),
        ("Wheel over the ledger", "further exposures"),
        ("Wheel over the components", "further ones"),
        ("Drag on the line below the image", "scrubs through the presses"),
    )

    def __init__(self, context: AppContext, controls: Controls, desk: StartDesk | None) -> None:
        super().__init__(context)
        self._desk, self._tiles = desk, controls.tiles
        self._picture = DebriefPicture(context, controls.tiles)
        self._laid_out_with_facts = False
        self._timeline = DebriefTimeline(context, controls.tiles)
        self._expert = OtherEndChoice(context, controls.tiles)
        self._moment, self._row, self._part, self._line = 0, 0, 0, 0
        self._parts_shown, self._advises = 0, False
        self._places: list[tuple[pygame.Rect, CriticalMoment | AdviceLine]] = []

    @property
    def truth(self) -> bool:
        """Whether the truth lies over the image."""
        return self._picture.truth

    @property
    def _known(self) -> bool:
        """Whether it has come what there is to show."""
        return self.context.session.debrief is not None or self.context.teaching.withheld

    def lay_out(self) -> None:
        """Verdict above, as high as its words need, then image, components, and ledger."""
        display = self.context.display
        px, context = display.scale.px, self.context
        width = display.size[0]
        edge, gap, top, bottom = self.margins()
        wide, high = max(px(142), 112), max(px(36), 28)
        rows = self._button_rows()
        most = max(len(row) for row in rows)
        self._head_right = width - edge - px(16) - most * wide - (most - 1) * px(8) - px(16)
        head = max(px(104), len(rows) * (high + px(8)) + px(16))
        self._laid_out_with_facts = self._known
        if context.session.debrief is not None:
            needed = debrief_verdict.height(display, context.session.debrief, left=edge, text_right=self._head_right)
            head = max(head, needed)
        self._head = pygame.Rect(edge, top, width - 2 * edge, head)
        for row, actions in enumerate(rows):
            x = self._head.right - px(16) - wide
            for action in reversed(actions):
                self.button(action, pygame.Rect(x, top + px(12) + row * (high + px(8)), wide, high))
                x -= wide + px(8)
        y = self._head.bottom + gap
        first, third = round(width * 0.34), round(width * 0.32)
        strip = max(px(40), 30)
        self._image = pygame.Rect(edge, y, first, bottom - y - strip)
        here = 0 if self.context.teaching.withheld else wide + px(8)
        self._strip = pygame.Rect(edge, self._image.bottom, first - here, strip)
        middle = pygame.Rect(self._image.right + gap, y, width - 2 * edge - first - third - 2 * gap, bottom - y)
        split = round(middle.height * 0.5)
        self._components = pygame.Rect(middle.left, y, middle.width, split)
        foot = 0 if self.context.teaching.withheld else high + gap
        self._moments = pygame.Rect(middle.left, y + split + gap, middle.width, middle.height - split - gap - foot)
        ledger = round((bottom - y) * 0.64)
        self._ledger = pygame.Rect(middle.right + gap, y, third, ledger)
        lower = self._ledger.bottom + gap
        self._others = pygame.Rect(self._ledger.left, lower, third, bottom - lower)
        if not self.context.teaching.withheld:
            below = pygame.Rect(self._strip.right + px(8), self._strip.top + (strip - high), wide, high)
            self.button(self._expert.from_here(), below)
            below = pygame.Rect(middle.left, middle.bottom - high, middle.width, high)
            self.button(self._expert.expert(), below)
            for action in [*self._tiles.turning(), *(self._jump(index) for index in range(9))]:
                self.key_only(action)

    def _button_rows(self) -> list[list[UserAction]]:
        talk = [self._talk()] if debrief_pages(self.context.perceived.view.case.teaching, self._lesson()) else []
        if self.context.teaching.withheld:
            return [[*talk, self._menu()]]
        rows = [[*talk, self._report(), self._truth_action(), self._menu()]]
        others = [] if self._desk is None else [self._again(self._desk), self._next(self._desk)]
        rows.append([self._play(), self._advice(), *others])
        return rows

    def _play(self) -> UserAction:
        def do() -> None:
            self._picture.show_press()
            self._timeline.play()

        return UserAction(
            words=lambda: "Pause" if self._timeline.playing else "Replay",
            key=KeyBinding(code=pygame.K_SPACE, cap="Space"),
            do=do,
            why_not=lambda: None if self.context.perceived.history.presses else "There was no press",
            hint="Shows one press after another; drag on the line below the image to scrub",
        )

    def _advice(self) -> UserAction:
        def do() -> None:
            self._advises, self._expert.shown = not self._advises or self._expert.shown, False

        return UserAction(
            words="Advice",
            key=KeyBinding(code=pygame.K_d, cap="D"),
            do=do,
            chosen=lambda: self._advises and not self._expert.shown,
            hint="What to do otherwise in place of the near misses; a click, or its number, shows its press",
        )

    def _jump(self, index: int) -> UserAction:
        def do() -> None:
            if index < len(self._places):
                self._show(self._places[index][1])

        words = f"The press of entry {index + 1}"
        return UserAction(words=words, key=KeyBinding(code=pygame.K_1 + index, cap=str(index + 1)), do=do)

    def _show(self, shown: CriticalMoment | AdviceLine) -> None:
        self._expert.look_at(shown)
        if shown.image is not None:
            self._tiles.show_ordinal(shown.image)
            self._picture.show_press()

    def _lesson(self) -> LessonFacts | None:
        return None if self.context.session.debrief is None else self.context.session.debrief.lesson

    def _talk(self) -> UserAction:
        return UserAction(
            words="Talk it over",
            key=KeyBinding(code=pygame.K_t, cap="T"),
            do=lambda: self.context.open_lesson(LessonPart.DEBRIEF),
            hint="Reactions, analysis and summary; then answers, advice and teaching points of the case",
        )

    def _report(self) -> UserAction:
        return UserAction(
            words="Report",
            key=KeyBinding(code=pygame.K_o, cap="O"),
            do=self._open_report,
            why_not=lambda: None if self.context.session.report_path else "The report is being written",
            hint="Opens the HTML report",
        )

    def _open_report(self) -> None:
        path = Path(self.context.session.report_path).resolve()
        if webbrowser.open(path.as_uri()):
            self.context.notices.say(f"The report is {own(str(path))}", warns=False)
        else:
            self.context.notices.say(f"No browser could be started; the report is {own(str(path))}")

    def _truth_action(self) -> UserAction:
        def do() -> None:
            self._picture.turn_truth()

        return UserAction(
            words="Truth",
            key=KeyBinding(code=pygame.K_y, cap="Y"),
            do=do,
            chosen=lambda: self.truth,
            hint="What the patient really is, over the press that decided; PgUp and PgDn show the others as seen",
        )

    def _menu(self) -> UserAction:
        return UserAction(
            words="Menu",
            key=KeyBinding(code=pygame.K_F12, cap="F12"),
            do=lambda: self.context.doors.show(ScreenName.MENU),
            hint="Again, the next case, all cases, or leave",
        )

    def _again(self, desk: StartDesk) -> UserAction:
        return UserAction(
            words="Again",
            key=KeyBinding(code=pygame.K_a, cap="A"),
            do=lambda: open_again(self.context, desk),
            why_not=lambda: None if self.context.session.chosen else "This session was not begun on the first screen",
            hint="The same case once more",
        )

    def _next(self, desk: StartDesk) -> UserAction:
        return UserAction(
            words="Next case",
            key=KeyBinding(code=pygame.K_n, cap="N"),
            do=lambda: open_next(self.context, desk),
            why_not=lambda: None if self.context.session.chosen else "This session was not begun on the first screen",
            kind=ButtonKind.PRIMARY,
            hint="The next one of the list",
        )

    def draw(self, target: pygame.Surface) -> None:
        """Draw what is known so far."""
        display = self.context.display
        context, facts = self.context, self.context.session.debrief
        top_bar.draw(context, target)
        if context.teaching.withheld:
            self._draw_withheld(target)
            return
        if facts is None:
            words = "Scoring, and making the images that nobody looked at"
            display.type.draw(target, words, target.get_rect().center, size=16, align="centre", colour=theme.MID)
            return
        debrief_verdict.draw(display, target, self._head, facts, text_right=self._head_right)
        self._own_best(target)
        self._picture.draw(target, self._image, facts.overlay)
        self._timeline.draw(target, self._strip, facts)
        self._parts_shown = component_scores.draw(display, target, self._components, facts, first=self._part)
        if self._expert.shown:
            self._places = []
            other_end.draw(context, target, self._moments, first=self._expert.first)
        elif self._advises:
            self._places = [*debrief_advice.draw(context, target, self._moments, facts, first=self._line)]
        else:
            self._places = [*critical_moments.draw(context, target, self._moments, facts, first=self._moment)]
        dose_ledger.draw(context, target, self._ledger, facts, first=self._row)
        published_comparison.draw(display, target, self._others, facts)

    def _draw_withheld(self, target: pygame.Surface) -> None:
        """An examination ends without score and truth."""
        write, (x, y) = self.context.display.type.draw, target.get_rect().center
        write(
            target, "The examination is finished and recorded.", (x, y - 20), size=22, weight="SemiBold", align="centre"
        )
        words = "The teacher releases score and truth."
        write(target, words, (x, y + 20), size=16, align="centre", colour=theme.MID)

    def _own_best(self, target: pygame.Surface) -> None:
        """The best earlier score of the same learner at this case, below the number."""
        display = self.context.display
        chosen = self.context.session.chosen
        known = self._desk.attempts() if self._desk is not None else None
        if chosen is None or not known or chosen.card.exam:
            return
        own = [
            one.score
            for one in known
            if one.case == chosen.card.name and one.learner == (chosen.learner or "") and one.score is not None
        ]
        if own:
            at = (self._head.left + display.scale.px(22), self._head.bottom - display.scale.px(12))
            display.type.draw(target, f"best before: {max(own):.0f}", at, size=12, colour=theme.LOW)

    def take(self, event: pygame.event.Event) -> None:
        """Wheel: zoom of the image, further near misses and exposures; a click on a near miss shows its press."""
        facts, at = self.context.session.debrief, pygame.mouse.get_pos()
        if facts is None:
            return
        if event.type == pygame.MOUSEWHEEL:
            self._wheel(facts, at, event.y)
        elif self._timeline.take(event):
            self._picture.show_press()
            self._expert.look_at_press()
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            hit = next((shown for place, shown in self._places if place.collidepoint(event.pos)), None)
            if hit is not None:
                self._show(hit)

    def _wheel(self, facts: DebriefFacts, at: tuple[int, int], by: int) -> None:
        if self._image.collidepoint(at):
            self._picture.zoom(by)
        elif self._moments.collidepoint(at) and self._expert.shown:
            end = self.context.session.other_end
            self._expert.first = min(max(self._expert.first - by, 0), 0 if end is None else other_end.entries(end) - 1)
        elif self._moments.collidepoint(at) and self._advises:
            self._line = min(max(self._line - by, 0), max(len(facts.advice) - 1, 0))
        elif self._moments.collidepoint(at):
            self._moment = min(max(self._moment - by, 0), max(len(facts.moments) - 1, 0))
        elif self._components.collidepoint(at):
            room = len(facts.components) - 1 if self._parts_shown < len(facts.components) else 0
            self._part = min(max(self._part - by, 0), max(room, 0))
        elif self._ledger.collidepoint(at):
            rows = dose_ledger.room_for_rows(self.context.display, self._ledger, facts)
            self._row = min(max(self._row - by, 0), max(len(facts.dose_rows) - rows, 0))

    def tick(self) -> bool:
        """When the facts come the verdict takes the room that it needs."""
        if self._known != self._laid_out_with_facts:
            self.open()
            return True
        return self._timeline.tick() or self._picture.follow()
