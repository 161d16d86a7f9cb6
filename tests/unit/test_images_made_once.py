"""Images of a session: made once, whole or by slices; what was looked at is not computed again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.ct.scanner import Scanner
from simulator.engine import session as of_sessions
from simulator.engine.session import Session
from simulator.interface import commands as c
from tests.procedures import placed, run


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Which slices the scanner was asked for, image by image."""
    asked: list[Any] = []
    image = Scanner.image

    def counted(scanner: Scanner, **arguments: Any) -> Any:
        asked.append(arguments["only"])
        return image(scanner, **arguments)

    monkeypatch.setattr(Scanner, "image", counted)
    return asked


@pytest.fixture
def pressed(patient_2: Any) -> tuple[Session, int]:
    session = Session(patient_2.world)
    run(session, [*placed(), c.PressPedal()])
    return session, session.presses()[-1]


def test_the_same_slices_are_made_once(pressed: tuple[Session, int], made: list[Any]) -> None:
    session, number = pressed
    first = session.image(number, [0, 2])
    assert session.image(number, [0, 2]) is first
    assert session.image(number, (0, 2)) is first
    assert not first.hu.flags.writeable
    assert made == [[0, 2]]


def test_slices_of_a_whole_image_are_taken_from_it(pressed: tuple[Session, int], made: list[Any]) -> None:
    session, number = pressed
    apart = session.image(number, [1])
    whole = session.image(number)
    again = session.image(number, [2, 1])
    assert np.array_equal(again.hu[1], apart.hu[0])
    assert np.array_equal(again.hu[0], whole.hu[2])
    assert list(again.z_mm) == [whole.z_mm[2], whole.z_mm[1]]
    assert made == [[1], None]


def test_no_more_is_kept_than_there_is_room_for(
    pressed: tuple[Session, int], made: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, number = pressed
    monkeypatch.setattr(of_sessions, "KEPT_BYTES", 2 * session.image(number, [0]).hu.nbytes)
    for index in (1, 2, 0):
        session.image(number, [index])
    assert made == [[0], [1], [2], [0]]
    assert len(session._frames) == 2


def test_events_are_those_of_the_steps_in_a_branch_too(pressed: tuple[Session, int]) -> None:
    session, _ = pressed
    branch = session.branch(session.world)
    branch.do(c.PressPedal())
    for each in (session, branch):
        assert each.events == [event for step in each.steps for event in step.events]
    assert len(branch.events) > len(session.events)
    given = session.events
    given.clear()
    assert session.events
