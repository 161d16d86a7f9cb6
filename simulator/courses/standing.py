"""Standing: where a learner of a course stands with each of its cases, by the records of a folder."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from simulator.report.learners import Attempt
from simulator.scenario.course_file import CourseFile
from simulator.scenario.course_schema import CourseCase, PassRule
from simulator.scoring.cusum import PLACEMENT, cusum

SEEDS = 10_000  # from which a learner's is taken where the course names none


class CaseState(StrEnum):
    """How a case stands for a learner."""

    OPEN = "open"
    PASSED = "passed"
    LOCKED = "locked"
    USED_UP = "no attempt left"
    NOT_YET = "not open yet"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStanding:
    """One case for one learner.

    Attributes:
        name, title: of the case
        attempts: that were made, oldest first
        attempts_left: that remain
        best: highest score; None before the first attempt
        passed: whether an attempt has passed
        why: what it waits for; empty where it is open or passed
        seed: of the next attempt
    """

    name: str
    title: str
    state: CaseState
    attempts: tuple[Attempt, ...]
    attempts_left: int
    best: float | None
    passed: bool
    why: str
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A learner in a course.

    Attributes:
        competent: whether CUSUM over all attempts says so
        passed: whether the course is passed
    """

    learner: str
    cases: tuple[CaseStanding, ...]
    competent: bool
    passed: bool

    @property
    def next_case(self) -> CaseStanding | None:
        """The first case that is open; None where none is."""
        return next((one for one in self.cases if one.state is CaseState.OPEN), None)


def passes(attempt: Attempt, case: CourseCase, rule: PassRule) -> bool:
    """Whether an attempt passes a case."""
    least = rule.score if case.score is None else case.score
    return attempt.card.score >= least and not (rule.gates and (attempt.failed or attempt.card.caps))


def learner_seed(course: str, case: CourseCase, name: str, learner: str, attempt: int) -> int:
    """The seed of a learner's attempt: the same each time, and another for each learner and attempt.

    Args:
        course, name: of the course and the case
        attempt: that were made before
    """
    start = zlib.crc32(f"{course}/{name}/{learner}".encode())
    if case.seeds is not None:
        return case.seeds[(start + attempt) % len(case.seeds)]
    return 1 + (start + 7919 * attempt) % SEEDS  # a prime, so that a learner meets no seed twice


def standing_in(file: CourseFile, learner: str, attempts: Sequence[Attempt], today: date) -> Standing:
    """Where a learner stands.

    Args:
        attempts: of everybody and of any case, oldest first
        today: by which opening and closing days count
    """
    own = [one for one in attempts if one.learner == learner]
    names = {scenario.name for scenario in file.cases}
    failures = [one.failed for one in own if one.scenario in names]
    competent = bool(failures) and cusum(failures, PLACEMENT).standing == "competent"
    cases: list[CaseStanding] = []
    for case, scenario in file.rows():
        made = tuple(one for one in own if one.scenario == scenario.name)
        cases.append(_case(file, case, scenario.name, scenario.title, made, cases, learner, competent, today))
    cases = [_with_twin(one, row, cases) for one, row in zip(cases, file.course.case, strict=True)]
    asked = file.course.rule.cusum == "competent"
    counted = [one.passed for one, row in zip(cases, file.course.case, strict=True) if row.counts]
    return Standing(
        learner=learner, cases=tuple(cases), competent=competent, passed=all(counted) and (competent or not asked)
    )


def _with_twin(one: CaseStanding, row: CourseCase, cases: Sequence[CaseStanding]) -> CaseStanding:
    """A case as it stands beside its twin: who always stops, or never does, passes neither."""
    twin = next((other for other in cases if other.name == row.twin), None)
    if twin is None or twin.passed or not one.passed:
        return one
    return replace(one, passed=False, why=f"needs its twin {twin.name}")


def _case(
    file: CourseFile,
    case: CourseCase,
    name: str,
    title: str,
    made: tuple[Attempt, ...],
    before: Sequence[CaseStanding],
    learner: str,
    competent: bool,
    today: date,
) -> CaseStanding:
    passed = any(passes(one, case, file.course.rule) for one in made)
    missing = [one.name for one in before if Path(one.name).stem in case.needs and not one.passed]
    left = case.attempts - len(made)
    state, why = _state(file, case, made, passed, competent, missing, left, today)
    return CaseStanding(
        name=name,
        title=title,
        state=state,
        attempts=made,
        attempts_left=max(left, 0),
        best=max((one.card.score for one in made), default=None),
        passed=passed,
        why=why,
        seed=learner_seed(file.name, case, name, learner, len(made)),
    )


def _state(
    file: CourseFile,
    case: CourseCase,
    made: Sequence[Attempt],
    passed: bool,
    competent: bool,
    missing: Sequence[str],
    left: int,
    today: date,
) -> tuple[CaseState, str]:
    """How a case stands, and what it waits for."""
    course = file.course
    own = cusum([one.failed for one in made], PLACEMENT).standing == "competent" if made else False
    done = {"once": bool(made), "until passed": passed, "until competent": passed and (own or competent)}[case.repeat]
    if done and passed:
        return CaseState.PASSED, ""
    if course.opens is not None and today < date.fromisoformat(course.opens):
        return CaseState.NOT_YET, f"opens on {course.opens}"
    if course.closes is not None and today > date.fromisoformat(course.closes):
        return CaseState.CLOSED, f"closed on {course.closes}"
    if missing:
        return CaseState.LOCKED, f"needs {', '.join(missing)}"
    if done or left <= 0:
        return CaseState.USED_UP, f"{len(made)} of {case.attempts} made"
    return CaseState.OPEN, ""
