"""Command fields: numbers of a command that must be finite and lie within bounds, with their unit; later additions.

Events have later additions too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from types import MappingProxyType
from typing import Any

_ADDED = "left out while None"
ADDED_LATER: Mapping[str, bool] = MappingProxyType({_ADDED: True})
"""Metadata of a field that commands or events gained later: it stands in no record while it is None."""


def within(low: float, high: float, unit: str, default: Any = ...) -> Any:
    """A number that must be finite and lie in [low, high]."""
    metadata = {"low": low, "high": high, "unit": unit}
    return field(metadata=metadata) if default is ... else field(default=default, metadata=metadata)


def left_out_while_none() -> Any:
    """A field that a command gained later: it stands in no record while it is None, as in those from before."""
    return field(default=None, metadata=ADDED_LATER)


def left_out_while_default(default: Any) -> Any:
    """A field of settings that came later: it stands in no record while it is what everything was before."""
    return field(default=default, metadata={_ADDED: True})


def part_done() -> Any:
    """The part of a scan that was carried out before it was stopped; None for all of it."""
    return field(default=None, metadata={"low": 0.01, "high": 1.0, "unit": "", _ADDED: True})


def has_later_fields(kind: type) -> bool:
    """Whether a kind of command, event or settings has fields that came later."""
    return any(item.metadata.get(_ADDED) for item in fields(kind))


def later_fields(thing: object) -> tuple[str, ...]:
    """Names of the fields of a command, an event, or settings, that a record leaves out as they are."""
    found = fields(thing)  # type: ignore[arg-type]
    return tuple(item.name for item in found if item.metadata.get(_ADDED) and getattr(thing, item.name) == item.default)
