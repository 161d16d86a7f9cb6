"""Small file: the one reader of what a user names. Kind, size and time are bounded."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from simulator.errors import UserInputError

LARGEST_BYTES = 1_000_000
_PIECE = 1 << 20


def read_small_bytes(path: Path, *, largest_bytes: int = LARGEST_BYTES) -> bytes:
    """Content of an ordinary file; devices, pipes and sockets are refused before a byte is asked of them.

    Args:
        largest_bytes: no more is read, whatever the size that the system tells

    Raises:
        UserInputError: there is no such file, it is none, it is too large, or it cannot be read.
    """
    try:
        return _read(path, largest_bytes)
    except FileNotFoundError as error:
        raise UserInputError(str(path), "there is no such file", _near(path)) from error
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UserInputError(str(path), f"the file cannot be read ({why})", "check it and its rights") from error


def read_small_text(path: Path, *, largest_bytes: int = LARGEST_BYTES) -> str:
    """The same as UTF-8 text without a mark of byte order, the line ends of other systems read as our own.

    Raises:
        UserInputError: as for `read_small_bytes`, or the file holds no UTF-8.
    """
    content = read_small_bytes(path, largest_bytes=largest_bytes)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise UserInputError(str(path), "the file cannot be read: it is not UTF-8 text", "save it as UTF-8") from error


def must_be_ordinary(path: Path) -> None:
    """UserInputError where a path leads to a folder, a device, a pipe or a socket; OSError where there is nothing."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise UserInputError(str(path), "this is a folder, and cannot be read as a file", "name the file in it")
    if not stat.S_ISREG(mode):
        raise UserInputError(str(path), "this is no ordinary file, and cannot be read", "save it as a file")


def _read(path: Path, largest_bytes: int) -> bytes:
    must_be_ordinary(path)
    # a pipe that took the file's place since would keep `open` waiting; it is looked at once more
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise UserInputError(str(path), "this is no ordinary file, and cannot be read", "save it as a file")
        content = bytearray()
        while piece := file.read(min(_PIECE, largest_bytes + 1 - len(content))):
            content += piece
            if len(content) > largest_bytes:
                raise UserInputError(
                    str(path), f"the file is larger than {_size(largest_bytes)}", "is it the right file?"
                )
    return bytes(content)


def _near(path: Path) -> str:
    try:
        near = sorted(p.name for p in path.parent.glob(f"*{path.suffix}")) if path.parent.is_dir() else []
    except (OSError, ValueError, NotImplementedError):  # pathlib's word for a pattern that it cannot search for
        near = []
    return f"files here: {', '.join(near[:20])}" if near else "check the path"


def _size(count: int) -> str:
    if count == 1_000_000:
        return "a megabyte"
    return f"{count // 1_000_000} MB" if count >= 1_000_000 else f"{count // 1000} kB"
