"""FinishedSession: a record that was closed, carried out again and found to give what it says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from simulator.engine.session import Session
from simulator.errors import UserInputError
from simulator.export.recorded_clock import RecordedClock
from simulator.export.session_identity import SessionIdentity, account_of
from simulator.program_name import program_name
from simulator.records.rebuild import rebuild_case
from simulator.records.replay import rerun, verify
from simulator.records.runs import score_session
from simulator.records.session_reader import read_session
from simulator.records.session_record import Closing, SessionRecord
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.levels import Region
from simulator.vocabulary.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FinishedSession:
    """What all exports are made from; neither the learner nor the machine is in it.

    Attributes:
        session: carried out again
        card: its scorecard, an earlier rubric's where the record holds one
        scenario: name of the case
        region: part of the spine
        version: of the simulator that made the record
        clock: from the simulated clock to dates
        identity: from which all identifiers are derived
        account: of the learner or program on a learning platform, the same in all their sessions; no way leads back
    """

    session: Session
    card: Scorecard
    scenario: str
    region: Region
    version: str
    clock: RecordedClock
    identity: SessionIdentity
    account: str


def open_finished_session(path: Path, *, progress: Progress | None = None) -> FinishedSession:
    """A session that may be exported.

    Args:
        path: folder or record
        progress: told the kind of work and the part that is done

    Raises:
        UserInputError: there is no such record, it was left open, its patient is not to be had, or its commands give
            other events, another score or another digest than it says.
    """
    record = read_session(path)
    closing = _closing(record)
    case = rebuild_case(record, progress=progress)
    session = rerun(record, case, progress=progress)
    # Images are left out: their samples follow from events and patient, which are compared
    found = verify(replace(record, images=()), case, session)
    if found.grade == "refused" or found.score is False:
        why = found.difference or "its commands do not give its score"
        raise UserInputError(str(record.path), f"the record is not borne out: {why}", "`replay --verify` says more")
    card = score_session(case, session, record.header.operator)
    if record.scorecard is not None and record.scorecard.rubric_version != card.rubric_version:
        card = record.scorecard
    return FinishedSession(
        session=session,
        card=card,
        scenario=record.header.scenario,
        region=case.world.settings.region,
        version=record.header.version,
        clock=RecordedClock.starting(record.header.started),
        identity=SessionIdentity(closing.sha256),
        account=account_of(record.header.who),
    )


def _closing(record: SessionRecord) -> Closing:
    if record.torn_bytes or record.closing is None:
        raise UserInputError(
            str(record.path),
            "the session was left open, so there is no end to export",
            f"go on with it first: {program_name()} play --resume, or run --resume",
        )
    return record.closing
