"""Each rule of the score decides pairs of procedures that differ in what it judges alone; without it, it does not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from simulator.scoring import caps, shares
from simulator.scoring.rubric import Rubric
from simulator.scoring.score_procedure import score_procedure
from simulator.vocabulary.scoring import CapId, MetricId
from tests.scoring.edits import Procedure
from tests.scoring.pairs import CAPS, DANGER_POINTS, METRICS, Pair


def scored(procedure: Procedure) -> float:
    """The score that the rubric gives, whatever happened to its rules."""
    return score_procedure(procedure.world, procedure.events, Rubric(), scenario="pair", operator="pair").score


def difference(pair: Pair, base: Procedure) -> float:
    """By how much the better procedure is scored higher."""
    return scored(pair.better(base)) - scored(pair.worse(base))


def named(pairs: tuple[Pair, ...]) -> list[object]:
    return [pytest.param(pair, id=f"{pair.rule}: {pair.name}") for pair in pairs]


@pytest.mark.parametrize("pair", named(CAPS))
def test_a_danger_decides_by_ten_points_and_only_by_its_rule(
    pair: Pair, base: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert difference(pair, base) >= DANGER_POINTS
    assert isinstance(pair.rule, CapId)
    monkeypatch.setitem(caps.RULES, pair.rule, lambda summary, rubric: None)
    assert difference(pair, base) < DANGER_POINTS


@pytest.mark.parametrize("pair", named(METRICS))
def test_a_metric_decides_and_only_by_its_share(pair: Pair, base: Procedure, monkeypatch: pytest.MonkeyPatch) -> None:
    for cap in (CapId.STEPS_SKIPPED, CapId.REACTION_IGNORED):  # caps of the same faults, which pairs of their own test
        monkeypatch.setitem(caps.RULES, cap, lambda summary, rubric: None)
    assert difference(pair, base) > 0.1
    assert isinstance(pair.rule, MetricId)
    monkeypatch.setattr(shares, "SHARES", without_share(pair.rule))
    monkeypatch.setattr("simulator.scoring.score_procedure.SHARES", shares.SHARES)
    assert difference(pair, base) == pytest.approx(0.0, abs=0.05)


def without_share(rule: MetricId) -> Mapping[object, Mapping[MetricId, float]]:
    """The shares without one metric."""
    return {
        component: {metric: share for metric, share in own.items() if metric is not rule}
        for component, own in shares.SHARES.items()
    }


def test_every_cap_has_a_pair() -> None:
    assert {pair.rule for pair in CAPS} == set(CapId)
