"""Journal: results as they come, one JSON line each, so that a killed study goes on where it was."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from simulator.errors import UserInputError

SYNC_EVERY_S = 5.0


class Journal:
    """Appends rows; each is flushed at once and reaches the disk within seconds.

    Raises:
        UserInputError: the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("a", encoding="utf-8", newline="\n")
        except OSError as error:
            raise UserInputError(
                str(path), f"this cannot be written ({error.strerror})", "name another folder with --out"
            ) from error
        self._synced = time.monotonic()

    def append(self, row: dict[str, Any]) -> None:
        """Write one row down; UserInputError where the disk does not take it: what was written before is kept."""
        try:
            self._file.write(json.dumps(row, separators=(",", ":")) + "\n")
            self._file.flush()
            if time.monotonic() - self._synced > SYNC_EVERY_S:
                os.fsync(self._file.fileno())
                self._synced = time.monotonic()
        except OSError as error:
            fix = "make room and go on with --resume"
            raise UserInputError(self._file.name, f"a row cannot be written ({error.strerror})", fix) from error

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as failed:
            if error is None:  # else it has been told already
                raise UserInputError(self._file.name, f"the last row cannot be written ({failed.strerror})") from failed
        finally:
            with suppress(OSError):
                self._file.close()


def read_journal(path: Path) -> dict[str, dict[str, Any]]:
    """Rows of a journal by their keys; a last line that was torn when the writer was killed is cut off the file.

    Raises:
        UserInputError: another line is no row.
    """
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with path.open("r+b") as file:
            file.truncate(whole)
    rows: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(content[:whole].splitlines(), start=1):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict) or not isinstance(row.get("key"), str):
            raise UserInputError(f"{path}:{number}", "this is no row of a study", "remove the line, it is run again")
        rows[row["key"]] = row
    return rows
