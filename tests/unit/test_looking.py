"""Looking is a command: who looked at which slices, what is refused, and which pictures are no look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.records.session_reader import read_session
from simulator.report.recording import Recording
from simulator.scenario.build import Case
from tests.recorded import begun, gone_on
from tests.scored_events import tubes
from tests.unit.report_patient import session_of

PLACE = c.PlaceNeedle(entry_from_midline_mm=1.0, side="right", level="L3/4")
PRESSED = (PLACE, c.Advance(distance_mm=20.0), c.PressPedal())


@pytest.fixture
def case(make_case: Callable[..., Case]) -> Case:
    """A case whose patient is that of tubes, so that images take no time."""
    return replace(make_case(), world=tubes())


def looks(session: Session) -> list[tuple[int, tuple[int, ...]]]:
    return [(x.number, x.slices) for x in session.events if isinstance(x, e.ImageLookedAt)]


def refusal(session: Session, command: c.Command) -> str:
    before = session.state.elapsed_ms
    (refused,) = session.do(command)
    assert isinstance(refused, e.CommandRefused)
    assert session.state.elapsed_ms == before
    assert looks(session) == []
    return refused.reason


@pytest.mark.parametrize("number", [0, 7])
def test_before_any_acquisition_there_is_nothing_to_look_at(number: int) -> None:
    said = refusal(Session(tubes()), c.LookAt(number=number))
    assert said == f"there is no acquisition {number} to look at: nothing was acquired yet"


def test_a_look_at_what_does_not_exist_says_what_there_is() -> None:
    session = session_of(tubes(), [*PRESSED, c.PressPedal()])
    assert refusal(session, c.LookAt(number=2)) == "there is no acquisition 2 to look at: there are 0 to 1"
    assert "number is -1; it must lie between 0 and" in refusal(session, c.LookAt(number=-1))


@pytest.mark.parametrize("slices", [(3,), (-1,), (0, 3), ()])
def test_a_slice_out_of_range_says_which_there_are(slices: tuple[int, ...]) -> None:
    session = session_of(tubes(), PRESSED)
    assert refusal(session, c.LookAt(number=0, slices=slices)) == "acquisition 0 has the slices 0 to 2"


def test_a_look_names_its_slices_once_in_order_and_all_where_none_are_named() -> None:
    session = session_of(tubes(), PRESSED)
    before = session.state.elapsed_ms
    session.do(c.LookAt(number=0, slices=(2, 0, 2)))
    session.do(c.LookAt(number=0))
    assert looks(session) == [(0, (0, 2)), (0, (0, 1, 2))]
    assert session.state.elapsed_ms == before


def test_a_look_changes_nothing_that_is_perceived() -> None:
    session = session_of(tubes(), PRESSED)
    before = session.view()
    session.do(c.LookAt(number=0))
    after = session.view()
    assert after.console == before.console
    assert after.handling == before.handling
    assert after.refused == before.refused


def test_an_archive_that_is_read_looks_first_and_once_at_each_slice() -> None:
    session = session_of(tubes(), PRESSED)
    archive = session.view().images
    assert looks(session) == [], "a View that nobody reads shows nothing"
    archive.slices(0, [1])
    assert looks(session) == [(0, (1,))]
    assert isinstance(session.steps[-1].command, c.LookAt)
    archive.frame(0)
    archive.frame(0)
    archive.slices(0, [1])
    assert looks(session) == [(0, (1,)), (0, (0, 2))]


def test_a_picture_that_is_made_ahead_is_no_look_and_hides_none() -> None:
    session = session_of(tubes(), PRESSED)
    session.prepare_image(0)
    session.image(0)
    assert looks(session) == []
    session.show(0)
    assert looks(session) == [(0, (0, 1, 2))]


def test_after_the_end_nobody_looks() -> None:
    session = session_of(tubes(), [*PRESSED, c.Withdraw(distance_mm=60.0), c.Finish()])
    session.show(0)
    assert looks(session) == []


def test_pictures_at_the_close_and_for_the_report_are_no_look(case: Case, tmp_path: Path) -> None:
    made = Recording(case, operator="t", scenario_path="", out=tmp_path / "out", say=lambda _: None)
    for command in (*PRESSED, c.Finish()):
        made.session.do(command)
    made.close()
    made.report()
    record = read_session(tmp_path / "out" / "session.jsonl")
    assert [image.number for image in record.images] == [0], "the close made it"
    assert looks(made.session) == []
    assert not any(isinstance(command, c.LookAt) for command in record.commands)


def test_a_session_that_goes_on_repeats_its_looks(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    first = begun(case, path)
    for command in PRESSED:
        first.do(command)
    first.show(0, [1])
    first.do(c.Advance(distance_mm=5.0))
    first.log.leave()
    record = read_session(path)
    assert [type(command) for command in record.commands][-2:] == [c.LookAt, c.Advance]

    again = gone_on(case, record)
    for command in record.commands:
        again.do(command)
    assert looks(again) == looks(first) == [(0, (1,))]
    assert again.state.digest == first.state.digest
    again.show(0, [1])
    assert looks(again) == [(0, (1,))], "it was seen before the break"
    again.show(0)
    assert looks(again) == [(0, (1,)), (0, (0, 2))]
    again.log.leave()
    assert [x for x in read_session(path).commands if isinstance(x, c.LookAt)] == [
        c.LookAt(number=0, slices=(1,)),
        c.LookAt(number=0, slices=(0, 2)),
    ]
