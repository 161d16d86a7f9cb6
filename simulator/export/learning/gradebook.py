"""Gradebook: one line a session of a folder, for a teacher to upload; it alone holds learners' pseudonyms."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from simulator.errors import UserInputError
from simulator.export.learning.judgement import passes
from simulator.export.recorded_clock import ZONE
from simulator.records.recheck import must_agree
from simulator.records.session_reader import read_session
from simulator.vocabulary.progress import Progress

HEADER = ("learner", "date", "case", "seed", "score", "passed")


def write_gradebook(sessions: Path, path: Path, *, progress: Progress | None = None) -> tuple[str, ...]:
    """Write the gradebook of a folder of sessions, each carried out again first, by learner, date and case.

    Returns:
        what was left out and why, a sentence each

    Raises:
        UserInputError: there is no such folder, no session in it, or none that can be graded.
    """
    if not sessions.is_dir():
        raise UserInputError(str(sessions), "this is no folder", "name the folder that holds the sessions")
    places = sorted(sessions.rglob("session.jsonl"))
    if not places:
        raise UserInputError(str(sessions), "there is no session in this folder", "name the folder that holds them")
    rows: list[tuple[str, ...]] = []
    left_out: list[str] = []
    for number, place in enumerate(places, start=1):
        try:
            rows.append(_graded(place))
        except UserInputError as fault:
            left_out.append(str(fault))
        if progress is not None:
            progress("sessions", number / len(places))
    if not rows:
        raise UserInputError(str(sessions), f"no session here can be graded: {left_out[0]}", "finish one first")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(sorted(rows))
    return tuple(left_out)


def _graded(place: Path) -> tuple[str, ...]:
    """One line: the date is the session's own, empty where its record holds none."""
    record = read_session(place)
    card, header = record.scorecard, record.header
    if card is None:
        raise UserInputError(str(place), "the session was not finished", "finish it, or leave it out")
    must_agree(record)
    when = "" if header.started is None else f"{datetime.fromisoformat(header.started).astimezone(ZONE):%Y-%m-%d %H:%M}"
    who = header.learner or f"program {header.operator}"
    return who, when, header.scenario, str(header.seed), f"{card.score:.1f}", "yes" if passes(card) else "no"
