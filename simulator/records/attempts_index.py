"""Attempts index: rows of the records in a folder, kept as SQLite, believed only as this account left them.

The file is read whole, opened in memory and held against a seal that is keyed with a secret of this
account. Whatever is otherwise than it was left (types, a score, another schema, another account's) is not
believed, and the index is made anew. It is written beside and renamed, so no link is followed and no other program's
database is written into; a file that is none of ours stays as it is.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError
from simulator.files.account_key import account_key, seal
from simulator.files.small_file import read_small_bytes
from simulator.files.whole_file import replace_whole

VERSION = 2
Row = tuple[Any, ...]

_APPLICATION = 0x43544653  # "CTFS": application_id in the header of the file
_APPLICATION_AT, _HEADER_BYTES = 68, 100  # as the file format of SQLite has it
_MAGIC = b"SQLite format 3\x00"
_LARGEST_BYTES = 64_000_000
_MOST_STEPS, _STEPS_AT_ONCE = 2000, 10_000  # of SQLite's virtual machine, before a query is given up


def read_index(path: Path, columns: Sequence[str]) -> list[Row] | None:
    """Rows of the index as it was left; None where there is none that can be believed.

    Args:
        columns: of the table, in order
    """
    key = account_key()
    if key is None or path.is_symlink() or not path.exists():
        return None
    try:
        content = read_small_bytes(path, largest_bytes=_LARGEST_BYTES)
        with contextlib.closing(sqlite3.connect(":memory:")) as index:
            index.deserialize(content)
            steps = iter(range(_MOST_STEPS))
            index.set_progress_handler(lambda: next(steps, None) is None, _STEPS_AT_ONCE)
            if _schema(index) != _wanted_schema(columns):
                return None
            rows: list[Row] = index.execute(f"SELECT {', '.join(columns)} FROM attempts ORDER BY record").fetchall()
            seals = index.execute("SELECT seal FROM seals").fetchall()
    except (UserInputError, sqlite3.Error, MemoryError, OverflowError, ValueError):
        return None
    return rows if seals == [(_seal(rows, key),)] else None


def write_index(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Keep rows for the next look, where the folder takes them and no other file is there; else not at all."""
    key = account_key()
    if key is None or not _may_be_replaced(path):
        return
    ordered = sorted(rows)
    with contextlib.closing(sqlite3.connect(":memory:")) as index:
        for statement in _statements(columns):
            index.execute(statement)
        index.executemany(f"INSERT INTO attempts VALUES ({', '.join('?' * len(columns))})", ordered)
        index.execute("INSERT INTO seals VALUES (?)", (_seal(ordered, key),))
        index.execute(f"PRAGMA user_version = {VERSION}")
        index.execute(f"PRAGMA application_id = {_APPLICATION}")
        index.commit()
        content = index.serialize()
    with contextlib.suppress(OSError):
        replace_whole(path, lambda beside: beside.write_bytes(content))


def forget_index(path: Path) -> None:
    """Remove an index of ours; anything else stays."""
    if _may_be_replaced(path):
        with contextlib.suppress(OSError):
            path.unlink()


def _may_be_replaced(path: Path) -> bool:
    """Whether there is nothing, an empty file, or an index that this program made."""
    if not os.path.lexists(path):
        return True
    if path.is_symlink() or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER_BYTES)
    except OSError:
        return False
    if not head:
        return True
    ours = head[_APPLICATION_AT : _APPLICATION_AT + 4] == _APPLICATION.to_bytes(4, "big")
    return head.startswith(_MAGIC) and (ours or _is_of_version_1(path))


def _is_of_version_1(path: Path) -> bool:
    """Whether this is an index of the first version, which did not sign its files: one table, and its columns."""
    try:
        content = read_small_bytes(path, largest_bytes=_LARGEST_BYTES)
        with contextlib.closing(sqlite3.connect(":memory:")) as index:
            index.deserialize(content)
            version = index.execute("PRAGMA user_version").fetchone()
            tables = index.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            columns = {row[1] for row in index.execute("PRAGMA table_info(attempts)")}
    except (UserInputError, sqlite3.Error, MemoryError):
        return False
    return version == (1,) and tables == [("attempts",)] and {"record", "sha256", "bytes", "changed_ns"} <= columns


def _statements(columns: Sequence[str]) -> tuple[str, str]:
    return (
        f"CREATE TABLE attempts ({', '.join(columns)}, PRIMARY KEY (record))",
        "CREATE TABLE seals (seal)",
    )


def _schema(index: sqlite3.Connection) -> list[str]:
    found = index.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    return [str(row[0]) for row in found]


def _wanted_schema(columns: Sequence[str]) -> list[str]:
    return list(_statements(columns))


def _seal(rows: Iterable[Row], key: bytes) -> str:
    """HMAC-SHA-256 over all rows with the types of their values."""
    typed = [[[type(value).__name__, str(value)] for value in row] for row in rows]
    return seal(json.dumps(typed).encode(), key)
