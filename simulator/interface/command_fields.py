"""Command fields: numbers of a command that must be finite and lie within bounds, with their unit; later additions."""

from __future__ import annotations

from dataclasses import field, fields
from typing import Any

_ADDED = "left out while None"


def within(low: float, high: float, unit: str, default: Any = ...) -> Any:
    """A number that must be finite and lie in [low, high]."""
    metadata = {"low": low, "high": high, "unit": unit}
    return field(metadata=metadata) if default is ... else field(default=default, metadata=metadata)


def left_out_while_none() -> Any:
    """A field that a command gained later: it stands in no record while it is None, as in those from before."""
    return field(default=None, metadata={_ADDED: True})


def left_out_while_default(default: Any) -> Any:
    """A field of settings that came later: it stands in no record while it is what everything was before."""
    return field(default=default, metadata={_ADDED: True})


def part_done() -> Any:
    """The part of a scan that was carried out before it was stopped; None for all of it."""
    return field(default=None, metadata={"low": 0.01, "high": 1.0, "unit": "", _ADDED: True})


def later_fields(command: object) -> tuple[str, ...]:
    """Names of the fields of a command, or of settings, that a record leaves out as they are."""
    found = fields(command)  # type: ignore[arg-type]
    return tuple(
        item.name for item in found if item.metadata.get(_ADDED) and getattr(command, item.name) == item.default
    )
