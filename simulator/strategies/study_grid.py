"""Study grid: the settings of a study, every combination of its lists with each of its tables, or what is wrong."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.strategies.study import Point, point_name
from simulator.strategies.study_lines import StudyLines

POINTS = "points"
MOST_POINTS = 5000  # each is a case that is checked whole
NO_SETTINGS = ("format", "title", "extends")  # of a scenario: they change no case
EXAMPLE = '"scanner.preset_tube_current_ma" = [10, 30]'

Fault = Callable[[int, str, str, str], None]
"""Told a line, a key, what is wrong and the fix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPoint:
    """One point of the grid, and the line on which each of its values stands."""

    point: Point
    lines: Mapping[str, int]

    def line(self, dotted: str | None) -> int:
        """Line of what a scenario key was set by; of the first value where none did, or for None."""
        for key, line in self.lines.items():
            if dotted is not None and (dotted == key or dotted.startswith(f"{key}.") or key.startswith(f"{dotted}.")):
                return line
        return next(iter(self.lines.values()), 1)


class GridReader:
    """Reads the table `grid`.

    Args:
        grid: as the file has it
        lines: of the file
        fault: told what is wrong
    """

    def __init__(self, grid: Any, lines: StudyLines, fault: Fault) -> None:
        self._grid, self._lines, self._fault = grid, lines, fault
        self._sound = True

    def points(self, *, most: int) -> list[PlacedPoint]:
        """All points in order; none where the grid is at fault, which is told before any point is made.

        Args:
            most: points that the study may have
        """
        if not isinstance(self._grid, dict):
            self._tell("grid", "must be a table", EXAMPLE)
            return []
        axes = list(self._axes())
        tables = list(self._tables())
        self._check(axes, tables)
        if not self._sound:
            return []
        count = max(len(tables), 1) * math.prod(len(values) for _, values in axes)
        most = min(most, MOST_POINTS)
        if count > most:
            self._tell("grid", f"{count} points, of which {most} may be", "make the lists or the seeds fewer")
            return []
        return self._made(axes, tables)

    def _axes(self) -> Iterator[tuple[str, list[Any]]]:
        for key, values in flat({key: value for key, value in self._grid.items() if key != POINTS}):
            if not isinstance(values, list) or not values:
                self._tell(f"grid.{key}", "must be a list with a value or more", f'"{key}" = [{values!r}]'[:120])
            else:
                yield key, values

    def _tables(self) -> Iterator[list[tuple[str, Any]]]:
        tables = self._grid.get(POINTS, [{}])
        if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
            self._tell("grid.points", "must be tables of keys that go together", "[[grid.points]]")
            return
        yield from (list(flat(table)) for table in tables)

    def _check(self, axes: Sequence[tuple[str, list[Any]]], tables: Sequence[Sequence[tuple[str, Any]]]) -> None:
        for key, values in axes:
            for index, value in enumerate(values):
                self._check_value(key, value, self._lines.item(f"grid.{key}", index))
        for number, table in enumerate(tables):
            for key, value in table:
                self._check_value(key, value, self._lines.in_point(number, key))
            for key in sorted({key for key, _ in table} & {key for key, _ in axes}):
                line = self._lines.in_point(number, key)
                self._tell(f"grid.{key}", "stands in the grid and in its points", "leave one out", line)

    def _check_value(self, key: str, value: Any, line: int) -> None:
        if key in NO_SETTINGS:
            self._tell(f"grid.{key}", "this is no setting: it changes no case", "name scenarios in `scenarios`", line)
        elif not _is_plain(value):
            self._tell(f"grid.{key}", f"{value} is neither number, text, truth value nor a list of them",
                       "write it as a text", line)  # fmt: skip
        elif not _finite(value):
            self._tell(f"grid.{key}", "a number is not finite", "mend the value", line)

    def _made(
        self, axes: Sequence[tuple[str, list[Any]]], tables: Sequence[Sequence[tuple[str, Any]]]
    ) -> list[PlacedPoint]:
        places = [
            [(key, value, self._lines.item(f"grid.{key}", index)) for index, value in enumerate(values)]
            for key, values in axes
        ]
        found: list[PlacedPoint] = []
        seen: set[str] = set()
        for (number, table), *chosen in itertools.product(enumerate(tables), *places):
            lines = {key: line for key, _, line in chosen}
            lines |= {key: self._lines.in_point(number, key) for key, _ in table}
            one = PlacedPoint(point=(*table, *((key, value) for key, value, _ in chosen)), lines=lines)
            said = point_name(one.point)
            if said in seen:
                self._tell("grid", f"a point stands twice: {dict(one.point)}"[:300], "leave one out", one.line(None))
                return []
            seen.add(said)
            found.append(one)
        return found

    def _tell(self, key: str, what: str, fix: str, line: int | None = None) -> None:
        self._sound = False
        self._fault(self._lines.key(key) if line is None else line, key, what, fix)


def flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted keys of nested tables."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    return isinstance(value, str | int | float)


def _finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, list):
        return all(map(_finite, value))
    return all(map(_finite, value.values())) if isinstance(value, dict) else True
