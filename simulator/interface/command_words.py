"""Command words: a command as a reader says it, with what was given."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

from simulator.interface import commands as c

_SUFFIXES = (
    ("_ml_per_s", "mL/s"), ("_mm", "mm"), ("_deg", "°"), ("_ml", "mL"), ("_kv", "kV"),
    ("_ma", "mA"), ("_s", "s"), ("_hours", "h"),
)  # fmt: skip

_FARTHEST_MM = next(item.metadata["high"] for item in fields(c.Withdraw))
"""More than any needle is long: it is taken out."""


def command_name(command: c.Command) -> str:
    """A command's name as words, in small letters."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(command).__name__).lower()


def command_figures(command: c.Command) -> str:
    """What was given with a command as numbers with their units, without words; "" where there is none."""
    found = []
    for item in fields(command):
        value = getattr(command, item.name)
        unit = next((shown for suffix, shown in _SUFFIXES if item.name.endswith(suffix)), None)
        if unit is not None and isinstance(value, int | float) and value != 0:
            found.append(f"{_plain(value)}{'' if unit == '°' else ' '}{unit}")
    return ", ".join(found)


def command_words(command: c.Command) -> str:
    """A command's name and what was given with it."""
    given = given_words(command)
    return command_name(command).capitalize() + (": " + ", ".join(given) if given else "")


def given_words(command: c.Command) -> tuple[str, ...]:
    """What was given with a command, each with its name and unit; what is as it usually is is left out."""
    if isinstance(command, c.Withdraw) and command.distance_mm >= _FARTHEST_MM:
        return ("all the way",)
    given = []
    for item in fields(command):
        value = getattr(command, item.name)
        if value is None or (value == item.default and (not isinstance(value, float) or value == 0.0)):
            continue
        given.append(field_words(item.name, value))
    return tuple(given)


def field_words(name: str, value: Any) -> str:
    """What was given, its name and unit taken from the field's."""
    for suffix, shown in _SUFFIXES:
        if name.endswith(suffix):
            label = name.removesuffix(suffix).replace("_", " ")
            return f"{label} {_plain(value)}{'' if shown == '°' else ' '}{shown}"
    if name == "mas":
        return f"{_plain(value)} mAs"
    label = name.replace("_", " ")
    if isinstance(value, bool):
        return label if value else f"no {label}"
    return f"{label} {_plain(value)}"


def _plain(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "(" + ", ".join(_plain(item) for item in value) + ")"
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0").replace("-", "−")
    return str(value).replace("_", " ")
