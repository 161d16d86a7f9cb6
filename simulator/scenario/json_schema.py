"""JSON Schema of a scenario file, for completion and hints in editors; made from the one form, and committed.

Some editors read draft 7 and no later draft, whatever a schema calls itself, and leave out without a word what they
do not know. So it is draft 7, without the keywords that came later and with nothing beside a `$ref`. A value or its
draw is one schema of two types, whose keywords each hold for one of them: branches of an `anyOf` would each tell a
fault.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from simulator.scenario.course_schema import Course
from simulator.scenario.error_words import NEVER_DRAWN
from simulator.scenario.field_error import Keys
from simulator.scenario.form_fields import (
    field_at,
    is_drawable,
    levels_of,
    nested_section,
    offered_by,
    row_section,
    takes_any_number,
    takes_whole_numbers,
)
from simulator.scenario.inheritance import OWN_TABLES
from simulator.scenario.schema import Scenario

SCHEMA_FILE = "scenario.schema.json"
COURSE_SCHEMA_FILE = "course.schema.json"
DRAFT = "http://json-schema.org/draft-07/schema#"
LATER_KEYWORDS = (
    "prefixItems", "unevaluatedProperties", "unevaluatedItems", "dependentRequired", "dependentSchemas", "minContains",
    "maxContains", "$dynamicRef", "$anchor",
)  # fmt: skip
"""Keywords that draft 7 has not, and that its readers therefore leave out."""

_CONDITIONS = ("if", "then", "else", "not", "oneOf", "anyOf")
_NO_VALUE = {"not": {}, "description": "unknown key"}
_ABOUT = ("description", "default", "unit", "title")  # the rest of an entry is its shape
_Entry = dict[str, Any]


def schema_text() -> str:
    """The schema as the text of a file."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def json_schema() -> _Entry:
    """JSON Schema of a file: keys that `extends` may supply are not required; a range may stand for a number."""
    schema = form_schema(Scenario)
    del schema["required"]
    for name in _joined(Scenario):
        schema["$defs"][name].pop("required", None)  # a file that extends another changes what it names, and no more
    schema["if"] = {"required": ["extends"]}
    schema["else"] = _whole(Scenario)
    return {"$schema": DRAFT, **_quiet(schema)}


def course_schema_text() -> str:
    """The schema of course files as the text of a file."""
    schema = {"$schema": DRAFT, **_quiet(form_schema(Course))}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def form_schema(model: type[BaseModel]) -> _Entry:
    """Draft 7 of a form, with its draws, its words and its levels; TOML has no null."""
    schema = model.model_json_schema()
    schema.setdefault("$defs", {})
    _walk(model, schema, schema["$defs"], (), set())
    return schema


def _quiet(part: Any, *, whole: bool = True) -> Any:
    """A schema that tells an unknown key once, at the key, and no condition as if it were a whole table.

    A table that may hold no more keys is told at the table and at everything in it; a key that may have no value, at
    that key. A condition on a table is no list of its keys, which strict readers must be told.

    Args:
        whole: whether the part is a table with all its keys, and no condition on one
    """
    if isinstance(part, list):
        return [_quiet(item, whole=whole) for item in part]
    if not isinstance(part, dict):
        return part
    made: _Entry = {}
    for key, item in part.items():
        if key in ("properties", "$defs"):
            made[key] = {name: _quiet(entry, whole=whole) for name, entry in item.items()}
        elif key in _CONDITIONS:
            made[key] = _quiet(item, whole=False)
        else:
            made[key] = _quiet(item) if key in ("items", "allOf") else item
    if made.get("additionalProperties") is False:
        made["additionalProperties"] = dict(_NO_VALUE)
    on_table = "required" in made or "properties" in made or made.get("type") == "object" or "propertyNames" in made
    on_table = on_table or bool({"not", "oneOf", "anyOf", "allOf"} & made.keys())
    if not whole and on_table and "additionalProperties" not in made:
        made["additionalProperties"] = True
    return made


def _whole(model: type[BaseModel]) -> _Entry:
    """What a file must hold that extends no other: its required keys, and those of the tables that may be joined."""
    required = [name for name, field in model.model_fields.items() if field.is_required()]
    inner = {
        name: _whole(section)
        for name, field in model.model_fields.items()
        if name not in OWN_TABLES and (section := nested_section(field)) is not None
    }
    inner = {name: entry for name, entry in inner.items() if entry}
    return {**({"required": required} if required else {}), **({"properties": inner} if inner else {})}


