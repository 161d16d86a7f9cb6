"""Turns and pushes, as a hand makes them."""

from __future__ import annotations

import pytest

from simulator.operators.redirection import limited_turn_deg, push_parts_mm, transmitted_fraction


@pytest.mark.parametrize(
    ("distance_mm", "parts"),
    [(18.0, [9.0, 9.0]), (4.06, [2.0, 2.1]), (4.0, [4.0]), (0.7, [0.7]), (0.04, []), (-2.0, [])],
)
def test_a_long_push_is_made_in_two_parts(distance_mm: float, parts: list[float]) -> None:
    assert push_parts_mm(distance_mm) == parts


def test_the_deeper_a_needle_the_less_of_a_turn_reaches_its_tip() -> None:
    assert transmitted_fraction(5.0) == 1.0
    assert transmitted_fraction(50.0) == 0.5
    assert transmitted_fraction(45.0) == pytest.approx(0.625)
    assert transmitted_fraction(90.0) == 0.25


def test_no_turn_is_larger_than_a_hand_makes() -> None:
    assert [limited_turn_deg(angle) for angle in (-40.0, -3.0, 20.0)] == [-15.0, -3.0, 15.0]
