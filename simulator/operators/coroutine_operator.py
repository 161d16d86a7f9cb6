"""Stepwise: an operator written as one story, which yields its commands and is sent what came of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator

from simulator.interface.commands import Command, Finish
from simulator.interface.view import View

OperatorSteps = Generator[Command, View, View]


class AbandonError(Exception):
    """The operator sees no safe way on."""


class CoroutineOperator(ABC):
    """Base of operators whose `treat` is a generator; one that ends or abandons finishes the procedure."""

    name = "stepwise"

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
        except (StopIteration, AbandonError):
            return Finish()
