"""TOML text: tables written as a person would, and the line on which each key came to stand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.scenario.field_error import Keys


class Written:
    """A text with the lines of its keys.

    Attributes:
        lines: of the text
        at: line of each key, table and row, from 1
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.lines: list[str] = []
        self.at: dict[Keys, int] = {}
        self._table(data, ())

    @property
    def text(self) -> str:
        """The text of the file."""
        return "\n".join(self.lines) + "\n"

    def _put(self, keys: Keys, line: str) -> None:
        self.lines.extend(line.split("\n"))
        self.at[keys] = len(self.lines) - line.count("\n")

    def _table(self, data: Mapping[str, Any], above: Keys) -> None:
        later: list[tuple[str, Any]] = []
        for key, item in data.items():
            rows = isinstance(item, list) and bool(item) and all(isinstance(one, dict) for one in item)
            if rows or (isinstance(item, dict) and not _is_draw(item)):
                later.append((key, item))
            else:
                self._put((*above, key), f"{key} = {value(item)}")
        for key, item in later:
            keys = (*above, key)
            dotted = ".".join(part for part in keys if isinstance(part, str))
            for ordinal, row in enumerate(item if isinstance(item, list) else [item]):
                self.lines.append("")
                here = (*keys, ordinal) if isinstance(item, list) else keys
                self._put(here, f"[[{dotted}]]" if isinstance(item, list) else f"[{dotted}]")
                self.at.setdefault(keys, self.at[here])
                self._table(row, here)


def value(item: Any) -> str:
    """One value as TOML has it."""
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, str):
        return json.dumps(item, ensure_ascii=False)
    if isinstance(item, dict):
        return "{ " + ", ".join(f"{key} = {value(one)}" for key, one in item.items()) + " }"
    if isinstance(item, list):
        return "[" + ", ".join(map(value, item)) + "]"
    return repr(item)


def _is_draw(item: Mapping[str, Any]) -> bool:
    return set(item) <= {"uniform", "normal", "choice"} or set(item) <= {"expert", "poor"}
