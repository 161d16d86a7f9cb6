"""Strict JSON: what a record or a script may hold, checked before anything is made of it."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from simulator.errors import UserInputError

DEEPEST = 60  # brackets within brackets; a scenario has six
LONGEST_WHOLE = 20  # characters of a whole number: a seed has 19
_OUTSIDE_OF_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]')


def parse_json(text: str, location: str) -> Any:
    """JSON without duplicate keys, numbers that are none, deep nesting or half characters; else UserInputError."""
    try:
        _check_depth(text)
        found = json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_float=_finite,
            parse_int=_whole,
            parse_constant=_no_number,
        )
        if "\\u" in text:
            json.dumps(found, ensure_ascii=False).encode("utf-8")  # half a surrogate pair cannot be written anywhere
    except (ValueError, RecursionError) as error:
        raise UserInputError(location, f"this is not JSON ({error})", "correct that line") from error
    return found


def json_line(value: Any) -> str:
    """One line of JSON; ValueError for a number that is none."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= DEEPEST:
        return
    depth = 0
    for match in _OUTSIDE_OF_STRINGS.finditer(text):
        mark = match[0]
        if mark in "[{":
            depth += 1
            if depth > DEEPEST:
                raise ValueError(f"brackets are nested more than {DEEPEST} deep")
        elif mark in "]}":
            depth -= 1


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:60]!r} stands twice")
        found[key] = value
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:30]} is too large for a number")
    return value


def _whole(text: str) -> int:
    if len(text) > LONGEST_WHOLE:
        raise ValueError(f"{text[:30]}... is too large for a number")
    return int(text)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")
