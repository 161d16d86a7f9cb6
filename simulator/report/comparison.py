"""Comparison: a procedure beside an expert's on the same patient, and beside the learner's own past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.engine import events as e
from simulator.report.metric_rows import metric_row
from simulator.report.words import number
from simulator.scoring.path_distance import dynamic_time_warping_mm, frechet_distance_mm, resampled
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.scoring.scorecard import Scorecard
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.scoring import MetricId
from simulator.wording.chosen import WORDS

COMPARED = (
    MetricId.DURAL_MARGIN,
    MetricId.DLP_GUIDANCE,
    MetricId.CTF_IMAGES,
    MetricId.BEAM_TIME,
    MetricId.REDIRECTIONS,
    MetricId.PATH_RATIO,
    MetricId.TIME_WITH_NEEDLE,
    MetricId.LEAK_COVERAGE,
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
    card: Scorecard


def tip_path_mm(summary: ProcedureSummary) -> NDArray[np.float64]:
    """The way of the tip since the needle was last placed [shape=(n, 3), mm]; n = 0 without a needle."""
    points: list[PatientPoint] = []
    for event in summary.events:
        if isinstance(event, e.NeedlePlaced):
            points = [event.entry_mm]
        elif isinstance(event, e.NeedleMoved) and points:
            points.append(event.tip_mm)
    return np.array(points, float).reshape(-1, 3)


def compare(
    own: ProcedureSummary, own_card: Scorecard, other: ProcedureSummary, other_card: Scorecard
) -> PathComparison:
    """Two procedures on one patient beside one another.

    Args:
        own, own_card: the procedure that the report is about
        other, other_card: the expert's
    """
    mine, theirs = tip_path_mm(own), tip_path_mm(other)
    frechet = warped = None
    if len(mine) > 1 and len(theirs) > 1:
        a, b = resampled(mine), resampled(theirs)
        frechet, warped = frechet_distance_mm(a, b), dynamic_time_warping_mm(a, b)
    rows = [("score", number(own_card.score), number(other_card.score), "")]
    for metric_id in COMPARED:
        first, second = own_card.metric(metric_id), other_card.metric(metric_id)
        if first is not None and second is not None:
            row, beside = metric_row(first), metric_row(second)
            rows.append((WORDS.metrics[metric_id].name, row.value, beside.value, row.unit or beside.unit))
    return PathComparison(
        expert=other_card.operator,
        frechet_mm=frechet,
        warped_mm=warped,
        rows=tuple(rows),
        path_mm=theirs,
    )


def past_rows(past: Sequence[PastAttempt], card: Scorecard) -> list[list[str]]:
    """A table of earlier attempts, oldest first, with this one as its last row."""
    rows = [[item.when, item.scenario, *_numbers(item.card)] for item in past]
    return [*rows, ["this one", card.scenario, *_numbers(card)]]


def _numbers(card: Scorecard) -> list[str]:
    fractions = [f"{fraction:.2f}" for _, fraction in card.components.items()]
    return [f"{card.score:.0f}", *fractions, str(card.placement.compartment or "not treated")]
