"""Study lines: the line of a study file on which a key, or one item of its list, stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from simulator.scenario.field_error import names
from simulator.scenario.toml_positions import find_positions

Keys = tuple[str, ...]
_POINTS_HEADER = re.compile(r"^\s*\[\[\s*[\"']?grid[\"']?\s*\.\s*[\"']?points[\"']?\s*\]\]")
_ANY_HEADER = re.compile(r"^\s*\[")
_LONG_QUOTES = ('"""', "'''")


class StudyLines:
    """Lines of a study's text.

    Args:
        text: of the file
        lines: line of each dotted key and table header, the first where one stands several times
    """

    def __init__(self, text: str, lines: Mapping[Keys, int]) -> None:
        self._text = text.splitlines()
        self._lines = lines
        self._points = [self._segment(first) for first in self._point_headers()]

    def key(self, dotted: str) -> int:
        """Line of a key, or of the table in which it stands or should stand."""
        table, _, rest = dotted.partition(".")
        places = [(table, rest), (table, "points", rest), (table, *rest.split(".")), (table,)]
        return next((self._lines[place] for place in places if place in self._lines), 1)

    def item(self, dotted: str, index: int) -> int:
        """Line of an item of the list of a key; of the key where the list cannot be followed."""
        line = self.key(dotted)
        return next((at for count, at in enumerate(self._items(line)) if count == index), line)

    def in_point(self, number: int, dotted: str) -> int:
        """Line of a key in one of the tables `grid.points`, counted from 0; of its header where it is not found."""
        if number >= len(self._points):
            return self.key(f"grid.{dotted}")
        first, lines = self._points[number]
        places = (("grid", "points", dotted), ("grid", "points", *dotted.split(".")))
        return next((first - 1 + lines[place] for place in places if place in lines), first)

    def _point_headers(self) -> Iterator[int]:
        for number, line in enumerate(self._text, start=1):
            if _POINTS_HEADER.match(line):
                yield number

    def _segment(self, first: int) -> tuple[int, dict[Keys, int]]:
        """The table that begins on a line: that line, and its keys' lines counted from it."""
        rest = self._text[first:]
        length = next((count for count, line in enumerate(rest) if _ANY_HEADER.match(line)), len(rest))
        # A line of a list of several lines may begin with a bracket, too: such a table is read on to the next header
        while length < len(rest) and not re.match(r"^\s*\[\[?[^\[\],]+\]\]?\s*(#.*)?$", rest[length]):
            length += 1
        return first, _key_lines("\n".join(self._text[first - 1 : first + length]))

    def _items(self, line: int) -> Iterator[int]:
        """Lines on which the items of the list begin that a key on this line has."""
        depth, quote, fresh = 0, "", False
        begin = self._text[line - 1].find("=") + 1
        for number in range(line, len(self._text) + 1):
            row = self._text[number - 1]
            at = begin if number == line else 0
            while at < len(row):
                step = row[at : at + 3] if row[at : at + 3] in _LONG_QUOTES else row[at]
                if quote:
                    if step == "\\" and quote[0] == '"':
                        at += 1
                    elif step == quote:
                        quote = ""
                elif step == "#":
                    break
                elif not step.isspace():
                    if depth == 1 and fresh and step not in (",", "]"):
                        yield number
                        fresh = False
                    if step in (*_LONG_QUOTES, '"', "'"):
                        quote = step
                    depth += (step in "[{") - (step in "]}")
                    fresh = fresh or (depth == 1 and step in ("[", ","))
                    if depth == 0:
                        return
                at += len(step)


def _key_lines(text: str) -> dict[Keys, int]:
    """Line of each key and table header of a TOML text, from 1; the first row of a list stands for all."""
    found: dict[Keys, int] = {}
    for keys, line in find_positions(text).lines.items():
        found.setdefault(names(keys), line)
    return found
