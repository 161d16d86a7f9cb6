"""Staging: files and folders are written beside their places, and moved there only when all of them are whole."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from types import TracebackType

from simulator.errors import UserInputError

_UNFINISHED = ".unfinished-"
_ENDINGS = {  # of the files that an option can make
    "--dose-report": (".dcm",),
    "--markups": (".mrk.json",),
    "--xapi": (".json",),
    "--scorm": (".zip",),
    "--table": (".csv", ".parquet"),
    "--replay": (".html",),
    "--gradebook": (".csv",),
    "--dictionary": (".csv",),
}


class Staging:
    """Several exports that come to be together, or not at all.

    As a context: what was staged is removed when the block ends with an error, or without `finish`.
    """

    def __init__(self) -> None:
        self._staged: list[tuple[Path, Path]] = []

    def __enter__(self) -> Staging:
        """Nothing is staged yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Remove what was not moved to its place; what the disk refused becomes a message to the user."""
        for temporary, _ in self._staged:
            with contextlib.suppress(OSError):
                shutil.rmtree(temporary) if temporary.is_dir() else temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(self._target_of(error), error) from error

    def _target_of(self, error: OSError) -> Path:
        """What was being written: libraries do not always name the file, and then it is what all exports lie in."""
        if error.filename is not None:
            return Path(str(error.filename))
        targets = [target for _, target in self._staged]
        if len(targets) == 1:
            return targets[0]
        with contextlib.suppress(ValueError):  # no targets, or on several drives
            return Path(os.path.commonpath([target.absolute() for target in targets]))
        return Path("the exports")

    def folder(self, option: str, target: Path) -> Path:
        """A new folder to write into; UserInputError where the target cannot be one."""
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise UserInputError(f"{option} {target}", "there is something already", "name a new or an empty folder")
        temporary = self._place(option, target)
        self._make(temporary, target)
        return temporary

    def file(self, option: str, target: Path) -> Path:
        """A place for a file to write; UserInputError where the target cannot be one, or its ending is none."""
        endings = _ENDINGS.get(option, ())
        if endings and not target.name.lower().endswith(endings):
            raise UserInputError(
                f"{option} {target}",
                "nothing is known of such a format",
                f"let the name end with {' or '.join(endings)}",
            )
        if target.exists():
            raise UserInputError(f"{option} {target}", "there is something already", "name another file, or remove it")
        return self._place(option, target)

    def finish(self) -> None:
        """Move everything to its place."""
        for temporary, target in self._staged:
            try:
                if target.is_dir():
                    target.rmdir()
                os.replace(temporary, target)
            except OSError as error:
                raise _unwritable(target, error) from error
        self._staged.clear()

    def _place(self, option: str, target: Path) -> Path:
        if not target.parent.is_dir():
            raise UserInputError(
                f"{option} {target}", "its folder does not exist", "name a place in a folder that does"
            )
        if any(target.resolve() == other.resolve() for _, other in self._staged):
            raise UserInputError(f"{option} {target}", "two exports cannot have one place", "name another")
        temporary = target.with_name(f"{_UNFINISHED}{target.name}")
        self._staged.append((temporary, target))
        return temporary

    def _make(self, temporary: Path, target: Path) -> None:
        try:
            if temporary.exists():  # left by an export that was killed
                shutil.rmtree(temporary)
            temporary.mkdir()
        except OSError as error:
            raise _unwritable(target, error) from error


def _unwritable(place: Path, error: OSError) -> UserInputError:
    told = place.with_name(place.name.removeprefix(_UNFINISHED)) if place.name else place
    return UserInputError(str(told), f"this cannot be written ({_reason(error)})", "make room, or name another place")


def _reason(error: BaseException) -> str:
    """In the system's words, which libraries wrap in words of their own."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, OSError) and inner.strerror:
            return inner.strerror
        inner = inner.__cause__ or inner.__context__
    return str(error).partition("\n")[0]
