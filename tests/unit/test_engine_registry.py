"""Registry of handlers: every command has exactly one."""

from __future__ import annotations

import typing

import pytest

import simulator.engine.advance  # noqa: F401  registers all handlers
from simulator.engine.case_context import CaseContext
from simulator.engine.registry import Result, handled_commands, handles
from simulator.engine.state import ProcedureState
from simulator.interface import commands as c
from simulator.interface import older_commands


def test_every_command_has_a_handler() -> None:
    assert handled_commands() == {*typing.get_args(c.Command), older_commands.AcquireScout}


def test_a_second_handler_of_a_command_is_refused() -> None:
    def again(world: CaseContext, state: ProcedureState, command: c.Wait) -> Result:
        return state, []

    with pytest.raises(ValueError, match="Wait has a handler already"):
        handles(c.Wait)(again)
