"""Registry: which function carries out which command. A handler is registered where it is written, by `handles`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from simulator.engine.case_context import CaseContext
from simulator.engine.event import Event
from simulator.engine.state import ProcedureState
from simulator.interface.commands import Command

Result = tuple[ProcedureState, list[Event]]
"""State after a command, and what happened, in order."""

_C = TypeVar("_C")
HandlerOf = Callable[[CaseContext, ProcedureState, _C], Result]
"""What carries out commands of one kind."""

Handler = Callable[[CaseContext, ProcedureState, Any], Result]
_HANDLERS: dict[type, Handler] = {}


def handles(kind: type[_C]) -> Callable[[HandlerOf[_C]], HandlerOf[_C]]:
    """Register a function as what carries out commands of this kind.

    Raises:
        ValueError: the kind has a handler already.
    """

    def register(handler: HandlerOf[_C]) -> HandlerOf[_C]:
        if kind in _HANDLERS:
            raise ValueError(f"{kind.__name__} has a handler already: {_HANDLERS[kind]}")
        _HANDLERS[kind] = handler
        return handler

    return register


def find_handler(command: Command) -> Handler:
    """The function that carries out a command."""
    return _HANDLERS[type(command)]


def handled_commands() -> frozenset[type]:
    """Kinds of command that have a handler."""
    return frozenset(_HANDLERS)
