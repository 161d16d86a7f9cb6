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
from simulator.scenario.field_error import Keys

DEEPEST = 8  # tables in one another

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"^\s*\[\[?\s*({_DOTTED})\s*\]\]?")
_KEY = re.compile(rf"^\s*({_DOTTED})\s*=(.*)$")
_QUOTED = re.compile(r""""(?:\\.|[^"\\])*"|'[^']*'""")
_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlSource:
    """One file.

    Attributes:
        path: of the file
        data: its tables
        lines: line of each dotted key and each table header, from 1
    """

    path: Path
    data: dict[str, Any]
    lines: Mapping[Keys, int]


def read_source(path: Path) -> TomlSource:
    """Read a file; UserInputError where it cannot be read or is not TOML."""
    text = read_text(path)
    for number, line in enumerate(text.splitlines(), start=1):
        if line.split("=", 1)[0].count(".") > 10 * DEEPEST:  # which would take tomllib for ever
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
    lines = key_lines(text)
    dated = _first_date(data, ())
    if dated is not None:
        at = next((lines[dated[:length]] for length in range(len(dated), 0, -1) if dated[:length] in lines), 1)
        raise UserInputError(
            f"{path}:{at}: {'.'.join(dated)}", "a date or time is the value of no key", "write a number, or quotes"
        )
    return TomlSource(path=path, data=data, lines=lines)


def read_text(path: Path) -> str:
    """Text of a small file the user named; UserInputError where it cannot be read."""
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
    if what.startswith(("Cannot overwrite", "Cannot declare")):
        return UserInputError(f"{path}:{line}", f"a key or table stands twice ({what})", "remove one of the two")
    return UserInputError(f"{path}:{line}", f"this is not TOML: {what}", "mend that line")


def key_lines(text: str) -> dict[Keys, int]:
    """Line of each dotted key and table header of a TOML text, from 1; keys within inline tables have none."""
    found: dict[Keys, int] = {}
    table: Keys = ()
    inside: str | None = None  # the quotes that end a string of several lines
    depth = 0  # of brackets that are still open
    for number, line in enumerate(text.splitlines(), start=1):
        if inside is not None:
            inside = None if line.count(inside) % 2 else inside
            continue
        if depth > 0:
            depth += _brackets(line)
            continue
        if header := _HEADER.match(line):
            table = _parts(header.group(1))
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, *_parts(key.group(1))), number)
            value = key.group(2)
            inside = next((quotes for quotes in ('"""', "'''") if value.count(quotes) % 2), None)
            depth = 0 if inside else max(_brackets(value), 0)
    return found


def _parts(dotted: str) -> Keys:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))


def _brackets(text: str) -> int:
    """Brackets and braces that a line opens, less those that it closes; not those in words and remarks."""
    bare = _QUOTED.sub("", text).split("#", 1)[0]
    return sum(bare.count(c) for c in "[{") - sum(bare.count(c) for c in "]}")
