"""CUSUM: when a learner's failures say competent, or not acceptable, and how sure that is.

S_i = S_{i-1} + x_i - s, x_i = 1 for a failure; s = Q / (P + Q), P = ln(p1 / p0), Q = ln((1 - p0) / (1 - p1)); limits
h = ln((1 - alpha) / beta) / (P + Q) (training-and-scoring, "Scoring rubric, version 1").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Standing = Literal["competent", "not acceptable", "undecided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CusumPlan:
    """What counts as good enough.

    Attributes:
        acceptable: p0, share of failures that is acceptable
        unacceptable: p1, share that is not
        error: alpha = beta, probability of either wrong verdict
        precedent: where the two shares come from
    """

    acceptable: float
    unacceptable: float
    error: float = 0.1
    precedent: str = ""

    def __post_init__(self) -> None:
        if not 0.0 < self.acceptable < self.unacceptable < 1.0:
            raise ValueError("CUSUM needs 0 < acceptable < unacceptable < 1")

    @property
    def _p_q(self) -> tuple[float, float]:
        p = math.log(self.unacceptable / self.acceptable)
        return p, math.log((1.0 - self.acceptable) / (1.0 - self.unacceptable))

    @property
    def step(self) -> float:
        """s: what a success takes off."""
        p, q = self._p_q
        return q / (p + q)

    @property
    def limit(self) -> float:
        """h: where the curve decides."""
        return math.log((1.0 - self.error) / self.error) / sum(self._p_q)

    @property
    def successes_needed(self) -> int:
        """Successes in a row, from the start, that mean competent."""
        return math.ceil(self.limit / self.step)


PLACEMENT = CusumPlan(acceptable=0.20, unacceptable=0.35, precedent="combined spinal-epidural, PubMed 32736124")
PUNCTURE = CusumPlan(acceptable=0.05, unacceptable=0.10, precedent="strict, for dural puncture alone")


@dataclass(frozen=True, slots=True, kw_only=True)
class CusumCurve:
    """A learner's curve.

    Attributes:
        values: S after each attempt
        limits_about: from which attempt on, and the S about which the limits lie since then
        standing: by the last line that was crossed
        decided_at: number of the attempt that crossed it, from 1; None where none did
        still_needed: successes in a row that would now mean competent; 0 where they are
    """

    values: tuple[float, ...]
    limits_about: tuple[tuple[int, float], ...]
    standing: Standing
    decided_at: int | None
    still_needed: int


def cusum(failures: Sequence[bool], plan: CusumPlan) -> CusumCurve:
    """The curve of a row of attempts, oldest first.

    A line that is crossed decides, and counting starts anew from there, so that a later lapse is seen.
    """
    values: list[float] = []
    total = start = 0.0
    about = [(0, 0.0)]
    standing: Standing = "undecided"
    decided: int | None = None
    for ordinal, failed in enumerate(failures, start=1):
        total += (1.0 if failed else 0.0) - plan.step
        values.append(total)
        if total - start <= -plan.limit or total - start >= plan.limit:
            standing = "competent" if total < start else "not acceptable"
            decided, start = ordinal, total
            about.append((ordinal, total))
    left = 0 if standing == "competent" else math.ceil((plan.limit + total - start) / plan.step)
    return CusumCurve(
        values=tuple(values), limits_about=tuple(about), standing=standing, decided_at=decided, still_needed=left
    )
