"""Attention: a patient who reacts is answered before anything else goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from simulator.interface import commands as c
from simulator.interface.view import View
from simulator.operators.attention import attend
from simulator.operators.coroutine_operator import OperatorSteps, StopProcedureError
from simulator.vocabulary.patient_facts import StopReason
from simulator.vocabulary.procedure import Aid


@dataclass(frozen=True)
class Patient:
    words: str = ""
    words_at_ms: int | None = None


@dataclass(frozen=True)
class Seen:
    patient: Patient = Patient()
    refused: str | None = None


def three_steps(view: View) -> OperatorSteps:
    for length in (1.0, 2.0, 3.0):
        view = yield c.Advance(distance_mm=length)
        if view.refused:
            return view
    return view


def run(answer: Callable[[Any, Seen], Seen]) -> list[Any]:
    """Commands of three steps, each answered by a view."""
    seen: Any = Seen()
    steps = attend(three_steps(seen), seen)
    commands = []
    command = next(steps)
    while True:
        commands.append(command)
        seen = answer(command, seen)
        try:
            command = steps.send(seen)
        except (StopIteration, StopProcedureError):
            return commands


def says(words: str, after_mm: float, refused: str | None = None) -> Callable[[Any, Seen], Seen]:
    def answer(command: Any, seen: Seen) -> Seen:
        if command == c.Advance(distance_mm=after_mm):
            return replace(seen, patient=Patient(words, 1000), refused=refused)
        return replace(seen, refused=None)

    return answer


def test_nothing_is_added_where_nobody_speaks() -> None:
    assert run(lambda command, seen: seen) == [c.Advance(distance_mm=mm) for mm in (1.0, 2.0, 3.0)]


def test_a_faint_is_helped_and_the_treatment_goes_on() -> None:
    commands = run(says("I feel faint.", 2.0))
    assert commands[2] == c.GiveAid(measure=Aid.RAISE_THE_LEGS)
    assert isinstance(commands[3], c.Wait)
    assert commands[4] == c.Advance(distance_mm=3.0)


def test_a_refusal_is_not_lost_behind_the_help() -> None:
    commands = run(says("My skin itches all over.", 2.0, refused="the bed is in the way"))
    assert commands[-1] == c.GiveAid(measure=Aid.ANTIHISTAMINE), "the treatment saw that its push was refused"


def test_a_patient_who_cannot_breathe_ends_it() -> None:
    commands = run(says("I cannot breathe well.", 1.0))
    assert commands[1] == c.GiveAid(measure=Aid.ADRENALINE)
    assert isinstance(commands[2], c.Withdraw)
    assert len(commands) == 3


def test_the_reason_is_written_down() -> None:
    assert StopProcedureError(StopReason.REACTION).reason is StopReason.REACTION
