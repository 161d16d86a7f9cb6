"""Validation errors: every fault of a scenario's tables, with the mend; form and meaning together, and all at once.

A file with a fault of form is mended in memory (the faulty key left out, a missing one filled in), so that the
rest of it can still be checked for meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from simulator.scenario.distributions import KINDS, MODELS, Choice, Distribution, Uniform, replaced
from simulator.scenario.error_words import NEVER_DRAWN, describe_error, draws_at
from simulator.scenario.field_error import FieldError, Keys, names
from simulator.scenario.form_fields import field_at, is_drawable, row_section, takes_any_number, takes_whole_numbers
from simulator.scenario.level_checks import describe_unknown_level
from simulator.scenario.schema import Scenario
from simulator.scenario.semantic_checks import find_semantic_errors
from simulator.scenario.words import UNKNOWN_LEVEL

_ROUNDS = 8  # of mending: one fault may hide another
_FILLED: Mapping[str, Any] = {
    "format": 1,
    "title": "-",
    "patient": {"phantom": "patient-2"},
    "leak": {"level": "L3/4"},
    "myelogram": {"levels": ["L3", "L4"]},
    "text": {"request": "-"},
}
_FILLED_ROWS: Mapping[Keys, Mapping[str, Any]] = {
    ("event",): {"kind": "jerk", "when": "skin puncture"},
    ("fact",): {"kind": "history", "words": "-"},
    ("question",): {"words": "-", "kind": "level and side"},
    ("checklist",): {"words": "-"},
    ("stage",): {"title": "-"},
    ("lesson", "point"): {"words": "-", "source": "-"},
    ("lesson", "advice"): {"words": "-", "wrong_level": True},
    ("briefing", "picture"): {"file": "-.png", "caption": "-"},
}
"""A sound row for each list of tables, which takes the place of a faulty one so that the others keep their numbers."""


def find_distributions(data: Mapping[str, Any]) -> tuple[dict[Keys, Distribution], dict[Keys, list[FieldError]]]:
    """Distributions by dotted key, and by dotted key what is wrong with those that are none."""
    found: dict[Keys, Distribution] = {}
    faults: dict[Keys, list[FieldError]] = {}
    for keys, table in _tables(data):
        field = field_at(Scenario, keys)
        kinds = [key for key in table if key in KINDS]
        if field is None or not is_drawable(field) or not kinds:
            continue
        if keys[0] in NEVER_DRAWN:
            faults[keys] = [FieldError(keys, "this is not drawn from the seed", "write one value")]
            continue
        try:
            distribution: Distribution = MODELS[kinds[0]].model_validate(table)
        except ValidationError as error:
            faults[keys] = [describe_error(item, MODELS[kinds[0]], keys) for item in error.errors()]
            continue
        fault = _misplaced(distribution, field, keys)
        if fault is None:
            found[keys] = distribution
        else:
            faults[keys] = [fault]
    return found, faults


def find_validation_errors(data: Mapping[str, Any], folder: Path) -> list[FieldError]:
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
        faults += _errors_without_draws(replaced(known, values), folder, set(misformed))
    order = list(Scenario.model_fields)
    unique = list(dict.fromkeys(faults))
    return sorted(unique, key=lambda f: order.index(f.keys[0]) if f.keys and f.keys[0] in order else len(order))


def _errors_without_draws(data: dict[str, Any], folder: Path, mended: set[Keys]) -> list[FieldError]:
    """Faults of tables in which nothing is drawn."""
    found: list[FieldError] = []
    data = _pruned(data)
    for _ in range(_ROUNDS):
        try:
            scenario = Scenario.model_validate(data)
            break
        except ValidationError as error:
            mends: dict[Keys, Any] = {}
            for item in error.errors():
                at: Keys = tuple(item["loc"])
                if not any(at[:length] in mended for length in range(len(at) + 1)):
                    found.append(_described(item, at, data))
                mends |= _mend(at, missing=item["type"] == "missing")
            mended = mended | set(mends)
            data = _pruned(replaced(data, mends))
    else:
        return found
    semantic = find_semantic_errors(scenario, folder)
    return found + [one for one in semantic if not any(_hangs_on(one.keys, other) for other in mended)]


def _described(item: ErrorDetails, at: Keys, data: Mapping[str, Any]) -> FieldError:
    if item["type"] != UNKNOWN_LEVEL:
        return describe_error(item, Scenario, ())
    patient = data.get("patient")
    return describe_unknown_level(at, item["input"], patient if isinstance(patient, dict) else {})


class _Nothing:
    """Marks a key whose fault has been told."""


def _pruned(data: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: item for key, item in data.items() if item is not _Nothing}
    return {key: _pruned_value(item) for key, item in kept.items()}


def _pruned_value(value: Any) -> Any:
    if isinstance(value, dict):
        return _pruned(value)
    return [_pruned_value(item) for item in value] if isinstance(value, list) else value


def _mend(keys: Keys, *, missing: bool) -> dict[Keys, Any]:
    """What to put where a key is faulty: nothing, or, where it is missing, something that will do."""
    rows = next((place for place, key in enumerate(keys) if isinstance(key, int)), None)
    if rows is not None:
        field = field_at(Scenario, keys[:rows])
        if field is not None and row_section(field) is not None:
            return {keys[: rows + 1]: dict(_FILLED_ROWS[names(keys[:rows])])}
        keys = keys[:rows]
    elif missing:
        filling: Any = _FILLED
        for key in keys:
            filling = filling.get(key) if isinstance(filling, Mapping) else None
        if filling is not None:
            return {keys: filling}
        keys = keys[:-1]
    return {keys: _Nothing} if keys else {}


def _hangs_on(keys: Keys, mended: Keys) -> bool:
    """Whether a fault of meaning at some keys may come of what was filled in elsewhere."""
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


def _misplaced(distribution: Distribution, field: FieldInfo, keys: Keys) -> FieldError | None:
    if isinstance(distribution, Choice):
        return None
    if not takes_any_number(field):
        return FieldError(keys, "this takes no range", draws_at(field))
    if takes_whole_numbers(field):
        whole = isinstance(distribution, Uniform) and all(end.is_integer() for end in distribution.uniform)
        return None if whole else FieldError(keys, "this takes whole numbers", "{ uniform = [1, 9] }")
    return None
