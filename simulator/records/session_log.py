"""Session log: an append-only record from which a session can be run again.

One JSON object a line: `seq`, `kind`, `body` and a CRC-32 over the three. Kinds: header, command, event, image,
close. The header makes the record self-contained; the closing line holds the count and a SHA-256 over all lines.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from simulator.faults import UserFaultError
from simulator.procedure.commands import Command
from simulator.procedure.events import Event
from simulator.records.codec import command_from, event_from, parse_json

FORMAT = 1
LARGEST_BYTES = 500_000_000
_SYNCED = ("header", "close")


def _line(seq: int, kind: str, body: Any) -> str:
    text = json.dumps([seq, kind, body], sort_keys=True, separators=(",", ":"))
    crc = f"{zlib.crc32(text.encode()):08x}"
    return json.dumps({"seq": seq, "kind": kind, "body": body, "crc": crc}, sort_keys=True, separators=(",", ":"))


class SessionLog:
    """Writes a record; every line is flushed before its content is shown.

    Args:
        path: of the record; an existing one is replaced
        header: what makes the record self-contained
    """

    def __init__(self, path: Path, header: dict[str, Any]) -> None:
        self._file: IO[str] = path.open("w", encoding="utf-8", newline="\n")
        self._seq = 0
        self._digest = hashlib.sha256()
        self.write("header", {"format": FORMAT, **header})

    def write(self, kind: str, body: Any) -> None:
        """Append one line."""
        line = _line(self._seq, kind, body) + "\n"
        self._file.write(line)
        self._file.flush()
        if kind in _SYNCED:
            os.fsync(self._file.fileno())
        self._digest.update(line.encode())
        self._seq += 1

    def close(self, summary: dict[str, Any]) -> None:
        """Append the closing line."""
        self.write("close", {"lines": self._seq, "sha256": self._digest.hexdigest(), **summary})
        self._file.close()

    def __enter__(self) -> SessionLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._file.closed:
            self._file.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRecord:
    """What is kept of an image that was shown: which slices (None: all), its digest, and samples of its HU."""

    number: int
    slices: tuple[int, ...] | None
    digest: str
    probe: tuple[tuple[float, ...], ...]


@dataclass(slots=True, kw_only=True)
class SessionRecord:
    """A record as read back."""

    path: Path
    header: dict[str, Any]
    commands: list[Command] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    images: list[ImageRecord] = field(default_factory=list)
    closing: dict[str, Any] | None = None


def session_path(path: Path) -> Path:
    """The record that a user means by a file or a session's folder."""
    return path / "session.jsonl" if path.is_dir() else path


def read_session(path: Path) -> SessionRecord:
    """Read and check a record.

    Raises:
        UserFaultError: no record, of a newer format, damaged or edited; the message names the line.
    """
    path = session_path(path)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise UserFaultError(str(path), "the record is larger than 500 MB", "is it a session's record?")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UserFaultError(str(path), "there is no such record", "name a session's folder") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserFaultError(str(path), f"the record cannot be read ({error})", "check the file") from error
    record: SessionRecord | None = None
    digest = hashlib.sha256()
    for number, line in enumerate(text.splitlines()):
        place = f"{path}:{number + 1}"
        kind, body = _checked(line, number, place)
        if record is None:
            record = SessionRecord(path=path, header=_header(kind, body, place))
        elif record.closing is not None:
            raise UserFaultError(place, "there are lines after the closing line", "the record was edited")
        elif kind == "command":
            record.commands.append(command_from(body, place))
        elif kind == "event":
            record.events.append(event_from(body, place))
        elif kind == "image":
            record.images.append(_image(body, place))
        elif kind == "close":
            if body.get("lines") != number or body.get("sha256") != digest.hexdigest():
                raise UserFaultError(place, "the closing line does not fit the lines above", "the record was edited")
            record.closing = body
        else:
            raise UserFaultError(place, f"unknown kind of line {kind!r}", "the record was edited")
        digest.update((line + "\n").encode())
    if record is None:
        raise UserFaultError(str(path), "the record is empty", "name another session")
    return record


def _checked(line: str, number: int, place: str) -> tuple[str, Any]:
    data = parse_json(line, place)
    if not isinstance(data, dict) or set(data) != {"seq", "kind", "body", "crc"}:
        raise UserFaultError(place, "this is no line of a session's record", "the record is damaged")
    if data["seq"] != number:
        raise UserFaultError(place, f"line {data['seq']} stands where {number} should", "lines were lost or moved")
    if json.loads(_line(data["seq"], data["kind"], data["body"]))["crc"] != data["crc"]:
        raise UserFaultError(place, "the line's checksum does not fit", "the record is damaged or edited")
    return str(data["kind"]), data["body"]


def _header(kind: str, body: Any, place: str) -> dict[str, Any]:
    if kind != "header" or not isinstance(body, dict):
        raise UserFaultError(place, "the record has no header", "the record is damaged")
    if body.get("format") != FORMAT:
        raise UserFaultError(
            place,
            f"the record's format is {body.get('format')}, this version reads {FORMAT}",
            "update the simulator",
        )
    return body


def _image(body: Any, place: str) -> ImageRecord:
    try:
        probe = tuple(tuple(float(v) for v in row) for row in body["probe"])
        slices = None if body["slices"] is None else tuple(int(index) for index in body["slices"])
        return ImageRecord(number=int(body["number"]), slices=slices, digest=str(body["digest"]), probe=probe)
    except (KeyError, TypeError, ValueError) as error:
        raise UserFaultError(place, "this is no image line", "the record is damaged") from error
