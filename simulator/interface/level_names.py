"""Level names: the door at which a command's levels and sides become types.

Whoever writes a command may name a level by a type or by a plain text. The engine and the reader of scripts pass every
command through `with_typed_names` before they do anything else. A text that names no level stays a text; the engine
refuses it in words that name the levels of the patient.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from simulator.interface.commands import Command, MarkLeak, PlaceNeedle, PlanPath
from simulator.vocabulary.anatomy import Laterality, Side
from simulator.vocabulary.levels import Interspace, Level, Vertebra

_LEVELS: dict[str, Level] = {str(level): level for level in (*Vertebra, *Interspace)}
_SIDES: dict[str, Side] = {str(side): side for side in Side}
_LATERALITIES: dict[str, Laterality] = {str(side): side for side in Laterality}

_C = TypeVar("_C", bound=Command)


def with_typed_names(command: _C) -> _C:
    """The same command with its levels and sides as types; what names none of them stays as it is."""
    changes: dict[str, Any] = {}
    level, levels = getattr(command, "level", None), getattr(command, "levels", None)
    if isinstance(level, str):
        changes["level"] = _LEVELS.get(level, level)
    if isinstance(levels, tuple):
        changes["levels"] = tuple(_LEVELS.get(one, one) if isinstance(one, str) else one for one in levels)
    if isinstance(command, PlaceNeedle | PlanPath) and isinstance(command.side, str):
        changes["side"] = _SIDES.get(command.side, command.side)
    if isinstance(command, MarkLeak) and isinstance(command.side, str):
        changes["side"] = _LATERALITIES.get(command.side, command.side)
    return replace(command, **changes) if changes else command
