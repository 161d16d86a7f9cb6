"""Safety: how near the tip came to what it must not touch."""

from __future__ import annotations

from simulator.engine import events as e
from simulator.scoring.metric import Metric, measured
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.scoring.rubric import Rubric, utility
from simulator.vocabulary.procedure import ComplicationKind
from simulator.vocabulary.scoring import MetricId, Unit

INFECTION_PERCENT_PER_PASS = 0.02  # assumption: infections are below 0.1 % of patches (reference, section 5)


def safety_metrics(summary: ProcedureSummary, rubric: Rubric) -> list[Metric]:
    """Margin to the dura, contacts, dwell at critical structures, passes."""
    margin, reference_mm = dural_margin(summary, rubric)
    contacts = _if_punctured(summary, summary.count(e.DuraTouched))
    bone = _if_punctured(summary, summary.count(e.BoneContacted))
    dwell = _if_punctured(summary, critical_dwell_s(summary))
    combined = None if dwell is None or bone is None else dwell + bone / 2
    half_depth = {} if reference_mm is None else {"half_depth_mm": reference_mm}
    return [
        measured(
            MetricId.DURAL_MARGIN,
            margin,
            Unit.MILLIMETRE,
            utility=_margin_utility(margin, reference_mm),
            against=half_depth,
        ),
        measured(
            MetricId.DURA_CONTACTS,
            contacts,
            Unit.NONE,
            utility=None if contacts is None else utility(contacts, rubric.dura_contacts),
        ),
        measured(
            MetricId.CRITICAL_DWELL,
            combined,
            Unit.SECOND,
            utility=None if combined is None else utility(combined, rubric.critical_s),
            against={"poor": rubric.critical_s.poor},
        ),
        measured(MetricId.BONE_CONTACTS, bone, Unit.NONE),
        measured(
            MetricId.DURAL_PUNCTURES,
            _if_punctured(summary, complications(summary, ComplicationKind.DURAL_PUNCTURE)),
            Unit.NONE,
        ),
        measured(MetricId.INFECTION_RISK, _if_punctured(summary, infection_percent(summary)), Unit.PERCENT),
    ]


def infection_percent(summary: ProcedureSummary) -> float:
    """Risk of infection by the number of skin punctures, percent; an assumption that no score knows."""
    return INFECTION_PERCENT_PER_PASS * summary.count(e.SkinPunctured)


def dural_margin(summary: ProcedureSummary, rubric: Rubric) -> tuple[float | None, float | None]:
    """Least signed tip-to-dura distance while near the dura, and half the epidural depth there, mm."""
    near = [move for move in summary.moves if move.least_dura_mm <= rubric.near_dura_mm]
    if not near:
        return None, None
    closest = min(near, key=lambda move: move.least_dura_mm)
    return closest.least_dura_mm, 0.5 * closest.local_depth_mm


def critical_dwell_s(summary: ProcedureSummary) -> float:
    """Time that the tip stood at cord, root or vessel, or inside the dura, s."""
    total_ms = 0
    since: int | None = None
    for event in summary.events:
        if since is not None and isinstance(event, e.NeedleMoved | e.NeedleRemoved | e.Finished):
            total_ms += event.at_ms - since
            since = None
        if isinstance(event, e.NeedleMoved) and event.critical:
            since = event.at_ms
    return total_ms / 1000.0


def complications(summary: ProcedureSummary, kind: ComplicationKind) -> int:
    """How often a complication happened."""
    return sum(isinstance(event, e.Complication) and event.kind == kind for event in summary.events)


def safety_component(summary: ProcedureSummary, rubric: Rubric) -> float:
    """0.5 margin + 0.25 contacts + 0.25 dwell; 0 if the bevel never reached an accepted zone."""
    if summary.punctured_ms is None or not summary.reached_zone:
        return 0.0
    return safety_fraction(summary, rubric)


def safety_fraction(summary: ProcedureSummary, rubric: Rubric) -> float:
    """0.5 margin + 0.25 contacts + 0.25 dwell, wherever the bevel came; far from the dura the margin is whole."""
    margin, reference_mm = dural_margin(summary, rubric)
    dwell = critical_dwell_s(summary) + summary.count(e.BoneContacted) / 2
    kept = 1.0 if margin is None else _margin_utility(margin, reference_mm) or 0.0
    return (
        0.5 * kept
        + 0.25 * utility(summary.count(e.DuraTouched), rubric.dura_contacts)
        + 0.25 * utility(dwell, rubric.critical_s)
    )


def _margin_utility(margin: float | None, reference_mm: float | None) -> float | None:
    if margin is None or not reference_mm:
        return None
    return min(max(margin / reference_mm, 0.0), 1.0)


def _if_punctured(summary: ProcedureSummary, value: float) -> float | None:
    return None if summary.punctured_ms is None else float(value)
