"""Action table of the second environment: all of the first, in its order, and what the first lacked.

What is added stands at the end, so that a command keeps its number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.spatial.frames import TablePoint
from simulator.strategies.actions import ACTIONS, Action, level_of, look_at_latest, scale_numbers
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.levels import Interspace
from simulator.vocabulary.procedure import Approach, NeedleHold, OperatorPosition

KILOVOLTS = (80, 100, 120, 140)
NUMBERS = 4
NEEDLES_TOLD = 4  # of the tray, that can be chosen by their places


def _chosen(place: int) -> Callable[[Sequence[float], Interspace], Command]:
    """A place on the tray, which the view names when the action is decoded."""
    return lambda numbers, level: c.ChooseNeedle(needle=str(place))


def _technique(kilovolt: int) -> Callable[[Sequence[float], Interspace], Command]:
    return lambda n, level: c.ChooseTechnique(tube_voltage_kv=kilovolt, tube_current_ma=n[0], rotation_s=n[1])


def _path(approach: Approach, side: Side) -> Callable[[Sequence[float], Interspace], Command]:
    """Entry and target by their x and depth, in the slice under the laser; the table position comes from the view."""
    return lambda n, level: c.PlanPath(
        approach=approach, side=side, entry_mm=TablePoint(n[0], n[1], 0.0), target_mm=TablePoint(n[2], n[3], 0.0)
    )


ADDED: tuple[Action, ...] = (
    *(
        Action(name=f"ChooseTechnique at {kv} kV", ranges=((5.0, 100.0), (0.4, 1.5)), make=_technique(kv))
        for kv in KILOVOLTS
    ),
    *(
        Action(name=f"ChooseNeedle, place {place + 1} of the tray", ranges=(), make=_chosen(place))
        for place in range(NEEDLES_TOLD)
    ),
    *(
        Action(name=f"StandAt, {place}", ranges=(), make=lambda n, level, place=place: c.StandAt(place=place))  # type: ignore[misc]
        for place in OperatorPosition
    ),
    *(
        Action(name=f"HoldNeedle, {hold}", ranges=(), make=lambda n, level, hold=hold: c.HoldNeedle(held_by=hold))  # type: ignore[misc]
        for hold in NeedleHold
    ),
    *(
        Action(
            name=f"PlanPath, {approach}, {side}",
            ranges=((-120.0, 120.0), (-150.0, 150.0), (-60.0, 60.0), (-150.0, 150.0)),
            make=_path(approach, side),
        )
        for approach in Approach
        for side in (Side.LEFT, Side.RIGHT)
    ),
)
TABLE: tuple[Action, ...] = (*ACTIONS, *ADDED)


def decode(kind: int, numbers: Sequence[float], view: View) -> Command:
    """The command of an action; numbers from -1 to 1 span the action's ranges, others are cut to that."""
    action = TABLE[kind]
    if action.looks:
        return look_at_latest(view)
    command = action.make(scale_numbers(action, numbers), level_of(view))
    if isinstance(command, c.ChooseNeedle):
        tray = view.case.needles
        return c.ChooseNeedle(needle=tray[min(int(command.needle), len(tray) - 1)])
    if isinstance(command, c.PlanPath):
        z = view.console.table_mm
        entry, target = command.entry_mm, command.target_mm
        return c.PlanPath(
            approach=command.approach,
            side=command.side,
            entry_mm=TablePoint(entry.x_mm, entry.y_mm, z),
            target_mm=TablePoint(target.x_mm, target.y_mm, z),
        )
    return command
