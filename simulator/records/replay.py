"""Replay: run a record again and say whether events, images and score agree.

Grades: exact (events, score, and every image to the bit: what the same versions on the same kind of processor must
give), equivalent (other versions: the same events, images within 0.5 HU at the recorded samples), refused (it says
why).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from simulator.engine.advance import plain
from simulator.engine.case_context import HANDS
from simulator.engine.session import Session, frame_digest
from simulator.errors import UserInputError
from simulator.interface.frame import Frame
from simulator.records.header import ImportedPatient, read_rubric
from simulator.records.runs import probe, score_session
from simulator.records.session_record import ImageRecord, SessionRecord
from simulator.records.strict_json import json_line
from simulator.records.versions import digest_patient_files, versions
from simulator.scenario.build import Case, build_case
from simulator.scenario.load import parse_scenario
from simulator.vocabulary.progress import Progress

TOLERANCE_HU = 0.5
_PATIENT_PARTS = ("patient", "leak", "myelogram")  # of a scenario: what a patient is built from
ROUNDING_HU = 0.06  # samples were kept to 0.1 HU in the first format

Grade = Literal["exact", "equivalent", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a replay found.

    Attributes:
        grade: the verdict over all
        same_versions: whether versions and kind of processor are those of the record
        events, score, digest: whether they agree; score and digest None where the record does not say
        images: how many were compared, agreed to the bit, and lay within the tolerance
        difference: the first difference in words
    """

    grade: Grade
    same_versions: bool
    events: bool
    score: bool | None
    digest: bool | None
    images: int
    images_exact: int
    images_equivalent: int
    largest_difference_hu: float
    difference: str | None


def rebuild_case(record: SessionRecord, *, progress: Progress | None = None) -> Case:
    """The case on which a record was made, from its header alone.

    Raises:
        UserInputError: this version builds another patient or another scenario from it, or an imported patient is
            not where the record says or not the one of then.
    """
    header = record.header
    location = f"{record.path}:1"
    scenario = parse_scenario(header.resolved, location)
    if header.imported is not None:
        folder = find_imported_patient(record, header.imported, location)
        scenario = scenario.model_copy(update={"patient": scenario.patient.model_copy(update={"ct": str(folder)})})
    case = build_case(
        scenario,
        name=header.scenario,
        seed=header.seed,
        location=location,
        folder=record.path.parent,
        hands=_hands(header.hands, location),
        progress=progress,
    )
    if header.patient_digest not in (None, case.world.phantom.identity):  # None: the record is older than identities
        raise UserInputError(
            location,
            "this version builds another patient than the one that was recorded",
            f"replay with the version that made the record ({header.version or 'unknown'})",
        )
    rubric = read_rubric(header.rubric, location)
    return case if rubric is None else replace(case, rubric=rubric)


def same_patient(record: SessionRecord, case: Case) -> bool:
    """Whether a record was made on the patient of a case; an older record is judged by what its scenario says."""
    told = record.header.patient_digest
    if told is not None:
        return told == case.world.phantom.identity
    ours = case.scenario.model_dump(mode="json")
    return all(record.header.resolved.get(part) == ours[part] for part in _PATIENT_PARTS)


def rerun(record: SessionRecord, case: Case, *, progress: Progress | None = None) -> Session:
    """The session that a record's commands give."""
    session = Session(case.world, progress=progress)
    for command in record.commands:
        session.do(command)
    return session


def event_difference(record: SessionRecord, session: Session) -> str | None:
    """Where events of a record and its replay first part, in words; a record that was cut short may lack the last."""
    for index, (old, new) in enumerate(zip(record.steps, session.steps, strict=True)):
        name = f"command {index + 1} ({type(old.command).__name__})"
        recorded, replayed = [plain(e) for e in old.events], [plain(e) for e in new.events]
        for before, after in zip(recorded, replayed, strict=False):
            if json_line(before) != json_line(after):
                return f"{name}: recorded {before}, replayed {after}"[:600]
        cut_short = record.closing is None and index == len(record.steps) - 1
        if len(recorded) > len(replayed) or (len(recorded) < len(replayed) and not cut_short):
            return f"{name}: {len(recorded)} events recorded, {len(replayed)} replayed"
    return None


