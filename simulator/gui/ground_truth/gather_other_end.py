"""Gather the other end: what the expert does from one command on, beside the end that was recorded."""

from __future__ import annotations

from simulator.engine.session import Session
from simulator.gui.debrief_facts import OtherEnd
from simulator.gui.ground_truth.command_text import command_text
from simulator.interface.commands import LookAt
from simulator.report.fork import fork_to_expert, time_of, was_refused
from simulator.report.what_if import what_if
from simulator.scenario.build import Case
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.progress import Progress


def gather_other_end(case: Case, session: Session, card: Scorecard, number: int, progress: Progress) -> OtherEnd:
    """Let the expert go on from a command (from 1) of a finished session, and compare both ends.

    Args:
        card: of the session
        progress: called before each command of the expert's; what it raises ends the work
    """
    fork = fork_to_expert(session, number, progress=progress)
    compared = what_if(case, session, card, fork)
    steps = fork.session.steps
    return OtherEnd(
        number=number,
        at_ms=fork.at_ms,
        instead_of=command_text(session, number),
        recorded=compared.recorded,
        other=compared.other,
        rows=compared.rows,
        steps=tuple(
            (time_of(steps, ordinal), command_text(fork.session, ordinal))
            for ordinal, step in enumerate(steps, start=1)
            if ordinal >= number and not was_refused(step) and not isinstance(step.command, LookAt)
        ),
    )
