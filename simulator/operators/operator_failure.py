"""Operator failure: how a run of an operator ended, and the fault of one that could not go on."""

from __future__ import annotations

from enum import StrEnum

from simulator.errors import UserInputError


class RunStatus(StrEnum):
    """How a run ended."""

    FINISHED = "finished"
    COMMAND_LIMIT = "command limit"
    RAISED = "raised"
    NONSENSE = "nonsense"
    TIME_LIMIT = "time limit"
    MEMORY_LIMIT = "memory limit"
    DIED = "died"
    NOT_REPEATABLE = "not repeatable"


class OperatorFailureError(UserInputError):
    """A user's operator failed while it treated somebody: its own fault, and the end of its run.

    Args:
        status: how it failed
        location, what, fix: as of any fault of the user's input
    """

    def __init__(self, status: RunStatus, location: str, what: str, fix: str = "mend the operator") -> None:
        super().__init__(location, what, fix)
        self.status = status
