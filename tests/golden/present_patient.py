"""Records of earlier formats on the patient as it is built now: what changes a body is no fault of a format."""

from __future__ import annotations

import hashlib
import json
import zlib
from pathlib import Path

RECORDS = Path(__file__).parent / "records"


def of_present_patient(number: int, identity: str) -> bytes:
    """The kept record of a format from 3 on, of another patient's identity, its checksums made anew."""
    lines = (RECORDS / f"format-{number}.jsonl").read_bytes().splitlines(keepends=True)
    old = json.loads(lines[0])["body"]["patient_digest"]
    lines[0] = _sealed(lines[0].replace(old.encode(), identity.encode()))
    closing = json.loads(lines[-1])["body"]["sha256"]
    fresh = hashlib.sha256(b"".join(lines[:-1])).hexdigest()
    lines[-1] = _sealed(lines[-1].replace(closing.encode(), fresh.encode()))
    return b"".join(lines)


def _sealed(line: bytes) -> bytes:
    start = line[: line.rindex(b',"crc"')]
    return start + f',"crc":"{zlib.crc32(start):08x}"}}\n'.encode()
