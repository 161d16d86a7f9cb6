"""Codec: commands and events as JSON lines, checked when they are read back."""

from __future__ import annotations

import difflib
import json
import typing
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from simulator.engine import events
from simulator.errors import UserInputError
from simulator.interface import commands
from simulator.interface.commands import Command
from simulator.interface.level_names import with_typed_names
from simulator.records.strict_json import parse_json

LONGEST_LINE = 100_000
SHOWN = 60  # characters of a wrong name that a message repeats

_COMMANDS: dict[str, type] = {kind.__name__: kind for kind in typing.get_args(commands.Command)}
_EVENTS: dict[str, type] = {
    kind.__name__: kind
    for kind in vars(events).values()
    if isinstance(kind, type) and issubclass(kind, events.Event) and kind is not events.Event
}


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _decode(kinds: dict[str, type], tag: str, data: Any, location: str) -> Any:
    if not isinstance(data, dict) or not isinstance(data.get(tag), str):
        raise UserInputError(location, f'this is not a JSON object with "{tag}"', f"one {tag} a line")
    name = data[tag]
    if name not in kinds:
        near = difflib.get_close_matches(name[:SHOWN], kinds, n=1)
        fix = f"did you mean {near[0]}?" if near else f"known: {', '.join(kinds)}"
        raise UserInputError(location, f"unknown {tag} {name[:SHOWN]!r}", fix)
    kind = kinds[name]
    body = {key: value for key, value in data.items() if key != tag}
    known = [item.name for item in fields(kind)]
    for key in body:
        if key not in known:
            near = difflib.get_close_matches(key[:SHOWN], known, n=1)
            fix = f"did you mean {near[0]!r}?" if near else f"fields of {name}: {', '.join(known) or 'none'}"
            raise UserInputError(location, f"{name} has no field {key[:SHOWN]!r}", fix)
    try:
        return _adapter(kind).validate_json(json.dumps(body), strict=True)
    except ValidationError as error:
        item = error.errors()[0]
        dotted = ".".join([name, *(str(part) for part in item["loc"])])
        raise UserInputError(location, f"{dotted}: {item['msg']}", "correct the value") from error


def command_from(data: Any, location: str) -> Command:
    """A command from plain JSON types; UserInputError names the place and what is wrong."""
    return with_typed_names(typing.cast(Command, _decode(_COMMANDS, "command", data, location)))


def event_from(data: Any, location: str) -> events.Event:
    """An event from plain JSON types; UserInputError names the place and what is wrong."""
    return typing.cast(events.Event, _decode(_EVENTS, "event", data, location))


def read_script(path: Path, text: str) -> list[Command]:
    """Commands of a script: JSON lines, blank lines and lines that begin with # left out."""
    found: list[Command] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        location = f"{path}:{number}"
        if len(line) > LONGEST_LINE:
            raise UserInputError(location, "the line is too long for a command", "one command a line")
        found.append(command_from(parse_json(line, location), location))
    if not found:
        raise UserInputError(str(path), "there is no command in this file", "one JSON object a line")
    return found
