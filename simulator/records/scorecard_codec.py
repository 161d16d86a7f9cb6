"""Scorecard codec: the scorecard as plain JSON types and back; the only place that knows its keys.

It writes schema 2, and reads schema 1 too.

Names of metrics and reasons of caps stand in the file in English, whatever language a report is printed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter, ValidationError

from simulator.errors import UserInputError
from simulator.records.framing import DAMAGED
from simulator.records.scorecard_shape import MetricShape, OutcomeShape, ScorecardShape
from simulator.records.strict_json import json_line
from simulator.scoring.metric import Metric
from simulator.scoring.scorecard import (
    SCHEMA,
    ComplicationFacts,
    ComponentValues,
    DoseLedger,
    OutcomeFacts,
    PhaseDose,
    PlacementFacts,
    Scorecard,
    TotalDose,
)
from simulator.vocabulary.patient_facts import StopReason
from simulator.vocabulary.procedure import Phase
from simulator.vocabulary.scoring import CapId, MetricId, Unit
from simulator.wording.catalogue import BETWEEN_REASONS
from simulator.wording.english import ENGLISH

_SHAPE = TypeAdapter(ScorecardShape)
_METRICS: Mapping[str, MetricId] = {words.name: metric_id for metric_id, words in ENGLISH.metrics.items()}
_CAPS: Mapping[str, CapId] = {words.reason: cap_id for cap_id, words in ENGLISH.caps.items()}
_UNITS: Mapping[str, Unit] = {str(unit): unit for unit in Unit}
_WHOLE_PROCEDURE = "all"
NO_PLANNING_SCAN = ("planning_scans", 0)


def scorecard_to_json(card: Scorecard) -> dict[str, Any]:
    """A scorecard in plain JSON types, in the order of the file."""
    body = {
        "schema": SCHEMA if card.rubric_version > 1 else 1,
        "scenario": card.scenario,
        "operator": card.operator,
        "seed": card.seed,
        "hands": card.hands,
        "rubric_digest": card.rubric_digest,
        "score": card.score,
        "cap_reason": ENGLISH.cap_reasons(card.caps),
        "components": {str(component): value for component, value in card.components.items()},
        "weights": {str(component): value for component, value in card.weights.items()},
        "placement": asdict(card.placement),
        "complications": [asdict(harm) for harm in card.complications],
        "dose": {
            "by_phase": {str(phase): _dose_to_json(dose) for phase, dose in card.dose.by_phase.items()},
            "total": _dose_to_json(card.dose.total),
        },
        "metrics": [metric_to_json(metric) for metric in card.metrics],
        "outcome": {**asdict(card.outcome), "next_day": [str(report) for report in card.outcome.next_day]},
        "derived": list(card.derived),
    }
    if card.rubric_version > 1:
        body["rubric"] = card.rubric_version
        body["stopped_for"] = None if card.stopped_for is None else str(card.stopped_for)
    elif card.rightly_abandoned:
        body["rightly_abandoned"] = True
    if card.aids:
        body["aids"] = list(card.aids)
    return body


def _dose_to_json(dose: PhaseDose | TotalDose) -> dict[str, Any]:
    """A dose in plain JSON types; what an older scorecard did not know is left out again."""
    return {key: value for key, value in asdict(dose).items() if value is not None and (key, value) != NO_PLANNING_SCAN}


def metric_to_json(metric: Metric) -> dict[str, Any]:
    """A metric in plain JSON types."""
    return {
        "name": ENGLISH.metric_name(metric.name),
        "value": metric.value,
        "unit": str(metric.unit),
        "reference": metric.reference,
        "source": metric.source,
        "phase": _WHOLE_PROCEDURE if metric.phase is None else str(metric.phase),
        "utility": metric.utility,
    }


def scorecard_from_json(body: Any, location: str) -> Scorecard:
    """A scorecard that somebody wrote down.

    Args:
        body: plain JSON types
        location: where it stands, for the message

    Raises:
        UserInputError: it is none, with the field at fault.
    """
    try:
        # JSON has no tuples and no enums, so lists and texts stand for them; all else is taken as it is
        shape = _SHAPE.validate_json(json_line(body), strict=True)
    except ValidationError as error:
        item = error.errors()[0]
        dotted = ".".join(str(part) for part in item["loc"])[:80]
        raise UserInputError(location, f"{dotted or 'the line'}: {item['msg']}", DAMAGED) from error
    dose = shape["dose"]
    return Scorecard(
        scenario=shape["scenario"],
        operator=shape["operator"],
        seed=shape["seed"],
        hands=shape["hands"],
        rubric_digest=shape["rubric_digest"],
        score=shape["score"],
        caps=_read_caps(shape["cap_reason"]),
        components=ComponentValues(shape["components"]),
        weights=ComponentValues(shape["weights"]),
        placement=PlacementFacts(**shape["placement"]),
        complications=tuple(ComplicationFacts(**harm) for harm in shape["complications"]),
        dose=DoseLedger(
            by_phase={phase: PhaseDose(**entry) for phase, entry in dose["by_phase"].items()},
            total=TotalDose(**dose["total"]),
        ),
        metrics=tuple(_read_metric(metric) for metric in shape["metrics"]),
        outcome=_read_outcome(shape["outcome"]),
        derived=tuple(shape.get("derived", ())),
        stopped_for=_read_stop(shape),
        rubric_version=shape.get("rubric", 1),
        aids=tuple(shape.get("aids", ())),
    )


def _read_stop(shape: ScorecardShape) -> StopReason | None:
    """Why it was right to give no blood; the first schema knew one reason alone, and called it abandoned."""
    return shape.get("stopped_for", StopReason.NO_SAFE_WAY if shape.get("rightly_abandoned", False) else None)


def _read_caps(reason: str | None) -> tuple[CapId | str, ...]:
    """The caps that a reason names; one that this version does not know stays in its own words."""
    return tuple(_CAPS.get(words, words) for words in reason.split(BETWEEN_REASONS)) if reason else ()


def _read_outcome(shape: OutcomeShape) -> OutcomeFacts:
    """How the patient fared; what older cards did not tell has its default."""
    return OutcomeFacts(
        seal_probability=shape["seal_probability"],
        relief=shape["relief"],
        relapse_day=shape.get("relapse_day"),
        relief_probability=shape.get("relief_probability", 0.0),
        second_holes=shape.get("second_holes", 0),
        second_holes_covered=shape.get("second_holes_covered", 0),
        rebound_hypertension=shape.get("rebound_hypertension", False),
        next_day=tuple(shape.get("next_day", ())),
    )


def _read_metric(shape: MetricShape) -> Metric:
    return Metric(
        name=_METRICS.get(shape["name"], shape["name"]),
        value=shape["value"],
        unit=_UNITS.get(shape["unit"], shape["unit"]),
        reference=shape["reference"],
        source=shape["source"],
        phase=None if shape["phase"] == _WHOLE_PROCEDURE else Phase(shape["phase"]),
        utility=shape["utility"],
    )
