"""Record mutants: records with one thing wrong, and a judge who says what becomes of each.

Two kinds. Bytes that changed by accident or by hand: every one must be noticed. And lines that were written anew with
checksums that fit, as a program would that knows the format: what is no record must be refused, and what is one must
part from its replay. Left alone are labels that nothing follows from (title, learner, date, versions): without a
signature nobody can tell that they were others.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from simulator.errors import UserInputError
from simulator.records.rebuild import rebuild_case
from simulator.records.replay import rerun, verify
from simulator.records.session_reader import read_session
from simulator.records.session_record import SessionRecord
from simulator.scenario.build import Case

Mutate = Callable[[bytes, np.random.Generator], bytes]
NASTY = (
    "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "null", "true", '"x"', "[]", "{}", "-1", "1e30", "0.5",
    "9" * 400,
    "9" * 5000, '"\\ud800"', "[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000, '{"a":1,"a":2}',
    '"' + "x" * 5000 + '"', '"<script>"', '"\\u0000"', "[[[]]]", "-0.0", '"../../etc/passwd"',
)  # fmt: skip
LABELS = {"resolved", "learner", "started", "versions"}


def accidents(content: bytes, rng: np.random.Generator) -> bytes:
    """A flipped bit, a lost, doubled or exchanged line, or bytes that came, went or changed."""
    data = bytearray(content)
    at = int(rng.integers(len(data)))
    lines = content.splitlines(keepends=True)
    one, two = (int(index) for index in rng.choice(len(lines), 2, replace=False))
    kind = int(rng.integers(9))
    if kind == 0:
        data[at] ^= 1 << int(rng.integers(8))
    elif kind == 1:
        del data[at : at + int(rng.integers(1, 40))]
    elif kind == 2:
        data[at:at] = rng.bytes(int(rng.integers(1, 40)))
    elif kind == 3:
        return content[:at]
    elif kind == 4:
        del lines[one]
    elif kind == 5:
        lines.insert(one, lines[one])
    elif kind == 6:
        lines[one], lines[two] = lines[two], lines[one]
    elif kind == 7:
        data[at : at + 4] = rng.bytes(4)
    else:
        digits = [index for index, byte in enumerate(content) if chr(byte).isdigit()]
        location = digits[int(rng.integers(len(digits)))]
        data[location] = ord("0") + (data[location] - ord("0") + 1 + int(rng.integers(9))) % 10
    return b"".join(lines) if kind in (4, 5, 6) else bytes(data)


def forgeries(content: bytes, rng: np.random.Generator) -> bytes:
    """One value, key or line changed, and all checksums made to fit again."""
    lines = [json.loads(line) for line in content.splitlines()]
    texts = [(line["kind"], json.dumps(line["body"])) for line in lines]
    at = int(rng.integers(len(lines)))
    kind = int(rng.integers(8))
    if kind == 0 and texts[at][0] != "image":  # one image fewer is another record, and no worse
        del texts[at]
    elif kind == 1:
        texts.insert(at, texts[at])
    elif kind == 2:
        other = ("header", "command", "event", "image", "close", "resumed", "", "x")[int(rng.integers(8))]
        texts[at] = (other, texts[at][1])
    else:
        texts[at] = (texts[at][0], _changed(lines[at]["kind"], lines[at]["body"], kind, rng))
    return sealed(texts, keep_closing=at == len(lines) - 1)


def _changed(line: str, body: Any, kind: int, rng: np.random.Generator) -> str:
    """The text of a body in which one place is another."""
    places = [location for location in _places(body, ()) if not (line == "header" and location[0] in LABELS)]
    location = places[int(rng.integers(len(places)))]
    within: Any = body
    for key in location[:-1]:
        within = within[key]
    last, mark = location[-1], "@@here@@"
    new = NASTY[int(rng.integers(len(NASTY)))]
    value = within[last]
    if kind == 3 and isinstance(within, dict):
        del within[last]
        return json.dumps(body)
    if kind == 4 and isinstance(within, dict):
        within[f"{last}_"] = within.pop(last)
        return json.dumps(body)
    if kind == 5 and isinstance(value, int | float) and not isinstance(value, bool):
        within[last] = value + 1
        return json.dumps(body)
    if kind == 6 and isinstance(within, dict):
        within["another"] = 1
        return json.dumps(body)
    within[last] = mark
    return json.dumps(body).replace(f'"{mark}"', new)


def _places(value: Any, above: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if above:
        yield above
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _places(item, (*above, key))


def sealed(texts: list[tuple[str, str]], *, keep_closing: bool) -> bytes:
    """Lines with numbers and checksums that fit."""
    content = b""
    for number, (kind, text) in enumerate(texts):
        if kind == "close" and not keep_closing and number == len(texts) - 1:
            body = {**json.loads(text), "lines": number, "sha256": hashlib.sha256(content).hexdigest()}
            text = json.dumps(body)
        start = f'{{"seq":{number},"kind":{json.dumps(kind)},"body":{text}'.encode()
        content += start + f',"crc":"{zlib.crc32(start):08x}"}}\n'.encode()
    return content


class Judge:
    """Says what becomes of a mutant.

    Args:
        path: where mutants are put
        content: of the record that they come from
        case: on which it was made
    """

    def __init__(self, path: Path, content: bytes, case: Case) -> None:
        self.path, self.content, self._case = path, content, case
        path.write_bytes(content)
        self._original = read_session(path)
        self._session = rerun(self._original, case)
        assert verify(self._original, case, self._session).grade == "exact"

    def of(self, mutant: bytes) -> str:
        """ "refused", "cut short" or "differs": noticed; "the same" or "accepted": not."""
        self.path.write_bytes(mutant)
        message = ""
        try:
            record = read_session(self.path)
            if record.closing is None:
                return "cut short"  # and every command says so
            if _meaning(record) == _meaning(self._original):
                return "the same"
            return "accepted" if self._agrees(record) else "differs"
        except UserInputError as fault:
            message = str(fault)
        assert self.path.name in message
        assert len(message) < 1500
        return "refused"

    def _agrees(self, record: SessionRecord) -> bool:
        case = self._case if record.header == self._original.header else rebuild_case(record)
        same = case is self._case and record.commands == self._original.commands
        session = self._session if same else rerun(record, case)
        return verify(record, case, session).grade != "refused"


def _meaning(record: SessionRecord) -> tuple[Any, ...]:
    closing = None if record.closing is None else replace(record.closing, sha256="")
    return record.header, record.steps, record.images, closing
