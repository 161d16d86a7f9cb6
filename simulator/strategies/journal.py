"""Journal: results as they come, one sealed line each, so that a killed study goes on where it was.

A line is framed as a line of a session's record: its place, its row, and a CRC-32 over all bytes before it. A row that
is not as it was written, or that no run gives, is named with its line and left out: `--resume` does the run again. Each
row also bears the seal of the account that wrote it; rows without this account's are taken, and said to be a claim.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from simulator.errors import UserInputError
from simulator.files.account_key import account_key, is_sealed, seal
from simulator.files.file_lock import try_lock
from simulator.files.small_file import must_be_ordinary, read_small_bytes
from simulator.records.framing import framed, unframed
from simulator.records.record_file import say_on_stderr
from simulator.records.strict_json import json_line
from simulator.strategies.row_shape import row_fault

SYNC_EVERY_S = 5.0
LARGEST_BYTES = 4_000_000_000  # a million rows
LONGEST_LINE = 1_000_000
MOST_TOLD = 20
AGAIN = "this run is done again"
ONLY = "`bench STUDY --only KEY` does one of them again and compares"
_KIND = "row"
LINE_START = b'{"seq":'


class Journal:
    """Appends rows; each is flushed at once and reaches the disk within seconds.

    Raises:
        UserInputError: the file cannot be written, is no journal, or another program is writing it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            if path.exists():
                must_be_ordinary(path)
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise self._unwritable(error) from error
        if not try_lock(self._file.fileno()):
            self._file.close()
            raise UserInputError(str(path), "another program is writing it", "wait until it has ended")
        self._key = account_key()
        self._lines = self._cut_torn_end()
        self._synced = time.monotonic()

    def append(self, row: dict[str, Any]) -> None:
        """Write one row down; UserInputError where the disk does not take it."""
        whole = os.fstat(self._file.fileno()).st_size
        try:
            rest = memoryview(framed(self._lines, _KIND, {"row": row, "seal": self._seal(row)}))
            while rest:
                rest = rest[self._file.write(rest) or 0 :]
            if time.monotonic() - self._synced > SYNC_EVERY_S:
                os.fsync(self._file.fileno())
                self._synced = time.monotonic()
        except OSError as error:
            self._give_up(whole)
            raise self._unwritable(error) from error
        self._lines += 1

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file.closed:
            return
        try:
            if not os.fstat(self._file.fileno()).st_size:  # nothing was written down: nothing is left
                self._path.unlink(missing_ok=True)
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as fault:
            self._give_up_closing()
            if error is None:  # else it has been told already
                raise self._unwritable(fault) from fault

    def _seal(self, row: dict[str, Any]) -> str | None:
        return None if self._key is None else seal(json_line(row).encode(), self._key)

    def _cut_torn_end(self) -> int:
        """How many whole lines there are; what a writer that was killed left of another goes."""
        lines = whole = ours = 0
        with self._path.open("rb") as file:
            while line := file.readline(LONGEST_LINE):
                ours += line.startswith(LINE_START) or LINE_START.startswith(line)  # the latter: torn at its beginning
                if line.endswith(b"\n"):
                    lines, whole = lines + 1, file.tell()
        if not ours and os.fstat(self._file.fileno()).st_size:
            self._file.close()
            raise UserInputError(str(self._path), "this is no journal, and it stays as it is", "name another --out")
        os.ftruncate(self._file.fileno(), whole)
        return lines

    def _give_up(self, whole: int) -> None:
        """Leave the file with its whole rows."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._file.fileno(), whole)
        with contextlib.suppress(OSError):
            self._file.close()

    def _give_up_closing(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()

    def _unwritable(self, error: OSError) -> UserInputError:
        why = error.strerror or str(error)
        return UserInputError(
            str(self._path),
            f"this cannot be written ({why})",
            "make room and go on with --resume, or name another --out",
        )


def read_journal(
    path: Path,
    *,
    say: Callable[[str], None] = say_on_stderr,
    fault: Callable[[dict[str, Any]], str | None] = row_fault,
) -> dict[str, dict[str, Any]]:
    """Rows of a journal by their keys; a last line that was torn when the writer was killed is left out.

    Args:
        say: told of every line that is no row as it was written, a sentence each
        fault: what a row lacks; that of a study's row if none is given

    Raises:
        UserInputError: this is no file that can be read.
    """
    rows: dict[str, dict[str, Any]] = {}
    claimed: set[str] = set()
    faults, key = 0, account_key()
    content = read_small_bytes(path, largest_bytes=LARGEST_BYTES)
    for number, line in enumerate(content[: content.rfind(b"\n") + 1].splitlines(), start=1):
        try:
            row, told = _row(line, number - 1, f"{path}:{number}", fault)
        except UserInputError as wrong:
            faults += 1
            if faults <= MOST_TOLD:
                say(f"{wrong.location}: {wrong.what}; {AGAIN}.")
        else:
            rows[row["key"]] = row
            if is_sealed(json_line(row).encode(), told, key):
                claimed.discard(row["key"])
            else:
                claimed.add(row["key"])
    if faults > MOST_TOLD:
        say(f"{path}: {faults - MOST_TOLD} further lines are no rows as they were written; {AGAIN}.")
    if claimed:
        say(f"{path}: {len(claimed)} rows were not written by this account; what they say is a claim: {ONLY}.")
    return rows


def _row(
    line: bytes, place: int, location: str, fault_of: Callable[[dict[str, Any]], str | None]
) -> tuple[dict[str, Any], object]:
    """A row and the seal that it bears."""
    if len(line) > LONGEST_LINE:
        raise UserInputError(location, "the line is longer than any row")
    kind, body = unframed(line, place, location)
    row = body.get("row") if kind == _KIND and isinstance(body, dict) and set(body) == {"row", "seal"} else None
    fault = "it is no row" if not isinstance(row, dict) else fault_of(row)
    if fault is not None or not isinstance(row, dict):
        raise UserInputError(location, fault or "it is no row")
    return row, body["seal"]
