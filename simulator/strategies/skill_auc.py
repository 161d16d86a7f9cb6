"""Skill AUC: how well the score, and each metric alone, tells two operators apart: the area under the ROC curve.

0.5 tells nothing; 1 or 0 tells every pair of procedures. Intervals are bootstrapped over seeds, which both
operators share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from simulator.strategies.columns import COMPONENT, METRIC
from simulator.strategies.comparisons import MEANS, Groups
from simulator.strategies.intervals import LEVEL, SEED, Interval
from simulator.strategies.outcome_row import Row
from simulator.strategies.study import Study, point_name

RESAMPLES = 999
LEAST_SEEDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillAuc:
    """One column of the table, and how well it tells two operators apart.

    Attributes:
        seeds: of which both have a value
        auc: chance that the second operator's value is the greater one, ties counted half
        interval: 95 %
    """

    scenario: str
    column: str
    first: str
    second: str
    seeds: int
    auc: float
    interval: Interval


def skill_aucs(study: Study, groups: Groups, labels: Mapping[str, str]) -> list[SkillAuc]:
    """Every numeric outcome and metric, for every two operators at each setting; those that never differ left out."""
    found: list[SkillAuc] = []
    for scenario in study.scenarios:
        for point in map(point_name, study.points):
            tail = f", {labels.get(point, '')}" if len(study.points) > 1 else ""
            for one, other in combinations(study.operators, 2):
                first, second = groups.get((scenario, one, point)), groups.get((scenario, other, point))
                if first is None or second is None:
                    continue
                for column, values in _paired(first, second):
                    auc, interval = _auc(values)
                    found.append(
                        SkillAuc(
                            scenario=scenario,
                            column=column,
                            first=one + tail,
                            second=other + tail,
                            seeds=len(values),
                            auc=auc,
                            interval=interval,
                        )
                    )
    return found


def auc_row(one: SkillAuc) -> Row:
    """An AUC as a row of its table."""
    row = {name: getattr(one, name) for name in ("scenario", "column", "first", "second", "seeds", "auc")}
    return {**row, "low_95": one.interval[0], "high_95": one.interval[1]}


def _paired(first: Mapping[int, Row], second: Mapping[int, Row]) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Columns with their values [shape=(seed, 2)] where both operators have one."""
    seeds = sorted(first.keys() & second.keys())
    names = [name for name in next(iter(first.values())) if _is_measured(name)]
    for name in names:
        pairs = [(first[seed].get(name), second[seed].get(name)) for seed in seeds]
        values = np.array([pair for pair in pairs if None not in pair], float).reshape(-1, 2)
        if len(values) >= LEAST_SEEDS and np.ptp(values) > 0.0:
            yield name, values


def _is_measured(name: str) -> bool:
    return name in MEANS or name.startswith((METRIC, COMPONENT))


def _auc(values: NDArray[np.float64]) -> tuple[float, Interval]:
    above = (values[None, :, 1] > values[:, None, 0]) + 0.5 * (values[None, :, 1] == values[:, None, 0])
    rng = np.random.default_rng(SEED)
    chosen = rng.integers(len(values), size=(RESAMPLES, len(values)))
    resampled = [float(above[np.ix_(one, one)].mean()) for one in chosen]
    low, high = np.quantile(resampled, (0.5 - LEVEL / 2.0, 0.5 + LEVEL / 2.0))
    return float(above.mean()), (float(low), float(high))
