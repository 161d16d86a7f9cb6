"""Journal: results as they come, one sealed line each, so that a killed study goes on where it was.

A line is framed as a line of a session's record: its place, its row, and a CRC-32 over all bytes before it. A row that
is not as it was written, or that no run gives, is named with its line and left out: `--resume` does the run again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from simulator.errors import UserInputError
from simulator.files.file_lock import try_lock
from simulator.files.small_file import must_be_ordinary, read_small_bytes
from simulator.records.framing import framed, unframed
from simulator.records.record_file import say_on_stderr
from simulator.strategies.row_shape import row_fault

SYNC_EVERY_S = 5.0
LARGEST_BYTES = 4_000_000_000  # a million rows
LONGEST_LINE = 1_000_000
MOST_TOLD = 20
AGAIN = "this run is done again"
_KIND = "row"


class Journal:
    """Appends rows; each is flushed at once and reaches the disk within seconds.

    Raises:
        UserInputError: the file cannot be written, or another program is writing it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            if path.exists():
                must_be_ordinary(path)
            self._file = path.open("ab+")
        except OSError as error:
            raise self._unwritable(error) from error
        if not try_lock(self._file.fileno()):
            self._file.close()
            raise UserInputError(str(path), "another program is writing it", "wait until it has ended")
        self._lines = self._cut_torn_end()
        self._synced = time.monotonic()

    def append(self, row: dict[str, Any]) -> None:
        """Write one row down; UserInputError where the disk does not take it."""
        whole = self._file.tell()
        try:
            self._file.write(framed(self._lines, _KIND, row))
            self._file.flush()
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
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as fault:
            raise self._unwritable(fault) from fault

    def _cut_torn_end(self) -> int:
        """How many whole lines there are; what a writer that was killed left of another goes."""
        self._file.seek(0)
        lines = whole = 0
        for line in self._file:
            if line.endswith(b"\n"):
                lines, whole = lines + 1, whole + len(line)
        self._file.truncate(whole)
        self._file.seek(whole)
        return lines

    def _give_up(self, whole: int) -> None:
        """Leave the file with its whole rows."""
        try:
            os.ftruncate(self._file.fileno(), whole)
            raw = self._file.detach()
            raw.close()
        except (OSError, ValueError):
            return

    def _unwritable(self, error: OSError) -> UserInputError:
        why = error.strerror or str(error)
        return UserInputError(
            str(self._path), f"this cannot be written ({why})", "go on with --resume, or name another --out"
        )


def read_journal(path: Path, *, say: Callable[[str], None] = say_on_stderr) -> dict[str, dict[str, Any]]:
    """Rows of a journal by their keys; a last line that was torn when the writer was killed is left out.

    Args:
        say: told of every line that is no row as it was written, a sentence each

    Raises:
        UserInputError: this is no file that can be read.
    """
    rows: dict[str, dict[str, Any]] = {}
    faults = 0
    content = read_small_bytes(path, largest_bytes=LARGEST_BYTES)
    for number, line in enumerate(content[: content.rfind(b"\n") + 1].splitlines(), start=1):
        try:
            row = _row(line, number - 1, f"{path}:{number}")
        except UserInputError as fault:
            faults += 1
            if faults <= MOST_TOLD:
                say(f"{fault.location}: {fault.what}; {AGAIN}.")
        else:
            rows[row["key"]] = row
    if faults > MOST_TOLD:
        say(f"{path}: {faults - MOST_TOLD} further lines are no rows as they were written; {AGAIN}.")
    return rows


def _row(line: bytes, place: int, location: str) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise UserInputError(location, "the line is longer than any row")
    kind, body = unframed(line, place, location)
    fault = "it is no row" if kind != _KIND or not isinstance(body, dict) else row_fault(body)
    if fault is not None:
        raise UserInputError(location, fault)
    row: dict[str, Any] = body
    return row
