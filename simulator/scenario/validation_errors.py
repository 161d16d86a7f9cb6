"""Findings: every fault of a scenario's tables, with the mend; structure and sense together, and all at once.

A file with a fault of structure is mended in memory (the faulty key left out, a missing one filled in), so that the
rest of it can still be checked for sense.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from simulator.scenario.distributions import (
    FORM,
    KINDS,
    MODELS,
    Choice,
    Distribution,
    Keys,
    Uniform,
    field_at,
    is_drawable,
    replaced,
    section_of,
    takes_any_number,
    takes_whole_numbers,
)
from simulator.scenario.schema import Scenario
from simulator.scenario.semantic_checks import sense_of

_ROUNDS = 8  # of mending: one fault may hide another
_FILLED: Mapping[str, Any] = {
    "format": 1,
    "title": "-",
    "patient": {"phantom": "patient-2"},
    "leak": {"level": "L3/4"},
    "text": {"request": "-"},
}
_TYPES = {
    "float_type": "a number",
    "int_type": "a whole number",
    "string_type": "words in quotes",
    "bool_type": "true or false",
    "list_type": "a list in [ ]",
    "model_type": "a table of keys",
    "model_attributes_type": "a table of keys",
}
NEVER_DRAWN = ("format", "extends", "rubric")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault: the dotted key, what is wrong, the mend."""

    keys: Keys
    what: str
    fix: str


def find_distributions(data: Mapping[str, Any]) -> tuple[dict[Keys, Distribution], dict[Keys, list[Finding]]]:
    """Distributions by dotted key, and by dotted key what is wrong with those that are none."""
    found: dict[Keys, Distribution] = {}
    faults: dict[Keys, list[Finding]] = {}
    for keys, table in _tables(data):
        field = field_at(Scenario, keys)
        kinds = [key for key in table if key in KINDS]
        if field is None or not is_drawable(field) or not kinds:
            continue
        if keys[0] in NEVER_DRAWN:
            faults[keys] = [Finding(keys=keys, what="this is not drawn from the seed", fix="write one value")]
            continue
        try:
            distribution: Distribution = MODELS[kinds[0]].model_validate(table)
        except ValidationError as error:
            faults[keys] = [_described(item, MODELS[kinds[0]], keys) for item in error.errors()]
            continue
        fault = _misplaced(distribution, keys)
        if fault is None:
            found[keys] = distribution
        else:
            faults[keys] = [fault]
    return found, faults


def findings(data: Mapping[str, Any], folder: Path) -> list[Finding]:
    """Every fault of a scenario's tables, in the order of the form; empty where there is none.

    Args:
        data: distributions in the place of numbers allowed
        folder: where relative paths of the scenario start
    """
    distributions, misformed = find_distributions(data)
    faults = [fault for several in misformed.values() for fault in several]
    known = replaced(data, dict.fromkeys(misformed, _Nothing))
    extremes = {keys: _extremes(keys, distribution) for keys, distribution in distributions.items()}
    for turn in range(max([1, *(len(values) for values in extremes.values())])):
        values = {keys: ends[turn % len(ends)] for keys, ends in extremes.items()}
        faults += _findings_of_one(replaced(known, values), folder, set(misformed))
    order = list(Scenario.model_fields)
    unique = list(dict.fromkeys(faults))
    return sorted(unique, key=lambda f: order.index(f.keys[0]) if f.keys and f.keys[0] in order else len(order))


def _findings_of_one(data: dict[str, Any], folder: Path, mended: set[Keys]) -> list[Finding]:
    """Faults of tables in which nothing is drawn."""
    found: list[Finding] = []
    data = _pruned(data)
    for _ in range(_ROUNDS):
        try:
            scenario = Scenario.model_validate(data)
            break
        except ValidationError as error:
            mends: dict[Keys, Any] = {}
            for item in error.errors():
                at = tuple(part for part in item["loc"] if isinstance(part, str))
                if not any(at[:length] in mended for length in range(len(at) + 1)):
                    found.append(_described(item, Scenario, ()))
                missing = item["type"] == "missing" and len(at) == len(item["loc"])
                mends |= _mend(at, missing=missing)
            mended = mended | set(mends)
            data = _pruned(replaced(data, mends))
    else:
        return found
    said = [Finding(keys=keys, what=what, fix=fix) for keys, what, fix in sense_of(scenario, folder)]
    return found + [one for one in said if not any(_hangs_on(one.keys, other) for other in mended)]


class _Nothing:
    """Marks a key whose fault has been told."""


def _pruned(data: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: item for key, item in data.items() if item is not _Nothing}
    return {key: _pruned(item) if isinstance(item, dict) else item for key, item in kept.items()}


def _mend(keys: Keys, *, missing: bool) -> dict[Keys, Any]:
    """What to put where a key is faulty: nothing, or, where it is missing, something that will do."""
    if missing:
        filling: Any = _FILLED
        for key in keys:
            filling = filling.get(key) if isinstance(filling, Mapping) else None
        if filling is not None:
            return {keys: filling}
        keys = keys[:-1]
    return {keys: _Nothing} if keys else {}


def _hangs_on(keys: Keys, mended: Keys) -> bool:
    """Whether a fault of sense at some keys may come of what was filled in elsewhere."""
    another_patient = mended in (("patient",), ("patient", "phantom"), ("patient", "ct"))
    return (
        _within(keys, mended)
        or (another_patient and keys[0] in ("patient", "leak", "myelogram"))
        or (len(keys) == 1 and mended[:1] == keys)
    )


