"""Near miss words: what a near miss is called without telling the patient's anatomy."""

from __future__ import annotations

from simulator.export.finished_session import FinishedSession
from simulator.report.near_misses import NearMiss, near_misses
from simulator.report.procedure_marks import read_marks
from simulator.report.vessels import closest_vessel


def session_near_misses(finished: FinishedSession) -> list[NearMiss]:
    """The near misses of a session, as its debrief has them."""
    session = finished.session
    marks = read_marks(session.world, session.events)
    vessel = closest_vessel(session.world.phantom, marks.moves)
    return near_misses(marks, finished.card.recognised(), vessel)


def kind_and_time(miss: NearMiss) -> str:
    """What happened and when; neither level nor distance."""
    return f"{miss.kind} {miss.at}"
