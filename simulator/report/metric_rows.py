"""Metric rows: measured values, ready to print."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.report.words import number
from simulator.scoring.metric import Metric
from simulator.vocabulary.scoring import MetricId
from simulator.wording.chosen import WORDS
from simulator.wording.entries import prettified

YES_OR_NO = frozenset(
    {
        *(MetricId.APPROACH_SUITS_LEAK, MetricId.PLAN_SOUND, MetricId.TIME_OUT_HELD, MetricId.PATIENT_POSITIONED),
        *(MetricId.SKIN_PREPARED, MetricId.ANAESTHETIC_GIVEN, MetricId.ARM_LINE_FIRST, MetricId.ASPIRATED),
    }
)
IN_PERCENT = frozenset({MetricId.LEAK_COVERAGE, MetricId.LEAK_LOCALISED})
"""Fractions of a whole that are printed in per cent."""
NO_VALUE = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    """One metric, ready to print.

    Attributes:
        metric: its identity, or the words of one that another package adds
    """

    metric: MetricId | str
    name: str
    value: str
    unit: str
    reference: str
    source: str
    utility: str


def metric_rows(metrics: Iterable[Metric]) -> list[MetricRow]:
    """Metrics of a scorecard, or of a user's own, ready to print."""
    return [metric_row(metric) for metric in metrics]


def metric_row(metric: Metric) -> MetricRow:
    """One metric, ready to print."""
    return MetricRow(
        metric=metric.name,
        name=WORDS.metric_name(metric.name),
        value=_value(metric),
        unit=_unit(metric),
        reference=printed_reference(metric),
        source=printed_source(metric),
        utility="" if metric.utility is None else f"{metric.utility:.2f}",
    )


def measured_words(metric: Metric) -> str:
    """A metric's value with its unit."""
    value = _value(metric)
    return "not applicable" if value == NO_VALUE else f"{value} {_unit(metric)}".strip()


def printed_value(metric: Metric) -> float | None:
    """A metric's value in the unit in which it is printed; None where it does not apply."""
    if metric.value is None:
        return None
    return 100.0 * float(metric.value) if metric.metric_id in IN_PERCENT else float(metric.value)


def printed_reference(metric: Metric) -> str:
    """What a value is held against, in the form in which the value is printed."""
    if metric.metric_id is None or metric.reference_values is None:
        return prettified(metric.reference)
    return prettified(WORDS.metrics[metric.metric_id].fill_printed_reference(metric.reference_values))


def printed_source(metric: Metric) -> str:
    """Where the reference comes from."""
    if metric.metric_id is None or metric.reference_values is None:
        return prettified(metric.source)
    return prettified(WORDS.metrics[metric.metric_id].fill_source(metric.reference_values))


def _value(metric: Metric) -> str:
    if metric.value is None:
        return NO_VALUE
    if metric.metric_id in YES_OR_NO:
        return "yes" if metric.value else "no"
    if metric.metric_id in IN_PERCENT:
        return f"{100 * metric.value:.0f}"
    value = float(metric.value)
    return number(round(value, 2) if metric.unit == "mm" else value)  # a thousandth of a millimetre is nobody's


def _unit(metric: Metric) -> str:
    if metric.value is None:
        return ""  # no unit without a number
    return "%" if metric.metric_id in IN_PERCENT else WORDS.unit(metric.unit)
