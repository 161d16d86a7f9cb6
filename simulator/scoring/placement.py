"""Placement: was the bevel where it should be when the blood came?"""

from __future__ import annotations

import math

import numpy as np

from simulator.engine.events import NeedlePlaced
from simulator.scoring.metric import Metric, measured
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.scoring.rubric import Rubric
from simulator.scoring.treatment import treatment
from simulator.vocabulary.procedure import Phase
from simulator.vocabulary.scoring import MetricId, Unit

TARGET_MM = 6.0  # assumption: what a plan drawn on 3 mm slices may be off, and still aims at the space
FORAMEN_MM = 12.0  # from the dura to the outer end of a foramen, about (assumption)


def placement_metrics(summary: ProcedureSummary, rubric: Rubric) -> list[Metric]:
    """Zone, plan, level offset, distance to the planned target, angle to the plan."""
    blood = summary.first_blood
    in_zone = None if blood is None else treatment(summary, rubric).in_zone
    sound = plan_is_sound(summary)
    return [
        measured(MetricId.BEVEL_IN_TARGET_ZONE, in_zone, Unit.NONE, phase=Phase.INJECTION, utility=in_zone),
        measured(
            MetricId.PLAN_SOUND,
            sound,
            Unit.NONE,
            phase=Phase.PLANNING,
            utility=sound if rubric.looks.needs_images else None,  # there is nothing to draw a path on
        ),
        measured(
            MetricId.LEVEL_OFFSET,
            level_offset_mm(summary),
            Unit.MILLIMETRE,
            phase=Phase.INJECTION,
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


def plan_is_sound(summary: ProcedureSummary) -> float | None:
    """Whether the path planned before the first puncture leads by an accepted approach to the space, outside the dura.

    None where none was planned. The target is sound within `TARGET_MM` of the dorsal epidural space or the foramen.
    """
    plan = summary.plan
    if plan is None:
        return None
    target = summary.world.table_transform().to_patient(plan.target_mm)
    anatomy = summary.world.phantom.anatomy
    dura_mm = float(anatomy.dura_mm(np.array([target]))[0])
    deep_mm = anatomy.epidural_depth_mm(target)
    near = -1.0 < dura_mm < max(deep_mm, FORAMEN_MM) + TARGET_MM
    return float(near and approach_suits(summary) == 1.0)


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
