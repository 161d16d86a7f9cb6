"""Attempts: every record under a folder, by an index that holds nothing that the records do not.

The index can be removed at any time. Each look at it first brings it up to date: records that are new or changed are
read, those that went are left out. A record that cannot be read is listed with the reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path
from typing import Any

from simulator.engine.events import AcquisitionMade
from simulator.errors import UserInputError
from simulator.records.attempts_index import forget_index, read_index, write_index
from simulator.records.session_reader import read_session
from simulator.records.session_record import SessionRecord
from simulator.shown_text import shown_text
from simulator.wording.english import ENGLISH

INDEX = "attempts.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One record.

    Attributes:
        record: path, seen from the folder
        sha256: of the file
        state: "closed", "open" (left or killed), or "unreadable"
        problem: why it is unreadable; else empty
        learner, started: pseudonym and UTC time; empty for programs
        score, effective_dose_msv: None where the session was not closed
    """

    record: str
    sha256: str
    state: str
    problem: str = ""
    learner: str = ""
    started: str = ""
    scenario: str = ""
    operator: str = ""
    hands: str = ""
    seed: int | None = None
    version: str = ""
    commands: int = 0
    presses: int | None = None
    elapsed_s: float | None = None
    score: float | None = None
    cap_reason: str = ""
    compartment: str = ""
    level: str = ""
    complications: str = ""
    effective_dose_msv: float | None = None


_COLUMNS = [item.name for item in fields(Attempt)]
_KEPT_COLUMNS = [*_COLUMNS, "bytes", "changed_ns"]
_Known = dict[str, tuple[Attempt, tuple[int, int]]]


def attempts(folder: Path) -> list[Attempt]:
    """Every record under a folder, by learner and time; the index in the folder is brought up to date first.

    Raises:
        UserInputError: there is no such folder.
    """
    if not folder.is_dir():
        raise UserInputError(str(folder), "there is no such folder", "name the folder that holds sessions")
    known = _known(folder / INDEX)
    found = _updated(known, folder)
    if found != known:
        rows = ((*astuple(attempt), *status) for attempt, status in found.values())
        write_index(folder / INDEX, _KEPT_COLUMNS, rows)
    listed = [attempt for attempt, _ in found.values()]
    return sorted(listed, key=lambda one: (one.learner, one.started, one.record))


def rebuild(folder: Path) -> list[Attempt]:
    """The same, after the index was thrown away."""
    forget_index(folder / INDEX)
    return attempts(folder)


def summarise_record(record: SessionRecord, name: str, sha256: str) -> Attempt:
    """What the index says of a record."""
    header, card = record.header, record.scorecard
    made = [event for event in record.events if isinstance(event, AcquisitionMade)]
    return Attempt(
        record=name,
        sha256=sha256,
        state="open" if record.closing is None else "closed",
        learner=header.learner or "",
        started=header.started or "",
        scenario=header.scenario,
        operator=header.operator,
        hands=header.hands,
        seed=header.seed,
        version=header.version,
        commands=len(record.steps),
        presses=sum(event.purpose == "fluoroscopy" for event in made),
        elapsed_s=record.events[-1].at_ms / 1000 if record.steps and record.events else None,
        score=None if card is None else card.score,
        cap_reason="" if card is None else ENGLISH.cap_reasons(card.caps) or "",
        compartment="" if card is None else str(card.placement.compartment or ""),
        level="" if card is None else str(card.placement.level or ""),
        complications="" if card is None else ", ".join(harm.kind for harm in card.complications),
        effective_dose_msv=None if card is None else card.dose.total.effective_dose_msv,
    )


def _known(path: Path) -> _Known:
    """What the index says of each record, with size and time of change of the file then."""
    rows = read_index(path, _KEPT_COLUMNS) or []
    found = (Attempt(**dict(zip(_COLUMNS, row[: len(_COLUMNS)], strict=True))) for row in rows)
    return {one.record: (one, (row[-2], row[-1])) for one, row in zip(found, rows, strict=True)}


def _updated(known: _Known, folder: Path) -> _Known:
    """The same as the records are now; those that did not change are not read."""
    found: _Known = {}
    for path in _records(folder):
        name = shown_text(path.relative_to(folder).as_posix())
        while name in found:  # another name that is shown alike
            name += "'"
        try:
            status = path.stat()
        except OSError:
            continue
        mark = (status.st_size, status.st_mtime_ns)
        before = known.get(name)
        found[name] = before if before is not None and before[1] == mark else (_read(path, name), mark)
    return found


def _read(path: Path, name: str) -> Attempt:
    try:
        record = read_session(path)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return summarise_record(record, name, digest)
    except UserInputError as fault:
        return Attempt(record=name, sha256="", state="unreadable", problem=f"{fault.what}"[:300])
    except OSError as error:
        return Attempt(record=name, sha256="", state="unreadable", problem=str(error.strerror))


def _records(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("session.jsonl") if path.is_file())


def as_row(attempt: Attempt) -> dict[str, Any]:
    """An attempt in plain JSON types."""
    return asdict(attempt)
