"""Error words: one of pydantic's errors in words, with the nearest valid name or range."""

from __future__ import annotations

import difflib
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from simulator.scenario.distributions import FORM, field_at, is_drawable, nested_section
from simulator.scenario.field_error import FieldError, Keys
from simulator.scenario.rubric_schema import OF_RUBRIC_1
from simulator.scenario.words import Offered

_TYPES = {
    "float_type": "a number",
    "int_type": "a whole number",
    "string_type": "words in quotes",
    "bool_type": "true or false",
    "list_type": "a list in [ ]",
    "model_type": "a table of keys",
    "model_attributes_type": "a table of keys",
}


def describe_error(item: ErrorDetails, model: type[BaseModel], above: Keys) -> FieldError:
    """One of pydantic's errors in words, with the nearest valid name or range."""
    within = tuple(part for part in item["loc"] if isinstance(part, str))
    keys = above + within
    kind, value = item["type"], item["input"]
    if kind == "extra_forbidden":
        if within[0] == "rubric" and within[-1] in OF_RUBRIC_1:
            return FieldError(
                keys, "this key is of rubric 1, which rubric 2 replaces", f"use {OF_RUBRIC_1[within[-1]]}"
            )
        names = _names(model, within[:-1])
        near = difflib.get_close_matches(within[-1], names, n=1)
        fix = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(names)}"
        return FieldError(keys, "unknown key", fix)
    if kind == "missing":
        field = field_at(model, within)
        words = f": {field.description}" if field is not None and field.description else ""
        return FieldError(keys, "this key is missing", f"add it{words}")
    if kind == "value_error":
        what, _, fix = item["msg"].removeprefix("Value error, ").partition(": ")
        return FieldError(keys, what, fix or "mend the value")
    if kind == "literal_error":
        options = _options(model, within)
        near = difflib.get_close_matches(str(value), options, n=1)
        fix = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(options)}"
        return FieldError(keys, f"{_shown(value)} is not offered", fix)
    limits = _limits(model, within)
    if kind in _TYPES:
        what = f"this takes {_TYPES[kind]}, not {_shown(value)}"
        names = _names(model, within)
        fix = f"its keys: {', '.join(names)}" if names else limits or _form(model, within)
        return FieldError(keys, what, fix)
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        return FieldError(keys, f"{_shown(value)} is out of range", limits or item["msg"])
    if kind == "finite_number":
        return FieldError(keys, f"{_shown(value)} is no number", limits or "write a number")
    return FieldError(keys, f"{item['msg']}, not {_shown(value)}", "mend the value")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _names(model: type[BaseModel], keys: Keys) -> list[str]:
    field = field_at(model, keys) if keys else None
    section = model if not keys else nested_section(field) if field is not None else None
    return [] if section is None else list(section.model_fields)


def _field_in_rows(model: type[BaseModel], keys: Keys) -> FieldInfo | None:
    """The field of a dotted key, also within a row of a list of tables."""
    field = field_at(model, keys)
    table = field_at(model, keys[:1]) if field is None and len(keys) == 2 else None
    rows = [] if table is None else [row for row in get_args(table.annotation) if isinstance(row, type)]
    within = [row.model_fields.get(keys[1]) for row in rows if issubclass(row, BaseModel)]
    return next((found for found in within if found is not None), field)


def _options(model: type[BaseModel], keys: Keys) -> list[str]:
    """What a key may be, or what the members of its list may be."""

    def leaves(annotation: Any) -> list[str]:
        offered = [part for part in get_args(annotation) if isinstance(part, Offered)]
        if offered:
            return [str(word) for word in offered[0].words]
        inner = [arg for arg in get_args(annotation) if arg is not type(None)]
        return [x for arg in inner for x in leaves(arg)] if inner else [str(annotation)]

    field = _field_in_rows(model, keys)
    if field is None:
        return []
    offered = [part for part in field.metadata if isinstance(part, Offered)]
    return [str(word) for word in offered[0].words] if offered else leaves(field.annotation)


def _limits(model: type[BaseModel], keys: Keys) -> str:
    """The range of a number in words; empty where there is none."""
    field = _field_in_rows(model, keys)
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
