"""Safety: how near the tip came to what it must not touch."""

from __future__ import annotations

from simulator.engine import events as e
from simulator.scoring.blind_advance import blind_advance, free_blind_mm
from simulator.scoring.harm import complications, reactions_answered
from simulator.scoring.metric import Metric, measured
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.scoring.rubric import Rubric, utility
from simulator.scoring.shares import ASK_FOR_IMAGES
from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.procedure import ComplicationKind
from simulator.vocabulary.scoring import MetricId, Unit

INFECTION_PERCENT_PER_PASS = 0.02  # assumption: infections are below 0.1 % of patches (reference, section 5)


def safety_metrics(summary: ProcedureSummary, rubric: Rubric) -> list[Metric]:
    """Blind advance, margin to the dura, tenting, contacts, dwell, reactions, passes."""
    margin, reference_mm = dural_margin(summary, rubric)
    dwell, bone = critical_dwell_s(summary), summary.count(e.BoneContacted)
    blind = blind_advance(summary, rubric)
    anchors = {
        MetricId.BLIND_ADVANCE: rubric.looks.blind_mm,
        MetricId.DURA_TENTING: rubric.safety.tenting_mm,
        MetricId.DURA_CONTACTS: rubric.safety.dura_contacts,
        MetricId.CRITICAL_DWELL: rubric.safety.critical_s,
    }
    scored = [
        (MetricId.BLIND_ADVANCE, blind.excess_mm, Unit.MILLIMETRE, {"free": free_blind_mm(summary.world, rubric)}),
        (MetricId.DURA_TENTING, tenting_mm(summary), Unit.MILLIMETRE, {"poor": rubric.safety.tenting_mm.poor}),
        (MetricId.DURA_CONTACTS, float(summary.count(e.DuraTouched)), Unit.NONE, {}),
        (MetricId.CRITICAL_DWELL, dwell + bone / 2, Unit.SECOND, {"poor": rubric.safety.critical_s.poor}),
    ]
    half_depth = {} if reference_mm is None else {"half_depth_mm": reference_mm}
    reactions, counts = reactions_answered(summary), summary.punctured_ms is not None
    unasked = frozenset() if rubric.looks.needs_images else ASK_FOR_IMAGES
    return [
        measured(
            MetricId.DURAL_MARGIN,
            margin,
            Unit.MILLIMETRE,
            utility=_margin_utility(margin, reference_mm),
            against=half_depth,
        ),
        *(
            measured(
                metric_id,
                _if_punctured(summary, value),
                unit,
                utility=utility(value, anchors[metric_id]) if counts and metric_id not in unasked else None,
                against=against,
            )
            for metric_id, value, unit, against in scored
        ),
        measured(MetricId.LONGEST_BLIND_WAY, _if_punctured(summary, blind.longest_mm), Unit.MILLIMETRE),
        measured(MetricId.REACTIONS_ANSWERED, reactions, Unit.NONE, phase=None, utility=reactions),
        measured(MetricId.BONE_CONTACTS, _if_punctured(summary, bone), Unit.NONE),
        measured(
            MetricId.DURAL_PUNCTURES,
            _if_punctured(summary, complications(summary, ComplicationKind.DURAL_PUNCTURE)),
            Unit.NONE,
        ),
        measured(MetricId.INFECTION_RISK, _if_punctured(summary, infection_percent(summary)), Unit.PERCENT),
    ]


def tenting_mm(summary: ProcedureSummary) -> float:
    """How far the tip pressed the dura in before it gave way, if it ever did; 0 where it was never pressed, mm."""
    deepest = 0.0
    for event in summary.events:
        if isinstance(event, e.Complication) and event.kind == ComplicationKind.DURAL_PUNCTURE:
            break
        if isinstance(event, e.NeedleMoved) and event.compartment != Compartment.INTRATHECAL:
            deepest = max(deepest, -event.least_dura_mm)
    return deepest


def infection_percent(summary: ProcedureSummary) -> float:
    """Risk of infection by the number of skin punctures, percent; an assumption that no score knows."""
    return INFECTION_PERCENT_PER_PASS * summary.count(e.SkinPunctured)


def dural_margin(summary: ProcedureSummary, rubric: Rubric) -> tuple[float | None, float | None]:
    """Least signed tip-to-dura distance while near the dura, and half the epidural depth there, mm."""
    near = [move for move in summary.moves if move.least_dura_mm <= rubric.safety.near_dura_mm]
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


def _margin_utility(margin: float | None, reference_mm: float | None) -> float | None:
    if margin is None or not reference_mm:
        return None
    return min(max(margin / reference_mm, 0.0), 1.0)


def _if_punctured(summary: ProcedureSummary, value: float) -> float | None:
    return None if summary.punctured_ms is None else float(value)
