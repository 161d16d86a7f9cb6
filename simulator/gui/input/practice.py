"""Practice: back to an earlier press, in a session of its own that is marked as assisted."""

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
    if number is None or context.session.branch is None or context.doors.practise is None:
        return
    ordinal = [one.number for one in context.perceived.history.presses].index(number) + 1
    context.doors.practise(context.session.branch(commands_to_press(context.session.done, ordinal)))


def commands_to_press(done: Sequence[DoneCommand], ordinal: int) -> tuple[Command, ...]:
    """The commands up to the one that made a press, counted from 1; a pedal that was held comes up again."""
    end = next((index for index, one in enumerate(done) if one.presses >= ordinal), len(done) - 1)
    kept = tuple(one.command for one in done[: end + 1])
    return (*kept, c.ReleasePedal()) if done and done[end].pedal_down else kept


def command_after_press(done: Sequence[DoneCommand], ordinal: int) -> int | None:
    """Number, from 1, of the first command after a press (from 1) that is no look at it; None where none follows."""
    made = next((index for index, one in enumerate(done) if one.presses >= ordinal), len(done))
    after = (index for index in range(made + 1, len(done)) if not isinstance(done[index].command, c.LookAt))
    return next((index + 1 for index in after), None)
