"""Framing: one line of a record, with its place in the record and a CRC-32.

Formats 2 and 3: `{"seq":N,"kind":K,"body":B,"crc":C}`, where C is taken over the bytes of the line before `,"crc"`,
so that no byte of a line can change unseen. Format 1 took it over the content written anew, with the keys in another
order.
Kinds: header, command, event, image, scout, resumed, close.
"""

from __future__ import annotations

import json
import re
import zlib
from typing import Any

from simulator.errors import UserInputError
from simulator.records.strict_json import json_line, parse_json

_END = re.compile(rb',"crc":"([0-9a-f]{8})"\}$')
_END_LENGTH = len(b',"crc":"00000000"}')
DAMAGED = "the record is damaged or edited"
EDITED = "the record was edited"


def framed(seq: int, kind: str, body: Any) -> bytes:
    """One line of the present format, with its newline; ValueError for a number that is none."""
    start = json_line({"seq": seq, "kind": kind, "body": body})[:-1].encode()
    return start + f',"crc":"{zlib.crc32(start):08x}"}}\n'.encode()


def unframed(line: bytes, number: int, location: str) -> tuple[str, Any]:
    """Kind and body of a line of formats 2 and 3, without its newline; UserInputError where a byte of it is wrong."""
    end = _END.search(line[-_END_LENGTH:])
    if end is None or zlib.crc32(line[:-_END_LENGTH]) != int(end[1], 16):
        parse_json(_text(line, location), location)  # says what is wrong where it can
        raise UserInputError(location, "the line's checksum does not fit", DAMAGED)
    return _parts(parse_json(_text(line, location), location), number, location)


def unframed_1(line: bytes, number: int, location: str) -> tuple[str, Any]:
    """The same for a line of format 1."""
    data = parse_json(_text(line, location), location)
    kind, body = _parts(data, number, location)
    text = json.dumps([number, kind, body], sort_keys=True, separators=(",", ":"))
    if f"{zlib.crc32(text.encode()):08x}" != data["crc"]:
        raise UserInputError(location, "the line's checksum does not fit", DAMAGED)
    return kind, body


def _parts(data: Any, number: int, location: str) -> tuple[str, Any]:
    if not isinstance(data, dict) or set(data) != {"seq", "kind", "body", "crc"}:
        raise UserInputError(location, "this is no line of a session's record", "is it the right file?")
    if data["seq"] != number or isinstance(data["seq"], bool):
        found = repr(data["seq"])[:20]
        raise UserInputError(
            location, f"line {found} stands where {number} should", "lines were lost, moved or doubled"
        )
    if not isinstance(data["kind"], str):
        raise UserInputError(location, "the line's kind is no text", DAMAGED)
    return data["kind"], data["body"]


def _text(line: bytes, location: str) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserInputError(location, f"this is no text ({error.reason})", DAMAGED) from error