def _within(keys: Keys, table: Keys) -> bool:
    return keys[: len(table)] == table


def _extremes(keys: Keys, distribution: Distribution) -> list[Any]:
    field = field_at(Scenario, keys)
    whole = field is not None and takes_whole_numbers(field) and isinstance(distribution, Uniform)
    return [int(end) if whole else end for end in distribution.extremes()]


def _tables(data: Mapping[str, Any], above: Keys = ()) -> list[tuple[Keys, Mapping[str, Any]]]:
    here = [((*above, key), item) for key, item in data.items() if isinstance(item, dict)]
    return here + [inner for keys, item in here for inner in _tables(item, keys)]


def _misplaced(distribution: Distribution, keys: Keys) -> Finding | None:
    field = field_at(Scenario, keys)
    assert field is not None
    if isinstance(distribution, Choice):
        return None
    if not takes_any_number(field):
        return Finding(keys=keys, what="this takes no range", fix="{ choice = [...] }")
    if takes_whole_numbers(field):
        whole = isinstance(distribution, Uniform) and all(end.is_integer() for end in distribution.uniform)
        return None if whole else Finding(keys=keys, what="this takes whole numbers", fix="{ uniform = [1, 9] }")
    return None


def _described(item: ErrorDetails, model: type[BaseModel], above: Keys) -> Finding:
    """One of pydantic's errors in words, with the nearest valid name or range."""
    within = tuple(part for part in item["loc"] if isinstance(part, str))
    keys = above + within
    kind, value = item["type"], item["input"]
    if kind == "extra_forbidden":
        names = _names(model, within[:-1])
        near = difflib.get_close_matches(within[-1], names, n=1)
        fix = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(names)}"
        return Finding(keys=keys, what="unknown key", fix=fix)
    if kind == "missing":
        field = field_at(model, within)
        words = f": {field.description}" if field is not None and field.description else ""
        return Finding(keys=keys, what="this key is missing", fix=f"add it{words}")
    if kind == "value_error":
        what, _, fix = item["msg"].removeprefix("Value error, ").partition(": ")
        return Finding(keys=keys, what=what, fix=fix or "mend the value")
    if kind == "literal_error":
        options = _options(model, within)
        near = difflib.get_close_matches(str(value), options, n=1)
        fix = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(options)}"
        return Finding(keys=keys, what=f"{_shown(value)} is not offered", fix=fix)
    limits = _limits(model, within)
    if kind in _TYPES:
        what = f"this takes {_TYPES[kind]}, not {_shown(value)}"
        names = _names(model, within)
        fix = f"its keys: {', '.join(names)}" if names else limits or _form(model, within)
        return Finding(keys=keys, what=what, fix=fix)
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        return Finding(keys=keys, what=f"{_shown(value)} is out of range", fix=limits or item["msg"])
    if kind == "finite_number":
        return Finding(keys=keys, what=f"{_shown(value)} is no number", fix=limits or "write a number")
    return Finding(keys=keys, what=f"{item['msg']}, not {_shown(value)}", fix="mend the value")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _names(model: type[BaseModel], keys: Keys) -> list[str]:
    field = field_at(model, keys) if keys else None
    section = model if not keys else section_of(field) if field is not None else None
    return [] if section is None else list(section.model_fields)


def _field_of(model: type[BaseModel], keys: Keys) -> FieldInfo | None:
    """The field of a dotted key, also within a row of a list of tables."""
    field = field_at(model, keys)
    table = field_at(model, keys[:1]) if field is None and len(keys) == 2 else None
    rows = [] if table is None else [row for row in get_args(table.annotation) if isinstance(row, type)]
    within = [row.model_fields.get(keys[1]) for row in rows if issubclass(row, BaseModel)]
    return next((found for found in within if found is not None), field)


def _options(model: type[BaseModel], keys: Keys) -> list[str]:
    """What a key may be, or what the members of its list may be."""

    def leaves(annotation: Any) -> list[str]:
        inner = [arg for arg in get_args(annotation) if arg is not type(None)]
        return [x for arg in inner for x in leaves(arg)] if inner else [str(annotation)]

    field = _field_of(model, keys)
    return [] if field is None else leaves(field.annotation)


def _limits(model: type[BaseModel], keys: Keys) -> str:
    """The range of a number in words; empty where there is none."""
    field = _field_of(model, keys)
    if field is None:
        return ""
    low = next((limit.ge for limit in field.metadata if hasattr(limit, "ge")), None)
    above = next((limit.gt for limit in field.metadata if hasattr(limit, "gt")), None)
    high = next((limit.le for limit in field.metadata if hasattr(limit, "le")), None)
    extra = field.json_schema_extra
    unit = f" {extra['unit']}" if isinstance(extra, dict) and extra.get("unit") else ""
    if low is not None and high is not None:
        return f"from {low:.10g} to {high:.10g}{unit}"
    if above is not None:
        return f"above {above:g}{unit}"
    return "" if low is None else f"{low:g}{unit} or more"


def _form(model: type[BaseModel], keys: Keys) -> str:
    field = field_at(model, keys)
    return f"one value, or {FORM}" if field is not None and is_drawable(field) else "mend the value"
