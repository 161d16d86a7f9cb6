"""Needle skill: what Perk Tutor measures of a tracked needle, by its names, for each phase.

The tip runs straight from one stop to the next; tissue is the body within the skin. Definitions follow the metric
scripts of Perk Tutor (github.com/PerkTutor/PythonMetrics); of its list those stand here that mean something for one
needle moved in steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simulator.engine import events as e
from simulator.scoring.metric import Metric, measured
from simulator.scoring.phases import intervals
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.spatial.frames import PatientDirection, PatientPoint
from simulator.vocabulary.scoring import MetricId, Unit

_STILL_MM = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """One change of the needle.

    Attributes:
        from_mm, to_mm: the tip before and after
        entry_mm: where the needle goes through the skin
        in_tissue: whether the tip is under the skin afterwards
        turned_rad: angle by which the hub was turned
        punctured: whether it went through the skin
    """

    at_ms: int
    from_mm: PatientPoint
    to_mm: PatientPoint
    entry_mm: PatientPoint
    in_tissue: bool
    turned_rad: float
    punctured: bool


def needle_motions(summary: ProcedureSummary) -> list[Motion]:
    """Every push, pull and turn of the needle in order."""
    found: list[Motion] = []
    tip = entry = direction = None
    inside = punctured = False
    for event in summary.events:
        if isinstance(event, e.NeedlePlaced):
            tip, entry, direction, inside = event.entry_mm, event.entry_mm, event.direction, False
        elif isinstance(event, e.SkinPunctured):
            punctured = True
        elif isinstance(event, e.NeedleRemoved):
            tip = None
        elif tip is not None and entry is not None and isinstance(event, e.NeedleMoved | e.NeedleRedirected):
            moved = isinstance(event, e.NeedleMoved)
            to = event.tip_mm if isinstance(event, e.NeedleMoved) else tip
            inside = event.inserted_mm > 0.0 if isinstance(event, e.NeedleMoved) else inside
            turned = 0.0 if moved or direction is None else _angle_rad(direction, event.direction)
            found.append(
                Motion(
                    at_ms=event.at_ms,
                    from_mm=tip,
                    to_mm=to,
                    entry_mm=entry,
                    in_tissue=inside,
                    turned_rad=turned,
                    punctured=punctured,
                )
            )
            tip, direction, punctured = to, event.direction, False
    return found


def needle_skill_metrics(summary: ProcedureSummary) -> list[Metric]:
    """Perk Tutor's metrics for each phase that was reached; nothing here is scored."""
    motions = needle_motions(summary)
    rows: list[Metric] = []
    for phase in intervals(summary):
        own = [motion for motion in motions if phase.holds(motion.at_ms)]
        elapsed = (phase.end_ms - phase.start_ms) / 1000.0
        rows.append(measured(MetricId.ELAPSED_TIME, elapsed, Unit.SECOND, phase=phase.name))
        tissue_s = _tissue_s(summary, phase.start_ms, phase.end_ms)
        if own or tissue_s > 0.0:
            rows.append(measured(MetricId.TIME_IN_TISSUE, tissue_s, Unit.SECOND, phase=phase.name))
        if own:
            rows += [measured(metric, measure(own), unit, phase=phase.name) for metric, unit, measure in _MEASURES]
    return rows


def _tissue_s(summary: ProcedureSummary, start_ms: int, end_ms: int) -> float:
    """How long the tip was under the skin between two times."""
    total = 0
    since: int | None = None
    for event in summary.events:
        if isinstance(event, e.SkinPunctured):
            since = event.at_ms
        elif since is not None and (isinstance(event, e.NeedleRemoved) or event is summary.events[-1]):
            total += max(min(event.at_ms, end_ms) - max(since, start_ms), 0)
            since = None
    return total / 1000.0


def _path_mm(motions: Sequence[Motion]) -> float:
    return sum(math.dist(motion.from_mm, motion.to_mm) for motion in motions)


def _path_in_tissue_mm(motions: Sequence[Motion]) -> float:
    return sum(math.dist(motion.from_mm, motion.to_mm) for motion in motions if motion.in_tissue)


def _damage_mm2(motions: Sequence[Motion]) -> float:
    """Area that the line from skin to tip swept in tissue: a triangle for each motion."""
    return sum(_triangle_mm2(motion.from_mm, motion.to_mm, motion.entry_mm) for motion in motions if motion.in_tissue)


def _punctures(motions: Sequence[Motion]) -> float:
    return float(sum(motion.punctured for motion in motions))


def _rotation_deg(motions: Sequence[Motion]) -> float:
    return math.degrees(sum(motion.turned_rad for motion in motions))


def _actions(motions: Sequence[Motion]) -> float:
    return float(sum(math.dist(motion.from_mm, motion.to_mm) > _STILL_MM for motion in motions))


def _inefficiency_percent(motions: Sequence[Motion]) -> float | None:
    """100 (path / straight way from start to end - 1); None where the tip ended where it began."""
    straight = math.dist(motions[0].from_mm, motions[-1].to_mm)
    return 100.0 * (_path_mm(motions) / straight - 1.0) if straight > _STILL_MM else None


_MEASURES: tuple[tuple[MetricId, Unit, Callable[[Sequence[Motion]], float | None]], ...] = (
    (MetricId.PATH_LENGTH, Unit.MILLIMETRE, _path_mm),
    (MetricId.PATH_IN_TISSUE, Unit.MILLIMETRE, _path_in_tissue_mm),
    (MetricId.TISSUE_DAMAGE, Unit.SQUARE_MILLIMETRE, _damage_mm2),
    (MetricId.TISSUE_PUNCTURES, Unit.COUNT, _punctures),
    (MetricId.ROTATION_TOTAL, Unit.DEGREE, _rotation_deg),
    (MetricId.TRANSLATIONAL_ACTIONS, Unit.COUNT, _actions),
    (MetricId.PATH_INEFFICIENCY, Unit.PERCENT, _inefficiency_percent),
)
NEEDLE_SKILL = frozenset(
    {MetricId.ELAPSED_TIME, MetricId.TIME_IN_TISSUE, *(metric_id for metric_id, _, _ in _MEASURES)}
)
"""Perk Tutor's metrics: one value for each phase."""


def _triangle_mm2(a: PatientPoint, b: PatientPoint, c: PatientPoint) -> float:
    ab = [q - p for p, q in zip(a, b, strict=True)]
    ac = [q - p for p, q in zip(a, c, strict=True)]
    cross = (ab[1] * ac[2] - ab[2] * ac[1], ab[2] * ac[0] - ab[0] * ac[2], ab[0] * ac[1] - ab[1] * ac[0])
    return 0.5 * math.hypot(*cross)


def _angle_rad(a: PatientDirection, b: PatientDirection) -> float:
    cosine = sum(p * q for p, q in zip(a, b, strict=True)) / (math.hypot(*a) * math.hypot(*b))
    return math.acos(min(max(cosine, -1.0), 1.0))
