"""Command sequences that tests run: a good procedure, and the ways in which one goes wrong."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.engine.events import Event
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.commands import Command

# With exact hands this path ends in the dorsal epidural space of patient 2 at L3/4 (found by the layer it stops in).
ENTRY_MM, ANGLE_DEG = 22.0, 22.0


def placed() -> list[Command]:
    """A planned needle on the skin."""
    return [
        c.AcquirePlanningScan(levels=("L3", "L4"), mas=50.0),
        c.PlaceNeedle(entry_from_midline_mm=ENTRY_MM, side="right", level="L3/4", angle_deg=ANGLE_DEG),
    ]


def run(session: Session, commands: Iterable[Command]) -> list[Event]:
    """Carry out commands; returns all their events."""
    return [event for command in commands for event in session.do(command)]


def step_until_epidural(session: Session, *, beyond_mm: float = 0.0) -> float:
    """Advance half a millimetre at a time until the bevel's opening is epidural; returns the depth pushed."""
    from simulator.engine.events import NeedleMoved

    depth = 40.0
    session.do(c.Advance(distance_mm=20.0))
    session.do(c.RotateBevel(angle_deg=180.0))
    session.do(c.Advance(distance_mm=20.0))
    while depth < 75.0:
        (moved, *_) = [e for e in session.do(c.Advance(distance_mm=0.5)) if isinstance(e, NeedleMoved)]
        depth += 0.5
        if moved.compartment == "epidural":
            break
    if beyond_mm > 0.0:
        session.do(c.Advance(distance_mm=beyond_mm))
        depth += beyond_mm
    return depth


def patched(volume_ml: float = 8.0) -> list[Command]:
    """From a needle in place to the end."""
    return [
        c.PressPedal(),
        c.RemoveStylet(),
        c.DrawBlood(volume_ml=20.0),
        c.MixContrast(volume_ml=1.0),
        c.InjectBlood(volume_ml=volume_ml, until_cue=True),
        c.StopInjection(),
        c.Withdraw(distance_mm=120.0),
        c.AcquireControlScan(length_mm=40.0, mas=30.0),
        c.OrderAftercare(flat_hours=6.0),
        c.Finish(),
    ]
