"""Components: the vector behind the score, with the metrics that each part rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.report.metric_rows import measured_words
from simulator.scoring.scorecard import Scorecard
from simulator.scoring.shares import SHARES
from simulator.vocabulary.scoring import Component, MetricId
from simulator.wording.chosen import WORDS

RESTS_ON: Mapping[Component, tuple[MetricId, ...]] = {
    component: tuple(sorted(shares, key=lambda metric: -shares[metric])[:4]) for component, shares in SHARES.items()
}
"""The heaviest metrics of each component."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentRow:
    """One part of the score, ready to print.

    Attributes:
        fraction: 0..1, as scored
        points, most: of 100
        bar: length of the whole bar against that of the heaviest component, percent
        rests_on: raw values it rests on, each with its name
    """

    name: str
    fraction: float
    points: float
    most: float
    bar: float
    rests_on: tuple[tuple[str, str], ...]

    @property
    def note(self) -> str:
        """What it rests on, in one line."""
        return "; ".join(f"{name}: {value}" for name, value in self.rests_on)


def component_rows(card: Scorecard) -> list[ComponentRow]:
    """The components in the order of the scorecard."""
    heaviest = max(weight for _, weight in card.weights.items()) or 1.0
    return [
        ComponentRow(
            name=WORDS.components[component].capitalize(),
            fraction=fraction,
            points=100.0 * card.weights[component] * fraction,
            most=100.0 * card.weights[component],
            bar=100.0 * card.weights[component] / heaviest,
            rests_on=_rests_on(card, component),
        )
        for component, fraction in card.components.items()
    ]


def _rests_on(card: Scorecard, component: Component) -> tuple[tuple[str, str], ...]:
    known = [
        metric for metric in (card.metric(metric_id) for metric_id in RESTS_ON.get(component, ())) if metric is not None
    ]
    return tuple((WORDS.metric_name(metric.name), measured_words(metric)) for metric in known)
