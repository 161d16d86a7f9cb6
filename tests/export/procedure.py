"""A short procedure with every kind of beam: presses, a repeat, a moved table, a held pedal, a control scan."""

from __future__ import annotations

from pathlib import Path

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.scenario.build import Case
from simulator.spatial.frames import TablePoint
from tests.procedures import placed
from tests.recorded import begun, finished

PRESSES = 6
"""Actuations of the switch for CT fluoroscopy."""


def short_procedure() -> tuple[Command, ...]:
    """Commands; no blood is given, since that takes most of a session's time."""
    planning, placing = placed()
    return (
        c.PositionPatient(),
        c.TimeOut(),
        c.AcquirePlanningScan(levels=planning.levels, mas=50.0, slice_thickness_mm=5.0),
        c.PlanPath(
            approach="paramedian interlaminar",
            side="right",
            entry_mm=TablePoint(-22.0, 80.0, 500.0),
            target_mm=TablePoint(-2.0, 30.0, 500.0),
        ),
        placing,
        c.PressPedal(),
        c.Advance(distance_mm=20.0),
        c.PressPedal(),
        c.PressPedal(),
        c.MoveTable(by_mm=4.0),
        c.PressPedal(),
        c.MoveTable(by_mm=-4.0),
        c.PressPedal(hold=True),
        c.Advance(distance_mm=2.0),
        c.ReleasePedal(),
        c.Advance(distance_mm=10.0),
        c.PressPedal(),
        c.Withdraw(distance_mm=120.0),
        c.AcquireControlScan(length_mm=16.0, mas=30.0),
        c.OrderAftercare(flat_hours=6.0),
        c.Finish(),
    )


def recorded_procedure(case: Case, path: Path) -> Path:
    """The record of the short procedure."""
    session = begun(case, path)
    finished(case, session, short_procedure())
    return path
