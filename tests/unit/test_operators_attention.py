"""Attention: a patient who reacts is answered before anything else goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from simulator.interface import commands as c
from simulator.interface.view import View
from simulator.operators.attention import attend
from simulator.operators.blood_injection import spoke_of_pressure
from simulator.operators.coroutine_operator import OperatorSteps, StopProcedureError
from simulator.patient.sensation import radicular_words, words_in
from simulator.vocabulary.patient import Sensation
from simulator.vocabulary.patient_facts import StopReason
from simulator.vocabulary.procedure import Aid
from tests.gui.made_up import view as made_view


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


def test_a_drug_is_given_once_for_a_complaint_that_goes_on() -> None:
    said = iter(["My skin itches all over.", "My skin itches all over.", "My skin itches all over."])

    def answer(command: Any, seen: Seen) -> Seen:
        if isinstance(command, c.Advance):
            return replace(seen, patient=Patient(next(said), (seen.patient.words_at_ms or 0) + 1000))
        return seen

    assert run(answer).count(c.GiveAid(measure=Aid.ANTIHISTAMINE)) == 1
    said = iter(["My skin itches all over.", "I am all right.", "My skin itches all over."])
    assert run(answer).count(c.GiveAid(measure=Aid.ANTIHISTAMINE)) == 2, "it has come back"


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


@pytest.mark.parametrize("feeling", Sensation)
@pytest.mark.parametrize("region", ["lumbar", "thoracic", "cervical"])
def test_only_words_of_pressure_or_pain_end_the_blood(region: str, feeling: Sensation) -> None:
    """Who itches, or says that the itching has gone, says nothing of the blood."""
    silent = {
        Sensation.NOTHING, Sensation.FAINT, Sensation.ITCHING, Sensation.BREATHLESS, Sensation.COUGH,
        Sensation.SKIN_PRICK,
    }  # fmt: skip
    shown = made_view()
    said = replace(shown, patient=replace(shown.patient, words=words_in(region, feeling), words_at_ms=70_000))
    assert spoke_of_pressure(said, 60_000) is (feeling not in silent)
    assert not spoke_of_pressure(said, 70_000), "what was said before"


def test_a_root_that_is_met_is_a_complaint() -> None:
    shown = made_view()
    said = replace(shown, patient=replace(shown.patient, words=radicular_words("L4", "left"), words_at_ms=70_000))
    assert spoke_of_pressure(said, None)