def verify(record: SessionRecord, case: Case, session: Session, *, progress: Progress | None = None) -> Verification:
    """Compare a record with its replay."""
    difference = event_difference(record, session)
    events = difference is None
    score = _score_agrees(record, case, session)
    told = None if record.closing is None else record.closing.digest
    digest = None if told is None else told == session.state.digest
    same_versions = record.header.versions == versions()
    exact = near = 0
    largest = 0.0
    for index, image in enumerate(record.images if events else ()):
        frame = _image_of(record, session, image)
        apart = _largest_difference(image.probe, probe(frame))
        same = frame_digest(frame) == image.digest
        if apart is not None and apart <= (ROUNDING_HU if same else TOLERANCE_HU):
            near += 1
            exact += same
        largest = max(largest, apart or 0.0)
        if not same or apart is None or apart > ROUNDING_HU:
            by = "in shape" if apart is None else f"by up to {apart:.2f} HU at its samples"
            difference = difference or f"image {image.number} differs {by}"
        if progress is not None:
            progress("images", (index + 1) / len(record.images))
    if score is False:
        difference = difference or "the score differs"
    if digest is False:
        difference = difference or "the session's digest differs"
    grade: Grade = "refused"
    if events and digest is not False:
        if exact == len(record.images) and score is not False:
            grade = "exact"
        elif near == len(record.images) and not same_versions:
            grade = "equivalent"
    return Verification(
        grade=grade,
        same_versions=same_versions,
        events=events,
        score=score,
        digest=digest,
        images=len(record.images),
        images_exact=exact,
        images_equivalent=near,
        largest_difference_hu=largest,
        difference=difference,
    )


def must_agree(record: SessionRecord, *, progress: Progress | None = None) -> None:
    """Carry a finished record out again without its images; UserInputError where its events or score do not come of it.

    The scorecards of other versions may measure other things; their score must be the same.
    """
    case = rebuild_case(record, progress=progress)
    session = rerun(record, case, progress=progress)
    difference = event_difference(record, session)
    if difference is not None:
        raise UserInputError(str(record.path), f"its commands do not give its events: {difference}")
    old, new = record.scorecard, score_session(case, session, record.header.operator)
    same_versions = record.header.versions == versions()
    if old is not None and (old != new if same_versions else old["score"] != new["score"]):
        raise UserInputError(str(record.path), "its commands do not give its score", "`replay --verify` says more")


def find_imported_patient(record: SessionRecord, imported: ImportedPatient, location: str) -> Path:
    """Where the imported patient of a record lies: seen from the record, or from the current folder."""
    named = Path(imported.path)
    for folder in (record.path.parent / named, named):
        if (folder / "patient.toml").is_file():
            break
    else:
        raise UserInputError(
            location, f"the imported patient {named} is not there", "keep its folder where it lay, seen from the record"
        )
    now = digest_patient_files(folder)
    other = [name for name, digest in imported.sha256.items() if now.get(name) != digest]
    if other:
        raise UserInputError(
            location, f"the patient in {folder} is not the one of the record: {', '.join(other)} changed", "restore it"
        )
    return folder.absolute()


def _hands(name: str, location: str) -> str:
    if name not in HANDS:
        raise UserInputError(location, f"there are no hands {name[:40]!r}", f"one of {', '.join(HANDS)}")
    return name


def _image_of(record: SessionRecord, session: Session, image: ImageRecord) -> Frame:
    try:
        return session.image(image.number, image.slices)
    except (KeyError, ValueError) as error:
        raise UserInputError(
            str(record.path), f"image {image.number} belongs to no acquisition", "the record was edited"
        ) from error


def _score_agrees(record: SessionRecord, case: Case, session: Session) -> bool | None:
    recorded = record.scorecard
    return None if recorded is None else bool(recorded == score_session(case, session, record.header.operator))


def _largest_difference(old: tuple[tuple[float, ...], ...], new: list[list[float]]) -> float | None:
    """HU; None where the samples do not lie at the same places."""
    if [len(row) for row in old] != [len(row) for row in new]:
        return None
    return float(np.abs(np.asarray(old, float) - np.asarray(new, float)).max())
