"""Practice: back to an earlier press or any command, in a session of its own that is marked as assisted."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.session_state import DoneCommand
from simulator.gui.input.tile_tools import TileTools
from simulator.interface import commands as c
from simulator.interface.commands import Command


def press_to_branch_from(context: AppContext, tiles: TileTools) -> int | None:
    """Number of the press that is shown where an older one is; else of the one before the last."""
    made = context.perceived.history.presses
    if context.session.branch is None or context.doors.practise is None or len(made) < 2:
        return None
    return tiles.number if tiles.looks_back else made[-2].number


def practise_from(context: AppContext, number: int | None) -> None:
    """Open a session that stands where this one stood after a press."""
    if number is not None:
        ordinal = [one.number for one in context.perceived.history.presses].index(number) + 1
        _branch(context, commands_to_press(context.session.done, ordinal))


def practise_after(context: AppContext, index: int) -> None:
    """Open a session that stands where this one stood after a command; -1 is before the first."""
    _branch(context, commands_up_to(context.session.done, index))


def _branch(context: AppContext, commands: tuple[Command, ...]) -> None:
    if context.session.branch is not None and context.doors.practise is not None:
        context.doors.practise(context.session.branch(commands))


def no_branch(context: AppContext) -> str | None:
    """Why nothing can be branched off this session."""
    if context.perceived.examined:
        return "An examination has neither help nor practice"
    if context.session.branch is None or context.doors.practise is None:
        return "There is no practice here"
    return None if stops(context.session.done) else "Nothing has been done yet that could be gone back to"


def stops(done: Sequence[DoneCommand]) -> list[int]:
    """Indices of the commands to which one can go back: looks and what was refused changed nothing."""
    return [k for k, one in enumerate(done) if not one.refused and not isinstance(one.command, c.LookAt | c.Finish)]


def commands_up_to(done: Sequence[DoneCommand], end: int) -> tuple[Command, ...]:
    """The commands up to one of them, by its index; a pedal that was held then comes up again."""
    kept = tuple(one.command for one in done[: end + 1])
    return (*kept, c.ReleasePedal()) if kept and done[end].pedal_down else kept


def commands_to_press(done: Sequence[DoneCommand], ordinal: int) -> tuple[Command, ...]:
    """The commands up to the one that made a press, counted from 1; a pedal that was held comes up again."""
    end = next((index for index, one in enumerate(done) if one.presses >= ordinal), len(done) - 1)
    return commands_up_to(done, end)


def command_after_press(done: Sequence[DoneCommand], ordinal: int) -> int | None:
    """Number, from 1, of the first command after a press (from 1) that is no look at it; None where none follows."""
    made = next((index for index, one in enumerate(done) if one.presses >= ordinal), len(done))
    after = (index for index in range(made + 1, len(done)) if not isinstance(done[index].command, c.LookAt))
    return next((index + 1 for index in after), None)
