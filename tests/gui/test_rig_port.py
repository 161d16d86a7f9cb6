"""A rig's port: a serial one through a pseudoterminal, standard input, and ports that are none."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Iterator

import pytest

from simulator.errors import UserInputError
from simulator.gui.input.rig import Rig
from simulator.gui.input.rig_port import LONGEST_LINE, open_rig, whole_lines

pytest.importorskip("serial", reason="pyserial is not installed")

PATIENCE_S = 60.0


@pytest.fixture
def steel() -> Iterator[tuple[int, str]]:
    """The rig's own end of a line, and the name of ours."""
    if not hasattr(os, "openpty"):
        pytest.skip("a pseudoterminal is a thing of POSIX systems")
    ours, theirs = os.openpty()
    yield ours, os.ttyname(theirs)
    for end in (ours, theirs):
        os.close(end)


def next_line(rig: Rig) -> str:
    return next(iter(rig._lines))


def test_lines_come_from_a_serial_port_and_answers_go_back(steel: tuple[int, str]) -> None:
    end, name = steel
    rig = open_rig(name, 115200)
    os.write(end, b"needle 1 2 3 0 1\n\xff\n")
    assert next_line(rig) == "needle 1 2 3 0 1\n"
    assert next_line(rig) == "\N{REPLACEMENT CHARACTER}\n", "what is no ASCII is a wrong line and no fault"
    rig._answer("force 1.25\n")
    assert os.read(end, 100).strip() == b"force 1.25"


def test_a_line_that_never_ends_is_cut(steel: tuple[int, str]) -> None:
    end, name = steel
    rig = open_rig(name, 9600)
    os.write(end, b"y" * 500)
    assert len(next_line(rig)) == LONGEST_LINE


def test_a_rig_that_reads_no_answers_does_not_hold_up_the_window(steel: tuple[int, str]) -> None:
    rig = open_rig(steel[1], 115200)
    for _ in range(1000):  # far more than the line holds; each may wait for a few milliseconds
        rig._answer("force 1.25\n")


def standard_input(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    """What stands on standard input, in an encoding that refuses noise."""
    stream = io.TextIOWrapper(io.BytesIO(sent), encoding="utf-8", errors="strict")
    monkeypatch.setattr(sys, "stdin", stream)


def test_standard_input_is_a_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    standard_input(monkeypatch, b"needle 1 2 3 0 0\n")
    answers = io.StringIO()
    monkeypatch.setattr(sys, "stdout", answers)
    rig = open_rig("-", 115200)
    assert next_line(rig) == "needle 1 2 3 0 0\n"
    rig._answer("force 0.00\n")
    end = time.monotonic() + PATIENCE_S
    while not answers.getvalue() and time.monotonic() < end:
        time.sleep(0.01)
    assert answers.getvalue() == "force 0.00\n"


def test_no_piece_of_a_line_that_is_too_long_passes_for_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    standard_input(monkeypatch, b"x" * LONGEST_LINE + b"needle 50 0 0 0 1\nneedle 1 2 3 0 0\n")
    lines = list(open_rig("-", 115200)._lines)
    assert lines == ["x" * LONGEST_LINE, "needle 1 2 3 0 0\n"]
    assert list(whole_lines([b"y" * 200, b"y" * 200, b"y\n", b"needle 1 2 3 0 0\n", b"end"])) == [
        "y" * 200, "needle 1 2 3 0 0\n", "end"
    ]  # fmt: skip


def test_noise_on_standard_input_loses_its_own_line_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    standard_input(monkeypatch, b"needle 1 2 3 0 0\n\xff\xfe\nneedle 9 2 3 0 0\n")
    rig = open_rig("-", 115200)
    rig._read()
    assert rig._latest is not None
    assert rig._latest.depth_mm == 9.0
    assert rig._wrong


def test_answers_that_nobody_reads_hold_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that is full, and one that is closed."""
    standard_input(monkeypatch, b"")
    reading, writing = os.pipe()
    monkeypatch.setattr(sys, "stdout", os.fdopen(writing, "w"))
    rig = open_rig("-", 115200)
    for _ in range(20_000):  # 220 kB, more than a pipe holds
        rig._answer("force 1.25\n")
    os.close(reading)
    rig._answer("force 1.25\n")


@pytest.mark.parametrize("stream", ["stdin", "stdout"])
def test_a_closed_stream_is_told(monkeypatch: pytest.MonkeyPatch, stream: str) -> None:
    standard_input(monkeypatch, b"")
    monkeypatch.setattr(sys, stream, None)
    with pytest.raises(UserInputError, match="is closed"):
        open_rig("-", 115200)


@pytest.mark.parametrize("name", ["/nowhere/ttyUSB9", "socket://127.0.0.1:1", "COM999", "", "a\0b"])
def test_a_port_that_is_none_is_told(name: str) -> None:
    with pytest.raises(UserInputError, match="this port cannot be opened"):
        open_rig(name, 115200)


def test_without_pyserial_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "serial", None)
    with pytest.raises(UserInputError, match="needs pyserial"):
        open_rig("COM3", 115200)
