"""Scorecard: the components, the gates and caps, and the one number; the vector always goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.state import ProcedureState
from simulator.scoring.abandonment import abandonment_components, abandonment_weights
from simulator.scoring.dose_ledger import dose_component, dose_metrics, ledger
from simulator.scoring.economy import economy_component, economy_metrics
from simulator.scoring.localisation import localisation_metrics
from simulator.scoring.metric import Metric
from simulator.scoring.needle_skill import needle_skill_metrics
from simulator.scoring.patch_quality import confirmed_before, patch_component, patch_metrics
from simulator.scoring.placement import placement_component, placement_metrics, tip_to_target_mm
from simulator.scoring.procedure_summary import ProcedureSummary, summarise
from simulator.scoring.rubric import Rubric
from simulator.scoring.safety import complications, safety_component, safety_metrics
from simulator.vocabulary.procedure import ComplicationKind

SCHEMA = 1
COVERED = 0.2  # a leak zone that blood has reached less than this is not covered
SIGNIFICANT_DIGITS = 6


def metrics_of(course: ProcedureSummary, rubric: Rubric) -> list[Metric]:
    """Every metric of a procedure."""
    return [
        *localisation_metrics(course),
        *placement_metrics(course, rubric),
        *safety_metrics(course, rubric),
        *dose_metrics(course, rubric),
        *economy_metrics(course, rubric),
        *patch_metrics(course, rubric),
        *needle_skill_metrics(course),
    ]


def caps_of(course: ProcedureSummary, rubric: Rubric) -> list[tuple[float, str]]:
    """Gates and caps that act, with their reasons."""
    acting: list[tuple[float, str]] = []
    compartments = {portion.compartment for portion in course.injected}
    if "intrathecal" in compartments:
        acting.append((0.0, "blood injected intrathecally"))
    if complications(course, ComplicationKind.CORD_CONTACT):
        acting.append((0.0, "cord contact"))
    if complications(course, ComplicationKind.DURAL_PUNCTURE):
        acting.append((rubric.cap_dural_puncture, "dural puncture"))
    if "subdural" in compartments:
        acting.append((rubric.cap_dural_puncture, "blood injected under the dura"))
    blood = course.first_blood
    if blood is not None:
        covered = course.injected[-1].covered_share >= COVERED
        if blood.level not in course.world.settings.accepted.needle_levels and not covered:
            acting.append((rubric.cap_wrong_level, "needle at another level, and the leak not covered"))
        if "vessel" in compartments:
            acting.append((rubric.cap_vein, "blood injected into a vein"))
        if complications(
            course, ComplicationKind.NERVE_COMPRESSION
        ):  # as grave as a vein: harm that a hand felt coming
            acting.append((rubric.cap_vein, "injected on until the roots were compressed"))
        if not confirmed_before(course):
            acting.append((rubric.cap_unconfirmed, "blood injected with neither a confirming image nor test contrast"))
    return acting


def components_of(course: ProcedureSummary, rubric: Rubric) -> dict[str, float]:
    """The five components of a treatment."""
    return {
        "placement": placement_component(course, rubric),
        "safety": safety_component(course, rubric),
        "dose": dose_component(course, rubric),
        "economy": economy_component(course, rubric),
        "patch": patch_component(course, rubric),
    }


def scorecard(
    world: CaseContext,
    state: ProcedureState,
    events: Sequence[e.Event],
    rubric: Rubric,
    *,
    scenario: str,
    operator: str,
) -> dict[str, Any]:
    """The scorecard, in plain JSON types.

    Args:
        state: the last one
        events: of the whole procedure
        scenario, operator: names to print
    """
    course = summarise(world, events)
    if course.rightly_abandoned:
        components, weights = abandonment_components(course, rubric), abandonment_weights(rubric)
    else:
        components = components_of(course, rubric)
        weights = {name: getattr(rubric, f"weight_{name}") for name in components}
    score = 100.0 * sum(weights[name] * value for name, value in components.items())
    acting = caps_of(course, rubric)
    if course.first_blood is None and not course.rightly_abandoned:
        acting.insert(0, (0.0, "not treated: no blood was injected"))
    reason = "; ".join(text for _, text in acting) or None
    score = min([score, *(limit for limit, _ in acting)])
    finished = [event for event in events if isinstance(event, e.Finished)]
    card = {
        "schema": SCHEMA,
        "scenario": scenario,
        "operator": operator,
        "seed": world.root_seed,
        "hands": world.settings.hands.name,
        "rubric_digest": rubric.digest(),
        "score": score,
        "cap_reason": reason,
        "components": components,
        "weights": weights,
        "placement": _placement(course),
        "complications": _complications(course),
        "dose": ledger(course),
        "metrics": [asdict(metric) for metric in metrics_of(course, rubric)],
        "outcome": {
            "seal_probability": finished[-1].seal_probability if finished else 0.0,
            "relief": finished[-1].relief if finished else False,
            "relapse_day": finished[-1].relapse_day if finished else None,
        },
        "derived": list(world.settings.derived),
    }
    if course.rightly_abandoned:
        card["rightly_abandoned"] = True
    if world.settings.aids:
        card["aids"] = list(world.settings.aids)
    return _rounded(card)


def _placement(course: ProcedureSummary) -> dict[str, Any]:
    blood = course.first_blood
    plan = course.plan
    side = None
    if blood is not None:
        placed = [event for event in course.events if isinstance(event, e.NeedlePlaced)]
        entry = placed[-1].entry_mm
        off_mm = entry[0] - course.world.midline_x_mm(entry[2])
        side = "midline" if abs(off_mm) < 5.0 else ("left" if off_mm > 0 else "right")
    return {
        "compartment": None if blood is None else blood.compartment,
        "zone": None if blood is None else blood.zone,
        "approach": None if plan is None else plan.approach,
        "side": side,
        "level": None if blood is None else blood.level,
        "tip_to_target_mm": tip_to_target_mm(course),
        "dural_margin_mm": None if blood is None else blood.dura_mm,
    }


def _complications(course: ProcedureSummary) -> list[dict[str, Any]]:
    rows = []
    blood_ms = course.first_blood.at_ms if course.first_blood else None
    for index, event in enumerate(course.events):
        if not isinstance(event, e.Complication):
            continue
        recognised = any(
            isinstance(later, e.ComplicationRecognised) and later.kind == event.kind for later in course.events[index:]
        )
        phase = "injection" if blood_ms is not None and event.at_ms >= blood_ms else "guidance"
        rows.append(
            {
                "kind": event.kind,
                "phase": phase,
                "at_ms": event.at_ms,
                "level": event.level,
                "recognised": recognised,
            }
        )
    return rows


def _rounded(value: Any) -> Any:
    """Numbers to six significant digits: what differs beyond them differs between machines."""
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return value
