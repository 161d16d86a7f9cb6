"""Field error: one fault of a scenario's tables, at a key, with the fix."""

from __future__ import annotations

from dataclasses import dataclass

Keys = tuple[str, ...]
"""Names of nested tables and of the key in the last of them."""


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
