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
from simulator.needle.needle import Vector
from simulator.scoring.metric import Metric
from simulator.scoring.phases import intervals
from simulator.scoring.procedure_summary import ProcedureSummary

SOURCE = "Perk Tutor, PythonMetrics"
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
    from_mm: Vector
    to_mm: Vector
    entry_mm: Vector
    in_tissue: bool
    turned_rad: float
    punctured: bool


def motions_of(course: ProcedureSummary) -> list[Motion]:
    """Every push, pull and turn of the needle in order."""
    found: list[Motion] = []
    tip = entry = direction = None
    inside = punctured = False
    for event in course.events:
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


def needle_skill_metrics(course: ProcedureSummary) -> list[Metric]:
    """Perk Tutor's metrics for each phase that was reached; nothing here is scored."""
    motions = motions_of(course)
    rows: list[Metric] = []
    for phase in intervals(course):
        own = [motion for motion in motions if phase.holds(motion.at_ms)]
        elapsed = (phase.end_ms - phase.start_ms) / 1000.0
        rows.append(_metric("Elapsed Time", elapsed, "s", phase.name))
        tissue_s = _tissue_s(course, phase.start_ms, phase.end_ms)
        if own or tissue_s > 0.0:
            rows.append(_metric("Time in Tissue", tissue_s, "s", phase.name))
        if own:
            rows += [_metric(name, measure(own), unit, phase.name) for name, unit, measure in _MEASURES]
    return rows


def _metric(name: str, value: float | None, unit: str, phase: str) -> Metric:
    return Metric(name=name, value=value, unit=unit, reference="reported, not scored", source=SOURCE, phase=phase)


def _tissue_s(course: ProcedureSummary, start_ms: int, end_ms: int) -> float:
    """How long the tip was under the skin between two times."""
    total = 0
    since: int | None = None
    for event in course.events:
        if isinstance(event, e.SkinPunctured):
            since = event.at_ms
        elif since is not None and (isinstance(event, e.NeedleRemoved) or event is course.events[-1]):
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


_MEASURES: tuple[tuple[str, str, Callable[[Sequence[Motion]], float | None]], ...] = (
    ("Path Length", "mm", _path_mm),
    ("Path in Tissue", "mm", _path_in_tissue_mm),
    ("Tissue Damage", "mm^2", _damage_mm2),
    ("Tissue Punctures", "count", _punctures),
    ("Rotation Total", "deg", _rotation_deg),
    ("Translational Actions", "count", _actions),
    ("Path Inefficiency", "%", _inefficiency_percent),
)


def _triangle_mm2(a: Vector, b: Vector, c: Vector) -> float:
    ab = [q - p for p, q in zip(a, b, strict=True)]
    ac = [q - p for p, q in zip(a, c, strict=True)]
    cross = (ab[1] * ac[2] - ab[2] * ac[1], ab[2] * ac[0] - ab[0] * ac[2], ab[0] * ac[1] - ab[1] * ac[0])
    return 0.5 * math.hypot(*cross)


def _angle_rad(a: Vector, b: Vector) -> float:
    cosine = sum(p * q for p, q in zip(a, b, strict=True)) / (math.hypot(*a) * math.hypot(*b))
    return math.acos(min(max(cosine, -1.0), 1.0))
