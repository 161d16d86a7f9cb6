"""Recorded sessions without images, for tests of records: a script, its record, and what is left of it after a kill."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.records.earlier import Earlier
from simulator.records.header import describe_case
from simulator.records.runs import RecordedSession, score_session
from simulator.records.scorecard_codec import scorecard_to_json
from simulator.records.session_log import SessionLog
from simulator.records.session_record import SessionRecord
from simulator.scenario.build import Case
from tests.procedures import placed

OPERATOR = "script"
# Presses, a puncture, refusals, turns and the end; injections are left out, since they take most of a session's time.
SCRIPT: tuple[Command, ...] = (
    c.PositionPatient(),
    c.TimeOut(),
    *placed(),
    c.ReleasePedal(),
    *(
        command
        for depth in range(6)
        for command in (c.Advance(distance_mm=5.0 + depth / 3.0), c.PressPedal(), c.Redirect(angle_change_deg=0.5))
    ),
    c.RotateBevel(angle_deg=180.0),
    c.HoldNeedle(held_by="released"),
    c.Wait(duration_s=3.25),
    c.RemoveStylet(),
    c.Aspirate(),
    c.Withdraw(distance_mm=120.0),
    c.OrderAftercare(flat_hours=6.0),
    c.Finish(),
)

ONE_PRESS = (*placed(), c.Advance(distance_mm=30.0), c.PressPedal())


def begun(case: Case, path: Path, say: Callable[[str], None] = lambda _: None) -> RecordedSession:
    """A session that has just begun its record."""
    header = describe_case(case, operator=OPERATOR, hands=case.world.settings.hands.name, scenario_path="", record=path)
    return RecordedSession(case, SessionLog(path, header, say=say))


def gone_on(case: Case, record: SessionRecord, say: Callable[[str], None] = lambda _: None) -> RecordedSession:
    """A session that goes on in its record."""
    return RecordedSession(case, SessionLog.going_on(record, say=say), earlier=Earlier(record))


def finished(case: Case, session: RecordedSession, script: Iterable[Command] = SCRIPT) -> None:
    """Carry a script out and close the record."""
    for command in script:
        session.do(command)
    session.log.close(digest=session.state.digest, scorecard=scorecard_to_json(score_session(case, session, OPERATOR)))


def one_press(case: Case, path: Path) -> bytes:
    """A closed record with one image at a path: its bytes."""
    session = begun(case, path)
    for command in ONE_PRESS:
        session.do(command)
    session.show(1, (1,))
    finished(case, session, [c.Wait(duration_s=2.0), c.Finish()])
    return path.read_bytes()
