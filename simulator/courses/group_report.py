"""Group report: learners against cases, every press on one case side by side, and the most frequent errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from simulator.courses.standing import CaseStanding, Standing
from simulator.engine import events as e
from simulator.errors import UserInputError
from simulator.records.session_reader import read_session
from simulator.report.advice import give_advice
from simulator.report.learners import NOT_EPIDURAL, Attempt
from simulator.report.page import environment, write_page
from simulator.scenario.course_file import CourseFile
from simulator.vocabulary.procedure import AcquisitionPurpose
from simulator.wording.chosen import WORDS

MOST_ERRORS = 10
WIDTH, HEIGHT = 600, 22


@dataclass(frozen=True, slots=True, kw_only=True)
class PressRow:
    """The presses of one attempt.

    Attributes:
        picture: a mark for each press along the time since the first command
    """

    learner: str
    presses: int
    minutes: float
    score: str
    picture: Markup


def write_group_report(file: CourseFile, standings: Sequence[Standing], out: Path) -> None:
    """Write the report of a course's learners as one HTML page.

    Args:
        out: the file; its folder must exist

    Raises:
        UserInputError: it cannot be written, or another file is there.
    """
    page = environment().get_template("course.html").render(
        title=file.course.title,
        cases=[(scenario.name, scenario.title) for scenario in file.cases],
        rows=[(one, [_cell(case) for case in one.cases]) for one in standings],
        errors=frequent_errors([case for one in standings for case in one.cases]),
        presses=[(scenario.name, _presses(standings, scenario.name)) for scenario in file.cases],
    )  # fmt: skip
    try:
        write_page(page, out)
    except OSError as error:
        raise UserInputError(str(out), f"it cannot be written ({error.strerror})", "name another file") from error


def frequent_errors(cases: Sequence[CaseStanding]) -> list[tuple[str, int]]:
    """What limited or cost most in the attempts, with how many attempts it happened in, most frequent first."""
    found: Counter[str] = Counter()
    for case in cases:
        for attempt in case.attempts:
            found.update(_errors(attempt))
    return found.most_common(MOST_ERRORS)


def _errors(attempt: Attempt) -> set[str]:
    errors = {str(WORDS.cap_reasons((cap,))) for cap in attempt.card.caps}
    if attempt.failed and not errors:
        errors.add(NOT_EPIDURAL)
    errors |= {piece.words for piece in give_advice(attempt.card) if piece.points > 1.0 and not piece.gate}
    return errors


def _cell(case: CaseStanding) -> tuple[str, str]:
    """A case of a learner in words, and its tone."""
    if case.best is None:
        return (case.why or case.state.value), "low"
    made = len(case.attempts)
    return f"{case.best:.0f} ({made} attempt{'s' if made != 1 else ''})", "ok" if case.passed else "warn"


def _presses(standings: Sequence[Standing], name: str) -> list[PressRow]:
    """The latest attempt of each learner at a case, on one scale of time."""
    found: list[tuple[str, Attempt, list[float], float]] = []
    for standing in standings:
        made = next((case.attempts for case in standing.cases if case.name == name), ())
        if made:
            minutes, end = press_minutes(made[-1].location)
            found.append((standing.learner, made[-1], minutes, end))
    longest = max((end for *_, end in found), default=1.0) or 1.0
    return [
        PressRow(
            learner=learner, presses=len(minutes), minutes=round(end, 1), score=f"{attempt.card.score:.0f}",
            picture=_strip(minutes, end, longest),
        )
        for learner, attempt, minutes, end in found
    ]  # fmt: skip


def press_minutes(record: Path) -> tuple[list[float], float]:
    """When each press of a record was made, min, and how long the session was; nothing where it cannot be read."""
    try:
        events = read_session(record).events
    except UserInputError:
        return [], 0.0
    presses = [
        event.at_ms / 60_000
        for event in events
        if isinstance(event, e.AcquisitionMade) and event.purpose is AcquisitionPurpose.FLUOROSCOPY
    ]
    return presses, events[-1].at_ms / 60_000 if events else 0.0


def _strip(minutes: Sequence[float], end: float, longest: float) -> Markup:
    marks = "".join(
        f'<rect x="{WIDTH * minute / longest:.1f}" y="3" width="2" height="{HEIGHT - 6}" fill="currentColor"/>'
        for minute in minutes
    )
    words = f"{len(minutes)} presses in {end:.1f} min"
    return Markup(
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{words}">'
        f'<line x1="0" x2="{WIDTH * end / longest:.1f}" y1="{HEIGHT - 2}" y2="{HEIGHT - 2}" stroke="currentColor"/>'
        f"{marks}</svg>"
    )  # numbers of our own alone
