"""Course file: a course as its author wrote it, with the cases that it names, or every fault of it with its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulator.errors import UserInputError, combine_errors
from simulator.scenario.course_schema import Course, CourseCase
from simulator.scenario.error_words import describe_error
from simulator.scenario.field_error import FieldError, Keys, dotted
from simulator.scenario.level_checks import unknown_name
from simulator.scenario.load import ScenarioFile, load_scenario
from simulator.scenario.shipped import find_course, shipped_scenario_path, shipped_scenarios
from simulator.scenario.toml_source import TomlSource, is_file, read_dateless_source

MOST_TOLD = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFile:
    """A course that was checked.

    Attributes:
        name: of the file, without its ending
        path: of the file
        course: as its author wrote it
        cases: files of its cases, in their order
    """

    name: str
    path: Path
    course: Course
    cases: tuple[ScenarioFile, ...]

    def rows(self) -> tuple[tuple[CourseCase, ScenarioFile], ...]:
        """Each case's row with its file."""
        return tuple(zip(self.course.case, self.cases, strict=True))


def load_course(path: Path) -> CourseFile:
    """Read a course and all its cases.

    Args:
        path: of the file, or the name of a course that ships

    Raises:
        UserInputError: the file cannot be read, is no course, or a case of it is faulty; every fault with its line.
    """
    source = read_dateless_source(find_course(Path(path)))
    try:
        course = Course.model_validate(source.data)
    except ValidationError as error:
        found = list(dict.fromkeys(describe_error(item, Course, ()) for item in error.errors()))
        raise _told(source, found) from error
    faults = [*_days(course), *_names(course)]
    files, of_cases = _cases(source, course)
    faults += of_cases
    if faults:
        raise _told(source, faults)
    broken: list[UserInputError] = []
    cases: list[ScenarioFile] = []
    for file in files:
        try:
            cases.append(load_scenario(file))
        except UserInputError as fault:
            broken.append(fault)
    if broken:
        raise combine_errors(broken)
    return CourseFile(name=source.path.stem, path=source.path, course=course, cases=tuple(cases))


def _told(source: TomlSource, found: list[FieldError]) -> UserInputError:
    told = [
        UserInputError(
            f"{source.path}:{_line(source, one.keys)}: {dotted(one.keys)}".removesuffix(": "), one.what, one.fix
        )
        for one in found[:MOST_TOLD]
    ]
    return combine_errors(told)


def _line(source: TomlSource, keys: Keys) -> int:
    return next((source.lines[keys[:k]] for k in range(len(keys), 0, -1) if keys[:k] in source.lines), 1)


def _days(course: Course) -> Iterator[FieldError]:
    """Days that no calendar has."""
    for key in ("opens", "closes"):
        given: Any = getattr(course, key)
        try:
            if given is not None:
                date.fromisoformat(given)
        except ValueError:
            yield FieldError((key,), f"there is no day {given}", "write one such as 2026-10-01")


def _names(course: Course) -> Iterator[FieldError]:
    """Cases that stand twice, and prerequisites that do not stand before."""
    known: list[str] = []
    for ordinal, case in enumerate(course.case):
        name = Path(case.scenario).stem
        if name in known:
            yield FieldError(("case", ordinal, "scenario"), f"{name!r} stands twice", "leave one out, or rename a file")
        for place, needed in enumerate(case.needs):
            if needed not in known:
                yield _unknown_need(("case", ordinal, "needs", place), needed, name, known, course)
        others = [Path(one.scenario).stem for one in course.case if one is not case]
        if case.twin is not None and case.twin not in others:
            fault = unknown_name(("case", ordinal, "twin"), "other case", case.twin, others)
            yield fault
        if case.seeds is not None and len(set(case.seeds)) < len(case.seeds):
            yield FieldError(("case", ordinal, "seeds"), "a seed stands twice", "leave one out")
        known.append(name)

    if not any(case.counts for case in course.case):
        what = "no case counts, so that the course would be passed before it begins"
        yield FieldError(("case", 0, "counts"), what, "leave it out of one")


def _unknown_need(keys: Keys, needed: str, name: str, known: list[str], course: Course) -> FieldError:
    """A prerequisite that does not stand before its case."""
    if needed == name:
        return FieldError(keys, "a case cannot need itself", "leave it out")
    if needed in [Path(one.scenario).stem for one in course.case]:
        return FieldError(keys, f"{needed!r} stands after {name!r}", f"put {needed!r} before it, or leave this out")
    if not known:
        return FieldError(keys, f"there is no case {needed!r} before this one, which is the first", "leave it out")
    fault = unknown_name((), "earlier case", needed.removesuffix(".toml"), known)
    return FieldError(keys, fault.what, f"{fault.fix}; cases are named without .toml here")


def _cases(source: TomlSource, course: Course) -> tuple[list[Path], list[FieldError]]:
    """Files of the cases, beside the course or shipped, and what is missing."""
    files: list[Path] = []
    faults: list[FieldError] = []
    for ordinal, case in enumerate(course.case):
        beside = source.path.parent / case.scenario
        if case.scenario in shipped_scenarios() and not is_file(beside):
            files.append(shipped_scenario_path(case.scenario))
        elif case.scenario.endswith(".toml") and is_file(beside):
            files.append(beside)
        else:
            fault = unknown_name(("case", ordinal, "scenario"), "case", case.scenario, shipped_scenarios())
            faults.append(FieldError(fault.keys, fault.what, f"{fault.fix}; a path ends in .toml"))
    return files, faults
