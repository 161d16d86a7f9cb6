"""Actions: an agent's numbers as commands. A table, so that what an agent can do is read in one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.engine.case_context import CTF_SLICES
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.console import Acquired
from simulator.interface.view import View
from simulator.operators.coroutine_operator import AbandonError
from simulator.operators.request import bounding_vertebrae, requested_interspace
from simulator.vocabulary.levels import Interspace, Vertebra
from simulator.vocabulary.patient_facts import Question, StopReason
from simulator.vocabulary.procedure import Aid, ComplicationKind, MyelogramPosition

NUMBERS = 4
_FIRST_REASONS = (StopReason.FACT, StopReason.REACTION, StopReason.DURAL_PUNCTURE, StopReason.NO_SAFE_WAY)
"""To stop for, when the table was made; later actions come after these, since its order is part of the environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One kind of command, and what the agent's numbers mean for it.

    Attributes:
        name: of the command
        ranges: low and high of each number that it takes, in the command's units; further numbers are ignored
        make: the command for numbers in those ranges and the level that the request names
        looks: a look at the slices of the last acquisition about the table position, whatever `make` says
    """

    name: str
    ranges: tuple[tuple[float, float], ...]
    make: Callable[[Sequence[float], Interspace], Command]
    looks: bool = False


def _plain(kind: Callable[[], Command]) -> Action:
    return Action(name=type(kind()).__name__, ranges=(), make=lambda numbers, level: kind())


ACTIONS: tuple[Action, ...] = (
    _plain(c.PositionPatient),
    _plain(c.TimeOut),
    _plain(c.AcquireMyelogram),
    Action(name="MarkLeak", ranges=(), make=lambda n, level: c.MarkLeak(level=level)),
    Action(name="PlaceSkinGrid", ranges=(), make=lambda n, level: c.PlaceSkinGrid(level=level)),
    Action(
        name="AcquirePlanningScan",
        ranges=((5.0, 300.0),),
        make=lambda n, level: c.AcquirePlanningScan(levels=bounding_vertebrae(level), mas=n[0]),
    ),
    Action(name="MoveTable to the level", ranges=(), make=lambda n, level: c.MoveTable(level=level)),
    Action(name="MoveTable by", ranges=((-50.0, 50.0),), make=lambda n, level: c.MoveTable(by_mm=n[0])),
    Action(
        name="ChooseTechnique",
        ranges=((5.0, 100.0), (0.4, 1.5)),
        make=lambda n, level: c.ChooseTechnique(tube_voltage_kv=120, tube_current_ma=n[0], rotation_s=n[1]),
    ),
    _plain(c.PrepareSkin),
    _plain(c.InjectLocalAnaesthetic),
    Action(
        name="PlaceNeedle",
        ranges=((-120.0, 120.0), (-60.0, 60.0), (-60.0, 60.0)),
        make=lambda n, level: c.PlaceNeedle(entry_x_mm=n[0], angle_deg=n[1], craniocaudal_deg=n[2]),
    ),
    Action(name="Advance", ranges=((0.1, 40.0),), make=lambda n, level: c.Advance(distance_mm=n[0])),
    Action(name="Withdraw", ranges=((0.1, 130.0),), make=lambda n, level: c.Withdraw(distance_mm=n[0])),
    Action(
        name="Redirect",
        ranges=((-30.0, 30.0), (-30.0, 30.0)),
        make=lambda n, level: c.Redirect(angle_change_deg=n[0], craniocaudal_change_deg=n[1]),
    ),
    Action(name="RotateBevel", ranges=((-180.0, 180.0),), make=lambda n, level: c.RotateBevel(angle_deg=n[0])),
    _plain(c.RemoveStylet),
    _plain(c.ReplaceStylet),
    _plain(c.Aspirate),
    _plain(c.TestResistance),
    _plain(c.PressPedal),
    Action(name="PressPedal, held", ranges=(), make=lambda n, level: c.PressPedal(hold=True)),
    _plain(c.ReleasePedal),
    _plain(c.DrawBlood),
    _plain(c.MixContrast),
    Action(name="InjectContrast", ranges=((0.1, 3.0),), make=lambda n, level: c.InjectContrast(volume_ml=n[0])),
    Action(
        name="InjectBlood",
        ranges=((0.1, 5.0),),
        make=lambda n, level: c.InjectBlood(volume_ml=n[0], until_cue=True),
    ),
    _plain(c.StopInjection),
    _plain(c.AskPatient),
    Action(name="GiveAid, raise the legs", ranges=(), make=lambda n, level: c.GiveAid(measure=Aid.RAISE_THE_LEGS)),
    Action(name="GiveAid, antihistamine", ranges=(), make=lambda n, level: c.GiveAid(measure=Aid.ANTIHISTAMINE)),
    Action(name="GiveAid, new arm line", ranges=(), make=lambda n, level: c.GiveAid(measure=Aid.NEW_ARM_LINE)),
    _plain(c.AcquireControlScan),
    _plain(c.OrderAftercare),
    Action(name="Wait", ranges=((0.1, 60.0),), make=lambda n, level: c.Wait(duration_s=n[0])),
    _plain(c.Finish),
    Action(name="LookAt the last image", ranges=(), make=lambda n, level: c.LookAt(number=0), looks=True),
    _plain(c.LayArmLine),
    Action(
        name="AskPatient, legs and bladder",
        ranges=(),
        make=lambda n, level: c.AskPatient(about=Question.LEGS_AND_BLADDER),
    ),
    Action(
        name="TellPatient of a dural puncture",
        ranges=(),
        make=lambda n, level: c.TellPatient(of=ComplicationKind.DURAL_PUNCTURE),
    ),
    Action(
        name="OrderAftercare with advice and a call",
        ranges=((0.0, 24.0),),
        make=lambda n, level: c.OrderAftercare(flat_hours=n[0], advice=True, next_day_call=True),
    ),
    *(
        Action(
            name=f"Finish, stopped for: {reason}",
            ranges=(),
            make=lambda n, level, reason=reason: c.Finish(stopped_for=reason),  # type: ignore[misc]
        )
        for reason in _FIRST_REASONS
    ),
    *(
        Action(
            name=f"AcquireMyelogram, {position}",
            ranges=(),
            make=lambda n, level, position=position: c.AcquireMyelogram(position=position),  # type: ignore[misc]
        )
        for position in MyelogramPosition
        if position is not MyelogramPosition.PRONE
    ),
    Action(
        name=f"Finish, stopped for: {StopReason.FISTULA}",
        ranges=(),
        make=lambda n, level: c.Finish(stopped_for=StopReason.FISTULA),
    ),
)


def decode_action(kind: int, numbers: Sequence[float], view: View) -> Command:
    """The command of an action; numbers from -1 to 1 span the action's ranges, others are cut to that."""
    action = ACTIONS[kind]
    if action.looks:
        return look_at_latest(view)
    return action.make(scale_numbers(action, numbers), level_of(view))


