"""Pareto: shares with intervals, paired tests, the front and the area under it, against values found otherwise."""

from __future__ import annotations

import pytest

from simulator.scoring.wilson_interval import wilson_interval
from simulator.strategies.pareto import front, hypervolume, paired_p_value


def test_wilson_gives_the_published_interval() -> None:
    low, high = wilson_interval(14, 974)  # AJR 2017;209:656: 1.4 % (0.9-2.4)
    assert low == pytest.approx(0.0086, abs=5e-5)
    assert high == pytest.approx(0.0240, abs=5e-5)


def test_wilson_at_the_ends() -> None:
    z2 = 1.959963984540054**2
    assert wilson_interval(0, 40) == pytest.approx((0.0, z2 / (40 + z2)))
    assert wilson_interval(40, 40) == pytest.approx((40 / (40 + z2), 1.0))
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_paired_test_is_the_sign_test_of_the_seeds_that_differ() -> None:
    assert paired_p_value(0, 0) == 1.0
    assert paired_p_value(5, 0) == pytest.approx(2 / 32)
    assert paired_p_value(7, 1) == pytest.approx(2 * 9 / 256)
    assert paired_p_value(3, 3) == 1.0


def test_front_holds_what_nothing_else_beats() -> None:
    trades = [(50.0, 0.9), (20.0, 0.8), (60.0, 0.9), (20.0, 0.7), (10.0, 0.2), (90.0, 0.95), (30.0, 0.5)]
    assert front(trades) == [4, 1, 0, 5]
    assert front([(10.0, 0.5), (10.0, 0.5)]) == [0]


def test_hypervolume_is_the_area_of_the_steps() -> None:
    assert hypervolume([]) == 0.0
    assert hypervolume([(40.0, 0.5)]) == pytest.approx(160 * 0.5)
    assert hypervolume([(40.0, 0.5), (100.0, 0.9), (120.0, 0.6)]) == pytest.approx(160 * 0.5 + 100 * 0.4)
    assert hypervolume([(250.0, 1.0), (40.0, 0.5)]) == pytest.approx(160 * 0.5)
    assert hypervolume([(0.0, 1.0)]) == pytest.approx(200.0)
