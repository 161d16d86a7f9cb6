"""Components: the vector behind the score, with what each part rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from simulator.report.words import number, prettified, unit

RUBRIC_1_WEIGHTS = {"placement": 0.20, "safety": 0.25, "dose": 0.25, "economy": 0.15, "patch": 0.15}
_RESTS_ON = {
    "placement": (
        "bevel in an accepted target zone at the first mL of blood",
        "level offset",
        "leak localised before the first puncture",
    ),
    "safety": ("least distance from tip to dura", "dura contacts", "bone contacts"),
    "dose": ("DLP guidance", "DLP planning", "CTF images after the first puncture"),
    "economy": ("beam time", "redirections", "skin punctures", "time from puncture to end"),
    "patch": (
        "coverage of the leak zone by blood",
        "blood after the patient's cue",
        "confirmation image after the blood",
    ),
}
_YES_NO = (
    "bevel in an accepted target zone at the first mL of blood",
    "planned approach suits the leak",
    "confirmation image after the blood",
)
_SHARES = ("coverage of the leak zone by blood", "leak localised before the first puncture")


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One part of the score.

    Attributes:
        share: 0..1, as scored
        points, most: of 100
        bar: length of the whole bar against that of the heaviest component, percent
        note: raw values it rests on
    """

    name: str
    share: float
    points: float
    most: float
    bar: float
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    """One metric, ready to print."""

    name: str
    phase: str
    value: str
    unit: str
    reference: str
    source: str
    utility: str


def components_of(card: dict[str, Any]) -> list[Component]:
    """The components in the order of the scorecard."""
    weights = card.get("weights") or RUBRIC_1_WEIGHTS
    heaviest = max(weights.values()) or 1.0
    known = {metric["name"]: metric for metric in card["metrics"]}
    return [
        Component(
            name=name.capitalize(),
            share=share,
            points=100.0 * weights[name] * share,
            most=100.0 * weights[name],
            bar=100.0 * weights[name] / heaviest,
            note="; ".join(
                f"{metric}: {_with_unit(known[metric])}" for metric in _RESTS_ON.get(name, ()) if metric in known
            ),
        )
        for name, share in card["components"].items()
    ]


def metric_rows(metrics: Iterable[dict[str, Any]]) -> list[MetricRow]:
    """Metrics of a scorecard, or of a user's own, ready to print."""
    return [
        MetricRow(
            name=metric["name"],
            phase=metric.get("phase", ""),
            value=_value(metric),
            unit=_unit(metric),
            reference=_reference(metric),
            source=prettified(metric.get("source", "")),
            utility="" if metric.get("utility") is None else f"{metric['utility']:.2f}",
        )
        for metric in metrics
    ]


def _value(metric: dict[str, Any]) -> str:
    value, name = metric["value"], metric["name"]
    if value is None:
        return "–"
    if name in _YES_NO:
        return "yes" if value else "no"
    if name in _SHARES:
        return f"{100 * value:.0f}"
    return number(float(value))


def _reference(metric: dict[str, Any]) -> str:
    """What a value is held against, in the unit in which the value is printed."""
    words = prettified(metric.get("reference", ""))
    if metric["name"] in _YES_NO:
        return re.sub(r"^1\b", "yes", words)
    if metric["name"] in _SHARES:
        return re.sub(r"\b(?:1|0\.\d+)(?=:)", lambda found: f"{100 * float(found[0]):.0f} %", words)
    return words


def _unit(metric: dict[str, Any]) -> str:
    return "%" if metric["name"] in _SHARES and metric["value"] is not None else unit(metric["unit"])


def _with_unit(metric: dict[str, Any]) -> str:
    value, shown = _value(metric), _unit(metric)
    if value == "–":
        return "not applicable"
    return f"{value} {shown}".strip()
