"""Migrations: lines of older formats as the next format has them, one step at a time.

A record stays as it was written; it is migrated in memory whenever it is read. Format 1 was the first release's: its
header named where the scenario had lain and kept of the rubric its digest alone, and its closing line held no digest
of the session. A command or event that gains a field with a default needs no new format; one that loses or renames
a field does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from simulator.faults import UserFaultError
from simulator.records.framing import DAMAGED
from simulator.scenario.load import parse_scenario
from simulator.scenario.rubric_schema import rubric_of

FORMAT = 2
Step = Callable[[str, Any, str], Any]


def migrated(found: int, kind: str, body: Any, place: str) -> Any:
    """The body of a line of an older format, as the present format has it.

    Raises:
        UserFaultError: the line is none of its format.
    """
    try:
        for number in range(found, FORMAT):
            body = _STEPS[number](kind, body, place)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UserFaultError(place, f"this is no {kind[:20]} line of format {found}", DAMAGED) from error
    return body


def _from_1(kind: str, body: Any, place: str) -> Any:
    if kind == "header":
        return _header_from_1(body, place)
    if kind == "close":
        return {"digest": None, "scorecard": None, **body}
    return body


def _header_from_1(old: dict[str, Any], place: str) -> dict[str, Any]:
    new = {key: value for key, value in old.items() if key != "scenario_place"}
    rubric = rubric_of(parse_scenario(old["resolved"], place).rubric)
    ct = old["resolved"]["patient"].get("ct")
    own = None if ct is None else (Path(old["scenario_place"]).parent / ct).as_posix()
    return {
        "learner": None,
        "started": None,
        **new,
        "format": 2,
        "imported": None if own is None else {"path": own, "sha256": {}},
        "rubric": asdict(rubric) if rubric.digest() == old["rubric_digest"] else None,
    }


_STEPS: Mapping[int, Step] = {1: _from_1}
