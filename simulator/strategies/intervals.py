"""Intervals: how sure medians and paired differences are, and how many runs tell two shares apart. 95 % throughout.

Medians have exact intervals of order statistics, mean differences bias-corrected bootstrap intervals, differences of
paired shares Newcombe's score interval (Stat Med 1998;17:2635, method 10). Chance in the bootstrap is seeded, so that
the same rows give the same figures.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from simulator.scoring.wilson_interval import wilson_interval

Interval = tuple[float, float]
LEVEL = 0.95
RESAMPLES = 4999
SEED = 20120541


def median_interval(values: Sequence[float]) -> Interval | None:
    """Interval of a median by order statistics; None where there are too few values for one."""
    if not values:
        return None
    found = stats.quantile_test(np.asarray(values, float), p=0.5).confidence_interval(LEVEL)
    low, high = float(found.low), float(found.high)
    return None if math.isnan(low) or math.isnan(high) else (low, high)


def mean_interval(values: NDArray[np.float64]) -> Interval:
    """Interval of the mean of paired differences [shape=(n,)], bootstrapped; a point where all are the same."""
    if len(values) < 2 or np.ptp(values) == 0.0:
        mean = float(np.mean(values))
        return mean, mean
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of differences of which all but one are the same
        found = stats.bootstrap(
            (values,), np.mean, confidence_level=LEVEL, n_resamples=RESAMPLES, rng=np.random.default_rng(SEED)
        ).confidence_interval
        if math.isnan(found.low) or math.isnan(found.high):
            found = stats.bootstrap(
                (values,), np.mean, confidence_level=LEVEL, n_resamples=RESAMPLES, method="percentile",
                rng=np.random.default_rng(SEED),
            ).confidence_interval  # fmt: skip
    return float(found.low), float(found.high)


def paired_share_interval(both: int, first_only: int, second_only: int, neither: int) -> Interval:
    """Interval of the share of the second less the share of the first, of pairs counted by who had the event."""
    runs = both + first_only + second_only + neither
    if runs == 0:
        return -1.0, 1.0
    first, second = (both + first_only) / runs, (both + second_only) / runs
    low_1, high_1 = wilson_interval(both + first_only, runs)
    low_2, high_2 = wilson_interval(both + second_only, runs)
    correlation = _correlation(both, first_only, second_only, neither)
    below = _combine(second - low_2, high_1 - first, correlation)
    above = _combine(high_2 - second, first - low_1, correlation)
    return second - first - below, second - first + above


def _combine(one: float, other: float, correlation: float) -> float:
    return math.sqrt(max(one**2 - 2.0 * correlation * one * other + other**2, 0.0))


def _correlation(both: int, first_only: int, second_only: int, neither: int) -> float:
    """Newcombe's corrected phi of a table of pairs."""
    margins = (both + first_only) * (second_only + neither) * (both + second_only) * (first_only + neither)
    if margins == 0:
        return 0.0
    runs = both + first_only + second_only + neither
    product = both * neither - first_only * second_only
    corrected = max(product - runs / 2.0, 0.0) if product > 0 else float(product)
    return corrected / math.sqrt(margins)


def mean_p_value(values: NDArray[np.float64]) -> float:
    """Two-sided p of a mean difference of pairs, by changing signs: all ways where they are few, else a sample."""
    if len(values) < 2 or not np.any(values):  # one pair is as far from 0 with either sign
        return 1.0
    found = stats.permutation_test(
        (values, np.zeros_like(values)),
        lambda one, other, axis: np.mean(one - other, axis=axis),
        permutation_type="samples", n_resamples=RESAMPLES, vectorized=True, rng=np.random.default_rng(SEED),
    )  # fmt: skip
    return float(min(found.pvalue, 1.0))


def holm(p_values: Sequence[float]) -> list[float]:
    """P values corrected for their number (Holm, Scand J Stat 1979;6:65), in the order given."""
    corrected = [0.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        largest = max(largest, min((len(p_values) - rank) * p_values[index], 1.0))
        corrected[index] = largest
    return corrected


def runs_to_tell(first: float, second: float, *, power: float = 0.8, level: float = LEVEL) -> int:
    """Runs in each of two independent groups that tell two shares apart with this power (Fleiss, two-sided).

    Raises:
        ValueError: the shares are equal, or no shares.
    """
    if first == second or not (0.0 <= first <= 1.0 and 0.0 <= second <= 1.0):
        raise ValueError("two different shares from 0 to 1")
    middle = (first + second) / 2.0
    z_level, z_power = float(stats.norm.ppf(0.5 + level / 2.0)), float(stats.norm.ppf(power))
    spread = z_level * math.sqrt(2.0 * middle * (1.0 - middle))
    spread += z_power * math.sqrt(first * (1.0 - first) + second * (1.0 - second))
    return math.ceil(float((spread / (first - second)) ** 2))
