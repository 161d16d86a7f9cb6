"""Takeover: an operator goes on where somebody else left off, with what is prepared already.

The needle comes out first, since nobody can say of another hand's needle why it stands where it does; then the operator
plans anew. Steps of preparation that were taken are not taken again, but for the local anaesthetic, which belongs to
one way in; a scan that was made as the operator would ask for it is looked at instead of repeated. Where a patch was
given already nobody goes in a second time in the same sitting: what is left is the care after it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.blood_injection import AWAY_MM, acquire_control_scan, order_aftercare
from simulator.operators.coroutine_operator import CoroutineOperator, OperatorSteps
from simulator.operators.protocol import Operator
from simulator.vocabulary.procedure import AcquisitionPurpose

PATCH_GIVEN_ML = 6.0  # the least of the published first volumes (AJNR 2012;33:541)
MOST_CLEARINGS = 4  # commands to free the patient
MOST_KNOWN = 40  # steps in a row that were taken already; more are an operator who asks in a circle
_SCANS: dict[type[Command], AcquisitionPurpose] = {
    c.AcquireMyelogram: AcquisitionPurpose.MYELOGRAM,
    c.AcquirePlanningScan: AcquisitionPurpose.PLANNING,
}
_ONCE = (c.PositionPatient, c.TimeOut, c.PlaceSkinGrid, c.PrepareSkin, c.LayArmLine)


class _CareAfterwards(CoroutineOperator):
    """Who finishes a procedure whose blood was given: looks where it went, asks and orders what nobody has yet."""

    def __init__(self, done: Sequence[Command]) -> None:
        super().__init__()
        injections = [k for k, command in enumerate(done) if isinstance(command, c.InjectBlood)]
        self._since = done[injections[-1] + 1 :] if injections else ()

    def treat(self, view: View) -> OperatorSteps:
        """The usual steps after the blood, without those that were taken."""
        for steps in (acquire_control_scan, order_aftercare):
            usual = steps(view)
            with contextlib.suppress(StopIteration):
                command = next(usual)
                while True:
                    if not self._was_done(command):
                        view = yield command
                    command = usual.send(view)
        return view

    def _was_done(self, command: Command) -> bool:
        """Whether it stands behind the last blood; a question, where it was the same one."""
        if isinstance(command, c.AskPatient):
            return command in self._since
        return any(isinstance(one, type(command)) for one in self._since)


class TakeOver:
    """An operator that starts in the middle of a procedure.

    Args:
        operator: a fresh one, who goes on
        done: commands that were carried out before, in order; refused ones left out
    """

    def __init__(self, operator: Operator, done: Sequence[Command]) -> None:
        self.name = operator.name
        self._operator = operator
        self._done = tuple(done)
        self._started = False
        self._clearings = 0

    def __call__(self, view: View) -> Command:
        """The next command."""
        if not self._started:
            clearing = self._clear(view)
            if clearing is not None:
                return clearing
            if view.injection.injected_blood_ml >= PATCH_GIVEN_ML:
                self._operator = _CareAfterwards(self._done)
            self._started = True
        for _ in range(MOST_KNOWN):
            command = self._operator(view)
            answer = self._known(view, command)
            if answer is None:
                return command
            view = answer
        return c.Finish()

    def _clear(self, view: View) -> Command | None:
        """Beam off and needle out; None once the patient lies free, or where that is refused again and again."""
        self._clearings += 1
        if self._clearings > MOST_CLEARINGS:
            return None
        if view.console.pedal_down:
            return c.ReleasePedal()
        if view.needle is not None:
            return c.Withdraw(distance_mm=AWAY_MM)
        return None

    def _known(self, view: View, command: Command) -> View | None:
        """What an operator sees of a step that was taken already; None for a step that is new."""
        if isinstance(command, _ONCE):
            return replace(view, refused=None) if self._was_done(command) else None
        purpose = _SCANS.get(type(command))
        if purpose is None:
            return None
        asked = [one for one in self._done if isinstance(one, type(command))]
        made = [one for one in view.console.acquired if one.purpose is purpose]
        for ordered, scan in zip(asked, made, strict=False):
            if ordered == command:
                others = tuple(one for one in view.console.acquired if one is not scan)
                return replace(view, refused=None, console=replace(view.console, acquired=(*others, scan)))
        return None

    def _was_done(self, command: Command) -> bool:
        """A time-out, a position or a grid counts if it was the same one; else any of its kind does."""
        same_kind = [one for one in self._done if isinstance(one, type(command))]
        if isinstance(command, c.TimeOut | c.PlaceSkinGrid | c.PositionPatient):
            return command in same_kind
        return bool(same_kind)
