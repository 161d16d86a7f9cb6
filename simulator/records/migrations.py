"""Migrations: lines of older formats as the next format has them, one step at a time.

A record stays as it was written; it is migrated in memory whenever it is read. A command or event that gains a field
with a default needs no new format; one that loses or renames a field does.

Format 1 was the first release's. Its header named where the scenario had lain and kept of the rubric its digest alone,
and its closing line held no digest of the session.

Format 2 named the patient by a digest of the sources that built it. The digest of the session began with that one.
Neither can be compared with what this version builds, so format 3 leaves both out of an older record.

Format 3 was scored with rubric 1, of which this version knows the scorecards that it left, and no longer the rules. Its
numbers stay in the header; a case's changes of it cannot be carried over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError
from simulator.records.framing import DAMAGED
from simulator.records.rubric_1 import numbers_of_rubric_1
from simulator.scoring.rubric import digest_numbers

FORMAT = 4
_MYELOGRAM_OF_1 = ("lumbar_iodine_mg_per_ml", "remaining")
Step = Callable[[str, Any, str], Any]


def migrate(found: int, kind: str, body: Any, location: str) -> Any:
    """The body of a line of an older format, as the present format has it.

    Raises:
        UserInputError: the line is none of its format.
    """
    try:
        for number in range(found, FORMAT):
            body = _STEPS[number](kind, body, location)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UserInputError(location, f"this is no {kind[:20]} line of format {found}", DAMAGED) from error
    return body


def _from_1(kind: str, body: Any, location: str) -> Any:
    if kind == "header":
        return _header_from_1(body, location)
    if kind == "close":
        return {"digest": None, "scorecard": None, **body}
    return body


def _header_from_1(old: dict[str, Any], location: str) -> dict[str, Any]:
    new = {key: value for key, value in old.items() if key != "scenario_place"}
    new["resolved"] = _scenario_from_1(old["resolved"])
    counted = numbers_of_rubric_1(new["resolved"]["rubric"])
    ct = old["resolved"]["patient"].get("ct")
    own = None if ct is None else (Path(old["scenario_place"]).parent / ct).as_posix()
    return {
        "learner": None,
        "started": None,
        **new,
        "format": 2,
        "imported": None if own is None else {"path": own, "sha256": {}},
        "rubric": counted if digest_numbers(counted) == old["rubric_digest"] else None,
    }


def _scenario_from_1(old: dict[str, Any]) -> dict[str, Any]:
    """What is left of the contrast was said after any wait, and how dense it was not as an injection."""
    if old.get("myelogram") is None:
        return old
    myelogram = {key: value for key, value in old["myelogram"].items() if key not in _MYELOGRAM_OF_1}
    if old["myelogram"].get("remaining") is not None:
        myelogram["remaining_at_3_h"] = old["myelogram"]["remaining"]
    return {**old, "myelogram": myelogram}


def _from_2(kind: str, body: Any, location: str) -> Any:
    if kind == "header":
        kept = {key: value for key, value in body.items() if key != "phantom_digest"}
        return {**kept, "format": 3, "patient_digest": None}
    if kind == "close":
        return {**body, "digest": None}
    return body


def _from_3(kind: str, body: Any, location: str) -> Any:
    if kind == "header":
        return {**body, "format": 4, "resolved": {**body["resolved"], "rubric": {}}}
    return body


_STEPS: Mapping[int, Step] = {1: _from_1, 2: _from_2, 3: _from_3}
