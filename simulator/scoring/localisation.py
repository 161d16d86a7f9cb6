"""Localisation: was the leak found on the myelogram before the needle went in?"""

from __future__ import annotations

from simulator.engine import events as e
from simulator.scoring.metric import Metric
from simulator.scoring.procedure_summary import ProcedureSummary

LEVEL_SHARE = 0.6
"""What the right level is worth; the side is worth the rest, and nothing at the wrong level (assumption)."""


def localisation_metrics(course: ProcedureSummary) -> list[Metric]:
    """Level and side that were written down last before the first skin puncture."""
    return [
        Metric(
            name="leak localised before the first puncture",
            value=localised(course),
            unit="",
            reference=f"1: level and side; {LEVEL_SHARE:g}: level alone",
            source="level named in 10 of 18 myelograms, doi 10.1186/s40064-016-2060-5",
            phase="planning",
            utility=localised(course),
        )
    ]


def localised(course: ProcedureSummary) -> float | None:
    """1 where level and side are right, `LEVEL_SHARE` for the level alone; None where there is nothing to find.

    A ring of fluid lies on both sides: either its hole's side or both is right. What was not written down is wrong.
    """
    leak = course.world.phantom.leak
    if course.world.settings.imaging.myelogram is None or leak.level is None:
        return None
    marked = [
        event
        for event in course.events
        if isinstance(event, e.LeakMarked) and (course.punctured_ms is None or event.at_ms <= course.punctured_ms)
    ]
    if not marked or marked[-1].level != leak.level:
        return 0.0
    sides = {leak.side, "both"} if leak.pattern == "circumferential" else {leak.side}
    return 1.0 if marked[-1].side in sides else LEVEL_SHARE
