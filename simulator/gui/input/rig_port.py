"""Rig port: lines from standard input or a serial port, and the way back for the answers."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterable, Iterator
from functools import partial
from queue import Full, Queue
from typing import BinaryIO, TextIO

from simulator.errors import UserInputError
from simulator.gui.input.rig import Rig

STANDARD_INPUT = "-"
LONGEST_LINE = 200  # bytes; a rig that never ends its line fills no memory
MOST_WAIT_S = 0.005
"""For a rig that reads no answers; told to wait for nothing, pyserial 3.5 goes on trying, and the window stands."""


def open_rig(port: str, baud: int) -> Rig:
    """A rig on standard input, answered on standard output, or on a serial port.

    Args:
        port: `COM3`, `/dev/ttyUSB0`, or - for standard input
        baud: symbols a second of a serial port

    Raises:
        UserInputError: no port of that name can be opened, or pyserial is not installed.
    """
    if port == STANDARD_INPUT:
        return _on_standard_streams()
    try:
        from serial import Serial, SerialException, SerialTimeoutException
    except ImportError as error:
        raise UserInputError(
            f"--rig {port}", "a serial port needs pyserial", "pip install 'ct-fluoro-sim[rig]', or use --rig -"
        ) from error
    try:
        opened = Serial(port, baudrate=baud, write_timeout=MOST_WAIT_S)
    except (SerialException, ValueError, TypeError) as error:
        raise UserInputError(
            f"--rig {port}", f"this port cannot be opened ({error})", "name one such as COM3 or /dev/ttyUSB0, or -"
        ) from error

    def lines() -> Iterator[str]:
        return whole_lines(iter(partial(opened.read_until, b"\n", LONGEST_LINE), b""))

    def answer(line: str) -> None:
        with contextlib.suppress(SerialTimeoutException):  # the next one tells the newer force
            opened.write(line.encode("ascii"))

    return Rig(lines(), answer)


def whole_lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """Lines of pieces that end with a line's end, or sooner where a line is longer than there is patience for.

    A line that is too long comes as its first piece alone: no later piece of it may pass for a line of its own.
    """
    inside = False
    for piece in pieces:
        if not inside:
            yield piece.decode("ascii", errors="replace")
        inside = not piece.endswith(b"\n")


def _on_standard_streams() -> Rig:
    """Lines from standard input; answers wait in a thread of their own, where a slow reader holds up nothing."""
    given, told = _binary(sys.stdin), sys.stdout
    if given is None or told is None:
        closed = "standard input" if given is None else "standard output"
        raise UserInputError("--rig -", f"{closed} is closed", "leave it open, or name a serial port")
    waiting: Queue[str] = Queue(maxsize=1)

    def write() -> None:
        with contextlib.suppress(OSError, ValueError, UserInputError):  # nobody takes answers any more
            while True:
                told.write(waiting.get())
                told.flush()

    def answer(line: str) -> None:
        with contextlib.suppress(Full):  # the next one tells the newer force
            waiting.put_nowait(line)

    threading.Thread(target=write, name="rig answers", daemon=True).start()
    return Rig(whole_lines(iter(partial(given.readline, LONGEST_LINE), b"")), answer)


def _binary(stream: TextIO | None) -> BinaryIO | None:
    """What a stream of text reads from; noise on a line is no text."""
    return None if stream is None or stream.closed else stream.buffer
