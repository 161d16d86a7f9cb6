"""Score a procedure: metrics, components, caps, and the one number; the vector always goes with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.state import ProcedureState
from simulator.scoring.abandonment import abandonment_components, abandonment_weights
from simulator.scoring.caps import acting_caps
from simulator.scoring.dose_ledger import dose_component, dose_ledger, dose_metrics
from simulator.scoring.economy import economy_component, economy_metrics
from simulator.scoring.localisation import localisation_metrics
from simulator.scoring.metric import Metric
from simulator.scoring.needle_skill import needle_skill_metrics
from simulator.scoring.patch_quality import patch_component, patch_metrics
from simulator.scoring.placement import placement_component, placement_metrics, tip_to_target_mm
from simulator.scoring.procedure_summary import ProcedureSummary, summarise
from simulator.scoring.rubric import Rubric
from simulator.scoring.safety import safety_component, safety_metrics
from simulator.scoring.scorecard import (
    ComplicationFacts,
    ComponentValues,
    OutcomeFacts,
    PlacementFacts,
    Scorecard,
)
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.levels import Interspace
from simulator.vocabulary.procedure import Approach, Phase

SIGNIFICANT_DIGITS = 6
"""What differs beyond them differs between machines."""
MIDLINE_MM = 5.0
"""A skin point nearer to the midline than this is on it."""


def score_procedure(
    world: CaseContext,
    state: ProcedureState,
    events: Sequence[e.Event],
    rubric: Rubric,
    *,
    scenario: str,
    operator: str,
) -> Scorecard:
    """The scorecard, with numbers of six significant digits.

    Args:
        state: the last one
        events: of the whole procedure
        scenario, operator: names to print
    """
    summary = summarise(world, events)
    if summary.rightly_abandoned:
        components, weights = abandonment_components(summary, rubric), abandonment_weights(rubric)
    else:
        components, weights = treatment_components(summary, rubric), rubric_weights(rubric)
    score = 100.0 * sum(weights[component] * value for component, value in components.items())
    caps = acting_caps(summary, rubric)
    rounded: Scorecard = _rounded(
        Scorecard(
            scenario=scenario,
            operator=operator,
            seed=world.root_seed,
            hands=world.settings.hands.name,
            rubric_digest=rubric.digest(),
            score=min([score, *(cap.limit for cap in caps)]),
            caps=tuple(cap.cap_id for cap in caps),
            components=components,
            weights=weights,
            placement=_placement(summary),
            complications=_complications(summary),
            dose=dose_ledger(summary),
            metrics=tuple(measure_procedure(summary, rubric)),
            outcome=_outcome(summary),
            derived=tuple(world.settings.derived),
            rightly_abandoned=summary.rightly_abandoned,
            aids=tuple(world.settings.aids),
        )
    )
    return rounded


def measure_procedure(summary: ProcedureSummary, rubric: Rubric) -> list[Metric]:
    """Every metric of a procedure."""
    return [
        *localisation_metrics(summary),
        *placement_metrics(summary, rubric),
        *safety_metrics(summary, rubric),
        *dose_metrics(summary, rubric),
        *economy_metrics(summary, rubric),
        *patch_metrics(summary, rubric),
        *needle_skill_metrics(summary),
    ]


def treatment_components(summary: ProcedureSummary, rubric: Rubric) -> ComponentValues:
    """The five components of a treatment."""
    return ComponentValues(
        placement=placement_component(summary, rubric),
        safety=safety_component(summary, rubric),
        dose=dose_component(summary, rubric),
        economy=economy_component(summary, rubric),
        patch=patch_component(summary, rubric),
    )


def rubric_weights(rubric: Rubric) -> ComponentValues:
    """What each component of a treatment is worth."""
    return ComponentValues(
        placement=rubric.weight_placement,
        safety=rubric.weight_safety,
        dose=rubric.weight_dose,
        economy=rubric.weight_economy,
        patch=rubric.weight_patch,
    )


def _placement(summary: ProcedureSummary) -> PlacementFacts:
    blood = summary.first_blood
    approach = None if summary.plan is None else Approach(summary.plan.approach)
    to_target_mm = tip_to_target_mm(summary)
    if blood is None:
        return PlacementFacts(compartment=None, approach=approach, level=None, tip_to_target_mm=to_target_mm)
    return PlacementFacts(
        compartment=blood.compartment,
        zone=blood.zone,
        approach=approach,
        side=_entry_side(summary),
        level=Interspace.parse(blood.level),
        tip_to_target_mm=to_target_mm,
        dural_margin_mm=blood.dura_mm,
    )


def _entry_side(summary: ProcedureSummary) -> Side:
    """On which side of the midline the needle was last placed."""
    placed = [event for event in summary.events if isinstance(event, e.NeedlePlaced)]
    entry = placed[-1].entry_mm
    off_mm = entry[0] - summary.world.midline_x_mm(entry[2])
    if abs(off_mm) < MIDLINE_MM:
        return Side.MIDLINE
    return Side.LEFT if off_mm > 0 else Side.RIGHT


def _complications(summary: ProcedureSummary) -> tuple[ComplicationFacts, ...]:
    blood_ms = summary.first_blood.at_ms if summary.first_blood else None
    return tuple(
        ComplicationFacts(
            kind=event.kind,
            phase=Phase.INJECTION if blood_ms is not None and event.at_ms >= blood_ms else Phase.GUIDANCE,
            at_ms=event.at_ms,
            level=Interspace.parse(event.level),
            recognised=any(
                isinstance(later, e.ComplicationRecognised) and later.kind == event.kind
                for later in summary.events[index:]
            ),
        )
        for index, event in enumerate(summary.events)
        if isinstance(event, e.Complication)
    )


def _outcome(summary: ProcedureSummary) -> OutcomeFacts:
    """How the patient fared; a procedure that was not finished has sealed nothing."""
    finished = [event for event in summary.events if isinstance(event, e.Finished)]
    if not finished:
        return OutcomeFacts(seal_probability=0.0, relief=False)
    last = finished[-1]
    return OutcomeFacts(seal_probability=last.seal_probability, relief=last.relief, relapse_day=last.relapse_day)


def _rounded(value: Any) -> Any:
    """The same with every number of six significant digits."""
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_rounded(item) for item in value)
    if isinstance(value, Metric):  # what fills the words of its reference stays as it was measured
        return replace(value, value=_rounded(value.value), utility=_rounded(value.utility))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{item.name: _rounded(getattr(value, item.name)) for item in fields(value)})
    return value
