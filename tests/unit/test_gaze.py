"""Gaze: a slice that stood before the eyes for a second without a break was looked at, once."""

from __future__ import annotations

from simulator.gui.images.gaze import LOOK_S, Gaze
from simulator.interface.commands import LookAt


def drawn(gaze: Gaze, now_s: float, *slices: tuple[int, int]) -> list[LookAt]:
    """One picture of the screen with these slices on it."""
    for number, index in slices:
        gaze.see(number, index)
    return gaze.settle(now_s)


def test_a_slice_counts_after_a_second_and_no_sooner() -> None:
    gaze = Gaze()
    assert drawn(gaze, 10.0, (3, 1)) == []
    assert drawn(gaze, 10.0 + 0.999 * LOOK_S, (3, 1)) == []
    assert drawn(gaze, 10.0 + LOOK_S, (3, 1)) == [LookAt(number=3, slices=(1,))]


def test_a_slice_is_looked_at_once() -> None:
    gaze = Gaze()
    found = [drawn(gaze, 0.5 * k, (3, 1)) for k in range(9)]
    assert [look for looks in found for look in looks] == [LookAt(number=3, slices=(1,))]


def test_a_break_begins_anew() -> None:
    gaze = Gaze()
    drawn(gaze, 0.0, (3, 1))
    drawn(gaze, 0.9, (3, 2))  # another slice stood there
    assert drawn(gaze, 1.0, (3, 1)) == []
    assert drawn(gaze, 1.9, (3, 1)) == []
    assert drawn(gaze, 2.0, (3, 1)) == [LookAt(number=3, slices=(1,))]


def test_scrolling_through_a_stack_is_no_look_at_its_slices() -> None:
    gaze = Gaze()
    assert [look for k in range(60) for look in drawn(gaze, 0.1 * k, (0, k))] == []


def test_slices_beside_each_other_are_one_look_for_each_acquisition() -> None:
    gaze = Gaze()
    both = ((4, 2), (4, 0), (2, 7), (4, 1))
    drawn(gaze, 0.0, *both)
    assert drawn(gaze, LOOK_S, *both) == [LookAt(number=2, slices=(7,)), LookAt(number=4, slices=(0, 1, 2))]


def test_a_slice_that_joins_later_has_its_own_second() -> None:
    gaze = Gaze()
    drawn(gaze, 0.0, (4, 0))
    drawn(gaze, 0.6, (4, 0), (4, 1))
    assert drawn(gaze, 1.0, (4, 0), (4, 1)) == [LookAt(number=4, slices=(0,))]
    assert drawn(gaze, 1.6, (4, 0), (4, 1)) == [LookAt(number=4, slices=(1,))]


def test_an_empty_screen_shows_nothing() -> None:
    gaze = Gaze()
    drawn(gaze, 0.0, (4, 0))
    assert drawn(gaze, 5.0) == []
    assert drawn(gaze, 6.0, (4, 0)) == []
