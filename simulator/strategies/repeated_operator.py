"""Repeated operator: two processes of one operator see the same views; where they do not agree, chance is at work."""

from __future__ import annotations

from pathlib import Path

from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.apart.limits import OperatorLimits
from simulator.operators.apart.messages import command_to_plain
from simulator.operators.apart.operator_process import OperatorProcess
from simulator.operators.operator_failure import OperatorFailureError, RunStatus

_OF_THE_OPERATOR = (RunStatus.RAISED, RunStatus.NONSENSE)
"""Faults that do not depend on the machine: a process that has one must have it again."""


def _asked(operator: OperatorProcess, view: View) -> tuple[Command | None, OperatorFailureError | None]:
    """The next command, or how it failed."""
    try:
        return operator(view), None
    except OperatorFailureError as fault:
        return None, fault


class RepeatedOperator:
    """An operator from a file, asked twice, so that one whose commands cannot be had again is noticed.

    Args:
        name: FILE.py:Class
        folder: where a relative FILE starts
        limits: of each process
    """

    def __init__(self, name: str, *, folder: Path, limits: OperatorLimits) -> None:
        self.name = name
        self._asked = 0
        self._first = OperatorProcess(name, folder=folder, limits=limits)
        try:
            self._second = OperatorProcess(name, folder=folder, limits=limits)
        except BaseException:
            self._first.close()
            raise

    def __call__(self, view: View) -> Command:
        """The next command; OperatorFailureError where the two differ."""
        self._asked += 1
        command, fault = _asked(self._first, view)
        if fault is not None and fault.status not in _OF_THE_OPERATOR:
            raise fault
        again, other = _asked(self._second, view)
        if other is not None and other.status not in _OF_THE_OPERATOR:
            raise other
        if fault is not None and other is not None and fault.status is other.status:
            raise fault
        if command is None or again is None or command_to_plain(command) != command_to_plain(again):
            told = f"command {self._asked} was {command or fault!r}"[:150] + f", and {again or other!r}"[:150]
            fix = "seed all chance from what is seen"
            raise OperatorFailureError(RunStatus.NOT_REPEATABLE, self.name, f"{told} for the same view", fix)
        return command

    def close(self) -> None:
        """End both processes."""
        self._first.close()
        self._second.close()
