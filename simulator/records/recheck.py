"""Recheck: a record's session carried out again from its header and its commands, and what comes of it.

Where that is not what the record says, the cache of patients is doubted before the record is: the patient is built
again from nothing, and the record is held against that one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from phantoms.array_cache import nothing_earlier
from simulator.engine.session import Session
from simulator.errors import UserInputError
from simulator.records.case_check import case_difference
from simulator.records.rebuild import PATIENT_PARTS, rebuild_case
from simulator.records.replay import Verification, event_difference, rerun, score_agrees, verify
from simulator.records.runs import score_session
from simulator.records.session_record import SessionRecord
from simulator.records.strict_json import json_line
from simulator.scenario.build import Case
from simulator.scenario.load import ScenarioFile
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.progress import Progress

_T = TypeVar("_T")
_doubted: set[str] = set()
"""Patients that this process has built from nothing, since a record did not come of the cached ones."""


def recheck(
    record: SessionRecord, *, file: ScenarioFile | None = None, progress: Progress | None = None
) -> tuple[Case, Session, Verification]:
    """Carry a record out again with its images and compare it.

    Args:
        file: the case that the record is said to be of; None: the one of its name that ships
        progress: told the kind of work and the share that is done

    Returns:
        the case and the session that came of it, and the verdict

    Raises:
        UserInputError: no case can be built from it, whatever the cache holds.
    """

    def once() -> tuple[Case, Session, Verification]:
        case = rebuild_case(record, progress=progress)
        session = rerun(record, case, progress=progress)
        return case, session, verify(record, case, session, file=file, progress=progress)

    other_case = case_difference(record, file)
    return _doubting_the_cache(record, once, lambda found: found[-1].grade != "refused" or other_case is not None)


def replayed(record: SessionRecord, *, progress: Progress | None = None) -> tuple[Case, Session]:
    """The case and the session that a record's commands give, without its images.

    Raises:
        UserInputError: no case can be built from it, or its events do not come of its commands.
    """

    return _doubting_the_cache(record, lambda: _replayed(record, progress), lambda found: True)


def must_agree(record: SessionRecord, *, progress: Progress | None = None) -> Scorecard | None:
    """Carry a finished record out again without its images, and give the scorecard that comes of it.

    The scorecards of other versions may measure other things; their score must be the same but for its last digit.

    Returns:
        what this version gives; what the record holds where it was scored by an earlier rubric

    Raises:
        UserInputError: its case is not the one of its name, or events or score do not come of its commands.
    """
    other_case = case_difference(record)
    if other_case is not None:
        raise UserInputError(str(record.path), other_case, "`replay --verify --case FILE` names its file")

    def once() -> Scorecard | None:
        case, session = _replayed(record, progress)
        if score_agrees(record, case, session) is False:
            raise UserInputError(str(record.path), "its commands do not give its score", "`replay --verify` says more")
        if record.scorecard is None or record.scorecard.rubric_version != case.rubric.version:
            return record.scorecard
        return score_session(case, session, record.header.operator)

    return _doubting_the_cache(record, once, lambda found: True)


def _replayed(record: SessionRecord, progress: Progress | None) -> tuple[Case, Session]:
    case = rebuild_case(record, progress=progress)
    session = rerun(record, case, progress=progress)
    difference = event_difference(record, session)
    if difference is not None:
        what = f"its commands do not give its events: {difference}"
        raise UserInputError(str(record.path), what, "`replay --verify` says more")
    return case, session


def _doubting_the_cache(record: SessionRecord, once: Callable[[], _T], well: Callable[[_T], bool]) -> _T:
    """What comes of a record; where that is not well, what comes of it with a patient that is built from nothing.

    A patient whose cache was doubted once is not built again by this process: what is stored is what was built.
    """
    who = _patient_of(record)
    try:
        found = once()
    except UserInputError:
        if who in _doubted:
            raise
        with nothing_earlier():
            _doubted.add(who)
            return once()
    if well(found) or who in _doubted:
        return found
    with nothing_earlier():
        _doubted.add(who)
        again = once()
    return again if well(again) else found


def _patient_of(record: SessionRecord) -> str:
    """All of a record's case that its patient is built from."""
    resolved = record.header.resolved
    return json_line([record.header.patient_digest, *(resolved.get(part) for part in PATIENT_PARTS)])
