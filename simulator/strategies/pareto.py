"""Pareto: success against dose and harm, paired comparison, front and hypervolume."""

from __future__ import annotations

import math
from collections.abc import Sequence

REFERENCE_SUCCESS, REFERENCE_DLP_MGY_CM = 0.0, 200.0  # training-and-scoring: reference point of the hypervolume

Trade = tuple[float, float]
"""Dose-length product in mGy cm (less is better) and share of successes (more is better)."""


def paired_p_value(gained: int, lost: int) -> float:
    """Two-sided exact McNemar test: chance of a split this uneven if gains and losses were equally likely."""
    pairs = gained + lost
    if pairs == 0:
        return 1.0
    tail = float(sum(math.comb(pairs, k) for k in range(min(gained, lost) + 1)) / 2**pairs)
    return min(2.0 * tail, 1.0)


def front(trades: Sequence[Trade]) -> list[int]:
    """Indices of the trades that no other one beats or equals in both, from the least dose on."""
    chosen: list[int] = []
    best = -math.inf
    for index in sorted(range(len(trades)), key=lambda i: (trades[i][0], -trades[i][1])):
        if trades[index][1] > best:
            chosen.append(index)
            best = trades[index][1]
    return chosen


def front_with_harm(trades: Sequence[tuple[float, float, float]]) -> list[int]:
    """Indices of the trades of dose, safe success and harm that no other one beats or equals in all three."""
    return [
        index
        for index, (dlp, success, harm) in enumerate(trades)
        if not any(
            (other[0] <= dlp and other[1] >= success and other[2] <= harm)
            and (other != (dlp, success, harm) or place < index)
            for place, other in enumerate(trades)
            if place != index
        )
    ]


def hypervolume(trades: Sequence[Trade]) -> float:
    """Area between the front and the reference point, mGy cm: success 0 to 1 times dose-length product saved."""
    total, below = 0.0, REFERENCE_SUCCESS
    for index in front([t for t in trades if t[0] < REFERENCE_DLP_MGY_CM]):
        dlp, success = [t for t in trades if t[0] < REFERENCE_DLP_MGY_CM][index]
        if success > below:
            total += (REFERENCE_DLP_MGY_CM - dlp) * (success - below)
            below = success
    return total
