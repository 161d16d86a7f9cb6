"""JSON Schema of a scenario file, for completion and hints in editors; made from the one form, and committed."""

from __future__ import annotations

import json
from typing import Any

from simulator.scenario.distributions import MODELS, field_at, is_drawable, takes_any_number
from simulator.scenario.schema import Scenario
from simulator.scenario.validation_errors import NEVER_DRAWN

SCHEMA_FILE = "scenario.schema.json"
_ABOUT = ("description", "default", "unit")  # the rest of an entry is its shape


def schema_text() -> str:
    """The schema as the text of a file."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def json_schema() -> dict[str, Any]:
    """JSON Schema of a file: keys that `extends` may supply are not required; a range may stand for a number."""
    schema = Scenario.model_json_schema()
    definitions: dict[str, Any] = schema["$defs"]
    for definition in definitions.values():
        definition.pop("required", None)  # a file that extends another changes what it names, and no more
    for model in MODELS.values():
        drawn = model.model_json_schema()
        definitions.update(drawn.pop("$defs", {}))
        definitions[model.__name__] = drawn
    _allow_draws(schema, definitions, ())
    required = schema.pop("required")
    schema["anyOf"] = [{"required": ["extends"]}, {"required": required}]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _allow_draws(table: dict[str, Any], definitions: dict[str, Any], above: tuple[str, ...]) -> None:
    """Let every number and word of a table be drawn, and those of the tables in it; TOML has no null."""
    for name, entry in table["properties"].items():
        keys = (*above, name)
        entry.pop("title", None)
        options = [option for option in entry.pop("anyOf", []) if option != {"type": "null"}]
        if entry.get("default", ...) is None:
            entry.pop("default")
        if not options:
            options = [{part: entry.pop(part) for part in list(entry) if part not in _ABOUT}]
        inner = options[0].get("$ref", "").removeprefix("#/$defs/")
        field = field_at(Scenario, keys)
        if inner:
            _allow_draws(definitions[inner], definitions, keys)
        elif field is not None and is_drawable(field) and keys[0] not in NEVER_DRAWN:
            kinds = ("Uniform", "Normal", "Choice") if takes_any_number(field) else ("Choice",)
            options = [*options, *({"$ref": f"#/$defs/{kind}"} for kind in kinds)]
        row = options[0].get("items", {}).get("$ref", "").removeprefix("#/$defs/")
        if row:
            _without_null(definitions[row])
        entry.update({"anyOf": options} if len(options) > 1 else options[0])


def _without_null(table: dict[str, Any]) -> None:
    """A row of a list of tables: nothing in it is drawn, and TOML has no null."""
    for entry in table["properties"].values():
        entry.pop("title", None)
        options = [option for option in entry.pop("anyOf", []) if option != {"type": "null"}]
        if entry.get("default", ...) is None:
            entry.pop("default")
        if options:
            entry.update(options[0])
