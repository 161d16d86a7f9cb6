"""Score a procedure: metrics, components, caps, and the one number; the vector always goes with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.scoring.caps import acting_caps
from simulator.scoring.dose_ledger import dose_ledger, dose_metrics
from simulator.scoring.economy import economy_metrics
from simulator.scoring.localisation import localisation_metrics
from simulator.scoring.metric import Metric
from simulator.scoring.needle_skill import needle_skill_metrics
from simulator.scoring.patch_quality import patch_metrics
from simulator.scoring.placement import placement_metrics, tip_to_target_mm
from simulator.scoring.procedure_steps import step_metrics
from simulator.scoring.procedure_summary import ProcedureSummary, summarise
from simulator.scoring.rubric import Rubric
from simulator.scoring.safety import safety_metrics
from simulator.scoring.scorecard import (
    ComplicationFacts,
    ComponentValues,
    OutcomeFacts,
    PlacementFacts,
    Scorecard,
)
from simulator.scoring.shares import ASK_FOR_IMAGES, SHARES, component_value
from simulator.scoring.stopping import good_reason_to_stop
from simulator.scoring.treatment import treatment
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.levels import Interspace
from simulator.vocabulary.procedure import Approach, Phase
from simulator.vocabulary.scoring import Component

SIGNIFICANT_DIGITS = 6
"""What differs beyond them differs between machines."""
MIDLINE_MM = 5.0
"""A skin point nearer to the midline than this is on it."""


def score_procedure(
    world: CaseContext,
    events: Sequence[e.Event],
    rubric: Rubric,
    *,
    scenario: str,
    operator: str,
) -> Scorecard:
    """The scorecard, with numbers of six significant digits.

    Args:
        events: of the whole procedure
        scenario, operator: names to print
    """
    summary = summarise(world, events)
    metrics, stopped_for = measure_procedure(summary, rubric), good_reason_to_stop(summary)
    weights = rubric_weights(rubric, stopped=stopped_for is not None)
    components = score_components(summary, rubric, metrics)
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
            metrics=tuple(metrics),
            outcome=_outcome(summary),
            derived=tuple(world.settings.derived),
            stopped_for=stopped_for,
            rubric_version=rubric.version,
            aids=tuple(world.settings.aids),
        )
    )
    return rounded


def measure_procedure(summary: ProcedureSummary, rubric: Rubric) -> list[Metric]:
    """Every metric of a procedure."""
    return [
        *patch_metrics(summary, rubric),
        *localisation_metrics(summary),
        *placement_metrics(summary, rubric),
        *safety_metrics(summary, rubric),
        *step_metrics(summary),
        *dose_metrics(summary, rubric),
        *economy_metrics(summary, rubric),
        *needle_skill_metrics(summary),
    ]


def score_components(summary: ProcedureSummary, rubric: Rubric, metrics: Sequence[Metric]) -> ComponentValues:
    """The parts of the score, 0..1. Placement, dose and economy count only where more than a token was given.

    Where it was right to stop, the dose that it took to see that counts all the same; who stopped before the needle has
    harmed nobody.
    """
    treats, stopped = treatment(summary, rubric).treats(rubric), good_reason_to_stop(summary) is not None
    counts = {
        Component.HELP: treats,
        Component.PLACEMENT: treats,
        Component.ECONOMY: treats,
        Component.DOSE: treats or stopped,
        Component.SAFETY: summary.punctured_ms is not None or stopped,
        Component.STEPS: True,
    }
    left_out = frozenset() if rubric.looks.needs_images else ASK_FOR_IMAGES
    return ComponentValues(
        {
            component: component_value(component, metrics, of_nothing=float(stopped), left_out=left_out)
            if counts[component]
            else 0.0
            for component in SHARES
        }
    )


def rubric_weights(rubric: Rubric, *, stopped: bool = False) -> ComponentValues:
    """What each component is worth; where it was right to stop, safety, steps and dose are worth all."""
    weights = {
        Component.HELP: rubric.weights.help,
        Component.PLACEMENT: rubric.weights.placement,
        Component.SAFETY: rubric.weights.safety,
        Component.STEPS: rubric.weights.steps,
        Component.DOSE: rubric.weights.dose,
        Component.ECONOMY: rubric.weights.economy,
    }
    if stopped:
        kept = {component: weights[component] for component in (Component.SAFETY, Component.STEPS, Component.DOSE)}
        total = sum(kept.values()) or 1.0
        weights = {component: kept.get(component, 0.0) / total for component in weights}
    return ComponentValues(weights)


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
    return OutcomeFacts(
        seal_probability=last.seal_probability,
        relief=last.relief,
        relapse_day=last.relapse_day,
        relief_probability=last.relief_probability,
        second_holes=last.second_holes,
        second_holes_covered=last.second_holes_covered,
        rebound_hypertension=last.rebound_hypertension,
        next_day=last.next_day,
    )


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
