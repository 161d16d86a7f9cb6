"""Other end: what the expert does from a command of the finished procedure on, and playing on from a press oneself."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.debrief_facts import AdviceLine, CriticalMoment
from simulator.gui.input.practice import command_after_press, practise_from
from simulator.gui.input.tile_tools import TileTools
from simulator.gui.input.user_action import KeyBinding, UserAction


class OtherEndChoice:
    """Which command the expert would go on from, and whether what came of it is shown.

    At first it is the costliest decision; then the entry of the advice, or the press, that was looked at last.
    """

    def __init__(self, context: AppContext, tiles: TileTools) -> None:
        self._context, self._tiles = context, tiles
        self._looked_at: AdviceLine | int | None = None
        self.shown = False
        self.first = 0

    def _why_not(self) -> str | None:
        """Why the expert cannot go on from anywhere."""
        if self.number is not None:
            return None
        if self._context.session.debrief is None:
            return "The debrief is being made"
        return "No decision cost anything, and there was no press"

    def look_at(self, shown: CriticalMoment | AdviceLine) -> None:
        """An entry of advice or of the near misses was looked at."""
        self._looked_at = shown if isinstance(shown, AdviceLine) else shown.image

    def look_at_press(self) -> None:
        """The press that the tiles show was looked at."""
        self._looked_at = self._tiles.ordinal

    @property
    def number(self) -> int | None:
        """Number of the command, from 1; None where there is none to choose."""
        looked_at, facts = self._looked_at, self._context.session.debrief
        if isinstance(looked_at, AdviceLine):
            return looked_at.number
        if looked_at is not None:
            return command_after_press(self._context.session.done, looked_at)
        return None if facts is None or facts.costliest is None else facts.costliest.number

    def expert(self) -> UserAction:
        """Let the expert go on; give that up; or put what came of it away."""
        context = self._context

        def do() -> None:
            session, number = context.session, self.number
            known = session.other_end is not None and session.other_end.number == number
            if session.other_end_of is not None:
                context.worker.give_up_other_end()
                session.other_end_of, self.shown = None, False
            elif self.shown and (known or number is None):
                self.shown = False
            else:
                self.shown, self.first = True, 0
                if not known and number is not None:
                    session.other_end_of = number
                    context.worker.bring_other_end(number)

        return UserAction(
            words=lambda: "Give up" if context.session.other_end_of is not None else "The expert's way",
            key=KeyBinding(code=pygame.K_e, cap="E"),
            do=do,
            why_not=self._why_not,
            chosen=lambda: self.shown,
            hint="The expert goes on from the costliest decision, or from the advice or press that was chosen last",
        )

    def from_here(self) -> UserAction:
        """Play on from the press that is shown, as practice."""
        context = self._context
        return UserAction(
            words="From here",
            key=KeyBinding(code=pygame.K_f, cap="F"),
            do=lambda: practise_from(context, self._tiles.number),
            why_not=self._cannot_practise(),
            hint="The same patient once more, as it was after the press that is shown; practice counts as no attempt",
        )

    def _cannot_practise(self) -> Callable[[], str | None]:
        def why_not() -> str | None:
            if self._context.session.branch is None or self._context.doors.practise is None:
                return "There is no practice here"
            return None if self._context.perceived.history.presses else "There was no press"

        return why_not
