"""Menu: laid over another screen."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import LANGUAGES
from simulator.gui.engine_worker.start_desk import StartDesk
from simulator.gui.input.controls import Controls
from simulator.gui.input.lesson_pages import finish
from simulator.gui.input.next_case import open_again, open_next
from simulator.gui.input.order_questions import leaves_open
from simulator.gui.input.practice import no_branch, practise_from, press_to_branch_from
from simulator.gui.input.user_action import KeyBinding, UserAction, WhileBusy, always_possible
from simulator.gui.screens.screen import Screen
from simulator.vocabulary.procedure import Phase


class MenuScreen(Screen):
    """Go on, tell or stop, end the procedure, another patient, or leave."""

    title = "Menu"

    def __init__(
        self, context: AppContext, controls: Controls, desk: StartDesk | None, leave: Callable[[], None]
    ) -> None:
        super().__init__(context)
        self._controls = controls
        self._desk = desk
        self._leave = leave

    def lay_out(self) -> None:
        """Buttons in the middle."""
        px = self.context.display.scale.px
        width, height = self.context.display.size
        wide, high, gap = max(px(460), 400), max(px(44), 34), px(9)
        rows = [
            self._back(),
            self._guide(),
            self._language(),
            self._sound(),
            self._practise(),
            self._rewind(),
            *self._checklist(),
            *self._with_the_patient(),
            *self._with_others(),
            self._leaving(),
        ]
        y = (height - len(rows) * (high + gap)) // 2 + px(20)
        self._top = y
        for action in rows:
            self.button(action, pygame.Rect((width - wide) // 2, y, wide, high))
            y += high + gap
        self._bottom = y

    def _back(self) -> UserAction:
        def words() -> str:
            return "Back to the debrief" if self._finished() else "Back to the patient"

        return UserAction(
            words=words,
            key=KeyBinding(code=pygame.K_RETURN, cap="Enter"),
            do=lambda: self.context.doors.close_overlay(),
        )

    def _guide(self) -> UserAction:
        def do() -> None:
            self.context.teaching.guided = not self.context.teaching.guided

        return UserAction(
            words=lambda: "Mark the next step: on" if self.context.teaching.guided else "Mark the next step: off",
            key=KeyBinding(code=pygame.K_g, cap="G"),
            do=do,
            why_not=self._examined,
            hint="The next step of the usual order, with one line why",
        )

    def _language(self) -> UserAction:
        def do() -> None:
            if self.context.doors.turn_language is not None:
                self.context.doors.turn_language()

        return UserAction(
            words=lambda: f"Language: {LANGUAGES[self.context.display.language]}",
            key=KeyBinding(code=pygame.K_l, cap="L"),
            do=do,
            hint="English or German; records, scorecard and report stay English",
        )

    def _sound(self) -> UserAction:
        def do() -> None:
            told = self.context.sound.turn()
            if told:
                self.context.notices.say(told)

        return UserAction(
            words=lambda: "Sound: on" if self.context.sound.on else "Sound: off",
            key=KeyBinding(code=pygame.K_s, cap="S"),
            do=do,
            chosen=lambda: self.context.sound.on,
            hint="A tone while the beam is on, and the patient's words",
        )

    def _practise(self) -> UserAction:
        """Back to a press, in a session of its own."""
        context, tiles = self.context, self._controls.tiles

        def do() -> None:
            practise_from(context, press_to_branch_from(context, tiles))

        def words() -> str:
            number = press_to_branch_from(context, tiles)
            numbers = [one.number for one in context.perceived.history.presses]
            return (
                "Practise from an earlier press"
                if number is None
                else f"Practise from press {numbers.index(number) + 1}"
            )

        def why_not() -> str | None:
            if context.perceived.examined:
                return self._examined()
            found = press_to_branch_from(context, tiles)
            return None if found is not None else "There is no earlier press to go back to"

        return UserAction(
            words=words,
            key=KeyBinding(code=pygame.K_p, cap="P"),
            do=do,
            why_not=why_not,
            asks=self._leaves_open,
            hint="A session of its own from the press that is shown, or the one before the last; marked as assisted",
        )

    def _rewind(self) -> UserAction:
        return UserAction(
            words="Practise from any command",
            key=KeyBinding(code=pygame.K_r, cap="R"),
            do=lambda: self.context.doors.show(ScreenName.REWIND),
            why_not=lambda: no_branch(self.context),
            hint="Everything that was done so far; a session of its own goes on from the one that is chosen",
        )

    def _checklist(self) -> list[UserAction]:
        if not self.context.perceived.view.case.teaching.checklist:
            return []
        return [self._goes("Checklist", ScreenName.CHECKLIST, pygame.K_c, "C")]

    def _with_the_patient(self) -> list[UserAction]:
        return [
            self._goes("Tell the patient of a complication", ScreenName.TELL, pygame.K_F8, "F8"),
            self._goes("Stop the procedure, with a reason", ScreenName.STOP, pygame.K_F9, "F9"),
            UserAction(
                words="Finish the procedure and see the debrief",
                key=KeyBinding(code=pygame.K_F10, cap="F10"),
                do=self._finish,
                why_not=self._finished,
                asks=self._unfinished,
                while_busy=WhileBusy.KEPT,
            ),
        ]

    def _goes(self, words: str, screen: ScreenName, code: int, cap: str) -> UserAction:
        return UserAction(
            words=words,
            key=KeyBinding(code=code, cap=cap),
            do=lambda: self.context.doors.show(screen),
            why_not=self._finished,
        )

    def _with_others(self) -> list[UserAction]:
        context, desk = self.context, self._desk
        if desk is None or context.doors.go_to_start is None:
            return []
        go_to_start = context.doors.go_to_start
        return [
            UserAction(
                words="This case again",
                key=KeyBinding(code=pygame.K_a, cap="A"),
                do=lambda: open_again(context, desk),
                why_not=self._unchosen,
                asks=self._leaves_open,
            ),
            UserAction(
                words="The next case",
                key=KeyBinding(code=pygame.K_n, cap="N"),
                do=lambda: open_next(context, desk),
                why_not=self._unchosen,
                asks=self._leaves_open,
            ),
            UserAction(
                words="All cases, and the learner's sessions",
                key=KeyBinding(code=pygame.K_F11, cap="F11"),
                do=go_to_start,
                asks=self._leaves_open,
            ),
        ]

    def _leaving(self) -> UserAction:
        return UserAction(
            words=lambda: "Leave" if self._finished() else "Leave; the record is kept and can be resumed",
            key=KeyBinding(code=pygame.K_F12, cap="F12"),
            do=self._leave,
        )

    def _finished(self) -> str | None:
        return "The procedure is finished" if self.context.perceived.view.phase == Phase.CLOSED else None

    def _examined(self) -> str | None:
        return "An examination has neither help nor practice" if self.context.perceived.examined else None

    def _unchosen(self) -> str | None:
        return always_possible() if self.context.session.chosen else "A resumed session says nothing of a next case"

    def _leaves_open(self) -> str | None:
        return leaves_open(self.context)

    def _unfinished(self) -> str | None:
        view = self.context.perceived.view
        if view.needle is not None and view.needle.in_skin:
            return "The needle is in the patient. Finish all the same?"
        if view.injection.injected_blood_ml <= 0:
            return "No blood was given, and no reason is written down: Stop, with a reason, does that. Finish?"
        return None

    def _finish(self) -> None:
        if self.context.display.showing == ScreenName.MENU:
            self.context.doors.close_overlay()
        finish(self.context)

    def draw(self, target: pygame.Surface) -> None:
        """Draw the title."""
        px, write = self.context.display.scale.px, self.context.display.type.draw
        middle = target.get_rect().centerx
        write(target, "Menu", (middle, self._top - px(30)), size=26, weight="SemiBold", align="centre")
        words = "The simulated clock stands still meanwhile."
        write(target, words, (middle, self._bottom + px(14)), size=13, colour=theme.LOW, align="centre")
