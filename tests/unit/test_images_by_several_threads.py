"""Images of one session asked for by several threads at once: each is made once, and is the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from simulator.engine.session import Session, frame_digest
from simulator.interface import commands as c
from simulator.scenario.build import Case


def test_the_same_image_is_made_once_for_all_who_ask(patient_2: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(patient_2.world)
    session.do(c.PressPedal())
    (number,) = session.presses()
    made = []
    render = Session._render
    monkeypatch.setattr(Session, "_render", lambda self, *what: made.append(what) or render(self, *what))
    with ThreadPoolExecutor(4) as pool:
        frames = list(pool.map(session.image, [number] * 8))
    assert len(made) == 1
    assert all(frame is frames[0] for frame in frames)


def test_images_made_by_threads_are_those_made_in_turn(patient_2: Case) -> None:
    sessions = [Session(patient_2.world) for _ in range(2)]
    for session in sessions:
        for table_mm in (540.0, 552.0, 564.0):
            session.do(c.MoveTable(to_mm=table_mm))
            session.do(c.PressPedal())
    in_turn = [frame_digest(sessions[0].image(number)) for number in sessions[0].presses()]
    with ThreadPoolExecutor(3) as pool:
        frames = list(pool.map(sessions[1].image, sessions[1].presses()))
    assert [frame_digest(frame) for frame in frames] == in_turn
    assert np.unique(in_turn).size == 3
