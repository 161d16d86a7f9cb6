"""An operator asked twice: what two processes of it must agree in, and what says nothing of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.interface import commands as c
from simulator.operators.apart.limits import OperatorLimits
from simulator.operators.operator_failure import OperatorFailureError, RunStatus
from simulator.strategies import repeated_operator
from simulator.strategies.repeated_operator import RepeatedOperator
from simulator.strategies.trial import _repeated

WAIT, LONGER = c.Wait(duration_s=1.0), c.Wait(duration_s=2.0)


def failed(status: RunStatus) -> OperatorFailureError:
    return OperatorFailureError(status, "mine.py", f"it {status}")


def asked(monkeypatch: pytest.MonkeyPatch, first: Any, second: Any) -> c.Command:
    """What comes of one view, of which the two processes make this."""
    answers = iter((first, second))

    class Process:
        def __init__(self, name: str, *, folder: Path, limits: OperatorLimits) -> None:
            self.answer = next(answers)

        def __call__(self, view: object) -> c.Command:
            if isinstance(self.answer, Exception):
                raise self.answer
            command: c.Command = self.answer
            return command

    monkeypatch.setattr(repeated_operator, "OperatorProcess", Process)
    return RepeatedOperator("mine.py:Mine", folder=Path(), limits=OperatorLimits())(object())  # type: ignore[arg-type]


def test_two_that_agree_give_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, WAIT, c.Wait(duration_s=1.0)) == WAIT


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        (WAIT, LONGER, RunStatus.NOT_REPEATABLE),
        (failed(RunStatus.RAISED), WAIT, RunStatus.NOT_REPEATABLE),
        (WAIT, failed(RunStatus.RAISED), RunStatus.NOT_REPEATABLE),
        (WAIT, failed(RunStatus.NONSENSE), RunStatus.NOT_REPEATABLE),
        (failed(RunStatus.NONSENSE), failed(RunStatus.RAISED), RunStatus.NOT_REPEATABLE),
        (failed(RunStatus.RAISED), failed(RunStatus.RAISED), RunStatus.RAISED),
        (failed(RunStatus.TIME_LIMIT), WAIT, RunStatus.TIME_LIMIT),
        (WAIT, failed(RunStatus.DIED), RunStatus.DIED),
        (failed(RunStatus.RAISED), failed(RunStatus.MEMORY_LIMIT), RunStatus.MEMORY_LIMIT),
    ],
)
def test_what_only_one_of_them_does_cannot_be_had_again(
    first: Any, second: Any, status: RunStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OperatorFailureError) as fault:
        asked(monkeypatch, first, second)
    assert fault.value.status is status


def test_a_limit_says_nothing_of_whether_commands_can_be_had_again() -> None:
    assert [_repeated(status) for status in (RunStatus.FINISHED, RunStatus.RAISED, RunStatus.NOT_REPEATABLE)] == [
        True,
        True,
        False,
    ]
    assert {_repeated(status) for status in (RunStatus.TIME_LIMIT, RunStatus.MEMORY_LIMIT, RunStatus.DIED)} == {None}
