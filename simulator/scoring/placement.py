"""Placement: was the bevel where it should be when the blood came?"""

from __future__ import annotations

import math

from simulator.engine.events import NeedlePlaced
from simulator.scoring.localisation import localised
from simulator.scoring.metric import Metric
from simulator.scoring.procedure_summary import ProcedureSummary, in_accepted_zone
from simulator.scoring.rubric import Rubric, utility

FREEHAND = "freehand CT in a phantom, PMC4499536"


def placement_metrics(course: ProcedureSummary, rubric: Rubric) -> list[Metric]:
    """ZoneLabel, level offset, distance to the planned target, angle to the plan."""
    blood = course.first_blood
    in_zone = None if blood is None else float(in_accepted_zone(course.world, blood))
    offset = level_offset_mm(course)
    to_target = tip_to_target_mm(course)
    return [
        Metric(
            name="bevel in an accepted target zone at the first mL of blood",
            value=in_zone,
            unit="",
            reference="1",
            source="rubric 1",
            phase="injection",
            utility=in_zone,
        ),
        Metric(
            name="level offset",
            value=offset,
            unit="mm",
            reference=f"0 expert, {rubric.level_offset_mm.poor:g} poor (half a vertebral body)",
            source="rubric 1",
            phase="injection",
            utility=None if offset is None else utility(offset, rubric.level_offset_mm),
        ),
        Metric(
            name="planned approach suits the leak",
            value=approach_suits(course),
            unit="",
            reference=f"1: {', '.join(course.world.settings.accepted.approaches)}; reported, not scored",
            source="targets by kind of leak, reference section 3",
        ),
        Metric(
            name="tip to planned target",
            value=to_target,
            unit="mm",
            reference="6.3 +- 3.6 freehand, 4.0 laser; reported, not scored",
            source=FREEHAND,
            phase="injection",
        ),
        Metric(
            name="angle to plan",
            value=angle_to_plan_deg(course),
            unit="deg",
            reference="3.4 +- 3.1 freehand, 1.3 laser; reported, not scored",
            source=FREEHAND,
        ),
    ]


def level_offset_mm(course: ProcedureSummary) -> float | None:
    """How far along the spine the opening lay from the nearest accepted interspace; None without blood."""
    if course.first_blood is None:
        return None
    heights = [course.world.level_z_mm(level) for level in course.world.settings.accepted.needle_levels]
    known = [z for z in heights if z is not None]
    if not known:
        return None
    return min(abs(course.first_blood.opening_mm[2] - z) for z in known)


def approach_suits(course: ProcedureSummary) -> float | None:
    """Whether the path planned before the first puncture comes by an accepted approach; None without a plan."""
    return None if course.plan is None else float(course.plan.approach in course.world.settings.accepted.approaches)


def tip_to_target_mm(course: ProcedureSummary) -> float | None:
    """Distance from the tip at the first mL to the target planned before the first puncture."""
    blood, plan = course.first_blood, course.plan
    if blood is None or plan is None:
        return None
    target = plan.target_mm
    on_table = (blood.tip_mm[0], blood.tip_mm[1], blood.tip_mm[2] + course.world.table_zero_mm)
    return math.dist(on_table, target)


def angle_to_plan_deg(course: ProcedureSummary) -> float | None:
    """Angle between the planned path and the needle as first placed."""
    placed = [event for event in course.events if isinstance(event, NeedlePlaced)]
    if course.plan is None or not placed:
        return None
    path = [t - s for s, t in zip(course.plan.entry_mm, course.plan.target_mm, strict=True)]
    length = math.hypot(*path)
    if length == 0.0:
        return None
    cosine = sum(a * b for a, b in zip(path, placed[0].direction, strict=True)) / length
    return math.degrees(math.acos(min(max(cosine, -1.0), 1.0)))


def placement_component(course: ProcedureSummary, rubric: Rubric) -> float:
    """0.8 [bevel in an accepted zone at the first mL of blood] + 0.2 u(level offset); 0 without blood.

    Where there was a myelogram to find the leak on, finding it takes the rubric's share of that.
    """
    if course.first_blood is None:
        return 0.0
    offset, found = level_offset_mm(course), localised(course)
    near = 0.0 if offset is None else utility(offset, rubric.level_offset_mm)
    placed = 0.8 * float(in_accepted_zone(course.world, course.first_blood)) + 0.2 * near
    share = 0.0 if found is None else rubric.localisation_share
    return (1.0 - share) * placed + share * (found or 0.0)
