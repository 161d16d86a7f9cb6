"""Skill table: Perk Tutor's metrics of the needle with a column for each phase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.report.words import number, unit
from simulator.scoring.needle_skill import SOURCE
from simulator.scoring.phases import NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillTable:
    """Rows and columns, ready to print; no rows where the scorecard has no such metrics."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def is_skill(metric: dict[str, Any]) -> bool:
    """Whether a scorecard's metric is one of Perk Tutor's."""
    return bool(metric.get("source") == SOURCE)


def skill_table(card: dict[str, Any]) -> SkillTable:
    """Metric, unit, and a value for each phase that was reached."""
    found: dict[str, dict[str, str]] = {}
    units: dict[str, str] = {}
    for metric in filter(is_skill, card["metrics"]):
        value = metric["value"]
        found.setdefault(metric["name"], {})[metric["phase"]] = "–" if value is None else number(float(value))
        units[metric["name"]] = unit(metric["unit"])
    phases = [phase for phase in NAMES if any(phase in values for values in found.values())]
    rows = tuple(
        (name + (f", {units[name]}" if units[name] else ""), *(values.get(phase, "–") for phase in phases))
        for name, values in found.items()
    )
    return SkillTable(heads=("Metric", *(phase.capitalize() for phase in phases)), rows=rows)
