"""Answers: what was answered to a case's questions, and whether it is right; apart from the score of the procedure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.engine import events as e
from simulator.scenario.lesson_schema import Question
from simulator.scenario.schema import Scenario

_NUMBER = re.compile(r"^\s*([-+]?\d+(?:[.,]\d+)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedAnswer:
    """One question.

    Attributes:
        answer: the last one that was given, in words; None where there was none
        expected: the right one, in words
        right: whether it is
        of_options: whether both are words of the case, which offered them
        why: why that is right; empty where the case does not say
    """

    words: str
    answer: str | None
    expected: str
    right: bool
    why: str
    of_options: bool = False


def grade_answers(scenario: Scenario, events: Sequence[e.Event]) -> list[GradedAnswer]:
    """Every question of a case with its last answer, in their order."""
    last = {event.question: event.answer for event in events if isinstance(event, e.QuestionAnswered)}
    return [_graded(scenario, one, last.get(number)) for number, one in enumerate(scenario.question, start=1)]


def share_right(graded: Sequence[GradedAnswer]) -> float | None:
    """Part of the questions that were answered rightly; None where nothing is asked."""
    return sum(one.right for one in graded) / len(graded) if graded else None


def ticked(events: Sequence[e.Event], lines: int) -> list[int | None]:
    """When each line of the checklist was ticked, ms; None where it was not, or the tick was taken back."""
    found: list[int | None] = [None] * lines
    for event in events:
        if isinstance(event, e.ChecklistTicked) and 1 <= event.item <= lines:
            found[event.item - 1] = event.at_ms if event.done else None
    return found


def _graded(scenario: Scenario, question: Question, answer: str | None) -> GradedAnswer:
    expected, right = _judged(scenario, question, answer or "")
    shown = answer
    if question.options is not None and answer is not None and answer.strip().isdigit():
        number = int(answer.strip())
        shown = question.options[number - 1] if 1 <= number <= len(question.options) else answer
    return GradedAnswer(
        words=question.words,
        answer=shown,
        expected=expected,
        right=answer is not None and right,
        why=question.why or "",
        of_options=question.kind == "choice",
    )


def _judged(scenario: Scenario, question: Question, answer: str) -> tuple[str, bool]:
    """The right answer in words, and whether this one is."""
    if question.kind == "choice":
        assert question.options is not None
        assert question.right is not None
        return question.options[question.right - 1], answer.strip() == str(question.right)
    if question.kind == "number":
        assert question.value is not None
        given = _NUMBER.match(answer)
        unit = f" {question.unit}" if question.unit else ""
        off = None if given is None else abs(float(given.group(1).replace(",", ".")) - question.value)
        within = f" (within {question.tolerance:g})" if question.tolerance else ""
        return f"{question.value:g}{unit}{within}", off is not None and off <= (question.tolerance or 0.0) + 1e-9
    level, side = str(question.level or scenario.leak.level), str(question.side or scenario.leak.side)
    return f"{level}, {side}", answer.lower().replace(",", " ").split() == [level.lower(), *side.lower().split()]
