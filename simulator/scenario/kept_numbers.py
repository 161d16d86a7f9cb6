"""Kept numbers: a few numbers that took long to measure, kept on disk between runs under a digest of what they came of.

A file that is damaged, of something else, or cannot be written only costs time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
from pathlib import Path

import platformdirs

from simulator.errors import UserInputError
from simulator.files.small_file import read_small_text
from simulator.files.whole_file import replace_whole

MOST_KEPT = 200
_LARGEST_BYTES = 2_000


def load_numbers(digest: str) -> list[float] | None:
    """Numbers of an earlier run; None where there are none that are whole."""
    try:
        kept = json.loads(read_small_text(_path(digest), largest_bytes=_LARGEST_BYTES))
        numbers, mark = kept["numbers"], kept["mark"]
    except (UserInputError, ValueError, KeyError, TypeError):
        return None
    if mark != _mark(digest, numbers) or not all(isinstance(one, float) and math.isfinite(one) for one in numbers):
        return None
    return list(numbers)


def keep_numbers(digest: str, numbers: list[float]) -> None:
    """Keep numbers for later runs, as far as the disk lets us; those written longest ago go."""
    path = _path(digest)
    with contextlib.suppress(OSError, UserInputError):
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"numbers": numbers, "mark": _mark(digest, numbers)})
        replace_whole(path, lambda beside: beside.write_text(text, encoding="utf-8"))
        for old in sorted(path.parent.iterdir(), key=lambda one: one.stat().st_mtime)[:-MOST_KEPT]:
            old.unlink(missing_ok=True)


def _path(digest: str) -> Path:
    return Path(platformdirs.user_cache_dir("ct-fluoro-sim", appauthor=False)) / "difficulty" / f"{digest[:32]}.json"


def _mark(digest: str, numbers: object) -> str:
    return hashlib.sha256(f"{digest} {json.dumps(numbers)}".encode()).hexdigest()
