"""Session log: an append-only record from which a session can be run again.

One JSON object a line (`framing`): a header that makes the record self-contained, then every command with what came of
it and every image that was shown, and a closing line with the count and a SHA-256 over all lines before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from simulator.errors import UserInputError
from simulator.records.framing import framed
from simulator.records.header import Header, write_header
from simulator.records.migrations import FORMAT
from simulator.records.record_file import RecordFile, Say, say_on_stderr
from simulator.records.session_record import SessionRecord


class SessionLog:
    """Writes a record; every line is handed to the system before its content is shown.

    Args:
        path: of the record, where there is none yet
        header: what makes the record self-contained
        say: told in one sentence what befalls the disk
    """

    def __init__(self, path: Path, header: Header, *, say: Say = say_on_stderr) -> None:
        self._file = RecordFile(path, say=say)
        self._lines = 0
        self._digest = hashlib.sha256()
        self._open = True
        self.write("header", write_header(header, FORMAT), sync=True)

    @classmethod
    def going_on(cls, record: SessionRecord, *, say: Say = say_on_stderr) -> SessionLog:
        """The log of a session that was left or killed; its torn end is cut off.

        Raises:
            UserInputError: the record is of an older format, or another program is writing it.
        """
        if record.format != FORMAT:
            raise UserInputError(
                str(record.path),
                f"it was begun in format {record.format}, which this version reads but does not write",
                "go on with the version that began it; `report` and `replay` take it as it is",
            )
        kept = record.path.read_bytes()[: record.whole_bytes]
        log = cls.__new__(cls)
        log._digest = hashlib.sha256(kept)
        if log._digest.hexdigest() != record.sha256:
            raise UserInputError(str(record.path), "the record changed while it was read", "try again")
        log._file = RecordFile(record.path, say=say, kept=kept)
        log._lines = record.lines
        log._open = record.closing is None
        if record.torn:
            say(record.torn)
        return log

    @property
    def path(self) -> Path:
        """Of the record; another than at first where the folder did not take it."""
        return self._file.path

    @property
    def saved(self) -> bool:
        """Whether the disk holds all of it."""
        return self._file.saved

    @property
    def closed(self) -> bool:
        """Whether nothing can be added any more."""
        return self._file.closed

    def write(self, kind: str, body: Any, *, sync: bool = False) -> None:
        """Append one line; with `sync` it outlives a loss of power."""
        self.write_all([(kind, body)], sync=sync)

    def write_all(self, lines: Iterable[tuple[str, Any]], *, sync: bool = False) -> None:
        """Append lines that belong together."""
        new = [framed(self._lines + index, kind, body) for index, (kind, body) in enumerate(lines)]
        text = b"".join(new)
        self._lines += len(new)
        self._digest.update(text)
        self._file.append(text, sync=sync)

    def close(self, *, digest: str | None = None, scorecard: dict[str, Any] | None = None) -> None:
        """Append the closing line, unless there is one, with the session's digest and its scorecard."""
        if self._open:
            sealed = {"lines": self._lines, "sha256": self._digest.hexdigest()}
            self.write("close", {**sealed, "digest": digest, "scorecard": scorecard}, sync=True)
            self._open = False
        self.leave()

    def leave(self) -> None:
        """Let go of the record; a session that is not closed can be gone on with."""
        self._file.close()

    def __enter__(self) -> SessionLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()
