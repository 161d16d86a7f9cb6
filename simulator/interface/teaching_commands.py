"""Teaching commands: what a learner answers and ticks; they cost no time and change nothing of the patient."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.interface.command_fields import within


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion:
    """Answer a question of the case; the last answer counts.

    Attributes:
        question: its number, from 1
        answer: as text: the number of an option, such as "2"; level and side, such as "L3/4 right"; or a number
    """

    question: int = within(1, 100, "")
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TickChecklist:
    """Tick a line of the case's checklist, or take the tick back.

    Attributes:
        item: its number, from 1
    """

    item: int = within(1, 100, "")
    done: bool = True
