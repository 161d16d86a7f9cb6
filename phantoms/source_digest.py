"""Digest of source text without what changes nothing: comments, docstrings, blank lines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

_WORDS = re.compile(
    r"""
    (?P<words>  \#[^\n]*  |  ^[ ]*(\"\"\")(?:.*?)\2 )   # a comment, or a text that stands on lines of its own
    | (\"\"\").*?\3                                     # other texts are code
    | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)


def bare_source(text: str) -> str:
    """Python source without comments, docstrings, blank lines and spaces at the ends of lines."""
    code = _WORDS.sub(lambda found: "" if found["words"] else found[0], text)
    return "\n".join(line.rstrip() for line in code.splitlines() if line.strip())


def source_digest(start: str, paths: Iterable[Path]) -> str:
    """SHA-256 over a text, and over the names and content of files; of Python files over what they do alone."""
    digest = hashlib.sha256(start.encode())
    for path in paths:
        digest.update(path.name.encode())
        if path.suffix == ".py":
            digest.update(bare_source(path.read_text(encoding="utf-8")).encode())
        else:
            digest.update(path.read_bytes())
    return digest.hexdigest()
