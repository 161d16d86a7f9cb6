"""Metric: one measured value, with its unit, what it is held against, and where that comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One value of one procedure.

    Attributes:
        name: in words
        value: None where the metric does not apply
        unit: of the value; "" for counts and shares
        reference: what it is held against, in words; "" where nothing is
        source: where the reference comes from
        phase: part of the procedure that it describes
        utility: 0 (poor) to 1 (expert), as the rubric counts it; None where it is not scored
    """

    name: str
    value: float | None
    unit: str
    reference: str = ""
    source: str = ""
    phase: str = "guidance"
    utility: float | None = None
