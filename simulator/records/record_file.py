"""Record file: a file that only grows. What the disk does not take stays in memory until it does."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable
from io import FileIO
from pathlib import Path

from simulator.errors import UserInputError
from simulator.files.file_lock import try_lock
from simulator.files.whole_file import sync_folder
from simulator.shown_text import shown_text

Say = Callable[[str], None]


def say_on_stderr(sentence: str) -> None:
    """What is said where there is no window; nothing where standard error takes nothing more."""
    with contextlib.suppress(OSError, ValueError):
        print(shown_text(sentence), file=sys.stderr)


class RecordFile:
    """A file to which lines are appended, whatever befalls the disk.

    Every append tries to bring all that waits to the disk, from where the disk is known to be right: a write that
    was cut short, a folder that was removed and a disk that was full are mended by the next one that succeeds.

    Args:
        path: of the file; another file there is never replaced
        say: told in one sentence when the disk fails, and when all is saved again
        kept: what the file holds already, to be gone on with; bytes of the file beyond that are cut off

    Raises:
        UserInputError: another program is writing the file that is to be gone on with.
    """

    def __init__(self, path: Path, *, say: Say, kept: bytes = b"") -> None:
        self.path = path
        self._say = say
        self._content = bytearray(kept)
        self._saved = len(kept)
        self._synced = True
        self._file: FileIO | None = None
        self._failing = False
        self._closed = False
        if kept:
            self._go_on()

    @property
    def saved(self) -> bool:
        """Whether the disk holds everything."""
        return self._saved == len(self._content)

    @property
    def closed(self) -> bool:
        """Whether nothing can be added any more."""
        return self._closed

    def append(self, line: bytes, *, sync: bool) -> None:
        """Add to the file; with `sync`, down to the platter. ValueError after `close`."""
        if self._closed:
            raise ValueError(f"{self.path} is closed")
        self._content += line
        self._synced = self._synced and not sync
        self._save()

    def close(self) -> None:
        """Save what waits, elsewhere if need be, and let go of the file; once."""
        if self._closed:
            return
        self._closed = True
        self._synced = False
        self._save()
        if not self.saved:
            self._rescue()
        self._let_go()

    def _save(self) -> None:
        try:
            file = self._in_place()
            while not self.saved:
                file.seek(self._saved)
                self._saved += file.write(memoryview(self._content)[self._saved :]) or 0
            if not self._synced:
                os.fsync(file.fileno())
                self._synced = True
        except OSError as error:
            if not self._failing:
                why = error.strerror or str(error)
                self._say(
                    f"{self.path} cannot be written ({why}); the session goes on in memory and is saved when it can be."
                )
            self._failing = True
        else:
            if self._failing:
                self._say(f"{self.path} is saved again, nothing is missing.")
            self._failing = False

    def _in_place(self) -> FileIO:
        """The open file, made anew where it was taken away."""
        if self._file is not None:
            try:
                there, ours = self.path.stat(), os.fstat(self._file.fileno())
            except FileNotFoundError:
                self._let_go()
            else:
                if (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino):
                    raise FileExistsError(None, "another file took its place")
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = FileIO(self.path, "xb")
            self._saved, self._synced = 0, False
            try_lock(self._file.fileno())
            sync_folder(self.path.parent)
        return self._file

    def _go_on(self) -> None:
        try:
            self._file = FileIO(self.path, "r+b")
            if not try_lock(self._file.fileno()):
                self._let_go()
                raise UserInputError(str(self.path), "another program is recording into it", "wait until it has ended")
            self._file.truncate(self._saved)
            os.fsync(self._file.fileno())
        except OSError as error:
            raise UserInputError(
                str(self.path), f"the record cannot be gone on with ({error.strerror})", "check the folder"
            ) from error

    def _rescue(self) -> None:
        """Another place for what the folder did not take."""
        wanted, whole_there = self.path, self._saved
        try:
            self._let_go()
            self._failing = False
            self.path = Path(tempfile.mkdtemp(prefix="ct-fluoro-sim-rescued-")) / wanted.name
            self._save()
        except OSError:
            pass
        if self.saved:
            self._say(f"The record could not be saved in {wanted.parent}; it is {self.path}.")
        else:
            self.path = wanted
            self._say(f"The record could not be saved anywhere; what came after its first {whole_there} bytes is lost.")

    def _let_go(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None


def in_use(path: Path) -> bool:
    """Whether another program is writing this record."""
    try:
        if not path.is_file():
            return False
        with FileIO(path, "rb") as file:
            return not try_lock(file.fileno())
    except OSError:
        return False
