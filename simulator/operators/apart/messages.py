"""Messages: what passes between an operator's process and ours, each a length of four bytes and JSON.

To the operator: Views, and images' forms. From it: that it is ready, commands, wishes for images, its fault.
"""

from __future__ import annotations

import json
import os
import typing
from dataclasses import fields
from typing import Any

from simulator.interface.commands import Command
from simulator.interface.image_archive import ImageArchive
from simulator.interface.view import View
from simulator.operators.apart.typed_json import MistypedError, from_plain, hints_of, to_plain

LENGTH_BYTES = 4
LONGEST_ANSWER = 1_000_000  # bytes that a command or a wish for images may have; far more than any needs
LONGEST_VIEW = 100_000_000

_COMMANDS: dict[str, type] = {kind.__name__: kind for kind in typing.get_args(Command)}
_VIEW_FIELDS = tuple(item.name for item in fields(View) if item.name != "images")


def pack(message: dict[str, Any]) -> bytes:
    """A message as bytes with its length before it."""
    body = json.dumps(message, separators=(",", ":")).encode()
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def unpack(body: bytes) -> dict[str, Any]:
    """A message from its bytes; MistypedError where they are none."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MistypedError(f"an answer is no JSON ({error})"[:200]) from error
    if not isinstance(message, dict):
        raise MistypedError("an answer is no JSON object")
    return message


def read_body(descriptor: int, longest: int) -> bytes | None:
    """The next message's bytes from a pipe; None at its end, MistypedError where it is longer than may be."""
    head = _read_exactly(descriptor, LENGTH_BYTES)
    if head is None:
        return None
    length = int.from_bytes(head, "big")
    if length > longest:
        raise MistypedError(f"an answer of {length} bytes")
    return _read_exactly(descriptor, length)


def _read_exactly(descriptor: int, count: int) -> bytes | None:
    parts: list[bytes] = []
    while count:
        part = os.read(descriptor, min(count, 1 << 20))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def view_to_plain(view: View | None) -> Any:
    """A View as plain JSON types, without its archive, which stays on the side where images are made."""
    return None if view is None else {name: to_plain(getattr(view, name)) for name in _VIEW_FIELDS}


def view_from_plain(data: Any) -> View | None:
    """A View from plain JSON types; its archive asks whoever is connected in this process."""
    if data is None:
        return None
    hints = hints_of(View)
    return View(images=ImageArchive(""), **{name: from_plain(hints[name], data[name]) for name in _VIEW_FIELDS})


def command_to_plain(command: Command) -> dict[str, Any]:
    """A command as plain JSON types: its name and its fields."""
    return {"command": type(command).__name__, "fields": to_plain(command)}


def command_from_plain(message: dict[str, Any]) -> Command:
    """A command from plain JSON types; MistypedError where they make none."""
    kind = _COMMANDS.get(str(message.get("command"))[:60])
    if kind is None:
        raise MistypedError(f"there is no command {str(message.get('command'))[:60]!r}")
    return typing.cast(Command, from_plain(kind, message.get("fields")))
