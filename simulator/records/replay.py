"""Replay: run a record again and say whether events, images and score agree.

Grades: exact (events, score, and every image to the bit: what the same versions on the same kind of processor must
give), equivalent (other versions or another processor: the same events but for the last digits of their numbers, images
within 0.5 HU at the recorded samples), refused (it says why).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from simulator.engine.advance import plain
from simulator.engine.events import Event
from simulator.engine.session import Session, frame_digest, scout_digest
from simulator.errors import UserInputError
from simulator.interface.frame import Frame
from simulator.records.case_check import case_difference, own_claims, rubric_difference
from simulator.records.force_traces import TRACE, alike_but_for_a_border
from simulator.records.migrations import FORMAT
from simulator.records.older_events import comparable
from simulator.records.runs import probe, score_session, scout_probe
from simulator.records.scorecard_codec import scorecard_to_json
from simulator.records.session_record import ImageRecord, SessionRecord
from simulator.records.strict_json import json_line
from simulator.records.versions import versions
from simulator.scenario.build import Case
from simulator.scenario.load import ScenarioFile
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.progress import Progress

TOLERANCE_HU = 0.5
TOLERANCE_WATER_MM = 0.5  # of a scout: quantum noise behind a body is some ten times that
ROUNDING_HU = 0.06  # samples were kept to 0.1 HU in the first format

# Between processors sums are rounded otherwise, and a search on a convex energy stops a few units of the fifth decimal
# apart (seen: 1e-5 kPa, 1e-4 mL). A judgement turns on tenths of a millimetre, of a kilopascal and of a millilitre.
EVENT_TOLERANCE, EVENT_RELATIVE_TOLERANCE = 1e-3, 1e-4
SCORE_TOLERANCE = 0.1

Grade = Literal["exact", "equivalent", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a replay found.

    Attributes:
        grade: the verdict over all
        same_versions: whether versions and kind of processor are those of the record
        events, score, digest: whether they agree, on other versions but for last digits; score None where the record
            does not say, digest None there and on other versions, where no digest can be the same
        images: how many were compared, agreed to the bit, and lay within the tolerance
        difference: the first difference in words
        claims: what the record alone says, and nothing here bears out
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
    claims: tuple[str, ...] = ()


def rerun(record: SessionRecord, case: Case, *, progress: Progress | None = None) -> Session:
    """The session that a record's commands give."""
    session = Session(case.world, progress=progress)
    for command in record.commands:
        session.do(command)
    return session


def event_difference(record: SessionRecord, session: Session) -> str | None:
    """Where events of a record and its replay first part, in words; a record that was cut short may lack the last.

    Records of the same versions and kind of processor must agree to the last digit, others but for the last digits.
    """
    agree = _same if record.header.versions == versions() else _equivalent
    for index, (old, new) in enumerate(zip(record.steps, session.steps, strict=True)):
        name = f"command {index + 1} ({type(old.command).__name__})"
        recorded, replayed = (_comparable(record.format, step.events) for step in (old, new))
        for before, after in zip(recorded, replayed, strict=False):
            if not agree(before, after):
                return f"{name}: {_tell_difference(before, after, agree)}"[:600]
        cut_short = record.closing is None and index == len(record.steps) - 1
        if len(recorded) > len(replayed) or (len(recorded) < len(replayed) and not cut_short):
            return f"{name}: {len(recorded)} events recorded, {len(replayed)} replayed"
    return None


def _comparable(found: int, events: Sequence[Event]) -> list[dict[str, Any]]:
    told = (comparable(found, plain(event)) for event in events)
    return [event for event in told if event is not None]


def _same(recorded: object, replayed: object) -> bool:
    return json_line({"": recorded}) == json_line({"": replayed})


def _equivalent(recorded: object, replayed: object) -> bool:
    """Whether two values in plain JSON types agree but for the last digits of their numbers."""
    if isinstance(recorded, Mapping) and isinstance(replayed, Mapping):
        return recorded.keys() == replayed.keys() and all(
            (_alike_forces if key == TRACE else _equivalent)(recorded[key], replayed[key]) for key in recorded
        )
    if isinstance(recorded, list | tuple) and isinstance(replayed, list | tuple):
        return len(recorded) == len(replayed) and all(map(_equivalent, recorded, replayed))
    if isinstance(recorded, float) and isinstance(replayed, float):
        return math.isclose(recorded, replayed, rel_tol=EVENT_RELATIVE_TOLERANCE, abs_tol=EVENT_TOLERANCE)
    return _same(recorded, replayed)


def _alike_forces(recorded: object, replayed: object) -> bool:
    if isinstance(recorded, list | tuple) and isinstance(replayed, list | tuple):
        return alike_but_for_a_border(recorded, replayed, _equivalent)
    return _equivalent(recorded, replayed)


def _tell_difference(
    recorded: Mapping[str, Any], replayed: Mapping[str, Any], agree: Callable[[object, object], bool]
) -> str:
    """What two events do not share, in words: their kinds, else the fields that differ."""
    if recorded["event"] != replayed["event"]:
        return f"recorded {recorded['event']}, replayed {replayed['event']}"
    apart = [key for key in recorded if key not in replayed or not agree(recorded[key], replayed[key])]
    told = ", ".join(f"{key} {recorded[key]!s} recorded, {replayed.get(key)!s} replayed" for key in apart)
    return f"{recorded['event']}: {told}"


