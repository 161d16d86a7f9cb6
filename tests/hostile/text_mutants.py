"""Text mutants: a small file (JSON, TOML, points, JSON lines) with one thing wrong, by accident or with care."""

from __future__ import annotations

import re

import numpy as np

from tests.hostile.record_mutants import NASTY

_VALUE = re.compile(rb'"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\btrue\b|\bfalse\b|\bnull\b')
_WORDS = (
    b"nan", b"inf", b"1e308", b"-5", b"0x7fffffffffffffff", b"9999-12-31", b'""', b"''", b"[[]]", b"{a = 1}", b"{}",
    b'"\\u0000"', b'"\\u202e"', b'"\x1b[2J"', b'"' + b"y" * 3000 + b'"', b"[" * 2000, b"1_0", b'"../../../etc/passwd"',
    "\u00e9\u4e2d".encode(), b"\xff\xfe", b"true", b"-0.0", b"1e-320", b"18446744073709551616",
)  # fmt: skip


def text_mutant(content: bytes, rng: np.random.Generator) -> bytes:
    """One value replaced by a nasty one, a key changed, a line lost, doubled or moved, or bytes that changed."""
    kind = int(rng.integers(10))
    if kind < 5:
        return _with_a_nasty_value(content, rng)
    lines = content.splitlines(keepends=True)
    one, two = (int(index) for index in rng.integers(len(lines), size=2))
    if kind == 5:
        del lines[one]
    elif kind == 6:
        lines.insert(two, lines[one])
    elif kind == 7:
        lines[one], lines[two] = lines[two], lines[one]
    elif kind == 8:
        at = int(rng.integers(len(content)))
        data = bytearray(content)
        if rng.integers(2):
            data[at] ^= 1 << int(rng.integers(8))
        else:
            data[at : at + int(rng.integers(1, 30))] = rng.bytes(int(rng.integers(0, 30)))
        return bytes(data)
    else:
        return content[: int(rng.integers(len(content)))]
    return b"".join(lines)


def _with_a_nasty_value(content: bytes, rng: np.random.Generator) -> bytes:
    found = list(_VALUE.finditer(content))
    match = found[int(rng.integers(len(found)))]
    nasty = (*_WORDS, *(text.encode() for text in NASTY))
    return content[: match.start()] + nasty[int(rng.integers(len(nasty)))] + content[match.end() :]
