"""Watch: wait until a file is saved."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

EVERY_S = 0.3


def saved(paths: Sequence[Path], pause: Callable[[float], None] = time.sleep) -> None:
    """Return when one of the files is another than now: saved, removed or there again.

    Args:
        paths: files to watch
        pause: waits some seconds
    """
    before = [_state(path) for path in paths]
    while [_state(path) for path in paths] == before:
        pause(EVERY_S)


def _state(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
