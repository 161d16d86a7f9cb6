"""Field error: one fault of a scenario's tables, at a key, with the fix."""

from __future__ import annotations

from dataclasses import dataclass

Keys = tuple[str | int, ...]
"""Names of nested tables and of the key in the last of them; a whole number is a row of a list, from 0."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault.

    Attributes:
        keys: of the field
        what: is wrong
        fix: what would be right
    """

    keys: Keys
    what: str
    fix: str


def names(keys: Keys) -> tuple[str, ...]:
    """The names of a key, without the numbers of rows."""
    return tuple(part for part in keys if isinstance(part, str))


def dotted(keys: Keys) -> str:
    """A key as a terminal can show it; the line says which row of a list is meant."""
    parts = (part if part.isprintable() else repr(part) for part in names(keys))
    return ".".join(part if len(part) <= 60 else f"{part[:57]}..." for part in parts)
