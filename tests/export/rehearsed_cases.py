"""Rehearsed cases: a short procedure with scouts, presses and a held pedal on a case that ships, as a record."""

from __future__ import annotations

from pathlib import Path

from simulator.export.finished_session import FinishedSession, open_finished_session
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.scenario.build import Case, load_case
from simulator.vocabulary.procedure import ScanMode
from simulator.vocabulary.scout import ScoutOrientation
from tests.recorded import begun, finished


def rehearsed_session(name: str, folder: Path) -> FinishedSession:
    """A short procedure on a case, recorded in a folder and opened for export."""
    case, record = load_case(name), folder / "session.jsonl"
    finished(case, begun(case, record), _script(case))
    return open_finished_session(record)


def _script(case: Case) -> tuple[Command, ...]:
    middle = list(case.world.phantom.landmarks.interspaces.values())
    z_mm = case.world.table_transform().to_table(middle[len(middle) // 2]).z_mm
    return (
        c.AcquireScout(),
        c.AcquireScout(orientation=ScoutOrientation.LATERAL),
        c.PositionPatient(),
        c.TimeOut(),
        c.AcquirePlanningScan(between_mm=(z_mm - 10.0, z_mm + 10.0), mas=30.0, done_fraction=0.6),
        c.AcquirePlanningScan(between_mm=(z_mm - 8.0, z_mm + 8.0), mas=30.0, mode=ScanMode.SEQUENTIAL),
        c.MoveTable(to_mm=round(z_mm, 1)),
        c.PressPedal(),
        c.MoveTable(by_mm=4.0),
        c.PressPedal(hold=True),
        c.Wait(duration_s=0.7),
        c.ReleasePedal(),
        c.AcquireControlScan(length_mm=12.0, mas=30.0),
        c.Finish(),
    )
