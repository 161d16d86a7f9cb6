"""Voice: the program of this machine that speaks a sentence, where it has one."""

from __future__ import annotations

import shutil
from functools import lru_cache

LONGEST = 200
PROGRAMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("say", ()),  # macOS
    ("spd-say", ("-l", "{language}")),  # speech-dispatcher
    ("espeak-ng", ("-v", "{language}")),
    ("espeak", ("-v", "{language}")),
)


def voice_command(words: str, language: str) -> list[str] | None:
    """The line that speaks a sentence; None where this machine has no voice.

    Args:
        language: code of ISO 639-1
    """
    found = _program()
    if found is None:
        return None
    path, options = found
    text = words[:LONGEST].lstrip("-")  # so that no sentence is taken for an option
    return [path, *(option.format(language=language) for option in options), text]


@lru_cache(1)
def _program() -> tuple[str, tuple[str, ...]] | None:
    for name, options in PROGRAMS:
        path = shutil.which(name)
        if path is not None:
            return path, options
    return None
