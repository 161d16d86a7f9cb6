"""Typed JSON: dataclasses of the interface as plain JSON types, and back by their type hints.

Nothing is made here but what the hints name, so that what comes out of another process can be no code.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache, partial
from typing import Any

Decoder = Callable[[Any], Any]
MAPPING = typing.get_origin(Mapping[str, str])


class MistypedError(ValueError):
    """Plain data do not have the form that a type asks for."""


def to_plain(value: Any) -> Any:
    """A value of dataclasses, mappings, tuples, texts and numbers as plain JSON types."""
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, tuple | list):
        return [to_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): to_plain(one) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {name: to_plain(getattr(value, name)) for name in _names(type(value))}
    raise MistypedError(f"{type(value).__name__} is no part of the interface")


def from_plain(hint: Any, data: Any) -> Any:
    """The value of a type from plain JSON types; MistypedError where they do not fit."""
    return _decoder(hint)(data)


@cache
def _decoder(hint: Any) -> Decoder:
    """What makes values of a type; found once for each type, since a View has a hundred of them."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Union or origin is types.UnionType:
        return partial(_any_of, inner)
    if origin is typing.Literal:
        return lambda data: _checked(data, data in inner, hint)
    if origin in (tuple, list):
        return partial(_sequence, inner)
    if origin in (dict, MAPPING):
        return partial(_mapping, *inner)
    if hint is None or hint is type(None):
        return lambda data: _checked(data, data is None, hint)
    return _plain_decoder(hint)


def _plain_decoder(hint: type) -> Decoder:
    if hint is float:
        return lambda data: _checked(data, type(data) in (int, float), hint)
    if hint in (bool, int, str):
        return lambda data: _checked(data, type(data) is hint, hint)
    if issubclass(hint, StrEnum):
        words = {member.value: member for member in hint}
        return lambda data: words[_checked(data, isinstance(data, str) and data in words, hint)]
    if issubclass(hint, tuple):  # a NamedTuple: a point with its frame
        hints = tuple(typing.get_type_hints(hint).values())
        return lambda data: hint(*_sequence(hints, data))
    if is_dataclass(hint):
        return partial(_dataclass, hint)
    raise MistypedError(f"{hint} is no part of the interface")


def _mapping(key_hint: Any, value_hint: Any, data: Any) -> dict[Any, Any]:
    items = _checked(data, isinstance(data, dict), dict).items()
    return {_key(key_hint, key): from_plain(value_hint, one) for key, one in items}


def _key(hint: Any, text: str) -> Any:
    """A key of a JSON object, which is always a text."""
    return from_plain(hint, int(text) if hint is int and text.isdigit() else text)


def _dataclass(hint: Any, data: Any) -> Any:
    hints = hints_of(hint)
    if not isinstance(data, dict) or not data.keys() <= hints.keys():
        raise MistypedError(f"these are no fields of {hint.__name__}: {str(data)[:80]}")
    try:
        return hint(**{name: from_plain(hints[name], one) for name, one in data.items()})
    except TypeError as error:
        raise MistypedError(str(error)) from error


def _any_of(hints: tuple[Any, ...], data: Any) -> Any:
    for hint in hints:
        try:
            return from_plain(hint, data)
        except MistypedError:
            continue
    raise MistypedError(f"{str(data)[:80]!r} fits none of {len(hints)} types")


def _sequence(hints: typing.Sequence[Any], data: Any) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise MistypedError(f"{str(data)[:80]!r} is no list")
    if len(hints) == 2 and hints[1] is Ellipsis:
        return tuple(from_plain(hints[0], one) for one in data)
    if len(hints) != len(data):
        raise MistypedError(f"{len(data)} values where {len(hints)} belong")
    return tuple(from_plain(hint, one) for hint, one in zip(hints, data, strict=True))


def _checked(data: Any, fits: bool, hint: Any) -> Any:
    if not fits:
        raise MistypedError(f"{str(data)[:80]!r} is no {getattr(hint, '__name__', hint)}")
    return data


@cache
def hints_of(kind: type) -> dict[str, Any]:
    """Type hints of a dataclass by field."""
    return typing.get_type_hints(kind)


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))
