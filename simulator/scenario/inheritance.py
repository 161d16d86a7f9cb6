"""Inheritance: a scenario file and what it extends, as one set of tables; each key knows the line that it stands on."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from simulator.errors import UserInputError
from simulator.scenario.field_error import Keys
from simulator.scenario.form_fields import field_at, nested_section
from simulator.scenario.schema import Scenario
from simulator.scenario.shipped import scenario_folder, shipped_scenario_path, shipped_scenarios
from simulator.scenario.toml_source import TomlSource, is_file, read_dateless_source


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """A file and those that it extends, the nearest first."""

    sources: tuple[TomlSource, ...]
    data: dict[str, Any]

    def location(self, keys: Keys) -> str:
        """File and line of a key, or of the table in which it should stand.

        What is joined is looked for in all files; a value or list, which replaces the whole of what it extends, in the
        nearest that has it.
        """
        whole = next((k for k in range(1, len(keys) + 1) if not _is_joined(keys[:k])), len(keys))
        for length in range(len(keys), 0, -1):
            for source in self.sources:
                if source is not self.sources[0] and keys[0] in OWN_TABLES:
                    break
                if length > whole and keys[:whole] in source.lines and keys[:length] not in source.lines:
                    break
                if keys[:length] in source.lines:
                    return self._told(source, source.lines[keys[:length]])
        return f"{self.sources[0].path}:1"

    def _told(self, source: TomlSource, line: int) -> str:
        """Where a key stands; of what ships, which no author edits, also where it is taken over from."""
        ships = scenario_folder()
        own = [one for one in self.sources if not one.path.is_relative_to(ships)]
        if source in own or not own:
            return f"{source.path}:{line}"
        at = own[-1].lines.get(("extends",), 1)
        return f"{own[-1].path}:{at} (taken over from {source.path.name}:{line})"


OWN_TABLES = (
    "lesson", "briefing", "prebrief", "debrief", "question", "checklist", "stage", "exam", "path",
)  # fmt: skip
"""What a case does not take over from the one that it extends: goals and answers of another lesson are wrong here."""


def read_lineage(path: Path) -> Lineage:
    """Read a file and everything that it extends.

    Raises:
        UserInputError: a file cannot be read, extends what there is not, or extends itself by a detour.
    """
    sources = [read_dateless_source(path)]
    while "extends" in sources[-1].data:
        sources.append(read_dateless_source(_extended(sources)))
    data: dict[str, Any] = {}
    for source in reversed(sources):
        own = {key: item for key, item in data.items() if key not in OWN_TABLES}
        data = _merged(own, _moved(source, path), Scenario)
    data.pop("extends", None)
    return Lineage(sources=tuple(sources), data=data)


def _extended(sources: list[TomlSource]) -> Path:
    source = sources[-1]
    name = source.data["extends"]
    location = f"{source.path}:{source.lines.get(('extends',), 1)}: extends"
    known = shipped_scenarios()
    if not isinstance(name, str) or not name:
        raise UserInputError(location, "this takes one name or path in quotes", f'such as extends = "{known[0]}"')
    if name.endswith(".toml"):
        path = source.path.parent / name
        if not is_file(path):
            near = sorted(p.name for p in source.path.parent.glob("*.toml") if p != source.path)
            raise UserInputError(
                location, f"there is no file {name!r} beside it", f"files here: {', '.join(near) or 'none'}"
            )
    elif name in known:
        path = shipped_scenario_path(name)
    else:
        near = difflib.get_close_matches(name, known, n=1)
        fix = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}; a path ends in .toml"
        raise UserInputError(location, f"no scenario named {name!r} ships", fix)
    before = [other.path.resolve() for other in sources]
    if path.resolve() in before:
        circle = " -> ".join(p.name for p in [*before[before.index(path.resolve()) :], path])
        raise UserInputError(location, f"a scenario cannot extend itself: {circle}", "break the circle")
    return path


def _is_joined(keys: Keys) -> bool:
    """Whether what stands at a key is a table that is joined with the one that it extends."""
    field = field_at(Scenario, keys)
    return field is not None and nested_section(field) is not None


def _merged(base: dict[str, Any], above: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """Tables key by key; a value, a list or a distribution replaces what was there."""
    result = dict(base)
    for key, value in above.items():
        field = model.model_fields.get(key)
        section = None if field is None else nested_section(field)
        if section is not None and isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = _merged(result[key], value, section)
        else:
            result[key] = value
    patient, given = result.get("patient"), above.get("patient")
    if model is Scenario and isinstance(patient, dict) and isinstance(given, dict):
        if "ct" in given and "phantom" not in given:  # another patient altogether
            result["patient"] = given
        elif "phantom" in given and "ct" not in given:
            patient.pop("ct", None)
    return result


def _moved(source: TomlSource, top: Path) -> dict[str, Any]:
    """The file's tables, with a CT's folder as it is reached from the topmost file."""
    patient = source.data.get("patient")
    ct = patient.get("ct") if isinstance(patient, dict) else None
    if not isinstance(ct, str) or not is_file(source.path.parent / ct / "patient.toml"):
        return source.data
    there = os.path.relpath(source.path.parent / ct, top.parent)
    return {**source.data, "patient": {**source.data["patient"], "ct": there}}
