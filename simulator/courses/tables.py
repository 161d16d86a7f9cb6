"""Tables: a course's learners as CSV: every attempt, and a gradebook of one row for each learner."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from simulator.courses.standing import Standing
from simulator.files.whole_file import known_by_first_line
from simulator.scenario.course_file import CourseFile
from simulator.wording.chosen import WORDS

ATTEMPT_COLUMNS = (
    "course",
    "learner",
    "case",
    "attempt",
    "when_utc",
    "seed",
    "score",
    "passed_case",
    "limited_by",
    "record",
)
_VERDICT = ("cases passed", "course passed")  # the last columns of a gradebook, whatever cases stand before them
is_attempts = known_by_first_line(lambda line: line == ",".join(ATTEMPT_COLUMNS))
"""Whether a file is such a table, which may be written again."""
is_gradebook = known_by_first_line(lambda line: line.startswith("learner,") and line.endswith(",".join(_VERDICT)))
"""Whether a file is a course's gradebook, which may be written again."""
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def attempts_csv(file: CourseFile, standings: Sequence[Standing]) -> str:
    """Every attempt, by learner, case and time; scores in points of 100."""
    rows: list[Sequence[object]] = [ATTEMPT_COLUMNS]
    for standing in standings:
        for case in standing.cases:
            for number, attempt in enumerate(case.attempts, start=1):
                caps = WORDS.cap_reasons(attempt.card.caps) if attempt.card.caps else ""
                rows.append(
                    (file.name, standing.learner, case.name, number, attempt.when, attempt.seed,
                     round(attempt.card.score, 1), case.passed, caps, str(attempt.location))
                )  # fmt: skip
    return _text(rows)


def gradebook_csv(file: CourseFile, standings: Sequence[Standing]) -> str:
    """A row for each learner: the best score of each case in points of 100, empty where there is none; the verdict."""
    head = [
        "learner",
        *(f"{scenario.name} (points of 100)" for scenario in file.cases),
        *_VERDICT,
    ]
    rows: list[Sequence[object]] = [head]
    for standing in standings:
        best = ["" if case.best is None else round(case.best, 1) for case in standing.cases]
        passed = sum(case.passed for case in standing.cases)
        rows.append([standing.learner, *best, passed, "yes" if standing.passed else "no"])
    return _text(rows)


def _text(rows: Sequence[Sequence[object]]) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows([[_safe(value) for value in row] for row in rows])
    return made.getvalue()


def _safe(value: object) -> object:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_DANGEROUS) else value
