"""Replay: run a record again and say whether events, images and score agree.

Grades: exact (every image's digest agrees), equivalent (events and score agree and images lie within 1 HU at the
recorded samples), different (it says what).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from simulator.ct.frame import Frame
from simulator.faults import UserFaultError
from simulator.procedure.advance import plain
from simulator.procedure.session import Session, frame_digest
from simulator.records.runs import card_of, probe
from simulator.records.session_log import ImageRecord, SessionRecord
from simulator.scenario.build import Case, build_case
from simulator.scenario.load import parse_scenario

TOLERANCE_HU = 1.0

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a replay found.

    Attributes:
        grade: the verdict over all
        events, score: whether they agree; score None where the record was never closed
        images: how many were compared, agreed to the bit, and lay within the tolerance
        difference: the first difference in words
    """

    grade: Literal["exact", "equivalent", "different"]
    events: bool
    score: bool | None
    images: int
    images_exact: int
    images_equivalent: int
    largest_difference_hu: float
    difference: str | None


def case_of(record: SessionRecord, *, progress: Progress | None = None) -> Case:
    """The case on which a record was made, from its header alone."""
    header = record.header
    place = f"{record.path}:1"
    try:
        resolved, name = header["resolved"], str(header["scenario"])
        seed, hands, digest = int(header["seed"]), str(header["hands"]), str(header["phantom_digest"])
    except (KeyError, TypeError, ValueError) as error:
        raise UserFaultError(place, f"the header lacks {error}", "the record is damaged") from error
    scenario = parse_scenario(resolved, place)
    folder = Path(str(header.get("scenario_place", "."))).parent
    case = build_case(scenario, name=name, seed=seed, place=place, folder=folder, hands=hands, progress=progress)
    if case.world.phantom.digest != digest:
        raise UserFaultError(
            place,
            "this version builds another patient than the one that was recorded",
            "replay with the version that made the record (its header names it)",
        )
    return case


def rerun(record: SessionRecord, case: Case, *, progress: Progress | None = None) -> Session:
    """The session that a record's commands give."""
    session = Session(case.world, progress=progress)
    for command in record.commands:
        session.do(command)
    return session


def verify(record: SessionRecord, case: Case, session: Session, *, progress: Progress | None = None) -> Verification:
    """Compare a record with its replay."""
    difference = _first_event_difference(record, session)
    score = _score_agrees(record, case, session)
    exact = near = 0
    largest = 0.0
    for index, image in enumerate(record.images):
        frame = _image_of(record, session, image)
        if frame_digest(frame) == image.digest:
            exact += 1
            near += 1
        else:
            apart = _largest_difference(image.probe, probe(frame))
            largest = max(largest, apart)
            near += apart <= TOLERANCE_HU
            difference = difference or f"image {image.number} differs by up to {apart:.2f} HU at its samples"
        if progress is not None:
            progress("images", (index + 1) / len(record.images))
    if score is False:
        difference = difference or "the score differs"
    events = _first_event_difference(record, session) is None
    agrees = events and score is not False
    grade: Literal["exact", "equivalent", "different"] = "different"
    if agrees and exact == len(record.images):
        grade = "exact"
    elif agrees and near == len(record.images):
        grade = "equivalent"
    return Verification(
        grade=grade,
        events=events,
        score=score,
        images=len(record.images),
        images_exact=exact,
        images_equivalent=near,
        largest_difference_hu=largest,
        difference=difference,
    )


def _image_of(record: SessionRecord, session: Session, image: ImageRecord) -> Frame:
    try:
        return session.image(image.number, image.slices)
    except (KeyError, ValueError) as error:
        raise UserFaultError(
            str(record.path), f"image {image.number} belongs to no acquisition", "the record was edited"
        ) from error


def _first_event_difference(record: SessionRecord, session: Session) -> str | None:
    recorded, replayed = [plain(e) for e in record.events], [plain(e) for e in session.events]
    for index, (old, new) in enumerate(zip(recorded, replayed, strict=False)):
        if old != new:
            return f"event {index}: recorded {old}, replayed {new}"
    if len(recorded) != len(replayed):
        return f"{len(recorded)} events recorded, {len(replayed)} replayed"
    return None


def _score_agrees(record: SessionRecord, case: Case, session: Session) -> bool | None:
    if record.closing is None or "scorecard" not in record.closing:
        return None
    recorded: dict[str, Any] = record.closing["scorecard"]
    return recorded == card_of(case, session, str(record.header.get("operator", "")))


def _largest_difference(old: tuple[tuple[float, ...], ...], new: list[list[float]]) -> float:
    a, b = np.asarray(old, float), np.asarray(new, float)
    return float("inf") if a.shape != b.shape else float(np.abs(a - b).max())
