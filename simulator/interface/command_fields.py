"""Command fields: numbers of a command that must be finite and lie within bounds, with their unit."""

from __future__ import annotations

from dataclasses import field
from typing import Any


def within(low: float, high: float, unit: str, default: Any = ...) -> Any:
    """A number that must be finite and lie in [low, high]."""
    metadata = {"low": low, "high": high, "unit": unit}
    return field(metadata=metadata) if default is ... else field(default=default, metadata=metadata)
