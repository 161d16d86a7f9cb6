"""Forks: a recorded procedure goes on otherwise from one of its commands on, the patient and the chance the same."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from simulator.engine import events as e
from simulator.engine.session import Session, Step, drive
from simulator.errors import UserInputError
from simulator.interface.command_words import command_words
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators import operator_named
from simulator.operators.takeover import TakeOver
from simulator.records.migrations import FORMAT
from simulator.records.session_record import SessionRecord
from simulator.report.procedure_marks import clock
from simulator.report.words import count
from simulator.vocabulary.progress import Progress

EXPERT = "autopilot"
"""Who goes on at a fork, by the name in the registry of operators."""
HALF_DONE_AFTER = 40
"""Commands after which a bar of progress stands in the middle: nobody knows how many there will be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """A procedure that went on otherwise.

    Attributes:
        number: of the first command that was not carried out as recorded, from 1 as the timeline counts
        at_ms: when that command was given in the record
        instead_of: that command, in words
        session: as it went on, to its end
    """

    number: int
    at_ms: int
    instead_of: str
    session: Session

    @property
    def at(self) -> str:
        """Simulated time of the fork."""
        return clock(self.at_ms)


def must_fork(record: SessionRecord, number: int, option: str) -> None:
    """UserInputError where a record cannot go on otherwise at this command: there is none, or its format is older."""
    if record.format != FORMAT:
        raise UserInputError(
            str(record.path),
            f"it is of format {record.format}, whose commands are read and not gone on with",
            f"fork a record of format {FORMAT}; `report` without {option} takes this one as it is",
        )
    last = len(record.steps)
    if not 1 <= number <= last:
        there = "no command was recorded" if last == 0 else f"there are {count(last, 'command')}"
        raise UserInputError(
            f"{option} {number}", f"there is no such command: {there}", "take a number of the report's timeline"
        )


def fork_unchanged(session: Session, number: int) -> Session:
    """The recorded commands go on from a command (from 1): what they gave before is what they must give again."""
    made = session.after(number - 1)
    go_on(made, (step.command for step in session.steps[number - 1 :]))
    return made


def fork_to_expert(session: Session, number: int, *, expert: str = EXPERT, progress: Progress | None = None) -> Fork:
    """Let an operator of the registry go on before a command (from 1) is given, to the end of the procedure.

    Args:
        number: of the command, from 1
        expert: by name
        progress: called before each command of theirs; what it raises ends the fork
    """
    steps = session.steps
    made = session.after(number - 1)
    done = [step.command for step in steps[: number - 1] if not was_refused(step)]
    decide = TakeOver(operator_named(expert), done)
    given = itertools.count()

    def told(view: View) -> Command:
        if progress is not None:
            progress("the expert goes on", 1.0 - 0.5 ** (next(given) / HALF_DONE_AFTER))
        return decide(view)

    drive(made, told, most_commands=len(done) + 500)
    return Fork(
        number=number,
        at_ms=time_of(steps, number),
        instead_of=command_words(steps[number - 1].command),
        session=made,
    )


def go_on(session: Session, commands: Iterable[Command]) -> None:
    """Carry out commands."""
    for command in commands:
        session.do(command)


def was_refused(step: Step) -> bool:
    """Whether a command was not carried out."""
    return any(isinstance(event, e.CommandRefused) for event in step.events)


def time_of(steps: list[Step], number: int) -> int:
    """Simulated time at which a command (from 1) came about, ms: of the last event up to its own first."""
    at_ms = max((event.at_ms for step in steps[: number - 1] for event in step.events), default=0)
    own = [event.at_ms for event in steps[number - 1].events]
    return max(at_ms, own[0]) if own else at_ms
