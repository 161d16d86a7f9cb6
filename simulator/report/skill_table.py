"""Skill table: Perk Tutor's metrics of the needle with a column for each phase."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.report.metric_rows import NO_VALUE
from simulator.report.words import number
from simulator.scoring.metric import Metric
from simulator.scoring.needle_skill import NEEDLE_SKILL
from simulator.scoring.phases import PHASES
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.procedure import Phase
from simulator.wording.chosen import WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillTable:
    """Rows and columns, ready to print; no rows where the scorecard has no such metrics."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def is_skill(metric: Metric) -> bool:
    """Whether a metric is one of Perk Tutor's."""
    return metric.metric_id in NEEDLE_SKILL


def skill_table(card: Scorecard) -> SkillTable:
    """Metric, unit, and a value for each phase that was reached."""
    found: dict[str, dict[Phase, str]] = {}
    units: dict[str, str] = {}
    for metric in filter(is_skill, card.metrics):
        if metric.phase is None:
            continue
        name = WORDS.metric_name(metric.name)
        found.setdefault(name, {})[metric.phase] = NO_VALUE if metric.value is None else number(float(metric.value))
        units[name] = WORDS.unit(metric.unit)
    phases = [phase for phase in PHASES if any(phase in values for values in found.values())]
    rows = tuple(
        (name + (f", {units[name]}" if units[name] else ""), *(values.get(phase, NO_VALUE) for phase in phases))
        for name, values in found.items()
    )
    return SkillTable(heads=("Metric", *(phase.capitalize() for phase in phases)), rows=rows)
