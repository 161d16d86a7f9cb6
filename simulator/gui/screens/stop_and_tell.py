"""Stop, and tell: why a procedure is stopped before its end, and what a patient is told of a complication."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import pygame

from simulator.gui.drawing import theme
from simulator.gui.input.lesson_pages import finish
from simulator.gui.input.procedure_steps import OUT_MM
from simulator.gui.input.user_action import KeyBinding, UserAction, WhileBusy
from simulator.gui.panels import top_bar
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.screens.screen import Screen
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.vocabulary.patient_facts import StopReason
from simulator.vocabulary.procedure import ComplicationKind
from simulator.wording.chosen import WORDS

STOP_WORDS = {
    StopReason.FACT: "A fact of the time-out speaks against it",
    StopReason.REACTION: "The patient reacts",
    StopReason.DURAL_PUNCTURE: "The dura was punctured",
    StopReason.NO_SAFE_WAY: "There is no safe way",
    StopReason.FISTULA: "Fluid runs into a vein, which blood does not close",
}
LETTERS = "ABCDEFGHIJKL"


class _ChoiceScreen(Screen, ABC):
    """A question with one button for each answer."""

    columns = 1
    heading = ""
    words = ""

    @abstractmethod
    def answers(self) -> Sequence[UserAction]:
        """One action for each answer."""

    def lay_out(self) -> None:
        """A panel in the middle."""
        px = self.context.display.scale.px
        width, height = self.context.display.size
        answers = self.answers()
        rows = -(-len(answers) // self.columns)
        high, gap = max(px(44), 34), px(10)
        self._panel = pygame.Rect(0, 0, max(px(480), 400) * self.columns, (rows + 1) * (high + gap) + px(150))
        self._panel.center = (width // 2, height // 2)
        inner = self.inner(self._panel)
        wide = (inner.width - (self.columns - 1) * gap) // self.columns
        top = inner.top + px(60)
        for index, action in enumerate(answers):
            at = (inner.left + (index % self.columns) * (wide + gap), top + (index // self.columns) * (high + gap))
            self.button(action, pygame.Rect(*at, wide, high))
        back = UserAction(
            words="Back to the patient",
            key=KeyBinding(code=pygame.K_RETURN, cap="Enter"),
            do=self.context.doors.close_overlay,
        )
        self.button(back, pygame.Rect(inner.left, top + rows * (high + gap) + gap, wide, high))

    def draw(self, target: pygame.Surface) -> None:
        """Draw the heading and what it means."""
        top_bar.draw(self.context, target)
        inside = draw_panel(self.context.display, target, self._panel, self.heading, "Esc: back")
        self.context.display.type.paragraph(target, self.words, inside, size=14, colour=theme.MID)

    def _choice(self, index: int, words: str, command: Callable[[], Command]) -> UserAction:
        def do() -> None:
            self.context.doors.close_overlay()
            self.context.send(command())

        letter = LETTERS[index]
        return UserAction(
            words=words,
            key=KeyBinding(code=pygame.K_a + index, cap=letter),
            do=do,
            while_busy=WhileBusy.KEPT,
        )


class StopScreen(_ChoiceScreen):
    """Why the procedure is stopped."""

    title = "Stop"
    heading = "Stop the procedure"
    words = "The reason goes into the record; the needle comes out first, and the debrief follows."

    def answers(self) -> Sequence[UserAction]:
        """The reasons."""
        return [self._reason(index, reason) for index, reason in enumerate(StopReason)]

    def _reason(self, index: int, reason: StopReason) -> UserAction:
        def do() -> None:
            self.context.doors.close_overlay()
            needle = self.context.perceived.view.needle
            if needle is not None and needle.in_skin:
                self.context.send(c.Withdraw(distance_mm=OUT_MM))
            finish(self.context, c.Finish(stopped_for=reason))

        action = self._choice(index, STOP_WORDS[reason], lambda: c.Finish(stopped_for=reason))
        action.do = do
        return action


class TellScreen(_ChoiceScreen):
    """Of what the patient is told."""

    title = "Tell the patient"
    heading = "Tell the patient of a complication"
    words = "What has happened, what it means and what follows. It takes half a minute."
    columns = 2

    def answers(self) -> Sequence[UserAction]:
        """The complications."""
        return [
            self._choice(index, WORDS.complications[kind].capitalize(), self._telling(kind))
            for index, kind in enumerate(ComplicationKind)
        ]

    @staticmethod
    def _telling(kind: ComplicationKind) -> Callable[[], Command]:
        return lambda: c.TellPatient(of=kind)
