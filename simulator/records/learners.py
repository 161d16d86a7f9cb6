"""Learners: who hides behind a pseudonym. One file of the user's account, apart from all sessions and exports.

Records, reports and the index hold pseudonyms alone. Whoever deletes this file has made them anonymous.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

import platformdirs

from simulator.errors import UserInputError
from simulator.files.file_lock import only_one
from simulator.files.small_file import read_small_text
from simulator.files.whole_file import replace_whole
from simulator.records.strict_json import parse_json

FORMAT = 1
PSEUDONYM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,40}")
LONGEST_NAME, LARGEST_BYTES = 200, 10_000_000
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_LENGTH = 8


def names_file() -> Path:
    """Where names are kept; `CTFSIM_LEARNERS` names another file."""
    chosen = os.environ.get("CTFSIM_LEARNERS")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("ct-fluoro-sim", appauthor=False)) / "names.json"


def is_pseudonym(text: str) -> bool:
    """Whether a text can stand for a learner in a record."""
    return PSEUDONYM.fullmatch(text) is not None


def read_names(path: Path) -> dict[str, str]:
    """Names by pseudonym; none where there is no file yet.

    Raises:
        UserInputError: the file cannot be read or holds something else.
    """
    if not path.exists():
        return {}
    text = read_small_text(path, largest_bytes=LARGEST_BYTES)
    data = parse_json(text, str(path))
    names = data.get("names") if isinstance(data, dict) and data.get("format") == FORMAT else None
    if not isinstance(names, dict) or not all(
        isinstance(name, str) and is_pseudonym(key) for key, name in names.items()
    ):
        raise UserInputError(str(path), "this is no list of names of this version", "correct or remove the file")
    return names


def add_name(path: Path, name: str) -> str:
    """A new random pseudonym for a person; it is on the disk before it is returned, whoever else adds names.

    Raises:
        UserInputError: the name is empty or no line of text, or the file cannot be read or written.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UserInputError("name", f"{name[:60]!r} is no name", f"up to {LONGEST_NAME} characters on one line")
    with _changing(path):
        names = read_names(path)
        while True:
            pseudonym = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
            if pseudonym not in names:
                break
        _write(path, {**names, pseudonym: name})
    return pseudonym


def forget_name(path: Path, pseudonym: str) -> None:
    """Remove a name; what was recorded under the pseudonym stays, and is nobody's.

    Raises:
        UserInputError: there is no such pseudonym, or the file cannot be read or written.
    """
    if not path.exists():
        raise UserInputError(f"learner {pseudonym[:60]}", "there is no such learner", "`learners` lists them")
    with _changing(path):
        names = read_names(path)
        if pseudonym not in names:
            raise UserInputError(f"learner {pseudonym[:60]}", "there is no such learner", "`learners` lists them")
        _write(path, {key: name for key, name in names.items() if key != pseudonym})


@contextlib.contextmanager
def _changing(path: Path) -> Iterator[None]:
    """Be the only program that reads and writes the names, whatever link leads to them."""
    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserInputError(str(path), f"it cannot be written ({error.strerror})", "check the folder") from error
    with only_one(target):
        yield


def _write(path: Path, names: Mapping[str, str]) -> None:
    """Whole or not at all, and for nobody else to read."""
    text = json.dumps({"format": FORMAT, "names": names}, indent=1, ensure_ascii=False) + "\n"
    try:
        replace_whole(path, lambda beside: beside.write_text(text, encoding="utf-8"), mode=0o600)
    except OSError as error:
        raise UserInputError(str(path), f"it cannot be written ({error.strerror})", "check the folder") from error
