"""Level names: the door at which a command's levels, sides and other words become types.

Whoever writes a command may name a level or a side by a type or by a plain text. The engine and the reader of scripts
pass every command through `with_typed_names` before they do anything else. A text that names nothing stays a text; the
engine refuses it in words that name what there is.
"""

from __future__ import annotations

import types
import typing
from dataclasses import replace
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from simulator.interface.commands import Command
from simulator.vocabulary.levels import Interspace, Level, Vertebra
from simulator.vocabulary.needles import NeedleKind

_LEVELS: dict[str, Level] = {str(level): level for level in (*Vertebra, *Interspace)}
_NEEDLES: dict[str, NeedleKind] = {str(kind): kind for kind in NeedleKind}

_C = TypeVar("_C", bound=Command)


def with_typed_names(command: _C) -> _C:
    """The same command with its levels, sides and other words as types; what names none of them stays as it is."""
    changes: dict[str, Any] = {}
    level, levels, needle = (getattr(command, name, None) for name in ("level", "levels", "needle"))
    if isinstance(level, str):
        changes["level"] = _LEVELS.get(level, level)
    if isinstance(needle, str):
        changes["needle"] = _NEEDLES.get(needle, needle)
    if isinstance(levels, tuple):
        changes["levels"] = tuple(_LEVELS.get(one, one) if isinstance(one, str) else one for one in levels)
    kind: type = type(command)
    for name, words in _words_by_field(kind).items():
        value = getattr(command, name)
        if isinstance(value, str):
            changes[name] = words.get(value, value)
    return replace(command, **changes) if changes else command


@cache
def _words_by_field(kind: type) -> dict[str, dict[str, StrEnum]]:
    """Fields of a command that hold a word of a closed set, each with its words."""
    found: dict[str, dict[str, StrEnum]] = {}
    for name, hint in typing.get_type_hints(kind).items():
        options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
        for option in options:
            if isinstance(option, type) and issubclass(option, StrEnum):
                found[name] = {str(word): word for word in option}
    return found
