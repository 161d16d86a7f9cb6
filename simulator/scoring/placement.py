"""Placement: was the bevel where it should be when the blood came?"""

from __future__ import annotations

import math

from simulator.engine.events import NeedlePlaced
from simulator.scoring.localisation import localised
from simulator.scoring.metric import Metric, measured
from simulator.scoring.procedure_summary import ProcedureSummary, in_accepted_zone
from simulator.scoring.rubric import Rubric, utility
from simulator.vocabulary.procedure import Phase
from simulator.vocabulary.scoring import MetricId, Unit


def placement_metrics(summary: ProcedureSummary, rubric: Rubric) -> list[Metric]:
    """Zone, level offset, distance to the planned target, angle to the plan."""
    blood = summary.first_blood
    in_zone = None if blood is None else float(in_accepted_zone(summary.world, blood))
    offset = level_offset_mm(summary)
    return [
        measured(MetricId.BEVEL_IN_TARGET_ZONE, in_zone, Unit.NONE, phase=Phase.INJECTION, utility=in_zone),
        measured(
            MetricId.LEVEL_OFFSET,
            offset,
            Unit.MILLIMETRE,
            phase=Phase.INJECTION,
            utility=None if offset is None else utility(offset, rubric.level_offset_mm),
            against={"poor": rubric.level_offset_mm.poor},
        ),
        measured(
            MetricId.APPROACH_SUITS_LEAK,
            approach_suits(summary),
            Unit.NONE,
            against={"approaches": ", ".join(summary.world.settings.accepted.approaches)},
        ),
        measured(MetricId.TIP_TO_TARGET, tip_to_target_mm(summary), Unit.MILLIMETRE, phase=Phase.INJECTION),
        measured(MetricId.ANGLE_TO_PLAN, angle_to_plan_deg(summary), Unit.DEGREE),
    ]


def level_offset_mm(summary: ProcedureSummary) -> float | None:
    """How far along the spine the opening lay from the nearest accepted interspace; None without blood."""
    if summary.first_blood is None:
        return None
    heights = [summary.world.level_z_mm(level) for level in summary.world.settings.accepted.needle_levels]
    known = [z for z in heights if z is not None]
    if not known:
        return None
    return min(abs(summary.first_blood.opening_mm[2] - z) for z in known)


def approach_suits(summary: ProcedureSummary) -> float | None:
    """Whether the path planned before the first puncture comes by an accepted approach; None without a plan."""
    return None if summary.plan is None else float(summary.plan.approach in summary.world.settings.accepted.approaches)


def tip_to_target_mm(summary: ProcedureSummary) -> float | None:
    """Distance from the tip at the first mL to the target planned before the first puncture."""
    blood, plan = summary.first_blood, summary.plan
    if blood is None or plan is None:
        return None
    target = plan.target_mm
    return math.dist(summary.world.table_transform().to_table(blood.tip_mm), target)


def angle_to_plan_deg(summary: ProcedureSummary) -> float | None:
    """Angle between the planned path and the needle as first placed."""
    placed = [event for event in summary.events if isinstance(event, NeedlePlaced)]
    if summary.plan is None or not placed:
        return None
    path = [t - s for s, t in zip(summary.plan.entry_mm, summary.plan.target_mm, strict=True)]
    length = math.hypot(*path)
    if length == 0.0:
        return None
    cosine = sum(a * b for a, b in zip(path, placed[0].direction, strict=True)) / length
    return math.degrees(math.acos(min(max(cosine, -1.0), 1.0)))


def placement_component(summary: ProcedureSummary, rubric: Rubric) -> float:
    """0.8 [bevel in an accepted zone at the first mL of blood] + 0.2 u(level offset); 0 without blood.

    Where there was a myelogram to find the leak on, finding it takes the rubric's share of that.
    """
    if summary.first_blood is None:
        return 0.0
    offset, found = level_offset_mm(summary), localised(summary)
    near = 0.0 if offset is None else utility(offset, rubric.level_offset_mm)
    placed = 0.8 * float(in_accepted_zone(summary.world, summary.first_blood)) + 0.2 * near
    fraction = 0.0 if found is None else rubric.localisation_share
    return (1.0 - fraction) * placed + fraction * (found or 0.0)
