"""Session reader: a record is read line by line, each checked before the next is looked at."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import IO, Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from simulator.engine.events import AcquisitionMade, Event, ScoutMade
from simulator.errors import UserInputError
from simulator.interface.commands import Command
from simulator.interface.older_commands import AcquireScout
from simulator.program_name import program_name
from simulator.records.case_check import check_labels, check_rubric
from simulator.records.codec import command_from, event_from
from simulator.records.event_migrations import migrated_event
from simulator.records.framing import DAMAGED, EDITED, unframed, unframed_1
from simulator.records.header import Header, read_header
from simulator.records.migrations import FORMAT, migrate
from simulator.records.scorecard_codec import scorecard_from_json
from simulator.records.session_record import Closing, ImageRecord, RecordedStep, SessionRecord
from simulator.records.strict_json import json_line, parse_json
from simulator.scoring.scorecard import Scorecard

LARGEST_BYTES = 64_000_000  # of a record; an hour under a held pedal takes some ten million
LONGEST_LINE = 4_000_000
_UNFRAMED: Mapping[int, Callable[[bytes, int, str], tuple[str, Any]]] = {
    1: unframed_1,
    **dict.fromkeys(range(2, FORMAT + 1), unframed),
}
_IMAGE = TypeAdapter(ImageRecord)
_CLOSING = TypeAdapter(Closing)
_RESUMED = TypeAdapter(dict[str, dict[str, str]])
_IMAGE_KEYS = frozenset(item.name for item in fields(ImageRecord))
_CLOSING_KEYS = frozenset(item.name for item in fields(Closing))
BARE_SCOUT = {"command": "AcquireScout"}
"""As records hold it from before there were scouts; one that was taken is written with its fields."""
_T = TypeVar("_T")


class NothingRecordedError(UserInputError):
    """The record holds not even a whole header: the session ended before it began."""


class DamagedRecordError(UserInputError):
    """A line is wrong; what stands above it is whole.

    Args:
        fault: what is wrong
        path: of the record
        lines, whole_bytes: of the beginning that is whole
    """

    def __init__(self, fault: UserInputError, path: Path, lines: int, whole_bytes: int) -> None:
        rest = f"the first {lines} lines are whole: `{program_name()} salvage` saves them"
        super().__init__(fault.location, fault.what, "; ".join(filter(None, (fault.fix, rest if lines else ""))))
        self.path, self.lines, self.whole_bytes = path, lines, whole_bytes


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What the lines of a record have said so far.

    Attributes:
        slice_counts: of each acquisition, by its number
        scouts_taken: how many
        latest_press: the last one that was read
    """

    format: int
    header: Header
    commands: list[Command] = field(default_factory=list)
    events: list[list[Event]] = field(default_factory=list)
    images: list[ImageRecord] = field(default_factory=list)
    scouts: list[ImageRecord] = field(default_factory=list)
    scouts_taken: int = 0
    closing: Closing | None = None
    scorecard: Scorecard | None = None
    slice_counts: dict[int, int] = field(default_factory=dict)
    latest_press: AcquisitionMade | None = None

    @property
    def steps(self) -> tuple[RecordedStep, ...]:
        """Commands with their events."""
        made = zip(self.commands, self.events, strict=True)
        return tuple(RecordedStep(command=command, events=tuple(events)) for command, events in made)


def session_path(path: Path) -> Path:
    """The record that a user means by a file or a session's folder."""
    return path / "session.jsonl" if path.is_dir() else path


def read_session(path: Path) -> SessionRecord:
    """Read and check a record; a last line that was torn is left out.

    Raises:
        NothingRecordedError: there is no whole line in it
        DamagedRecordError: a line is wrong; the message names it
        UserInputError: no record, or it cannot be read
    """
    path = session_path(Path(path))
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UserInputError(str(path), "this is no file", "name a session's folder")
        if status.st_size > LARGEST_BYTES:
            what = f"it is larger than {LARGEST_BYTES // 1_000_000} MB, more than any session leaves"
            raise UserInputError(str(path), what, "is it a session's record?")
        with path.open("rb") as file:
            return _read(path, file)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UserInputError(str(path), "there is no such record", "name a session's folder") from error
    except OSError as error:
        raise UserInputError(str(path), f"the record cannot be read ({error.strerror})", "check the file") from error
    except ValueError as error:  # a path with a NUL in it
        raise UserInputError(repr(str(path))[:80], f"this is no path ({error})", "name a session's folder") from error


def _read(path: Path, file: IO[bytes]) -> SessionRecord:
    reading: _Reading | None = None
    digest = hashlib.sha256()
    lines = whole = torn = 0
    try:
        for line in _lines(path, file):
            if not line.endswith(b"\n"):
                torn = len(line)
                break
            location = f"{path}:{lines + 1}"
            if reading is None:
                reading = _begin(line[:-1], location)
            else:
                _take(reading, line[:-1], lines, digest.hexdigest, location)
            digest.update(line)
            lines, whole = lines + 1, whole + len(line)
    except UserInputError as fault:
        raise DamagedRecordError(fault, path, lines, whole) from fault
    if reading is None:
        raise NothingRecordedError(str(path), "there is no whole line in this record", "nothing in it can be saved")
    if torn and reading.closing is not None:
        beyond = UserInputError(f"{path}:{lines + 1}", "something stands after the closing line", EDITED)
        raise DamagedRecordError(beyond, path, lines, whole)
    return SessionRecord(
        path=path,
        format=reading.format,
        header=reading.header,
        steps=reading.steps,
        images=tuple(reading.images),
        scouts=tuple(reading.scouts),
        closing=reading.closing,
        scorecard=reading.scorecard,
        lines=lines,
        whole_bytes=whole,
        sha256=digest.hexdigest(),
        torn_bytes=torn,
    )


