"""File lock: of several programs one at a time changes a file."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from simulator.errors import UserInputError

try:
    import fcntl
except ImportError:  # Windows: two programs that change one file are not told apart there
    fcntl = None  # type: ignore[assignment]

LONGEST_WAIT_S = 30.0
_STEP_S = 0.02


def try_lock(descriptor: int) -> bool:
    """Keep other programs from an open file; False where another has it. The lock goes with the process."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Be the only program that changes a file, by a lock file beside it, which stays.

    Raises:
        UserInputError: another program does not let go of it for half a minute, or the folder cannot be written.
    """
    beside = path.with_name(f".{path.name}.lock")
    try:
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError as error:
        raise UserInputError(str(path), f"it cannot be written ({error.strerror})", "check the folder") from error
    try:
        until = time.monotonic() + LONGEST_WAIT_S
        while not try_lock(descriptor):
            if time.monotonic() > until:
                raise UserInputError(str(path), "another program is changing it", "try again when that has ended")
            time.sleep(_STEP_S)
        yield
    finally:
        os.close(descriptor)
