"""Debrief: the score with its reasons, the truth over the image on a key, the ledger, the near misses."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pygame

from simulator.gui.app_context import AppContext, LessonPart, ScreenName
from simulator.gui.debrief_facts import CriticalMoment, LessonFacts
from simulator.gui.drawing import theme
from simulator.gui.engine_worker.start_desk import StartDesk
from simulator.gui.input.controls import Controls
from simulator.gui.input.lesson_pages import debrief_pages
from simulator.gui.input.next_case import open_again, open_next
from simulator.gui.input.user_action import ButtonKind, KeyBinding, UserAction
from simulator.gui.panels import (
    component_scores,
    critical_moments,
    debrief_verdict,
    dose_ledger,
    published_comparison,
    top_bar,
)
from simulator.gui.panels.debrief_picture import DebriefPicture
from simulator.gui.screens.screen import Screen


class DebriefScreen(Screen):
    """The only screen that shows what the patient really is."""

    title = "Debrief"
    gestures = (
        ("Wheel over the image", "zoom"),
        ("Wheel over near misses", "further ones; a click shows the press"),
        ("Wheel over the ledger", "further exposures"),
    )

    def __init__(self, context: AppContext, controls: Controls, desk: StartDesk | None) -> None:
        super().__init__(context)
        self._desk, self._tiles = desk, controls.tiles
        self._picture = DebriefPicture(context, controls.tiles)
        self._laid_out_with_facts = False
        self._moment, self._row = 0, 0
        self._places: list[tuple[pygame.Rect, CriticalMoment]] = []

    @property
    def truth(self) -> bool:
        """Whether the truth lies over the image."""
        return self._picture.truth

    @property
    def _known(self) -> bool:
        """Whether it has come what there is to show."""
        return self.context.debrief is not None or self.context.withheld

    def lay_out(self) -> None:
        """Verdict above, as high as its words need, then image, components, and ledger."""
        px, context = self.context.scale.px, self.context
        width = context.size[0]
        edge, gap, top, bottom = self.margins()
        wide, high = max(px(142), 112), max(px(36), 28)
        rows = self._button_rows()
        most = max(len(row) for row in rows)
        self._head_right = width - edge - px(16) - most * wide - (most - 1) * px(8) - px(16)
        head = max(px(104), len(rows) * (high + px(8)) + px(16))
        self._laid_out_with_facts = self._known
        if context.debrief is not None:
            needed = debrief_verdict.height(context, context.debrief, left=edge, text_right=self._head_right)
            head = max(head, needed)
        self._head = pygame.Rect(edge, top, width - 2 * edge, head)
        for row, actions in enumerate(rows):
            x = self._head.right - px(16) - wide
            for action in reversed(actions):
                self.button(action, pygame.Rect(x, top + px(12) + row * (high + px(8)), wide, high))
                x -= wide + px(8)
        y = self._head.bottom + gap
        first, third = round(width * 0.34), round(width * 0.32)
        self._image = pygame.Rect(edge, y, first, bottom - y)
        middle = pygame.Rect(self._image.right + gap, y, width - 2 * edge - first - third - 2 * gap, bottom - y)
        split = round(middle.height * 0.5)
        self._components = pygame.Rect(middle.left, y, middle.width, split)
        self._moments = pygame.Rect(middle.left, y + split + gap, middle.width, middle.height - split - gap)
        ledger = round((bottom - y) * 0.64)
        self._ledger = pygame.Rect(middle.right + gap, y, third, ledger)
        lower = self._ledger.bottom + gap
        self._others = pygame.Rect(self._ledger.left, lower, third, bottom - lower)
        if not self.context.withheld:
            for action in self._tiles.turning():
                self.key_only(action)

    def _button_rows(self) -> list[list[UserAction]]:
        talk = [self._talk()] if debrief_pages(self.context.view.case.teaching, self._lesson()) else []
        if self.context.withheld:
            return [[*talk, self._menu()]]
        rows = [[*talk, self._report(), self._truth_action(), self._menu()]]
        if self._desk is not None:
            rows.append([self._again(self._desk), self._next(self._desk)])
        return rows

    def _lesson(self) -> LessonFacts | None:
        return None if self.context.debrief is None else self.context.debrief.lesson

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
            why_not=lambda: None if self.context.report_path else "The report is being written",
            hint="Opens the HTML report",
        )

    def _open_report(self) -> None:
        path = Path(self.context.report_path).resolve()
        if webbrowser.open(path.as_uri()):
            self.context.say(f"The report is {path}")
        else:
            self.context.say(f"No browser could be started; the report is {path}")

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
            do=lambda: self.context.show(ScreenName.MENU),
            hint="Again, the next case, all cases, or leave",
        )

    def _again(self, desk: StartDesk) -> UserAction:
        return UserAction(
            words="Again",
            key=KeyBinding(code=pygame.K_a, cap="A"),
            do=lambda: open_again(self.context, desk),
            why_not=lambda: None if self.context.chosen else "This session was not begun on the first screen",
            hint="The same case once more",
        )

    def _next(self, desk: StartDesk) -> UserAction:
        return UserAction(
            words="Next case",
            key=KeyBinding(code=pygame.K_n, cap="N"),
            do=lambda: open_next(self.context, desk),
            why_not=lambda: None if self.context.chosen else "This session was not begun on the first screen",
            kind=ButtonKind.PRIMARY,
            hint="The next one of the list",
        )

    def draw(self, target: pygame.Surface) -> None:
        """Draw what is known so far."""
        context, facts = self.context, self.context.debrief
        top_bar.draw(context, target)
        if context.withheld:
            self._draw_withheld(target)
            return
        if facts is None:
            words = "Scoring, and making the images that nobody looked at"
            context.type.draw(target, words, target.get_rect().center, size=16, align="centre", colour=theme.MID)
            return
        debrief_verdict.draw(context, target, self._head, facts, text_right=self._head_right)
        self._own_best(target)
        self._picture.draw(target, self._image, facts.overlay)
        component_scores.draw(context, target, self._components, facts)
        self._places = critical_moments.draw(context, target, self._moments, facts, first=self._moment)
        dose_ledger.draw(context, target, self._ledger, facts, first=self._row)
        published_comparison.draw(context, target, self._others, facts)

    def _draw_withheld(self, target: pygame.Surface) -> None:
        """An examination ends without score and truth."""
        write, (x, y) = self.context.type.draw, target.get_rect().center
        write(
            target, "The examination is finished and recorded.", (x, y - 20), size=22, weight="SemiBold", align="centre"
        )
        words = "The teacher releases score and truth."
        write(target, words, (x, y + 20), size=16, align="centre", colour=theme.MID)

    def _own_best(self, target: pygame.Surface) -> None:
        """The best earlier score of the same learner at this case, below the number."""
        chosen = self.context.chosen
        known = self._desk.attempts() if self._desk is not None else None
        if chosen is None or not known or chosen.card.exam:
            return
        own = [
            one.score
            for one in known
            if one.case == chosen.card.name and one.learner == (chosen.learner or "") and one.score is not None
        ]
        if own:
            at = (self._head.left + self.context.scale.px(22), self._head.bottom - self.context.scale.px(12))
            self.context.type.draw(target, f"best before: {max(own):.0f}", at, size=12, colour=theme.LOW)

    def take(self, event: pygame.event.Event) -> None:
        """Wheel: zoom of the image, further near misses and exposures; a click on a near miss shows its press."""
        facts, at = self.context.debrief, pygame.mouse.get_pos()
        if facts is None:
            return
        if event.type == pygame.MOUSEWHEEL and self._image.collidepoint(at):
            self._picture.zoom(event.y)
        elif event.type == pygame.MOUSEWHEEL and self._moments.collidepoint(at):
            self._moment = min(max(self._moment - event.y, 0), max(len(facts.moments) - 1, 0))
        elif event.type == pygame.MOUSEWHEEL and self._ledger.collidepoint(at):
            room = dose_ledger.room_for_rows(self.context, self._ledger, facts)
            self._row = min(max(self._row - event.y, 0), max(len(facts.dose_rows) - room, 0))
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            hit = next((moment for place, moment in self._places if place.collidepoint(event.pos)), None)
            if hit is not None and hit.image is not None:
                self._tiles.show_ordinal(hit.image)
                self._picture.show_press()

    def tick(self) -> bool:
        """When the facts come the verdict takes the room that it needs."""
        if self._known != self._laid_out_with_facts:
            self.open()
            return True
        return self._picture.follow()
