"""Session record: a record as it is read back, line by line, each checked before the next is looked at."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from simulator.engine.events import AcquisitionMade, Event
from simulator.errors import UserInputError
from simulator.interface.commands import Command
from simulator.program_name import program_name
from simulator.records.codec import command_from, event_from
from simulator.records.event_migrations import migrated_event
from simulator.records.framing import DAMAGED, unframed, unframed_1
from simulator.records.header import checked_header
from simulator.records.migrations import FORMAT, migrated
from simulator.records.scorecard_codec import scorecard_from_json
from simulator.records.strict_json import json_line, parse_json
from simulator.scoring.scorecard import Scorecard

LARGEST_BYTES = 64_000_000  # of a record; an hour under a held pedal takes some ten million
LONGEST_LINE = 4_000_000
_EDITED = "the record was edited"
_UNFRAMED: Mapping[int, Callable[[bytes, int, str], tuple[str, Any]]] = {1: unframed_1, 2: unframed, 3: unframed}
_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRecord:
    """What is kept of an image that was shown: which slices (None: all), its digest, and samples of its HU."""

    number: Annotated[int, Field(ge=0)]
    slices: tuple[int, ...] | None
    digest: _Digest
    probe: tuple[tuple[float, ...], ...]


class Closing(TypedDict):
    """The closing line: how many lines stand above it, their SHA-256, the session's digest and its scorecard."""

    lines: int
    sha256: _Digest
    digest: _Digest | None
    scorecard: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedStep:
    """A command and what the record says came of it; of the last one a part may be missing."""

    command: Command
    events: list[Event] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class SessionRecord:
    """A record as read back.

    Attributes:
        path: of the record
        format: in which it was written; all else is as the present format has it
        closing: None where the session was left or killed before its end
        scorecard: of the closing line; None where there is none
        lines, whole_bytes, sha256: of the whole lines
        torn_bytes: of a last line that was never finished
        slice_counts: of each acquisition, by its number
        latest_press: the last one that was read
    """

    path: Path
    format: int
    header: dict[str, Any]
    steps: list[RecordedStep] = field(default_factory=list)
    images: list[ImageRecord] = field(default_factory=list)
    closing: dict[str, Any] | None = None
    scorecard: Scorecard | None = None
    lines: int = 0
    whole_bytes: int = 0
    sha256: str = ""
    torn_bytes: int = 0
    slice_counts: dict[int, int] = field(default_factory=dict)
    latest_press: AcquisitionMade | None = None

    @property
    def commands(self) -> list[Command]:
        """All commands, in order."""
        return [step.command for step in self.steps]

    @property
    def events(self) -> list[Event]:
        """All events, in order."""
        return [event for step in self.steps for event in step.events]

    @property
    def torn(self) -> str:
        """One sentence on a torn end; empty where there is none."""
        if self.torn_bytes == 0:
            return ""
        return f"{self.path} ends in a torn line of {self.torn_bytes} bytes, which is left out."


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


_IMAGE = TypeAdapter(ImageRecord)
_CLOSING = TypeAdapter(Closing)


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
    record: SessionRecord | None = None
    digest = hashlib.sha256()
    lines = whole = torn = 0
    try:
        for line in _lines(path, file):
            if not line.endswith(b"\n"):
                torn = len(line)
                break
            location = f"{path}:{lines + 1}"
            if record is None:
                record = _begun(path, line[:-1], location)
            else:
                _take(record, line[:-1], lines, digest.hexdigest, location)
            digest.update(line)
            lines, whole = lines + 1, whole + len(line)
    except UserInputError as fault:
        raise DamagedRecordError(fault, path, lines, whole) from fault
    if record is None:
        raise NothingRecordedError(str(path), "there is no whole line in this record", "nothing in it can be saved")
    record.lines, record.whole_bytes, record.sha256, record.torn_bytes = lines, whole, digest.hexdigest(), torn
    if torn and record.closing is not None:
        beyond = UserInputError(f"{path}:{lines + 1}", "something stands after the closing line", _EDITED)
        raise DamagedRecordError(beyond, path, lines, whole)
    return record


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


def _begun(path: Path, line: bytes, location: str) -> SessionRecord:
    """The record that a header begins."""
    found = _format_of(line, location)
    kind, body = _UNFRAMED[found](line, 0, location)
    if kind != "header":
        raise UserInputError(location, "the record has no header", DAMAGED)
    header = checked_header(migrated(found, kind, body, location), location)
    if found == FORMAT and header["patient_digest"] is None:
        raise UserInputError(location, "the header does not say which patient it was", _EDITED)
    return SessionRecord(path=path, format=found, header=header)


def _format_of(line: bytes, location: str) -> int:
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


def _take(record: SessionRecord, line: bytes, number: int, digest: Callable[[], str], location: str) -> None:
    """Add what one line says."""
    kind, body = _UNFRAMED[record.format](line, number, location)
    if record.closing is not None:
        raise UserInputError(location, "there are lines after the closing line", _EDITED)
    body = migrated(record.format, kind, body, location)
    if kind == "command":
        record.steps.append(RecordedStep(command=command_from(body, location)))
    elif kind == "event":
        if not record.steps:
            raise UserInputError(location, "an event stands before the first command", _EDITED)
        press = None if record.latest_press is None else record.latest_press.settings
        event = event_from(migrated_event(record.format, body, press, location), location)
        record.steps[-1].events.append(event)
        if isinstance(event, AcquisitionMade):
            record.slice_counts[event.number] = len(event.slices.centres_table_mm)
            if event.purpose == "fluoroscopy":
                record.latest_press = event
    elif kind == "image":
        image = _image(record, body, location)
        if any((image.number, image.slices) == (other.number, other.slices) for other in record.images):
            raise UserInputError(location, f"image {image.number} stands twice", _EDITED)
        record.images.append(image)
    elif kind == "resumed":
        _validated(TypeAdapter(dict[str, dict[str, str]]), body, location)
    elif kind == "close":
        closing = dict(_validated(_CLOSING, body, location))
        if set(body) != set(closing) or body["lines"] != number or body["sha256"] != digest():
            raise UserInputError(location, "the closing line does not fit the lines above", _EDITED)
        if closing["scorecard"] is not None:
            record.scorecard = scorecard_from_json(closing["scorecard"], f"{location}, scorecard")
        record.closing = closing
    else:
        raise UserInputError(location, f"unknown kind of line {kind[:40]!r}", _EDITED)


def _image(record: SessionRecord, body: Any, location: str) -> ImageRecord:
    image: ImageRecord = _validated(_IMAGE, body, location)
    count = record.slice_counts.get(image.number)
    if count is None:
        raise UserInputError(location, f"image {str(image.number)[:20]} belongs to no acquisition", _EDITED)
    if set(body) != {"number", "slices", "digest", "probe"}:
        raise UserInputError(location, "this is no image line", DAMAGED)
    if not all(0 <= index < count for index in image.slices or ()):
        raise UserInputError(location, f"acquisition {image.number} has {count} slices", _EDITED)
    return image


def _validated(kind: TypeAdapter[Any], body: Any, location: str) -> Any:
    try:
        # JSON has no tuples, so lists stand for them; all else is taken as it is
        return kind.validate_json(json_line(body), strict=True)
    except ValidationError as error:
        item = error.errors()[0]
        dotted = ".".join(str(part) for part in item["loc"])[:80]
        raise UserInputError(location, f"{dotted or 'the line'}: {item['msg']}", DAMAGED) from error
