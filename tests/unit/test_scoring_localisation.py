"""Finding the leak on the myelogram: level and side, before the needle, and what it is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from phantoms.phantom import Leak
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.scenario.build import Case
from simulator.scoring.localisation import LEVEL_FRACTION, localised
from simulator.scoring.procedure_summary import summarise
from simulator.scoring.shares import SHARES, component_value
from simulator.vocabulary.scoring import Component, MetricId
from tests.procedures import placed, run
from tests.scored_events import good
from tests.settings import changed_settings

MakeCase = Callable[..., Case]


def found(make_case: MakeCase, *marks: c.MarkLeak, pattern: str = "circumferential", **changes: Any) -> float | None:
    world = make_case().world
    leak = Leak(pattern=pattern, level="L3/4", side="right", hole_mm=world.phantom.leak.hole_mm)
    settings = changed_settings(world.settings, **changes)
    world = replace(world, phantom=replace(world.phantom, leak=leak), settings=settings)
    session = Session(world)
    run(session, marks)
    return localised(summarise(world, session.events))


@pytest.mark.parametrize(
    ("level", "side", "pattern", "worth"),
    [
        ("L3/4", "right", "root-sleeve", 1.0),
        ("L3/4", "left", "root-sleeve", LEVEL_FRACTION),
        ("L3/4", "both", "root-sleeve", LEVEL_FRACTION),
        ("L3/4", "both", "circumferential", 1.0),
        ("L3/4", "left", "circumferential", LEVEL_FRACTION),
        ("L3/4", "both", "ventral-tear", 1.0),
        ("L3/4", "right", "ventral-tear", 1.0),
        ("L3/4", "left", "ventral-tear", LEVEL_FRACTION),
        ("L2/3", "both", "ventral-tear", 0.0),
        ("L2/3", "right", "circumferential", 0.0),
    ],
)
def test_level_and_side_count(make_case: MakeCase, level: str, side: Any, pattern: str, worth: float) -> None:
    assert found(make_case, c.MarkLeak(level=level, side=side), pattern=pattern) == worth


def test_the_last_word_before_the_needle_counts_and_silence_is_wrong(make_case: MakeCase) -> None:
    assert found(make_case) == 0.0
    wrong, right = c.MarkLeak(level="L2/3", side="right"), c.MarkLeak(level="L3/4", side="right")
    assert found(make_case, wrong, right) == 1.0
    session = Session(make_case().world)
    run(session, [wrong, *placed(), c.Advance(distance_mm=10.0), right])
    assert localised(summarise(session.world, session.events)) == 0.0


def test_without_a_myelogram_there_is_nothing_to_find(make_case: MakeCase) -> None:
    assert found(make_case, c.MarkLeak(level="L3/4", side="right"), myelogram_levels=None) is None


def test_a_leak_that_was_not_found_costs_a_fifth_of_placement() -> None:
    metrics = good().card().metrics
    whole = [x for x in metrics if x.metric_id in SHARES[Component.PLACEMENT]]
    for worth in (1.0, LEVEL_FRACTION, 0.0):
        found = [replace(x, utility=worth) if x.name is MetricId.LEAK_LOCALISED else x for x in whole]
        assert component_value(Component.PLACEMENT, found) == pytest.approx(0.8 + 0.2 * worth)
    nothing_to_find = [replace(x, utility=None) if x.name is MetricId.LEAK_LOCALISED else x for x in whole]
    assert component_value(Component.PLACEMENT, nothing_to_find) == pytest.approx(1.0)
