"""Comparison: a procedure beside an expert's on the same patient, and beside the learner's own past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.engine import events as e
from simulator.report.components import metric_rows
from simulator.report.words import number
from simulator.scoring.path_distance import dynamic_time_warping_mm, frechet_distance_mm, resampled
from simulator.scoring.procedure_summary import ProcedureSummary

COMPARED = (
    "least distance from tip to dura",
    "DLP guidance",
    "CTF images after the first puncture",
    "beam time",
    "redirections",
    "path in tissue over straight path",
    "time from puncture to end",
    "coverage of the leak zone by blood",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PathComparison:
    """Two needles in one patient.

    Attributes:
        expert: who, in words
        frechet_mm, warped_mm: distances of the ways of the tip; None where one of them placed no needle
        rows: metric, own value, the expert's, unit
        path_mm: [shape=(n, 3), mm] the expert's way of the tip
    """

    expert: str
    frechet_mm: float | None
    warped_mm: float | None
    rows: tuple[tuple[str, str, str, str], ...]
    path_mm: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAttempt:
    """An earlier attempt of the same learner.

    Attributes:
        when: in words, as recorded
        scenario: its name
        card: its scorecard
    """

    when: str
    scenario: str
    card: dict[str, Any]


def way_of_tip_mm(course: ProcedureSummary) -> NDArray[np.float64]:
    """The way of the tip since the needle was last placed [shape=(n, 3), mm]; n = 0 without a needle."""
    points: list[tuple[float, float, float]] = []
    for event in course.events:
        if isinstance(event, e.NeedlePlaced):
            points = [event.entry_mm]
        elif isinstance(event, e.NeedleMoved) and points:
            points.append(event.tip_mm)
    return np.array(points, float).reshape(-1, 3)


def compare(
    own: ProcedureSummary, own_card: dict[str, Any], other: ProcedureSummary, other_card: dict[str, Any]
) -> PathComparison:
    """Two procedures on one patient beside one another.

    Args:
        own, own_card: the procedure that the report is about
        other, other_card: the expert's
    """
    mine, theirs = way_of_tip_mm(own), way_of_tip_mm(other)
    frechet = warped = None
    if len(mine) > 1 and len(theirs) > 1:
        a, b = resampled(mine), resampled(theirs)
        frechet, warped = frechet_distance_mm(a, b), dynamic_time_warping_mm(a, b)
    first, second = (_values(card) for card in (own_card, other_card))
    rows = [("score", number(own_card["score"]), number(other_card["score"]), "")]
    rows += [
        (name, first[name][0], second[name][0], first[name][1]) for name in COMPARED if name in first and name in second
    ]
    return PathComparison(
        expert=str(other_card["operator"]),
        frechet_mm=frechet,
        warped_mm=warped,
        rows=tuple(rows),
        path_mm=theirs,
    )


def past_rows(past: Sequence[PastAttempt], card: dict[str, Any]) -> list[list[str]]:
    """A table of earlier attempts, oldest first, with this one as its last row."""
    rows = [[item.when, item.scenario, *_numbers(item.card)] for item in past]
    return [*rows, ["this one", str(card["scenario"]), *_numbers(card)]]


def _numbers(card: dict[str, Any]) -> list[str]:
    shares = [f"{share:.2f}" for share in card["components"].values()]
    return [f"{card['score']:.0f}", *shares, str(card["placement"]["compartment"] or "not treated")]


def _values(card: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {
        row.name: (row.value, row.unit)
        for row in metric_rows(metric for metric in card["metrics"] if metric["name"] in COMPARED)
    }
