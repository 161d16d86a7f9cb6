"""TOML source: the text of a scenario file as tables, and the line on which each key stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError
from simulator.files.small_file import read_small_text
from simulator.program_name import program_name
from simulator.scenario.field_error import Keys, dotted
from simulator.scenario.toml_faults import describe_toml_fault
from simulator.scenario.toml_positions import find_positions

DEEPEST = 8  # tables in one another
MOST_DOTS = 2000  # of a line: no sentence has so many, and tomllib's time grows with the square of a key's parts
_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlSource:
    """One file.

    Attributes:
        path: of the file
        data: its tables
        text: that they were read from
    """

    path: Path
    data: dict[str, Any]
    text: str

    @property
    def lines(self) -> Mapping[Keys, int]:
        """Line of each key, table and row, from 1; looked for when a fault or note is told."""
        return find_positions(self.text).lines


def read_source(path: Path) -> TomlSource:
    """Read a file; UserInputError where it cannot be read or is not TOML."""
    text = read_text(path)
    for number, line in enumerate(text.splitlines(), start=1):
        if line.split("=", 1)[0].count(".") > 10 * DEEPEST or line.count(".") > MOST_DOTS:
            raise UserInputError(f"{path}:{number}", f"tables lie more than {DEEPEST} deep in one another", "mend that")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(path, text, str(error)) from error
    except (RecursionError, ValueError) as error:
        raise UserInputError(
            str(path), "this is not TOML that can be read", "write tables of keys and values"
        ) from error
    if _deeper_than(data, DEEPEST):
        raise UserInputError(
            str(path), f"tables lie more than {DEEPEST} deep in one another", "a case has two or three"
        )
    if not data:
        raise UserInputError(str(path), "the file is empty", f"`{program_name()} new NAME` writes one to start from")
    return TomlSource(path=path, data=data, text=text)


def read_dateless_source(path: Path) -> TomlSource:
    """The same of a file in which no key takes a date or time; UserInputError where one does."""
    source = read_source(path)
    dated, lines = _first_date(source.data, ()), source.lines
    if dated is not None:
        at = next((lines[dated[:length]] for length in range(len(dated), 0, -1) if dated[:length] in lines), 1)
        raise UserInputError(
            f"{path}:{at}: {dotted(dated)}", "a date or time is the value of no key", "write a number, or quotes"
        )
    return source


def read_text(path: Path) -> str:
    """Text of a small file the user named, without the mark of byte order; UserInputError where it cannot be read."""
    return read_small_text(path)


def is_file(path: Path) -> bool:
    """Whether there is such a file; a name that no file can have is that of none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _deeper_than(data: dict[str, Any], depth: int) -> bool:
    tables: list[Any] = [data]
    for _ in range(depth + 1):
        lists = [item for table in tables if isinstance(table, list) for item in table]
        items = lists + [item for table in tables if isinstance(table, dict) for item in table.values()]
        tables = [item for item in items if isinstance(item, dict | list)]
        if not tables:
            return False
    return True


def _first_date(value: Any, above: Keys) -> Keys | None:
    """Keys that lead to a date or time, which TOML knows and no file of ours takes; None where there is none."""
    if isinstance(value, date | time):
        return above
    found: Iterator[Keys | None] = iter(())
    if isinstance(value, dict):
        found = (_first_date(item, (*above, key)) for key, item in value.items())
    elif isinstance(value, list):
        found = (_first_date(item, above) for item in value)
    return next((keys for keys in found if keys is not None), None)


def _not_toml(path: Path, text: str, message: str) -> UserInputError:
    at = _AT_LINE.search(message)
    line = int(at.group(1)) if at else len(text.splitlines()) or 1
    what = _AT_LINE.sub("", message).removesuffix(" (at end of document)")
    twice = find_positions(text).twice
    if twice and what.startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate", "Duplicate inline")):
        keys, again = twice[0]
        first = find_positions(text).lines[keys]
        name = dotted(keys)
        return UserInputError(
            f"{path}:{again}: {name}", f"this key or table stands twice, first on line {first}", "remove one of the two"
        )
    line, what, fix = describe_toml_fault(text, line, what)
    return UserInputError(f"{path}:{line}", f"this is not TOML: {what}", fix)