def verify(
    record: SessionRecord,
    case: Case,
    session: Session,
    *,
    file: ScenarioFile | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Compare a record with its replay, and its case with the one of that name.

    Args:
        case, session: that `rebuild_case` and `rerun` gave
        file: the case that the record is said to be of; None: the one of its name that ships
        progress: told the kind of work and the share that is done
    """
    other_case = case_difference(record, file)
    difference = event_difference(record, session)
    events = difference is None
    difference = other_case or difference
    same_versions = record.header.versions == versions()
    score = score_agrees(record, case, session)
    digest = _digest_agrees(record, session) if same_versions else None
    own_rubric = None if record.format < FORMAT else rubric_difference(record.header, f"{record.path}:1")
    images = _compare_images(record if events else replace(record, images=(), scouts=()), session, progress)
    difference = difference or images.difference
    if score is False:
        difference = difference or "the score differs"
    if digest is False:
        difference = difference or "the session's digest differs"
    grade: Grade = "refused"
    if events and digest is not False and other_case is None:
        if images.exact == _pictures(record) and score is not False and own_rubric is None:
            grade = "exact"
        elif images.near == _pictures(record) and not same_versions:
            grade = "equivalent"
    return Verification(
        grade=grade,
        same_versions=same_versions,
        events=events,
        score=score,
        digest=digest,
        images=_pictures(record),
        images_exact=images.exact,
        images_equivalent=images.near,
        largest_difference_hu=images.largest_hu,
        difference=difference,
        claims=(
            *_claims(record, score, own_rubric, file),
            *_claims_of_card(record, score_session(case, session, record.header.operator)),
            *_claims_of_bits(record, session, digest, images.exact if events else _pictures(record)),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Images:
    """How many images agree to the bit and within the tolerance, the largest difference, and the first in words."""

    exact: int
    near: int
    largest_hu: float
    difference: str | None


def _pictures(record: SessionRecord) -> int:
    return len(record.images) + len(record.scouts)


def _compare_images(record: SessionRecord, session: Session, progress: Progress | None) -> _Images:
    exact = near = 0
    largest, difference = 0.0, None
    for index, image in enumerate(record.images):
        frame = _make_image(record, session, image)
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
    for image in record.scouts:
        radiograph = session.scout(image.number)
        apart = _largest_difference(image.probe, scout_probe(radiograph))
        same = scout_digest(radiograph) == image.digest
        if apart is not None and apart <= (ROUNDING_HU if same else TOLERANCE_WATER_MM):
            near += 1
            exact += same
        if not same or apart is None or apart > ROUNDING_HU:
            by = "in shape" if apart is None else f"by up to {apart:.2f} mm of water at its samples"
            difference = difference or f"scout {image.number} differs {by}"
    return _Images(exact, near, largest, difference)


def _claims_of_bits(record: SessionRecord, session: Session, digest: bool | None, exact: int) -> Iterator[str]:
    """Digests for which other versions cannot be blamed, and that are not what this one gives."""
    if digest is None and _digest_agrees(record, session) is False:
        yield "the digest of its closing line"
    if exact < _pictures(record):
        yield f"the bits of {_pictures(record) - exact} images"


def _claims(
    record: SessionRecord, score: bool | None, own_rubric: str | None, file: ScenarioFile | None
) -> tuple[str, ...]:
    """What the record alone says of itself, its score included where nothing here gives it."""
    found = list(own_claims(record, file))
    if own_rubric is not None:
        found.append(f"scored with other numbers than its case gives ({own_rubric})")
    if record.scorecard is not None and score is not True:
        by = f"by rubric {record.scorecard.rubric_version}" if score is None else "which its commands do not give here"
        found.append(f"score {record.scorecard.score:.1f}, {by}")
    return tuple(found)


def _claims_of_card(record: SessionRecord, card: Scorecard) -> tuple[str, ...]:
    """What a scorecard of another version says that this one does not give, part by part; last digits apart."""
    told = None if record.closing is None else record.closing.scorecard
    if told is None or record.scorecard is None or record.scorecard.rubric_version != card.rubric_version:
        return ()
    ours = scorecard_to_json(card)
    apart = [part for part in ours if part in told and not _equivalent(told[part], ours[part])]
    apart = [part for part in apart if part not in ("score", "rubric_digest")]
    apart += [part for part in told if part not in ours]
    return (f"on its scorecard: {', '.join(apart)}",) if apart else ()


def _digest_agrees(record: SessionRecord, session: Session) -> bool | None:
    """Whether the digest of the closing line is the session's; None where the format has none, or the record no end."""
    if record.closing is None or record.format < FORMAT:
        return None
    return record.closing.digest == session.state.digest


def _make_image(record: SessionRecord, session: Session, image: ImageRecord) -> Frame:
    try:
        return session.image(image.number, image.slices)
    except (KeyError, ValueError) as error:
        raise UserInputError(
            str(record.path), f"image {image.number} belongs to no acquisition", "the record was edited"
        ) from error


def score_agrees(record: SessionRecord, case: Case, session: Session) -> bool | None:
    """Whether the score comes of the session; scorecards of the same versions must be the same in every line.

    A score by another rubric is as it was: nothing is held against it.
    """
    if record.scorecard is None or record.scorecard.rubric_version != case.rubric.version:
        return None
    card = score_session(case, session, record.header.operator)
    if record.header.versions == versions():
        return _says(record, card)
    return abs(record.scorecard.score - card.score) <= SCORE_TOLERANCE


def _says(record: SessionRecord, card: Scorecard) -> bool:
    """Whether a record holds this scorecard and nothing beyond it."""
    return record.closing is not None and record.closing.scorecard == scorecard_to_json(card)


def _largest_difference(old: tuple[tuple[float, ...], ...], new: list[list[float]]) -> float | None:
    """HU; None where the samples do not lie at the same places."""
    if [len(row) for row in old] != [len(row) for row in new]:
        return None
    return float(np.abs(np.asarray(old, float) - np.asarray(new, float)).max())
