"""Rig port: lines from standard input or a serial port, and the way back for the answers."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from functools import partial

from simulator.errors import UserInputError
from simulator.gui.input.rig import Rig

STANDARD_INPUT = "-"
LONGEST_LINE = 200  # characters; a rig that never ends its line fills no memory
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
        return Rig(iter(partial(sys.stdin.readline, LONGEST_LINE), ""), _to_standard_output)
    try:
        from serial import Serial, SerialException, SerialTimeoutException
    except ImportError as error:
        raise UserInputError(
            f"--rig {port}", "a serial port needs pyserial", "pip install 'ct-fluoro-sim[rig]', or use --rig -"
        ) from error
    try:
        opened = Serial(port, baudrate=baud, write_timeout=MOST_WAIT_S)
    except (SerialException, ValueError) as error:
        raise UserInputError(
            f"--rig {port}", f"this port cannot be opened ({error})", "name one such as COM3 or /dev/ttyUSB0, or -"
        ) from error

    def lines() -> Iterator[str]:
        while line := opened.read_until(b"\n", LONGEST_LINE):
            yield line.decode("ascii", errors="replace")

    def answer(line: str) -> None:
        with contextlib.suppress(SerialTimeoutException):  # the next one tells the newer force
            opened.write(line.encode("ascii"))

    return Rig(lines(), answer)


def _to_standard_output(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()
