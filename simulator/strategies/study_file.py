"""Study file: a study as its author wrote it, read and checked, or every fault of it with its line."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError, combine_errors
from simulator.operators import operator_named
from simulator.operators.apart.operator_process import OperatorProcess
from simulator.operators.registry import names_a_file
from simulator.operators.user_operator import find_source
from simulator.scenario.field_error import names
from simulator.scenario.load import ScenarioFile, load_scenario
from simulator.scenario.shipped import find_study, shipped_scenario_path, shipped_scenarios
from simulator.scenario.toml_source import TomlSource, read_source, read_text
from simulator.strategies.oracle import ORACLE
from simulator.strategies.study import Study
from simulator.strategies.study_grid import GridReader, PlacedPoint
from simulator.strategies.study_lines import StudyLines

FORMAT = 1
KEYS = ("format", "title", "scenarios", "operators", "grid", "seeds")
MOST_RUNS = 1_000_000
LARGEST_SEED = 2**63 - 1
MOST_TOLD = 100
NO_PART_OF_THE_CASE = {"format", "title", "extends"}


def load_study(path: Path) -> Study:
    """Read and check a study file, the scenarios and operators that it names included.

    Args:
        path: of the file, or the name of a study that ships

    Raises:
        UserInputError: the file cannot be read or is no study; the message names every fault with its line.
    """
    return _Reader(read_source(find_study(path))).study()


class _Reader:
    """Reads one file and gathers what is wrong with it."""

    def __init__(self, source: TomlSource) -> None:
        self._path, self._data = source.path, source.data
        lines: dict[tuple[str, ...], int] = {}
        for keys, line in source.lines.items():  # the first row of a list stands for all
            lines.setdefault(names(keys), line)
        self._lines = StudyLines(read_text(source.path), lines)
        self._faults: list[UserInputError] = []

    def study(self) -> Study:
        data = self._data
        for key in data:
            if key not in KEYS:
                near = difflib.get_close_matches(key, KEYS, n=1)
                self._fault(key, "unknown key", f"did you mean {near[0]!r}?" if near else f"keys: {', '.join(KEYS)}")
        for key in ("format", "scenarios", "operators", "seeds"):
            if key not in data:
                self._fault(key, "this key is missing", "add it")
        if "format" in data and (isinstance(data["format"], bool) or data["format"] != FORMAT):
            self._fault("format", f"must be {FORMAT}, not {data['format']!r}", "mend the value")
        title = data.get("title", self._path.stem)
        if not isinstance(title, str):
            self._fault("title", "must be a text", "mend the value")
        paths = list(self._scenario_paths())
        operators = tuple(self._operators())
        seeds = tuple(self._seeds())
        grid = GridReader(self._data.get("grid", {}), self._lines, self._fault_at)
        runs_of_a_point = max(len(paths), 1) * max(len(operators), 1) * max(len(seeds), 1)
        placed = grid.points(most=MOST_RUNS // runs_of_a_point)
        scenarios = {} if self._faults else {path.stem: self._variants(path, placed, seeds[0]) for path in paths}
        if not self._faults:
            self._start_operators(operators)
        if self._faults:
            raise combine_errors(self._faults)
        return Study(
            name=self._path.stem,
            title=title,
            path=self._path,
            scenarios=scenarios,
            operators=operators,
            points=tuple(one.point for one in placed),
            seeds=seeds,
        )

    def _fault(self, key: str, what: str, fix: str) -> None:
        self._fault_at(self._lines.key(key), key, what, fix)

    def _fault_at(self, line: int, key: str, what: str, fix: str) -> None:
        self._faults.append(UserInputError(f"{self._path}:{line}: {key}", what, fix))

    def _names(self, key: str, example: str) -> list[str]:
        """A list of distinct texts."""
        names = self._data.get(key, [])
        if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
            self._fault(key, "must be a list of texts", example)
            return []
        if not names and key in self._data:
            self._fault(key, "the list is empty", example)
        for name in sorted({name for name in names if names.count(name) > 1}):
            second = [index for index, one in enumerate(names) if one == name][1]
            self._fault_at(self._lines.item(key, second), key, f"{name!r} stands twice", "leave one out")
        return names

    def _scenario_paths(self) -> Iterator[Path]:
        """Files beside the study, and scenarios that ship; all are read here once."""
        names: dict[str, str] = {}
        for index, name in enumerate(self._names("scenarios", 'scenarios = ["../patient-2.toml"]')):
            line = self._lines.item("scenarios", index)
            beside = self._path.parent / name
            path = shipped_scenario_path(name) if name in shipped_scenarios() and not beside.exists() else beside
            if path.stem in names:
                what = f"{names[path.stem]!r} and {name!r} have one name"
                self._fault_at(line, "scenarios", what, "rename one of the files")
                continue
            names[path.stem] = name
            try:
                load_scenario(path)
                yield path
            except UserInputError as fault:
                self._named_fault(line, "scenarios", fault)

    def _named_fault(self, line: int, key: str, fault: UserInputError) -> None:
        """What is wrong with something that this file names, with the line that names it."""
        for one in fault.faults:
            self._faults.append(UserInputError(f"{self._path}:{line}: {key}: {one.location}", one.what, one.fix))

    def _operators(self) -> Iterator[str]:
        for index, name in enumerate(self._names("operators", 'operators = ["quick-check"]')):
            line = self._lines.item("operators", index)
            try:
                if names_a_file(name):
                    find_source(name, self._path.parent)
                elif name != ORACLE:
                    operator_named(name)
                yield name
            except UserInputError as fault:
                if names_a_file(name):
                    self._named_fault(line, "operators", fault)
                else:
                    self._fault_at(line, "operators", f"{name!r}: {fault.what}", fault.fix)

    def _start_operators(self, names: Sequence[str]) -> None:
        """Start each operator from a file once, in its process; this takes longer than all else, and comes last."""
        for index, name in enumerate(names):
            if names_a_file(name):
                try:
                    OperatorProcess(name, folder=self._path.parent).close()
                except UserInputError as fault:
                    self._named_fault(self._lines.item("operators", index), "operators", fault)

    def _seeds(self) -> Iterator[int]:
        example = "seeds = 40, seeds = [1, 2, 3] or seeds = { first = 1, last = 40 }"
        given = self._data.get("seeds", 1)
        if isinstance(given, dict) and set(given) == {"first", "last"} and all(map(_is_seed, given.values())):
            found: Any = range(given["first"], given["last"] + 1)
        elif _is_seed(given):
            found = range(1, given + 1)
        elif isinstance(given, list) and all(map(_is_seed, given)):
            found = given
        else:
            self._fault("seeds", "must be a count, a list or a range of whole numbers", example)
            return
        if not found:
            self._fault("seeds", "there is no seed", example)
        elif len(found) > MOST_RUNS:
            self._fault("seeds", f"more than {MOST_RUNS} seeds", example)
        elif isinstance(found, list) and len(set(found)) < len(found):
            self._fault("seeds", "a seed stands twice", "leave one out")
        else:
            yield from found

    def _variants(self, path: Path, placed: Sequence[PlacedPoint], seed: int) -> tuple[ScenarioFile, ...]:
        """The scenario as each point changes it; the same fault is told once, two points of one case as a fault."""
        found: list[ScenarioFile] = []
        cases: dict[str, PlacedPoint] = {}
        for one in placed:
            try:
                file = load_scenario(path, overrides=dict(one.point))
                case = json.dumps(file.scenario_for(seed).model_dump(mode="json", exclude=NO_PART_OF_THE_CASE))
            except UserInputError as fault:
                self._point_faults(one, fault)
                continue
            if case in cases and len(self._faults) < MOST_TOLD:
                what = f"{dict(one.point)} makes the same case of {path.stem} as {dict(cases[case].point)}"
                self._fault_at(one.line(None), "grid", what[:400], "leave one of the two points out")
            cases.setdefault(case, one)
            found.append(file)
        return tuple(found)

    def _point_faults(self, one: PlacedPoint, fault: UserInputError) -> None:
        for single in fault.faults:
            dotted = single.location.rpartition(" with another ")[2]
            line = one.line(dotted if dotted != single.location else None)
            told = UserInputError(f"{self._path}:{line}: grid: {single.location}", single.what, single.fix)
            if str(told) not in map(str, self._faults) and len(self._faults) < MOST_TOLD:
                self._faults.append(told)


def _is_seed(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_SEED
