"""Cheap strategies on the whole patients of the courses that ship: none may pass more than a tenth of any course.

`python -m tests.scoring.course_strategies FILE [--course NAME] [--every N] [--seed N]` tries those who always stop, and
every N-th of `strategies.py`, who never do, on each case of the courses; it appends a line for each run to FILE, leaves
out what stands there, and prints how much of each course each of them passes. A case with a twin is passed only with
it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from simulator.courses.standing import passes
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.report.learners import Attempt
from simulator.scenario.build import build_from_file
from simulator.scenario.case import Case
from simulator.scenario.course_file import CourseFile, load_course
from simulator.scenario.course_schema import CourseCase
from simulator.scenario.load import ScenarioFile
from simulator.scenario.shipped import shipped_courses
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.patient_facts import StopReason
from tests.scoring import strategies

MOST = 0.10
Key = tuple[str, str, str]
"""Course, case and name of a strategy."""
Cheap = Callable[[Case], Scorecard]


def always_stops(reason: StopReason, *, looks: bool) -> Cheap:
    """Who ends every case for one reason, after a planning scan and a look at its middle where they look."""

    def do(case: Case) -> Scorecard:
        session = Session(case.world)
        for command in (c.PositionPatient(breath_hold=True), c.TimeOut(), c.LayArmLine(), c.PrepareSkin()):
            session.do(command)
        if looks:
            level = case.world.settings.requested_level
            session.do(c.AcquirePlanningScan(levels=(level.upper_vertebra, level.lower_vertebra), mas=20.0))
            session.do(c.LookAt(number=len(session.state.imaging.acquired) - 1))
        session.do(c.Finish(stopped_for=reason))
        return case.score(session, operator="always stops")

    return do


def cheap_strategies(every: int) -> dict[str, Cheap]:
    """By name; who never stops is every one that gives blood."""
    found: dict[str, Cheap] = {
        f"always stops: {reason.value}": always_stops(reason, looks=reason is not StopReason.FACT)
        for reason in (StopReason.FACT, StopReason.NO_SAFE_WAY, StopReason.FISTULA)
    }
    for strategy in strategies.strategies()[::every]:
        found[f"{strategy.kind}: {strategy.name}"] = _treating(strategy)
    return found


def _treating(strategy: strategies.Strategy) -> Cheap:
    def do(case: Case) -> Scorecard:
        _, session = strategies.run(case, strategy)
        return case.score(session, operator=strategy.name)

    return do


def units(file: CourseFile) -> list[list[tuple[CourseCase, ScenarioFile]]]:
    """What is passed or not as a whole: a case, or one with its twin; cases that do not count are left out."""
    found: list[list[tuple[CourseCase, ScenarioFile]]] = []
    for row, case in file.rows():
        twin = next((unit for unit in found if unit[0][0].twin == row.scenario), None)
        if row.counts and twin is None:
            found.append([(row, case)])
        elif row.counts and twin is not None:
            twin.append((row, case))
    return found


def add_runs(path: Path, name: str, cheap: dict[str, Cheap], seed: int) -> None:
    """Run what is missing of a course, case by case, and append a line for each."""
    known, course = read(path), load_course(Path(name))
    for row, file in course.rows():
        missing = [one for one in cheap if (name, row.scenario, one) not in known]
        if not row.counts or not missing:
            continue
        case = build_from_file(file, seed=seed)
        for one in missing:
            fresh = replace(case, world=replace(case.world, _fronts={}))
            card = cheap[one](fresh)
            attempt = Attempt(learner=one, scenario=row.scenario, seed=seed, at=0.0, location=Path(), card=card)
            passed = passes(attempt, row, course.course.rule)
            line = {"course": name, "case": row.scenario, "strategy": one, "passed": passed, "score": card.score}
            with path.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(line) + "\n")


def read(path: Path) -> dict[Key, bool]:
    """Whether each run that stands in a file passed."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    return {(row["course"], row["case"], row["strategy"]): row["passed"] for row in rows}


def passing(found: dict[Key, bool], name: str) -> dict[str, float]:
    """The share of a course that each strategy passes."""
    cases = units(load_course(Path(name)))
    tried = {strategy for course, _, strategy in found if course == name}
    return {
        one: sum(all(found.get((name, row.scenario, one), False) for row, _ in unit) for unit in cases) / len(cases)
        for one in sorted(tried)
    }


def main(arguments: Sequence[str]) -> int:
    """Run what is missing and print the table; 1 where a strategy passes more of a course than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.scoring.course_strategies", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--course", action="append", help="default: all")
    parser.add_argument("--every", type=int, default=1, help="takes every N-th strategy")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    failed = False
    for name in given.course or shipped_courses():
        add_runs(given.file, name, cheap_strategies(given.every), given.seed)
        shares = passing(read(given.file), name)
        failed |= max(shares.values()) > MOST
        print(f"{name}: {len(shares)} strategies, the best passes {100 * max(shares.values()):.0f} %")
        for one, share in sorted(shares.items(), key=lambda item: -item[1])[:5]:
            print(f"  {one:70s} {100 * share:3.0f} %")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
