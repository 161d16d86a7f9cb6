"""Metric: one measured value, with its unit, what it is held against, and where that comes from."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.vocabulary.procedure import Phase
from simulator.vocabulary.scoring import MetricId, Unit
from simulator.wording.english import ENGLISH
from simulator.wording.entries import Fields

NOTHING: Fields = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One value of one procedure.

    Attributes:
        name: the metric's identity; a metric that another package adds, or another version knew, has its own words
        value: None where the metric does not apply
        unit: of the value; "" for counts and fractions
        reference: what it is held against, in English; "" where nothing is
        source: where the reference comes from
        phase: part of the procedure that it describes; None for all of it
        utility: 0 (poor) to 1 (expert), as the rubric counts it; None where it is not scored
        reference_values: what fills the named fields of the reference in any language; None where the words were read
            from a file or come from another package
    """

    name: MetricId | str
    value: float | None
    unit: Unit | str
    reference: str = ""
    source: str = ""
    phase: Phase | None = Phase.GUIDANCE
    utility: float | None = None
    reference_values: Fields | None = field(default=None, repr=False, compare=False)

    @property
    def metric_id(self) -> MetricId | None:
        """Its identity; None where the catalogue does not know it."""
        return self.name if isinstance(self.name, MetricId) else None


def measured(
    metric_id: MetricId,
    value: float | None,
    unit: Unit,
    *,
    phase: Phase | None = Phase.GUIDANCE,
    utility: float | None = None,
    against: Fields = NOTHING,
) -> Metric:
    """A metric of the catalogue with its name, reference and source.

    Args:
        value: None where the metric does not apply
        utility: as the rubric counts the value; None where it is not scored
        against: what fills the named fields of the reference and its source; empty where the reference has none, or
            where it could not be measured
    """
    words = ENGLISH.metrics[metric_id]
    return Metric(
        name=metric_id,
        value=value,
        unit=unit,
        reference=words.fill_reference(against),
        source=words.fill_source(against),
        phase=phase,
        utility=utility,
        reference_values=against,
    )
