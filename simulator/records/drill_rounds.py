"""Drill rounds: what each learner has read in the drill, one line a round, in the learner's folder of sessions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError
from simulator.files.small_file import read_small_text
from simulator.files.whole_file import replace_whole
from simulator.records.strict_json import parse_json

FILE = "tip-drill.jsonl"
FORMAT = 1
LARGEST_BYTES = 5_000_000
_NUMBERS = ("seed", "answers", "wrong")


def read_rounds(folder: Path) -> list[Mapping[str, Any]]:
    """Rounds of a learner, the latest last; none where there is no file yet.

    Raises:
        UserInputError: the file cannot be read, or a line of it holds something else.
    """
    path = folder / FILE
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(read_small_text(path, largest_bytes=LARGEST_BYTES).splitlines(), start=1):
        data = parse_json(line, f"{path}:{number}")
        if not _is_round(data):
            raise UserInputError(f"{path}:{number}", "this is no round of the drill", "remove the line")
        found.append(data)
    return found


def keep_round(
    folder: Path, *, started: str, seed: int, errors_mm: tuple[float, ...], answers: int, wrong: int
) -> None:
    """Add a round; the file is written whole or stays as it was.

    Raises:
        UserInputError: what is there is no list of rounds.
        OSError: the folder cannot be written.
    """
    line = {
        "format": FORMAT,
        "started": started,
        "seed": seed,
        "errors_mm": [round(error, 2) for error in errors_mm],
        "answers": answers,
        "wrong": wrong,
    }
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{json.dumps(one)}\n" for one in [*read_rounds(folder), line])
    replace_whole(folder / FILE, lambda path: path.write_text(text, encoding="utf-8"))


def _is_round(data: Any) -> bool:
    if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("started"), str):
        return False
    errors = data.get("errors_mm")
    if not isinstance(errors, list) or not all(_is_number(one) and 0 <= one < 1e4 for one in errors):
        return False
    return all(isinstance(data.get(key), int) and not isinstance(data[key], bool) for key in _NUMBERS)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
