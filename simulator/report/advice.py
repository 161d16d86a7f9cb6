"""Advice: what to do otherwise next time, in three sentences that cite metric, value and reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.report.metric_rows import NO_VALUE, MetricRow, metric_row
from simulator.report.words import number
from simulator.scoring.scorecard import Scorecard
from simulator.scoring.shares import SHARES
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
        metric: what it is shown by
    """

    metric: MetricId
    words: str
    cites: str
    points: float
    gate: bool = False


SHOWN_BY: dict[CapId, MetricId] = {
    CapId.INTRATHECAL_BLOOD: MetricId.DURAL_MARGIN,
    CapId.CORD_CONTACT: MetricId.DURAL_MARGIN,
    CapId.NOT_TREATED: MetricId.BLOOD_VOLUME,
    CapId.TOKEN_VOLUME: MetricId.EPIDURAL_VOLUME,
    CapId.UNSEEN_NEEDLE: MetricId.DEMANDED_IMAGES,
    CapId.DURAL_PUNCTURE: MetricId.DURAL_PUNCTURES,
    CapId.SUBDURAL_BLOOD: MetricId.DURAL_MARGIN,
    CapId.LEAK_NOT_COVERED: MetricId.LEAK_COVERAGE,
    CapId.FACT_IGNORED: MetricId.TIME_OUT_HELD,
    CapId.STEPS_SKIPPED: MetricId.TIME_OUT_HELD,
    CapId.SEVERE_REACTION_IGNORED: MetricId.REACTIONS_ANSWERED,
    CapId.BLOOD_AT_TENTED_DURA: MetricId.DURA_TENTING,
    CapId.BLIND_ADVANCE: MetricId.BLIND_ADVANCE,
    CapId.BLOOD_IN_VEIN: MetricId.BEVEL_IN_TARGET_ZONE,
    CapId.NERVE_COMPRESSION: MetricId.BLOOD_AFTER_CUE,
    CapId.PLUNGER_ALONE: MetricId.DEMANDED_IMAGES,
    CapId.TENTED_DURA: MetricId.DURA_TENTING,
    CapId.REACTION_IGNORED: MetricId.REACTIONS_ANSWERED,
}
"""The metric that shows why a cap acted; advice comes in this order."""

SCORED_IN: dict[MetricId, ScoredIn] = {
    metric_id: ScoredIn(component=component, fraction=share)
    for component, shares in SHARES.items()
    for metric_id, share in shares.items()
}
"""What each scored metric is worth."""


def give_advice(
    card: Scorecard, deeds: Mapping[MetricId | CapId, str] | None = None, *, most: int = SENTENCES
) -> list[Advice]:
    """Sentences: what limited the score, what cost most, what was never reached, what was done well.

    Args:
        deeds: advice that names what was done, by what it is about; the general lesson stands where it has none
        most: how many sentences
    """
    said = deeds or {}
    untreated = CapId.NOT_TREATED in card.caps
    fix: list[Advice] = []
    never: list[Advice] = []
    keep: list[tuple[float, Advice]] = []
    for metric_id, scored in SCORED_IN.items():
        metric = card.metric(metric_id)
        if metric is None:
            continue
        words, cites = WORDS.lessons[metric_id], _cites(metric_row(metric))
        mend = said.get(metric_id, words.fix)
        whole = 100.0 * card.weights[scored.component] * scored.fraction
        lost = whole if metric.utility is None else whole * (1.0 - float(metric.utility))
        if metric.utility is None:
            if untreated:
                never.append(Advice(metric=metric_id, words=mend, cites=cites, points=lost))
        elif lost >= WORTH_POINTS:
            fix.append(Advice(metric=metric_id, words=mend, cites=cites, points=lost))
        else:
            keep.append((whole, Advice(metric=metric_id, words=words.keep, cites=cites, points=0.0)))
    fix.sort(key=lambda item: -item.points)
    never.sort(key=lambda item: -item.points)
    keep.sort(key=lambda item: -item[0])
    everything = [*_gates(card, said), *fix, *never, *(item for _, item in keep)]
    return _each_once(everything)[:most]


def _each_once(advice: list[Advice]) -> list[Advice]:
    """Without what was said before in the same words, of another metric."""
    found: dict[str, Advice] = {}
    for item in advice:
        found.setdefault(item.words, item)
    return list(found.values())


def points_words(advice: Advice) -> str:
    """What a piece of advice is worth."""
    if advice.gate:
        return "limits the score"
    return f"up to {number(advice.points, 2)} points" if advice.points > 0 else "keep it"


def _gates(card: Scorecard, deeds: Mapping[MetricId | CapId, str]) -> list[Advice]:
    """What limited the score; together they cost what the components give beyond it."""
    shown = [(cap, card.metric(metric_id)) for cap, metric_id in SHOWN_BY.items() if cap in card.caps]
    acting = [(cap, metric) for cap, metric in shown if metric is not None]
    given = 100.0 * sum(card.weights[component] * value for component, value in card.components.items())
    cost = max(given - float(card.score), 0.0) / max(len(acting), 1)
    return [
        Advice(
            metric=SHOWN_BY[cap],
            words=deeds.get(cap, WORDS.caps[cap].fix),
            cites=_cites(metric_row(metric)),
            points=cost,
            gate=True,
        )
        for cap, metric in acting
    ]


def _cites(row: MetricRow) -> str:
    """Metric, value and what it is held against."""
    value = "none" if row.value == NO_VALUE else f"{row.value} {row.unit}".strip()
    against = f"; reference {row.reference}" if row.reference else ""
    source = f" ({row.source})" if row.source else ""
    return f"{row.name}: {value}{against}{source}"
