"""A rig's port: a serial one through a pseudoterminal, standard input, and ports that are none."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator

import pytest

from simulator.errors import UserInputError
from simulator.gui.input.rig import Rig
from simulator.gui.input.rig_port import LONGEST_LINE, open_rig

pytest.importorskip("serial", reason="pyserial is not installed")


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


def test_standard_input_is_a_line_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("needle 1 2 3 0 0\n" + "y" * 500))
    rig = open_rig("-", 115200)
    assert [len(line) for line in rig._lines] == [17, 200, 200, 100]
    rig._answer("force 0.00\n")
    assert capsys.readouterr().out == "force 0.00\n"


@pytest.mark.parametrize("name", ["/nowhere/ttyUSB9", "socket://127.0.0.1:1", "COM999", "", "a\0b"])
def test_a_port_that_is_none_is_told(name: str) -> None:
    with pytest.raises(UserInputError, match="this port cannot be opened"):
        open_rig(name, 115200)


def test_without_pyserial_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "serial", None)
    with pytest.raises(UserInputError, match="needs pyserial"):
        open_rig("COM3", 115200)
