"""Learners: recorded attempts of a folder, each learner's in the order in which they were made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from simulator.errors import UserInputError
from simulator.records.case_check import case_difference, rubric_difference
from simulator.records.migrations import FORMAT
from simulator.records.recheck import must_agree
from simulator.records.session_reader import read_session
from simulator.records.session_record import SessionRecord
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.procedure import ComplicationKind
from simulator.vocabulary.progress import Progress

NOT_EPIDURAL = "the bevel was not epidural"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One finished procedure.

    Attributes:
        learner: pseudonym; the operator's name where a program treated
        at: when it was made, seconds since 1970
        card: its scorecard
    """

    learner: str
    scenario: str
    seed: int
    at: float
    location: Path
    card: Scorecard

    @property
    def failed(self) -> bool:
        """A gate fired, or the bevel was not epidural as the blood was given, where it was to be given."""
        epidural = self.card.placement.compartment in (Compartment.EPIDURAL, Compartment.FORAMEN)
        return self.card.score <= 0 or not (epidural or self.card.rightly_abandoned)

    @property
    def punctured(self) -> bool:
        """Whether the dura was punctured."""
        return any(harm.kind is ComplicationKind.DURAL_PUNCTURE for harm in self.card.complications)

    @property
    def when(self) -> str:
        """Day and time, UTC."""
        return datetime.fromtimestamp(self.at, UTC).strftime("%Y-%m-%d %H:%M")

    @property
    def family(self) -> str:
        """Scenarios of one kind: the name without a number at its end."""
        return re.sub(r"[-_ ]*\d+$", "", self.scenario) or self.scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """What a folder holds.

    Attributes:
        finished: oldest first
        left_out: records that were not finished or cannot be read, and why
        verified: whether the scores are those that the commands give, and not what the records say
    """

    finished: tuple[Attempt, ...]
    left_out: tuple[str, ...]
    verified: bool = False

    def by_learner(self, learner: str) -> list[Attempt]:
        """One learner's attempts, oldest first."""
        return [attempt for attempt in self.finished if attempt.learner == learner]

    @property
    def learners(self) -> list[str]:
        """Pseudonyms in alphabetical order."""
        return sorted({attempt.learner for attempt in self.finished})


def attempts_in(folder: Path, *, verify: bool = False, progress: Progress | None = None) -> Attempts:
    """Every closed record below a folder.

    Args:
        verify: carry every session out again, and leave out what it does not bear out
        progress: told the kind of work and the share that is done

    Raises:
        UserInputError: there is no such folder, or no record in it.
    """
    if not folder.is_dir():
        raise UserInputError(str(folder), "this is no folder", "name the folder that holds the sessions")
    places = sorted(folder.rglob("session.jsonl"))
    if not places:
        raise UserInputError(str(folder), "there is no session in this folder", "name the folder that holds them")
    finished: list[Attempt] = []
    left_out: list[str] = []
    for number, location in enumerate(places):
        try:
            finished.append(_attempt(location, verify=verify))
        except UserInputError as fault:
            left_out.append(str(fault))
        if progress is not None:
            progress("sessions", (number + 1) / len(places))
    finished.sort(key=lambda attempt: (attempt.at, str(attempt.location)))
    return Attempts(finished=tuple(finished), left_out=tuple(left_out), verified=verify)


def earlier_attempts(attempt_place: Path, learner: str, attempts: Attempts) -> Sequence[Attempt]:
    """What a learner did before one attempt."""
    own = attempts.by_learner(learner)
    earlier: list[Attempt] = []
    for attempt in own:
        if attempt.location.resolve() == attempt_place.resolve():
            return earlier
        earlier.append(attempt)
    return own


def _attempt(location: Path, *, verify: bool) -> Attempt:
    record = read_session(location)
    if record.scorecard is None:
        raise UserInputError(str(location), "the session was not finished", "finish it, or leave it out")
    header, card = record.header, record.scorecard
    if verify:
        card = must_agree(record) or card
    else:
        _must_fit_its_case(record)
    return Attempt(
        learner=header.learner or f"program {header.operator}",
        scenario=header.scenario,
        seed=header.seed,
        at=_began_s(header.started, location),
        location=location,
        card=card,
    )


def _must_fit_its_case(record: SessionRecord) -> None:
    """UserInputError where a record says of itself what its case does not give; its commands are not carried out."""
    if record.format < FORMAT:
        return
    location = str(record.path)
    other_case = case_difference(record)
    if other_case is not None:
        raise UserInputError(location, other_case, "`replay --verify --case FILE` names its file")
    other_rubric = rubric_difference(record.header, location)
    if other_rubric is not None:
        what = f"it was scored with other numbers than its case gives ({other_rubric})"
        raise UserInputError(location, what, "`report` on it alone scores it anew")


def _began_s(started: str | None, location: Path) -> float:
    """When a session began; for a program, whose record holds no date, when its file was written."""
    return location.stat().st_mtime if started is None else datetime.fromisoformat(started).timestamp()