def _lines(path: Path, file: IO[bytes]) -> Iterator[bytes]:
    """Lines with their newlines, none longer than memory should hold; the last may lack its newline."""
    total = 0
    for number in range(1, LARGEST_BYTES):
        line = file.readline(LONGEST_LINE + 1)
        total += len(line)
        if not line:
            return
        if len(line) > LONGEST_LINE or total > LARGEST_BYTES:
            raise UserInputError(f"{path}:{number}", "the line is longer than any of a session", DAMAGED)
        yield line


def _begin(line: bytes, location: str) -> _Reading:
    """What a header says."""
    found = _read_format(line, location)
    kind, body = _UNFRAMED[found](line, 0, location)
    if kind != "header":
        raise UserInputError(location, "the record has no header", DAMAGED)
    header = read_header(migrate(found, kind, body, location), location)
    if found == FORMAT and header.patient_digest is None:
        raise UserInputError(location, "the header does not say which patient it was", EDITED)
    if found == FORMAT:
        check_rubric(header, location)
    return _Reading(format=found, header=header)


def _read_format(line: bytes, location: str) -> int:
    """The format that a header names; this much is read before the line's checksum, whose place the format says."""
    data = parse_json(line.decode("utf-8", errors="replace"), location)
    body = data.get("body") if isinstance(data, dict) else None
    found = body.get("format") if isinstance(body, dict) else None
    if not isinstance(found, int) or isinstance(found, bool):
        raise UserInputError(
            location, "this is no header, with which a session's record begins", "is it the right file?"
        )
    if found > FORMAT:
        what = f"the record's format is {str(found)[:20]}, this version reads 1 to {FORMAT}"
        raise UserInputError(location, what, "update the simulator")
    if found not in _UNFRAMED:
        raise UserInputError(location, f"there never was a format {str(found)[:20]}", DAMAGED)
    return found


def _take(reading: _Reading, line: bytes, number: int, digest: Callable[[], str], location: str) -> None:
    """Add what one line says."""
    kind, body = _UNFRAMED[reading.format](line, number, location)
    if reading.closing is not None:
        raise UserInputError(location, "there are lines after the closing line", EDITED)
    body = migrate(reading.format, kind, body, location)
    if kind == "command":
        reading.commands.append(cast(Command, AcquireScout()) if body == BARE_SCOUT else command_from(body, location))
        reading.events.append([])
    elif kind == "event":
        if not reading.commands:
            raise UserInputError(location, "an event stands before the first command", EDITED)
        press = None if reading.latest_press is None else reading.latest_press.settings
        event = event_from(migrated_event(reading.format, body, press, location), location)
        reading.events[-1].append(event)
        if isinstance(event, AcquisitionMade):
            reading.slice_counts[event.number] = len(event.slices.centres_table_mm)
            if event.purpose == "fluoroscopy":
                reading.latest_press = event
        elif isinstance(event, ScoutMade):
            reading.scouts_taken += 1
    elif kind == "scout":
        reading.scouts.append(_scout(reading, body, location))
    elif kind == "image":
        image = _image(reading, body, location)
        if any((image.number, image.slices) == (other.number, other.slices) for other in reading.images):
            raise UserInputError(location, f"image {image.number} stands twice", EDITED)
        reading.images.append(image)
    elif kind == "resumed":
        _validated(_RESUMED, body, location)
    elif kind == "close":
        reading.closing = _closing(body, number, digest(), location)
        if reading.closing.scorecard is not None:
            reading.scorecard = scorecard_from_json(reading.closing.scorecard, f"{location}, scorecard")
            check_labels(reading.header, reading.scorecard, f"{location}, scorecard")
    else:
        raise UserInputError(location, f"unknown kind of line {kind[:40]!r}", EDITED)


def _closing(body: Any, number: int, sha256: str, location: str) -> Closing:
    closing = _validated(_CLOSING, body, location)
    if set(body) != _CLOSING_KEYS or closing.lines != number or closing.sha256 != sha256:
        raise UserInputError(location, "the closing line does not fit the lines above", EDITED)
    return closing


def _image(reading: _Reading, body: Any, location: str) -> ImageRecord:
    image = _validated(_IMAGE, body, location)
    count = reading.slice_counts.get(image.number)
    if count is None:
        raise UserInputError(location, f"image {str(image.number)[:20]} belongs to no acquisition", EDITED)
    if set(body) != _IMAGE_KEYS:
        raise UserInputError(location, "this is no image line", DAMAGED)
    if not all(0 <= index < count for index in image.slices or ()):
        raise UserInputError(location, f"acquisition {image.number} has {count} slices", EDITED)
    return image


def _scout(reading: _Reading, body: Any, location: str) -> ImageRecord:
    image = _validated(_IMAGE, body, location)
    if set(body) != _IMAGE_KEYS or image.slices is not None:
        raise UserInputError(location, "this is no line of a scout's picture", DAMAGED)
    if image.number >= reading.scouts_taken:
        raise UserInputError(location, f"picture {str(image.number)[:20]} belongs to no scout", EDITED)
    if any(image.number == other.number for other in reading.scouts):
        raise UserInputError(location, f"the picture of scout {image.number} stands twice", EDITED)
    return image


def _validated(kind: TypeAdapter[_T], body: Any, location: str) -> _T:
    try:
        # JSON has no tuples, so lists stand for them; all else is taken as it is
        return kind.validate_json(json_line(body), strict=True)
    except ValidationError as error:
        item = error.errors()[0]
        dotted = ".".join(str(part) for part in item["loc"])[:80]
        raise UserInputError(location, f"{dotted or 'the line'}: {item['msg']}", DAMAGED) from error
