"""Whole file: written beside and renamed, so that it is whole or as it was; never over a file of somebody else."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError
from simulator.files.small_file import must_be_ordinary

MADE_BY = "made by ct-fluoro-sim"
"""What stands near the beginning or the end of every file that may be written again."""

_STARTS = (b"<!doctype html>", b"\x89PNG", b"GIF8")  # of pages, pictures and moving pictures
_EARLIER_PAGE = (
    b'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    b'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    b'<meta name="color-scheme" content="dark light">\n<meta http-equiv="Content-Security-Policy"'
)
"""Reports of versions that did not sign them begin so."""
_END_BYTES = 4096
_LONGEST_HEAD = 1 << 20


def is_own(path: Path) -> bool:
    """Whether this program made a file, a page or a picture that says so; of one that is empty nothing can be lost."""
    try:
        must_be_ordinary(path)
        with path.open("rb") as file:
            head = file.read(_END_BYTES)
            file.seek(max(path.stat().st_size - _END_BYTES, 0))
            signed = MADE_BY.encode() in head or MADE_BY.encode() in file.read(_END_BYTES)
    except (OSError, UserInputError):
        return False
    return not head or head.startswith(_EARLIER_PAGE) or (signed and head.startswith(_STARTS))


def known_by_first_line(fits: Callable[[str], bool]) -> Callable[[Path], bool]:
    """What tells a table of ours by its first line; of a file that is empty nothing can be lost."""

    def own(path: Path) -> bool:
        try:
            must_be_ordinary(path)
            with path.open("rb") as file:
                line = file.readline(_LONGEST_HEAD)
            return not line or fits(line.decode("utf-8").rstrip("\r\n"))
        except (OSError, UserInputError, UnicodeDecodeError):
            return False

    return own


def must_be_own(path: Path, own: Callable[[Path], bool] = is_own) -> None:
    """UserInputError where a path leads to something that this program did not make; nothing there is well.

    Args:
        own: tells whether a file is one that may be written again
    """
    if os.path.lexists(path) and not own(path):
        what = "there is something already that this program did not write" if path.exists() else "this leads nowhere"
        raise UserInputError(str(path), f"{what}, and it stays as it is", "name another file")


def write_whole(path: Path, write: Callable[[Path], Any], *, own: Callable[[Path], bool] = is_own) -> None:
    """Write a file as `replace_whole` does, where there is none, or one that this program made.

    Args:
        own: tells whether a file that is there already may be written again

    Raises:
        UserInputError: another file is there.
        OSError: it cannot be written; what was there is as it was, and nothing is left beside it.
    """
    must_be_own(path, own)
    replace_whole(path, write)


def replace_whole(path: Path, write: Callable[[Path], Any], *, mode: int | None = None) -> None:
    """Have a file written beside its place, brought to the disk and renamed; of a link the target is replaced.

    Args:
        path: of the file; its folder must exist
        write: given the path to write
        mode: rights of the file; None: those that it had, or a new file's

    Raises:
        OSError: it cannot be written; what was there is as it was, and nothing is left beside it.
    """
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".unfinished-{secrets.token_hex(8)}{target.suffix}")
    try:  # a signal may come at any moment: what the file is called is known before there is one
        os.close(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        write(beside)
        _sync(beside)
        beside.chmod(_usual_mode(target) if mode is None else mode)
        beside.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder last; systems that cannot do without."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _usual_mode(target: Path) -> int:
    """Rights as the file had, or as a new one has."""
    try:
        return target.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
