"""Stopping: Ctrl-C and SIGTERM end a command in order, with true words on what is kept."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

EXIT_INTERRUPTED, EXIT_TERMINATED = 130, 143  # 128 and the signal's number, as shells have it


class Terminated(KeyboardInterrupt):
    """SIGTERM asked the program to end."""


def exit_code(stop: KeyboardInterrupt) -> int:
    """The exit code after a signal."""
    return EXIT_TERMINATED if isinstance(stop, Terminated) else EXIT_INTERRUPTED


def what_is_kept(stop: KeyboardInterrupt) -> str:
    """One sentence on what is kept of a command that a signal ended; nothing where no room said anything."""
    return str(stop.args[0]) if stop.args else ""


@contextlib.contextmanager
def told_when_stopped(words: Callable[[], str]) -> Iterator[None]:
    """Tell what is kept where a signal ends what is done within; the innermost word counts."""
    try:
        yield
    except KeyboardInterrupt as stop:
        if not stop.args:
            stop.args = (words(),)
        raise


@contextlib.contextmanager
def ending_in_order() -> Iterator[None]:
    """SIGTERM unwinds what is being done, as Ctrl-C does; a further signal meanwhile is not heard."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Terminated
