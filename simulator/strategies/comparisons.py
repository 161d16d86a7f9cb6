"""Comparisons: every two operators at one setting, and every setting with the first, on the seeds that both have.

P values are exact (McNemar for shares, sign changes for means), and corrected by Holm over all comparisons of one
outcome.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from simulator.strategies.intervals import Interval, holm, mean_interval, mean_p_value, paired_share_interval
from simulator.strategies.outcome_row import Row
from simulator.strategies.pareto import paired_p_value
from simulator.strategies.study import Study, point_name

SHARES = ("success", "safe_success", "dural_puncture", "harm")
MEANS = ("blind_mm", "dlp_total_mgy_cm", "presses", "redirects", "needle_time_s", "procedure_s", "score")
OUTCOMES = (*SHARES, *MEANS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One outcome of two groups on the same seeds.

    Attributes:
        first, second: operator and setting of each
        pairs: seeds of which both have the outcome
        difference: second less first: of the shares, or the mean of the differences
        interval: of the difference, 95 %
        p_value, p_holm: two-sided, alone and corrected
    """

    scenario: str
    outcome: str
    first: str
    second: str
    pairs: int
    difference: float
    interval: Interval
    p_value: float
    p_holm: float = 1.0


Groups = Mapping[tuple[str, str, str], Mapping[int, Row]]
"""Rows by seed, by scenario, operator and name of the point."""


def compare_groups(study: Study, groups: Groups, labels: Mapping[str, str]) -> list[Comparison]:
    """All comparisons of a study, outcome by outcome, those without a pair left out."""
    found: list[Comparison] = []
    for outcome in OUTCOMES:
        mine = [one for pair in _pairs(study, groups, labels) if (one := _compare(outcome, *pair)) is not None]
        corrected = holm([one.p_value for one in mine])
        found += [replace(one, p_holm=p) for one, p in zip(mine, corrected, strict=True)]
    return found


def _pairs(
    study: Study, groups: Groups, labels: Mapping[str, str]
) -> Iterator[tuple[str, str, str, Mapping[int, Row], Mapping[int, Row]]]:
    points = [point_name(point) for point in study.points]
    several = len(points) > 1
    for scenario in study.scenarios:
        for point in points:
            tail = f", {labels[point]}" if several else ""
            for one, other in combinations(study.operators, 2):
                keys = (scenario, one, point), (scenario, other, point)
                if all(key in groups for key in keys):
                    yield scenario, one + tail, other + tail, groups[keys[0]], groups[keys[1]]
        for operator in study.operators:
            first, *others = points
            for point in others:
                keys = (scenario, operator, first), (scenario, operator, point)
                if all(key in groups for key in keys):
                    names = (f"{operator}, {labels[first]}", f"{operator}, {labels[point]}")
                    yield scenario, *names, groups[keys[0]], groups[keys[1]]


def _compare(
    outcome: str, scenario: str, first: str, second: str, one: Mapping[int, Row], other: Mapping[int, Row]
) -> Comparison | None:
    seeds = sorted(one.keys() & other.keys())
    values = [(one[seed].get(outcome), other[seed].get(outcome)) for seed in seeds]
    pairs = [(a, b) for a, b in values if a is not None and b is not None]
    if not pairs:
        return None
    difference, interval, p_value = _shares(pairs) if outcome in SHARES else _means(pairs)
    return Comparison(
        scenario=scenario,
        outcome=outcome,
        first=first,
        second=second,
        pairs=len(pairs),
        difference=difference,
        interval=interval,
        p_value=p_value,
    )


def _shares(pairs: Sequence[tuple[Any, Any]]) -> tuple[float, Interval, float]:
    both = sum(bool(a) and bool(b) for a, b in pairs)
    first_only = sum(bool(a) and not b for a, b in pairs)
    second_only = sum(bool(b) and not a for a, b in pairs)
    neither = len(pairs) - both - first_only - second_only
    interval = paired_share_interval(both, first_only, second_only, neither)
    return (second_only - first_only) / len(pairs), interval, paired_p_value(second_only, first_only)


def _means(pairs: Sequence[tuple[Any, Any]]) -> tuple[float, Interval, float]:
    differences = np.array([float(b) - float(a) for a, b in pairs])
    return float(np.mean(differences)), mean_interval(differences), mean_p_value(differences)


def comparison_row(one: Comparison) -> Row:
    """A comparison as a row of its table."""
    row = {name: getattr(one, name) for name in ("scenario", "outcome", "first", "second", "pairs", "difference")}
    return {**row, "low_95": one.interval[0], "high_95": one.interval[1], "p_value": one.p_value, "p_holm": one.p_holm}