def scale_numbers(action: Action, numbers: Sequence[float]) -> list[float]:
    """An agent's numbers in the units of an action's ranges; numbers beyond -1 and 1 are cut to that."""
    scaled = []
    for number, (low, high) in zip(numbers, action.ranges, strict=False):
        share = 0.5 * (min(max(float(number), -1.0), 1.0) + 1.0)
        scaled.append(low + share * (high - low))
    return scaled


def slices_about_table(latest: Acquired, table_mm: float) -> tuple[int, ...]:
    """Neighbouring slices about the table position, from the head down: as many as a press has."""
    z = np.asarray(latest.slice_centres_table_mm)
    first = int(np.argmin(np.abs(z - table_mm))) - CTF_SLICES // 2
    first = min(max(first, 0), max(len(z) - CTF_SLICES, 0))
    return tuple(range(first, min(first + CTF_SLICES, len(z))))


def look_at_latest(view: View) -> Command:
    """A look at what the observation shows; the engine refuses it where nothing was acquired."""
    latest = view.console.latest
    if latest is None:
        return c.LookAt(number=0)
    return c.LookAt(number=latest.number, slices=slices_about_table(latest, view.console.table_mm))


def level_of(view: View) -> Interspace:
    """The level that the request names; without one, the patient's first, whose scan the engine may well refuse."""
    try:
        return requested_interspace(view.case.request)
    except AbandonError:
        first, second = (Vertebra.parse(name) for name in view.case.levels[:2])
        return Interspace.between(first, second)
