"""Shares: which metrics a component of the score consists of, and how much each weighs in it. All weights are ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.scoring.metric import Metric
from simulator.vocabulary.scoring import Component, MetricId

SHARES: Mapping[Component, Mapping[MetricId, float]] = {
    Component.HELP: {
        MetricId.LEAK_COVERAGE: 0.50,
        MetricId.EPIDURAL_VOLUME: 0.15,
        MetricId.SEAL: 0.25,
        MetricId.BLOOD_AFTER_CUE: 0.10,
    },
    Component.PLACEMENT: {
        MetricId.BEVEL_IN_TARGET_ZONE: 0.70,
        MetricId.LEAK_LOCALISED: 0.20,
        MetricId.PLAN_SOUND: 0.10,
    },
    Component.SAFETY: {
        MetricId.BLIND_ADVANCE: 0.35,
        MetricId.DURAL_MARGIN: 0.15,
        MetricId.DURA_TENTING: 0.15,
        MetricId.DURA_CONTACTS: 0.10,
        MetricId.CRITICAL_DWELL: 0.10,
        MetricId.REACTIONS_ANSWERED: 0.15,
    },
    Component.STEPS: {
        MetricId.TIME_OUT_HELD: 0.20,
        MetricId.SKIN_PREPARED: 0.20,
        MetricId.AFTERCARE: 0.15,
        MetricId.ANAESTHETIC_GIVEN: 0.10,
        MetricId.STYLET_IN: 0.10,
        MetricId.ASPIRATED: 0.10,
        MetricId.BLOOD_FRESH: 0.05,
        MetricId.ARM_LINE_FIRST: 0.05,
        MetricId.PATIENT_POSITIONED: 0.05,
    },
    Component.DOSE: {
        MetricId.DEMANDED_IMAGES: 0.40,
        MetricId.DLP_GUIDANCE: 0.30,
        MetricId.DLP_PLANNING: 0.20,
        MetricId.DLP_CONFIRMATION: 0.10,
    },
    Component.ECONOMY: {
        MetricId.REDIRECTIONS: 0.25,
        MetricId.SKIN_PUNCTURES: 0.25,
        MetricId.PATH_RATIO: 0.20,
        MetricId.TIME_WITH_NEEDLE: 0.15,
        MetricId.ROOM_TIME: 0.15,
    },
}

MISSING_COUNTS = frozenset({MetricId.PLAN_SOUND, MetricId.LEAK_COVERAGE, MetricId.BEVEL_IN_TARGET_ZONE, MetricId.SEAL})
"""Metrics whose absence is a fault and counts 0; another one that does not apply has no share."""

ASK_FOR_IMAGES = frozenset({MetricId.BLIND_ADVANCE, MetricId.PLAN_SOUND, MetricId.DEMANDED_IMAGES})
"""Metrics that have no share where a case asks for no image guidance."""


def component_value(
    component: Component,
    metrics: Sequence[Metric],
    *,
    of_nothing: float = 0.0,
    left_out: frozenset[MetricId] = frozenset(),
) -> float:
    """Mean of the utilities of a component's metrics by their shares, 0..1; what does not apply is left out.

    Args:
        of_nothing: the value where no metric applies at all
        left_out: metrics that have no share in this case
    """
    by_id = {metric.metric_id: metric for metric in metrics if metric.metric_id is not None}
    total = value = 0.0
    for metric_id, share in SHARES[component].items():
        metric = by_id.get(metric_id)
        found = None if metric is None else metric.utility
        if metric_id in left_out or (found is None and metric_id not in MISSING_COUNTS):
            continue
        total += share
        value += share * (found or 0.0)
    return value / total if total else of_nothing
