"""Coroutine operators: one generator is the whole treatment; it yields commands and is sent the views after them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator

from simulator.interface.commands import Command, Finish
from simulator.interface.view import View
from simulator.vocabulary.patient_facts import StopReason

OperatorSteps = Generator[Command, View, View]
"""Part of a treatment: yields commands, is sent the view after each, and returns the last one."""


class AbandonError(Exception):
    """The operator sees no safe way to go on here."""


class StopProcedureError(Exception):
    """The operator stops the procedure, whatever else could be tried.

    Attributes:
        reason: as it is written down
    """

    def __init__(self, reason: StopReason) -> None:
        super().__init__(str(reason))
        self.reason = reason


class CoroutineOperator(ABC):
    """Base of operators whose `treat` is a generator; the procedure is finished when it ends or abandons."""

    name = "coroutine"

    def __init__(self) -> None:
        self._steps: OperatorSteps | None = None

    @abstractmethod
    def treat(self, view: View) -> OperatorSteps:
        """The whole treatment, a command at a time."""

    def __call__(self, view: View) -> Command:
        """The next command."""
        try:
            if self._steps is None:
                self._steps = self.treat(view)
                return next(self._steps)
            return self._steps.send(view)
        except StopProcedureError as stop:
            return Finish(stopped_for=stop.reason)
        except AbandonError:
            return Finish(stopped_for=StopReason.NO_SAFE_WAY)
        except StopIteration:
            return Finish()
