"""A short procedure with every kind of beam: presses, a repeat, a moved table, a held pedal, a control scan."""

from __future__ import annotations

from pathlib import Path

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.records.header import describe_case
from simulator.records.runs import RecordedSession, score_session
from simulator.records.scorecard_codec import scorecard_to_json
from simulator.records.session_log import SessionLog
from simulator.scenario.build import Case
from simulator.spatial.frames import TablePoint
from simulator.vocabulary.procedure import ScanMode
from simulator.vocabulary.scout import ScoutOrientation
from tests.procedures import placed

CANARY_LEARNER, CANARY_OPERATOR = "canary-learner", "/home/canary-machine/operator.py:Mine"
CANARY_FOLDER = "canary-folder"
PRESSES = 6
"""Actuations of the switch for CT fluoroscopy."""


def short_procedure() -> tuple[Command, ...]:
    """Commands; no blood is given, since that takes most of a session's time."""
    _, placing = placed()
    return (
        c.PositionPatient(),
        c.TimeOut(),
        c.AcquirePlanningScan(levels=("L3/4", "L3/4"), mas=50.0, slice_thickness_mm=5.0, mode=ScanMode.SEQUENTIAL),
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
        c.Wait(duration_s=0.7),
        c.ReleasePedal(),
        c.Advance(distance_mm=20.0),
        c.Advance(distance_mm=12.0),
        c.PressPedal(),
        c.Withdraw(distance_mm=120.0),
        c.AcquireControlScan(length_mm=12.0, mas=30.0),
        c.OrderAftercare(flat_hours=6.0),
        c.Finish(),
    )


def scouted_procedure() -> tuple[Command, ...]:
    """Commands: two scouts, a planning scan that was stopped before its first slice and one after it, a press."""
    return (
        c.AcquireScout(),
        c.AcquireScout(orientation=ScoutOrientation.LATERAL),
        c.AcquirePlanningScan(levels=("L3", "L4"), mas=50.0, done_fraction=0.1),
        c.AcquirePlanningScan(levels=("L3", "L4"), mas=50.0, done_fraction=0.6),
        c.PressPedal(),
        c.Finish(),
    )


def recorded_procedure(case: Case, path: Path) -> Path:
    """The record of the short procedure, by a learner and an operator's file that must stand in no export."""
    header = describe_case(
        case, operator=CANARY_OPERATOR, hands="exact", scenario_path="", learner=CANARY_LEARNER, record=path
    )
    session = RecordedSession(case, SessionLog(path, header))
    for command in short_procedure():
        session.do(command)
    card = score_session(case, session, CANARY_OPERATOR)
    session.log.close(digest=session.state.digest, scorecard=scorecard_to_json(card))
    return path
