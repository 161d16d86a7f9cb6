"""Stopping: Ctrl-C and SIGTERM end a command in order, with true words on what is kept."""

from __future__ import annotations

import _thread
import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from simulator.cli import EXIT_INTERRUPTED

EXIT_TERMINATED = 143  # 128 and the signal's number, as shells have it
AGAIN_S = 0.02


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
    """SIGTERM unwinds what is being done, as Ctrl-C does; a further signal meanwhile is not heard.

    A signal that arrives in a callback of the interpreter (a weak reference's, while a module is imported) raises
    where nothing can be unwound, and Python drops it; it is then sent once more.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before, hook = signal.signal(signal.SIGTERM, _terminate), sys.unraisablehook
    sys.unraisablehook = _sent_once_more(hook)
    try:
        yield
    finally:
        sys.unraisablehook = hook
        signal.signal(signal.SIGTERM, before)


def _terminate(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Terminated


def _sent_once_more(otherwise: Callable[[Any], Any]) -> Callable[[Any], None]:
    def hook(dropped: Any) -> None:
        if not isinstance(dropped.exc_value, KeyboardInterrupt):
            otherwise(dropped)
            return
        number = signal.SIGINT
        if isinstance(dropped.exc_value, Terminated):
            number = signal.SIGTERM
            signal.signal(number, _terminate)
        # from another thread and a moment later: raised at once, it would be dropped in this very hook
        again = threading.Timer(AGAIN_S, _signal_main_thread, [number])
        again.daemon = True
        again.start()

    return hook


def _signal_main_thread(number: signal.Signals) -> None:
    if sys.platform == "win32":
        _thread.interrupt_main(number)
    else:  # which also wakes a system call that waits
        signal.pthread_kill(threading.main_thread().ident or 0, number)
