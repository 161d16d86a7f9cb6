"""Command changes: what an operator means is done otherwise on the way, command by command."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.coroutine_operator import OperatorSteps

Change = Callable[[Command, View], Sequence[Command]]
"""What is done where a command was meant, for what is perceived then; at least one command."""


def change_commands(steps: OperatorSteps, view: View, change: Change) -> OperatorSteps:
    """Carry out what the steps intend as a change has it; the steps see what came of the last command of each.

    Args:
        steps: what is intended, not begun
        view: what is perceived now
        change: made of each command
    """
    command = next(steps)
    while True:
        for one in change(command, view):
            view = yield one
        try:
            command = steps.send(view)
        except StopIteration as done:
            return view if done.value is None else done.value
