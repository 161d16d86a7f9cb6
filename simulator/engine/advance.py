"""Advance: the only way in which a procedure's state changes. It makes no pixels, reads no clock and no disk."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields, is_dataclass, replace
from typing import Any

import simulator.engine.imaging.gantry
import simulator.engine.imaging.looking
import simulator.engine.imaging.scout
import simulator.engine.injection.handlers
import simulator.engine.needle.handlers
import simulator.engine.needle.push
import simulator.engine.patient.handlers
import simulator.engine.preparation.handlers  # noqa: F401  each registers its handlers
from simulator.engine.case_context import CaseContext
from simulator.engine.durations import least_ms
from simulator.engine.events import CommandRefused, Event
from simulator.engine.imaging.handlers import rotations_while_held
from simulator.engine.imaging.state import ImagingState
from simulator.engine.needle.state import NeedleState
from simulator.engine.passive_effects import add_passive_effects
from simulator.engine.refusal import RefusalError
from simulator.engine.registry import find_handler
from simulator.engine.state import ProcedureState
from simulator.interface import commands as c
from simulator.interface.command_fields import has_later_fields, later_fields
from simulator.interface.command_ranges import out_of_range
from simulator.interface.commands import Command
from simulator.interface.level_names import with_typed_names

_CLOSING = (
    c.ReleasePedal,
    c.StopInjection,
    c.Withdraw,
    c.AskPatient,
    c.TellPatient,
    c.GiveAid,
    c.LookAt,
    c.OrderAftercare,
    c.AnswerQuestion,
    c.TickChecklist,
    c.Finish,
)
_names_by_kind: dict[type, tuple[str, ...] | None] = {}
_with_later_fields: set[type] = set()
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=True)

FLOAT_DIGITS = 5  # of every number that leaves the engine: hides the last bits in which machines differ


def initial_state(world: CaseContext) -> ProcedureState:
    """The procedure before its first command: the patient is on the table, the laser at the phantom's middle."""
    low, high = world.phantom.z_range_mm
    table_mm = round(world.table_transform().table_z_mm(0.5 * (low + high)), 1)
    start = hashlib.sha256(f"{world.phantom.identity} {world.root_seed}".encode()).hexdigest()
    settings = world.settings
    return ProcedureState(
        digest=start,
        imaging=ImagingState(settings=settings.imaging.preset, table_mm=table_mm),
        needle=NeedleState(name=settings.needle.tray[0]),
    )


def advance(world: CaseContext, state: ProcedureState, command: Command) -> tuple[ProcedureState, tuple[Event, ...]]:
    """Carry out one command.

    Returns:
        the state afterwards, and what happened; a command that cannot be carried out changes nothing but the
        count of commands and gives one `CommandRefused`
    """
    counted = replace(state, counters=replace(state.counters, commands=state.counters.commands + 1))
    try:
        command = with_typed_names(command)
        reason = out_of_range(command)
        if state.finished:
            reason = "the procedure is finished"
        elif state.elapsed_ms >= world.settings.max_duration_ms and not isinstance(command, _CLOSING):
            reason = "the room is needed again: withdraw the needle, order aftercare, finish"
        if reason:
            raise RefusalError(reason)
        later = replace(counted, elapsed_ms=state.elapsed_ms + least_ms(command))
        after, events = find_handler(command)(world, later, command)
        after, exposures = rotations_while_held(world, after)
        after, events = add_passive_effects(world, state, after, [*events, *exposures])
    except RefusalError as refused:
        after = counted
        events = [CommandRefused(at_ms=state.elapsed_ms, command=type(command).__name__, reason=str(refused))]
    digest = hashlib.sha256(state.digest.encode())
    digest.update(canonical(command).encode())
    for event in events:
        digest.update(canonical(event).encode())
    return replace(after, digest=digest.hexdigest()), tuple(events)


def plain(thing: Any) -> dict[str, Any]:
    """A command or event as plain JSON types: its name under "command" or "event", then its fields.

    Commands keep every digit, since replay carries them out again; events are rounded.
    """
    if isinstance(thing, Event):
        return {"event": type(thing).__name__, **_rounded(thing)}
    later = later_fields(thing)
    return {"command": type(thing).__name__, **{key: v for key, v in asdict(thing).items() if key not in later}}


def canonical(thing: Any) -> str:
    """One line of JSON that is the same for equal commands and events."""
    return _CANONICAL.encode(plain(thing))


def _rounded(value: Any) -> Any:
    """An event or a part of one: floats rounded, tuples as lists, in one pass, since a session asks after each step.

    What came later and is as everything was before is left out, as in commands.
    """
    if isinstance(value, float):
        return round(value, FLOAT_DIGITS) + 0.0  # no minus zero
    if isinstance(value, str | int) or value is None:
        return value
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    names = _field_names(type(value))
    if names is None:
        return value
    later = later_fields(value) if type(value) in _with_later_fields else ()
    return {name: _rounded(getattr(value, name)) for name in names if name not in later}


def _field_names(kind: type) -> tuple[str, ...] | None:
    if kind not in _names_by_kind:
        _names_by_kind[kind] = tuple(item.name for item in fields(kind)) if is_dataclass(kind) else None
        if is_dataclass(kind) and has_later_fields(kind):
            _with_later_fields.add(kind)
    return _names_by_kind[kind]
