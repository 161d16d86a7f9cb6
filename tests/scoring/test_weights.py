"""No weight alone decides in which order the operators that ship come."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from simulator.scenario.build import Case
from simulator.scoring.rubric import Rubric
from simulator.scoring.score_procedure import rubric_weights
from simulator.vocabulary.scoring import Component
from tests.scoring.weights import (
    COMPONENTS,
    FACTORS,
    MOST_SWAPS,
    SHIPPED,
    Run,
    order,
    read,
    run_of,
    score_with,
    swaps,
    swaps_by_weight,
    swaps_told_apart,
    told_apart,
    with_weight,
)
from tests.scoring.weights import KEPT as TABLE


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    return read(TABLE)


def test_the_table_holds_every_operator_that_ships_in_the_same_sessions(runs: list[Run]) -> None:
    treated = {name: {(run.case, run.seed) for run in runs if run.operator == name} for name in SHIPPED}
    assert {run.operator for run in runs} == set(SHIPPED)
    assert len(set(map(frozenset, treated.values()))) == 1
    assert min(map(len, treated.values())) >= 5


def test_a_score_is_what_its_components_and_caps_say(runs: list[Run]) -> None:
    for run in runs:
        assert score_with(run, Rubric()) == pytest.approx(run.score, abs=0.001), run


@pytest.mark.parametrize(("component", "factor"), list(itertools.product(COMPONENTS, FACTORS)))
def test_one_weight_alone_swaps_at_most_one_pair(runs: list[Run], component: Component, factor: float) -> None:
    weights = dict(rubric_weights(with_weight(component, factor)).items())
    assert sum(weights.values()) == pytest.approx(1.0)
    assert swaps_by_weight(runs)[component, factor] <= MOST_SWAPS


def test_an_order_that_hangs_on_one_weight_is_seen() -> None:
    """Two pairs that only one component holds apart, against the others, change places when it weighs less."""
    none = dict.fromkeys(map(str, COMPONENTS), 0.0)
    base = Run(operator="", case="", seed=1, components=none, limit=100.0, stopped=False, score=0.0)
    close = {"a": {"help": 1.0}, "b": {"safety": 1.0, "steps": 0.9}, "c": {"help": 0.9}, "d": {"safety": 1.0}}
    made = [replace(base, operator=name, components={**none, **own}) for name, own in close.items()]
    assert order(made, Rubric()) == ["a", "b", "c", "d"]
    assert swaps_by_weight(made)[Component.HELP, 0.5] > MOST_SWAPS


def test_operators_are_told_apart_by_the_sessions_that_both_had() -> None:
    none = dict.fromkeys(map(str, COMPONENTS), 0.0)
    base = Run(operator="", case="", seed=1, components=none, limit=100.0, stopped=False, score=0.0)
    made = [
        replace(base, operator=name, case=case, seed=seed, components={**none, "help": helped, "safety": safe})
        for name, sessions in {
            "helps": ((0.90, 0.5), (0.80, 0.5), (0.85, 0.5)),
            "is safe": ((0.70, 0.7), (0.61, 0.7), (0.65, 0.7)),
            "either": ((0.99, 0.5), (0.60, 0.5), (0.95, 0.5)),
        }.items()
        for (case, seed), (helped, safe) in zip((("a", 1), ("a", 2), ("b", 1)), sessions, strict=True)
    ]
    apart = told_apart(made, Rubric())
    assert ("helps", "is safe") in apart
    assert ("is safe", "helps") not in apart
    assert not {("helps", "either"), ("either", "helps")} & apart
    certain = swaps_told_apart(made)
    assert certain[Component.HELP, 0.5] == 1
    assert certain[Component.HELP, 1.5] == 0


def test_swaps_are_counted_by_neighbours() -> None:
    assert swaps("abcd", "abcd") == 0
    assert swaps("abcd", "bacd") == 1
    assert swaps("abcd", "cabd") == 2


def test_the_table_is_what_operators_do(make_case: Callable[..., Case], runs: list[Run]) -> None:
    kept = next(run for run in runs if (run.operator, run.case, run.seed) == ("loss-of-resistance", "patient-2", 1))
    again = run_of(make_case(1, "default"), "loss-of-resistance", 1)
    assert again.score == pytest.approx(kept.score, abs=0.05)
    assert again.components == pytest.approx(dict(kept.components), abs=0.001)
