"""Command check: whether what a user's program gives is a command whose fields have the types that the engine takes."""

from __future__ import annotations

import types
import typing
from dataclasses import fields
from enum import StrEnum
from typing import Any, TypeGuard

from simulator.interface.commands import Command
from simulator.spatial.frames import TablePoint

_COMMANDS: tuple[type, ...] = typing.get_args(Command)


def is_command(value: object) -> TypeGuard[Command]:
    """Whether a value is of one of the commands' own types."""
    return type(value) in _COMMANDS


def mistyped_field(command: Command) -> str | None:
    """The first field whose type the engine cannot take, in words, or None; ranges are the engine's business."""
    hints = typing.get_type_hints(type(command))
    for item in fields(command):
        value = getattr(command, item.name)
        if not _fits(value, hints[item.name]):
            return f"{item.name} = {value!r}"[:120]
    return None


def _fits(value: object, hint: Any) -> bool:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return isinstance(value, str) and value in inner
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, one) for one in inner)
    if isinstance(hint, type) and issubclass(hint, TablePoint):  # a plain tuple does as well
        origin, inner = tuple, tuple(typing.get_type_hints(hint).values())
    if origin is tuple and len(inner) == 2 and inner[1] is Ellipsis:
        return isinstance(value, tuple) and all(_fits(one, inner[0]) for one in value)
    if origin is tuple:
        return isinstance(value, tuple) and len(value) == len(inner) and all(map(_fits, value, inner))
    if isinstance(hint, type) and issubclass(hint, StrEnum):  # its plain text does as well
        return isinstance(value, str) and value in {str(word) for word in hint}
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint)
