"""The engine worker: what counts as pending, and what a command that fails leaves behind."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from simulator.errors import UserInputError
from simulator.gui.engine_worker.engine_worker import EngineWorker, _Job
from simulator.gui.engine_worker.messages import CommandDone, ProcedureOpened, WorkFailed
from simulator.interface import commands as c


class _Procedure:
    """Carries out commands when it is let, and says so."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.let = threading.Event()
        self.done = threading.Event()

    def do(self, command: c.Command) -> Any:
        self.let.wait(30.0)
        if self.fault is not None:
            raise self.fault
        return "the view after it"

    def view(self) -> Any:
        return "the view before"

    def past(self) -> Any:
        return ((None, "the view before"),)

    def branch(self, commands):
        """Never asked for here."""
        raise AssertionError

    def used_s(self) -> float:
        return 0.0

    def notices(self) -> list[str]:
        return []

    def close(self) -> None:
        self.done.set()


def _idle(worker: EngineWorker, procedure: _Procedure) -> None:
    """Let the worker's thread carry out all it has and end; nothing is read from it meanwhile."""
    procedure.let.set()
    worker._put(_Job(9, 10_000, lambda procedure: setattr(worker, "_stopping", True)))
    assert procedure.done.wait(30.0)


@pytest.mark.parametrize("fault", [None, UserInputError("No", "here", "mend it"), RuntimeError("broken")])
def test_a_command_is_pending_until_its_outcome_is_read(fault: Exception | None) -> None:
    procedure = _Procedure(fault)
    worker = EngineWorker(lambda progress: (procedure, 0))
    worker.start()
    worker.send(c.Finish())
    worker.send(c.Finish())
    assert worker.pending == 2
    _idle(worker, procedure)
    assert worker.pending == 2, "carried out, but the window still shows the view before it"
    opened, *reports = worker.poll()
    assert isinstance(opened, ProcedureOpened)
    assert [type(report) for report in reports] == [WorkFailed if fault else CommandDone] * 2
    assert worker.pending == 0
