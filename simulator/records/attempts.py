"""Attempts: an index of the records under a folder, in SQLite. It holds nothing that the records do not.

The index can be removed at any time. Each look at it first brings it up to date: records that are new or changed are
read, those that went are left out. A record that cannot be read is listed with the reason.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path
from typing import Any

from simulator.engine.events import AcquisitionMade
from simulator.errors import UserInputError
from simulator.records.session_reader import read_session
from simulator.records.session_record import SessionRecord
from simulator.wording.english import ENGLISH

INDEX = "attempts.sqlite"
BUSY_S = 1.0
_VERSION = 1


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


def attempts(folder: Path) -> list[Attempt]:
    """Every record under a folder, by learner and time; the index in the folder is brought up to date first.

    Raises:
        UserInputError: there is no such folder.
    """
    if not folder.is_dir():
        raise UserInputError(str(folder), "there is no such folder", "name the folder that holds sessions")
    try:
        return _listed(_opened(folder / INDEX), folder)
    except sqlite3.Error:  # a disk that is full, or another program at work
        return _listed(_in_memory(), folder)


def rebuild(folder: Path) -> list[Attempt]:
    """The same, after the index was thrown away."""
    with contextlib.suppress(OSError):
        (folder / INDEX).unlink()
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


def _listed(index: sqlite3.Connection, folder: Path) -> list[Attempt]:
    with contextlib.closing(index):
        _update(index, folder)
        rows = index.execute(f"SELECT {', '.join(_COLUMNS)} FROM attempts ORDER BY learner, started, record")
        return [Attempt(**dict(zip(_COLUMNS, row, strict=True))) for row in rows]


def _opened(path: Path) -> sqlite3.Connection:
    """The index, empty where there was none, where it is damaged or another version's; in memory where need be."""
    for _ in range(2):
        try:
            index = sqlite3.connect(path, timeout=BUSY_S)
            if index.execute("PRAGMA user_version").fetchone()[0] not in (0, _VERSION):
                raise sqlite3.DatabaseError("another version")
            _prepare(index)
            return index
        except sqlite3.Error:
            with contextlib.suppress(OSError):
                path.unlink()
    return _in_memory()


def _in_memory() -> sqlite3.Connection:
    index = sqlite3.connect(":memory:")
    _prepare(index)
    return index


def _prepare(index: sqlite3.Connection) -> None:
    columns = ", ".join(_COLUMNS)
    index.execute(f"CREATE TABLE IF NOT EXISTS attempts ({columns}, bytes, changed_ns, PRIMARY KEY (record))")
    index.execute(f"SELECT {columns}, bytes, changed_ns FROM attempts LIMIT 1")
    index.execute(f"PRAGMA user_version = {_VERSION}")
    index.commit()


def _update(index: sqlite3.Connection, folder: Path) -> None:
    known = {row[0]: row[1:] for row in index.execute("SELECT record, bytes, changed_ns FROM attempts")}
    marks = ", ".join("?" * (len(_COLUMNS) + 2))
    for path in _records(folder):
        name = path.relative_to(folder).as_posix()
        try:
            status = path.stat()
        except OSError:
            continue
        if known.pop(name, None) == (status.st_size, status.st_mtime_ns):
            continue
        row = (*astuple(_read(path, name)), status.st_size, status.st_mtime_ns)
        index.execute(f"INSERT OR REPLACE INTO attempts VALUES ({marks})", row)
    index.executemany("DELETE FROM attempts WHERE record = ?", [(name,) for name in known])
    index.commit()


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
