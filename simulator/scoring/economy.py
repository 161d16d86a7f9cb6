"""Economy: beam time, corrections, punctures, path and minutes."""

from __future__ import annotations

import math

from simulator.engine import events as e
from simulator.scoring.metric import Metric
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.scoring.rubric import Rubric, utility


def economy_metrics(course: ProcedureSummary, rubric: Rubric) -> list[Metric]:
    """Five metrics that count alike; those that do not apply count 0."""
    punctured = course.punctured_ms is not None
    beam = _beam_s(course) if punctured else None
    turns = float(course.count(e.NeedleRedirected)) if punctured else None
    punctures = float(course.count(e.SkinPunctured)) if punctured else None
    ratio = path_ratio(course)
    minutes = minutes_with_needle(course)
    rows = [
        ("beam time", beam, "s", rubric.beam_s, "2 expert, 24 poor", "Wagner 2004; Kranz 2012"),
        (
            "redirections",
            turns,
            "",
            rubric.redirections,
            "1.6 laser, 3.3 freehand",
            "mdpi 2075-4418/13/2/282",
        ),
        ("skin punctures", punctures, "", rubric.skin_punctures, "1", "rubric 1"),
        (
            "path in tissue over straight path",
            ratio,
            "",
            rubric.path_ratio,
            "1",
            "path in tissue discriminates (PerkTutor LP trial, p = .01)",
        ),
        (
            "time from puncture to end",
            minutes,
            "min",
            rubric.time_min,
            "5.2 expert, < 20",
            "Paik 2014; Kranz 2012",
        ),
    ]
    return [
        Metric(
            name=name,
            value=value,
            unit=unit,
            reference=reference,
            source=source,
            utility=None if value is None else utility(value, anchors),
        )
        for name, value, unit, anchors, reference, source in rows
    ]


def path_ratio(course: ProcedureSummary) -> float | None:
    """All forward travel in tissue over the straight way from the last entry to the deepest tip; None unused."""
    entries = [event.entry_mm for event in course.events if isinstance(event, e.SkinPunctured)]
    moves = course.moves
    if not entries or not moves:
        return None
    forward = sum(move.moved_mm for move in moves if move.moved_mm > 0.0)
    straight = max(math.dist(entries[-1], move.tip_mm) for move in moves)
    return max(forward / straight, 1.0) if straight > 1.0 else None


def minutes_with_needle(course: ProcedureSummary) -> float | None:
    """Minutes from the first skin puncture to the end."""
    if course.punctured_ms is None or not course.events:
        return None
    return (course.events[-1].at_ms - course.punctured_ms) / 60_000.0


def economy_component(course: ProcedureSummary, rubric: Rubric) -> float:
    """Mean of the five; 0 if the bevel never reached an accepted zone."""
    if course.punctured_ms is None or not course.reached_zone:
        return 0.0
    utilities = [metric.utility or 0.0 for metric in economy_metrics(course, rubric)]
    return sum(utilities) / len(utilities)


def _beam_s(course: ProcedureSummary) -> float:
    """Beam time of fluoroscopy after the first skin puncture, rotations that were cut short included."""
    cut = [event for event in course.beams if isinstance(event, e.BeamCutShort)]
    later = [event for event in cut if course.punctured_ms is not None and event.at_ms >= course.punctured_ms]
    return (sum(press.beam.on_ms for press in course.presses) + sum(event.beam.on_ms for event in later)) / 1000.0
