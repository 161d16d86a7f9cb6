"""Digest of source text without what changes nothing: comments, docstrings, blank lines. It names caches only."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

_PHANTOMS = Path(__file__).parent
_FOUNDATIONS = ("spatial", "vocabulary")  # rooms of the simulator on which patients stand
_CACHE_MODULES = ("kernel_cache.py", "compiled_kernels.py", "array_cache.py", "voxel_cache.py", "source_digest.py")

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


def patient_sources(*, without: tuple[str, ...] = ()) -> list[Path]:
    """Modules and tables that have a say in a patient.

    Args:
        without: folders of this package that are left out
    """
    folders = [_PHANTOMS, *(_PHANTOMS.parent / "simulator" / name for name in _FOUNDATIONS)]
    modules = (path for folder in folders for path in folder.rglob("*.py"))
    spoken = [path for path in modules if path.name not in _CACHE_MODULES and path.parent.name not in without]
    return [*sorted(spoken), *sorted((_PHANTOMS / "data").glob("*.csv"))]
