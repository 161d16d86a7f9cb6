"""Study file: a study as its author wrote it, read and checked, or every fault of it with its line."""

from __future__ import annotations

import difflib
import itertools
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError, combine_errors
from simulator.operators import operator_named
from simulator.operators.registry import names_a_file
from simulator.scenario.field_error import names
from simulator.scenario.load import ScenarioFile, load_scenario
from simulator.scenario.shipped import find_study, shipped_scenario_path, shipped_scenarios
from simulator.scenario.toml_source import TomlSource, read_source
from simulator.strategies.study import Point, Study

FORMAT = 1
KEYS = ("format", "title", "scenarios", "operators", "grid", "seeds")
POINTS = "points"
MOST_RUNS = 1_000_000
LARGEST_SEED = 2**63 - 1


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
        self._lines: dict[tuple[str, ...], int] = {}
        for keys, line in source.lines.items():  # the first row of a list stands for all
            self._lines.setdefault(names(keys), line)
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
        points = tuple(self._points())
        seeds = tuple(self._seeds())
        if len(paths) * len(operators) * len(points) * len(seeds) > MOST_RUNS:
            self._fault("seeds", f"more than {MOST_RUNS} runs", "make the grid or the seeds fewer")
        scenarios = {} if self._faults else {path.stem: self._variants(path, points) for path in paths}
        if self._faults:
            raise combine_errors(self._faults)
        return Study(
            name=self._path.stem,
            title=title,
            path=self._path,
            scenarios=scenarios,
            operators=operators,
            points=points,
            seeds=seeds,
        )

    def _fault(self, key: str, what: str, fix: str) -> None:
        self._faults.append(UserInputError(f"{self._path}:{self._line(key)}: {key}", what, fix))

    def _line(self, key: str) -> int:
        """Line of a key, or of the table in which it stands or should stand."""
        table, _, rest = key.partition(".")
        places = [(table, rest), (table, POINTS, rest), (table, *rest.split(".")), (table,)]
        return next((self._lines[location] for location in places if location in self._lines), 1)

    def _names(self, key: str, example: str) -> list[str]:
        """A list of distinct texts."""
        names = self._data.get(key, [])
        if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
            self._fault(key, "must be a list of texts", example)
            return []
        if not names and key in self._data:
            self._fault(key, "the list is empty", example)
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._fault(key, f"{name!r} stands twice", "leave one out")
        return names

    def _scenario_paths(self) -> Iterator[Path]:
        """Files beside the study, and scenarios that ship; all are read here once."""
        names: dict[str, str] = {}
        for name in self._names("scenarios", 'scenarios = ["../patient-2.toml"]'):
            beside = self._path.parent / name
            path = shipped_scenario_path(name) if name in shipped_scenarios() and not beside.exists() else beside
            if path.stem in names:
                self._fault("scenarios", f"{names[path.stem]!r} and {name!r} have one name", "rename one of the files")
                continue
            names[path.stem] = name
            try:
                load_scenario(path)
                yield path
            except UserInputError as fault:
                self._faults.append(fault)

    def _operators(self) -> Iterator[str]:
        for name in self._names("operators", 'operators = ["quick-check"]'):
            try:
                operator_named(name, folder=self._path.parent)
                yield name
            except UserInputError as fault:
                if names_a_file(name):
                    self._faults.append(fault)
                else:
                    self._fault("operators", f"{name!r}: {fault.what}", fault.fix)

    def _points(self) -> Iterator[Point]:
        """Every table of `grid.points` with every combination of the grid's lists."""
        grid = self._data.get("grid", {})
        if not isinstance(grid, dict):
            self._fault("grid", "must be a table", '"scanner.preset_tube_current_ma" = [10, 30]')
            return
        tables = grid.get(POINTS, [{}])
        if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
            self._fault("grid.points", "must be tables of keys that go together", "[[grid.points]]")
            return
        axes: list[tuple[str, list[Any]]] = []
        for key, values in _flat({key: value for key, value in grid.items() if key != POINTS}):
            if not isinstance(values, list) or not values:
                self._fault(f"grid.{key}", "must be a list with a value or more", f'"{key}" = [{values!r}]')
            else:
                axes.append((key, values))
        together = [list(_flat(table)) for table in tables]
        for key, value in [*axes, *(item for point in together for item in point)]:
            if not _finite(value):
                self._fault(f"grid.{key}", "a number is not finite", "mend the value")
        for table in together:
            twice = {key for key, _ in table} & {key for key, _ in axes}
            for key in sorted(twice):
                self._fault(f"grid.{key}", "stands in the grid and in its points", "leave one out")
        seen = set()
        for table, *values in itertools.product(together, *(values for _, values in axes)):
            point = (*table, *zip((key for key, _ in axes), values, strict=True))
            said = json.dumps(sorted(point, key=lambda item: item[0]))
            if said in seen:
                self._fault("grid", f"a point stands twice: {dict(point)}", "leave one out")
                return
            seen.add(said)
            yield point

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

    def _variants(self, path: Path, points: tuple[Point, ...]) -> tuple[ScenarioFile, ...]:
        """The scenario as each point changes it; the same fault is told once."""
        found = []
        for point in points:
            try:
                found.append(load_scenario(path, overrides=dict(point)))
            except UserInputError as fault:
                for one in fault.faults:
                    told = UserInputError(f"{self._path}:{self._line('grid')}: grid: {one.location}", one.what, one.fix)
                    if str(told) not in map(str, self._faults):
                        self._faults.append(told)
        return tuple(found)


def _flat(table: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted keys of nested tables."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, list):
        return all(map(_finite, value))
    return all(map(_finite, value.values())) if isinstance(value, dict) else True


def _is_seed(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_SEED
