"""Advice: what to do otherwise next time, in three sentences that cite metric, value and reference."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.report.metric_rows import NO_VALUE, MetricRow, metric_row
from simulator.report.words import number
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.scoring import CapId, Component, MetricId
from simulator.wording.chosen import WORDS

SENTENCES = 3
WORTH_POINTS = 0.3  # a loss of less is within what the hands' chance gives


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredIn:
    """Where a metric's utility counts, and as which fraction of that component."""

    component: Component
    fraction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One sentence of advice.

    Attributes:
        words: what to do
        cites: metric, value and what it is held against
        points: what it cost; 0 where something was done well
        gate: whether it limits the whole score
    """

    words: str
    cites: str
    points: float
    gate: bool = False


SHOWN_BY: dict[CapId, MetricId] = {
    CapId.INTRATHECAL_BLOOD: MetricId.DURAL_MARGIN,
    CapId.CORD_CONTACT: MetricId.DURAL_MARGIN,
    CapId.NOT_TREATED: MetricId.BLOOD_VOLUME,
    CapId.DURAL_PUNCTURE: MetricId.DURAL_PUNCTURES,
    CapId.SUBDURAL_BLOOD: MetricId.DURAL_MARGIN,
    CapId.WRONG_LEVEL: MetricId.LEVEL_OFFSET,
    CapId.BLOOD_IN_VEIN: MetricId.BEVEL_IN_TARGET_ZONE,
    CapId.NERVE_COMPRESSION: MetricId.BLOOD_AFTER_CUE,
    CapId.UNCONFIRMED_POSITION: MetricId.CTF_IMAGES,
}
"""The metric that shows why a cap acted; advice comes in this order."""

SCORED_IN: dict[MetricId, ScoredIn] = {
    MetricId.LEAK_LOCALISED: ScoredIn(component=Component.PLACEMENT, fraction=0.1),
    MetricId.BEVEL_IN_TARGET_ZONE: ScoredIn(component=Component.PLACEMENT, fraction=0.8),
    MetricId.LEVEL_OFFSET: ScoredIn(component=Component.PLACEMENT, fraction=0.2),
    MetricId.DURAL_MARGIN: ScoredIn(component=Component.SAFETY, fraction=0.5),
    MetricId.DURA_CONTACTS: ScoredIn(component=Component.SAFETY, fraction=0.25),
    MetricId.CRITICAL_DWELL: ScoredIn(component=Component.SAFETY, fraction=0.25),
    MetricId.DLP_GUIDANCE: ScoredIn(component=Component.DOSE, fraction=0.5),
    MetricId.DLP_PLANNING: ScoredIn(component=Component.DOSE, fraction=0.25),
    MetricId.CTF_IMAGES: ScoredIn(component=Component.DOSE, fraction=0.25),
    MetricId.BEAM_TIME: ScoredIn(component=Component.ECONOMY, fraction=0.2),
    MetricId.REDIRECTIONS: ScoredIn(component=Component.ECONOMY, fraction=0.2),
    MetricId.SKIN_PUNCTURES: ScoredIn(component=Component.ECONOMY, fraction=0.2),
    MetricId.PATH_RATIO: ScoredIn(component=Component.ECONOMY, fraction=0.2),
    MetricId.TIME_WITH_NEEDLE: ScoredIn(component=Component.ECONOMY, fraction=0.2),
    MetricId.LEAK_COVERAGE: ScoredIn(component=Component.PATCH, fraction=1.0),
    MetricId.BLOOD_AFTER_CUE: ScoredIn(component=Component.PATCH, fraction=1.0),
    MetricId.CONFIRMATION_IMAGE: ScoredIn(component=Component.PATCH, fraction=1.0),
}
"""What each scored metric is worth; the three of the patch multiply, so each can cost all of it."""


def give_advice(card: Scorecard) -> list[Advice]:
    """Three sentences: what limited the score, what cost most, what was never reached, what was done well."""
    untreated = CapId.NOT_TREATED in card.caps
    fix: list[Advice] = []
    never: list[Advice] = []
    keep: list[tuple[float, Advice]] = []
    for metric_id, scored in SCORED_IN.items():
        metric = card.metric(metric_id)
        if metric is None:
            continue
        words, cites = WORDS.lessons[metric_id], _cites(metric_row(metric))
        most = 100.0 * card.weights[scored.component] * scored.fraction
        lost = most if metric.utility is None else most * (1.0 - float(metric.utility))
        if metric.utility is None:
            if untreated:
                never.append(Advice(words=words.fix, cites=cites, points=lost))
        elif lost >= WORTH_POINTS:
            fix.append(Advice(words=words.fix, cites=cites, points=lost))
        else:
            keep.append((most, Advice(words=words.keep, cites=cites, points=0.0)))
    fix.sort(key=lambda item: -item.points)
    never.sort(key=lambda item: -item.points)
    keep.sort(key=lambda item: -item[0])
    return [*_gates(card), *fix, *never, *(item for _, item in keep)][:SENTENCES]


def points_words(advice: Advice) -> str:
    """What a piece of advice is worth."""
    if advice.gate:
        return "limits the score"
    return f"up to {number(advice.points, 2)} points" if advice.points > 0 else "keep it"


def _gates(card: Scorecard) -> list[Advice]:
    """What limited the score; together they cost what the components give beyond it."""
    shown = [(cap, card.metric(metric_id)) for cap, metric_id in SHOWN_BY.items() if cap in card.caps]
    acting = [(cap, metric) for cap, metric in shown if metric is not None]
    given = 100.0 * sum(card.weights[component] * value for component, value in card.components.items())
    cost = max(given - float(card.score), 0.0) / max(len(acting), 1)
    return [
        Advice(words=WORDS.caps[cap].fix, cites=_cites(metric_row(metric)), points=cost, gate=True)
        for cap, metric in acting
    ]


def _cites(row: MetricRow) -> str:
    """Metric, value and what it is held against."""
    value = "none" if row.value == NO_VALUE else f"{row.value} {row.unit}".strip()
    against = f"; reference {row.reference}" if row.reference else ""
    source = f" ({row.source})" if row.source else ""
    return f"{row.name}: {value}{against}{source}"
