"""Economy: corrections, punctures, way and minutes. Beam and images are counted once, by their dose.

Several sites in one sitting are no failed punctures: corrections and way are those of a site, and each site may have
its puncture.
"""

from __future__ import annotations

import math

from simulator.engine import events as e
from simulator.scoring.metric import Metric, measured
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.scoring.rubric import Rubric, utility
from simulator.scoring.sites import treated_sites
from simulator.vocabulary.procedure import AcquisitionPurpose
from simulator.vocabulary.scoring import MetricId, Unit


def economy_metrics(summary: ProcedureSummary, rubric: Rubric) -> list[Metric]:
    """What the way of the needle cost, and the beam time, which is reported."""
    punctured = summary.punctured_ms is not None
    sites = max(len(treated_sites(summary)), 1)
    turns = summary.count(e.NeedleRedirected) / sites if punctured else None
    punctures = float(summary.count(e.SkinPunctured) - sites + 1) if punctured else None
    rows = [
        (MetricId.REDIRECTIONS, turns, Unit.NONE, rubric.economy.redirections),
        (MetricId.SKIN_PUNCTURES, punctures, Unit.NONE, rubric.economy.skin_punctures),
        (MetricId.PATH_RATIO, path_ratio(summary), Unit.NONE, rubric.economy.path_ratio),
        (MetricId.TIME_WITH_NEEDLE, minutes_with_needle(summary), Unit.MINUTE, rubric.economy.time_min),
        (MetricId.ROOM_TIME, _room_min(summary), Unit.MINUTE, rubric.economy.room_min),
    ]
    scored = [
        measured(
            metric_id,
            value,
            unit,
            utility=None if value is None else utility(value, anchors),
            against={"expert": anchors.expert, "poor": anchors.poor},
        )
        for metric_id, value, unit, anchors in rows
    ]
    return [measured(MetricId.BEAM_TIME, _beam_s(summary) if punctured else None, Unit.SECOND), *scored]


def path_ratio(summary: ProcedureSummary) -> float | None:
    """All forward travel in tissue over the straight ways from skin to deepest tip; None unused.

    One straight way, from the last entry, unless blood was given at several sites.
    """
    entries = [event.entry_mm for event in summary.events if isinstance(event, e.SkinPunctured)]
    moves = summary.moves
    if not entries or not moves:
        return None
    forward = sum(move.moved_mm for move in moves if move.moved_mm > 0.0)
    sites = treated_sites(summary)
    if len(sites) > 1:
        straight = sum(site.straight_mm for site in sites)
    else:
        straight = max(math.dist(entries[-1], move.tip_mm) for move in moves)
    return max(forward / straight, 1.0) if straight > 1.0 else None


def minutes_with_needle(summary: ProcedureSummary) -> float | None:
    """Minutes from the first skin puncture to the end."""
    if summary.punctured_ms is None or not summary.events:
        return None
    return (summary.events[-1].at_ms - summary.punctured_ms) / 60_000.0


def _room_min(summary: ProcedureSummary) -> float | None:
    """Minutes from the first command to the last."""
    return summary.events[-1].at_ms / 60_000.0 if summary.events else None


def _beam_s(summary: ProcedureSummary) -> float:
    """Beam time of fluoroscopy after the first skin puncture, rotations that were cut short included."""
    fluoroscopy = AcquisitionPurpose.FLUOROSCOPY
    cut = [event for event in summary.beams if isinstance(event, e.BeamCutShort) and event.purpose == fluoroscopy]
    later = [event for event in cut if summary.punctured_ms is not None and event.at_ms >= summary.punctured_ms]
    return (sum(press.beam.on_ms for press in summary.presses) + sum(event.beam.on_ms for event in later)) / 1000.0
