"""Command ranges: whether the numbers of a command are finite and within what it can be asked for."""

from __future__ import annotations

from dataclasses import fields

from simulator.interface.commands import Command

GREATEST = 1e300  # beyond it whole numbers become no float


def out_of_range(command: Command) -> str | None:
    """The first number of a command that is not finite or out of its range, in words; None where all are well."""
    for item in fields(command):
        value = getattr(command, item.name)
        if isinstance(value, tuple):
            if any(isinstance(part, float | int) and not abs(part) < GREATEST for part in value):
                return f"{item.name} holds a number that is not finite"
            continue
        if "low" not in item.metadata or value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"{item.name} must be a number, not {value!r}"
        low, high, unit = item.metadata["low"], item.metadata["high"], item.metadata["unit"]
        if not low <= value <= high:  # true of no NaN
            shown = f"{value:g}" if isinstance(value, float) else f"{value}"[:20]
            return f"{item.name} is {shown}; it must lie between {low:g} and {high:g} {unit}"
    return None