def _joined(model: type[BaseModel]) -> set[str]:
    """Names of the tables that are joined with those of what a file extends; rows of lists replace them instead."""
    fields = {name: field for name, field in model.model_fields.items() if name not in OWN_TABLES}
    inner = [section for field in fields.values() if (section := nested_section(field)) is not None]
    return {section.__name__ for section in inner}.union(*(_joined(section) for section in inner))


def _walk(model: type[BaseModel], table: _Entry, definitions: _Entry, above: Keys, done: set[str]) -> None:
    """Every entry of a table as draft 7 has it, and those of the tables and rows in it."""
    for name, entry in table["properties"].items():
        keys = (*above, name)
        entry.pop("title", None)
        options = [option for option in entry.pop("anyOf", []) if option != {"type": "null"}]
        if entry.get("default", ...) is None:
            entry.pop("default")
        own = entry.pop("enum", None)
        if not options:
            options = [{part: entry.pop(part) for part in list(entry) if part not in _ABOUT}]
        alternatives = [option for option in options if "$ref" not in option and "type" not in option]
        shape = next((option for option in options if option not in alternatives), options[0])
        if own is not None:
            shape = {**shape, "enum": own}
        if alternatives and shape not in alternatives:
            shape = {**shape, "anyOf": alternatives}
        inner = _referred(shape)
        row = _referred(shape.get("items", {}))
        for ref in (inner, row):
            if ref and ref not in done:
                done.add(ref)
                definitions[ref].pop("title", None)
                _walk(model, definitions[ref], definitions, keys, done)
        drawn = not inner and not row and _is_drawn(model, keys)
        entry.update(_with_draws(model, keys, shape) if drawn else _alone(shape))


def _referred(shape: _Entry) -> str:
    """The definition that a shape is, by name; empty where it is none."""
    return str(shape.get("$ref", "")).removeprefix("#/$defs/")


def _alone(shape: _Entry) -> _Entry:
    """A shape beside which a description may stand: a reference in a list of its own."""
    return {"allOf": [shape]} if "$ref" in shape else shape


def _is_drawn(model: type[BaseModel], keys: Keys) -> bool:
    field = field_at(model, keys)
    above = [field_at(model, keys[:length]) for length in range(1, len(keys))]
    in_rows = any(one is not None and row_section(one) is not None for one in above)
    return model is Scenario and field is not None and is_drawable(field) and keys[0] not in NEVER_DRAWN and not in_rows


def _with_draws(model: type[BaseModel], keys: Keys, shape: _Entry) -> _Entry:
    """A value, or a table that says how each seed draws it, each draw held to what the value is held to."""
    field = field_at(model, keys)
    assert field is not None
    choices: _Entry = {"type": "array", "items": shape, "minItems": 1, "description": "values, all alike probable"}
    kinds: _Entry = {"choice": choices}
    if takes_any_number(field) and not offered_by(field) and not levels_of(field):
        ends = {**shape, "type": "integer" if takes_whole_numbers(field) else "number"}
        kinds["uniform"] = {
            "type": "array", "items": ends, "minItems": 2, "maxItems": 2, "description": "lower and upper end",
        }  # fmt: skip
        if not takes_whole_numbers(field):
            kinds["normal"] = _normal(shape)
    value = dict(shape)
    few = value.pop("enum", None)
    return {
        **value,
        "type": [value["type"], "object"],
        **({} if few is None else {"anyOf": [{"enum": few}, {"type": "object", "additionalProperties": True}]}),
        "properties": kinds,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }


def _normal(shape: _Entry) -> _Entry:
    """A truncated normal distribution whose ends lie in the value's range."""
    bounds = {part: item for part, item in shape.items() if part in ("minimum", "maximum")}
    about = {
        "mean": "before the distribution is cut off",
        "sd": "standard deviation before it is cut off",
        "min": "lower end, where it is cut off",
        "max": "upper end, where it is cut off",
    }
    properties: _Entry = {key: {"type": "number", "description": words} for key, words in about.items()}
    properties["sd"]["exclusiveMinimum"] = 0
    for key in ("mean", "min", "max"):
        properties[key] |= bounds
    return {
        "type": "object",
        "properties": properties,
        "required": list(about),
        "additionalProperties": False,
        "description": "mean, standard deviation and the two ends",
    }
