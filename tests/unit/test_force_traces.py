"""A force trace is replayed: one sample at a border between tissues may have either force, and nothing else may."""

from __future__ import annotations

import math

import pytest

from simulator.records.force_traces import alike_but_for_a_border

RECORDED = [0.96, 1.10, 1.25, 1.41, 1.42, 0.56, 0.57, 0.58]
AT = 4


def close(one: float, other: float) -> bool:
    return math.isclose(one, other, abs_tol=1e-3)


def told(replayed: list[float]) -> bool:
    return alike_but_for_a_border(RECORDED, replayed, close)


def changed(**values: float) -> list[float]:
    """The trace with other values at some places, such as at_4=0.55."""
    replayed = list(RECORDED)
    for name, value in values.items():
        replayed[int(name.removeprefix("at_"))] = value
    return replayed


def test_the_same_trace_is_alike() -> None:
    assert told(list(RECORDED))


def test_the_sample_at_the_border_may_be_of_the_other_tissue() -> None:
    assert told(changed(at_4=0.55))
    assert alike_but_for_a_border(changed(at_4=0.55), RECORDED, close)


@pytest.mark.parametrize(
    "replayed",
    [
        changed(at_4=1.0),  # of neither tissue
        changed(at_2=0.55),  # no border there
        changed(at_4=0.55, at_6=0.9),
        changed(at_3=0.54, at_4=0.55),  # the border lies two samples further
        RECORDED[:-1],
    ],
)
def test_anything_else_is_a_difference(replayed: list[float]) -> None:
    assert not told(replayed)


def test_a_trace_without_a_step_has_no_border() -> None:
    level = [1.0, 1.01, 1.02, 1.03, 1.04, 1.05]
    assert not alike_but_for_a_border(level, [*level[:2], 1.5, *level[3:]], close)
