"""Localisation: was the leak found on the myelogram before the needle went in?"""

from __future__ import annotations

from phantoms.phantom import Leak
from simulator.engine import events as e
from simulator.scoring.metric import Metric, measured
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.vocabulary.anatomy import LeakPattern
from simulator.vocabulary.procedure import Phase
from simulator.vocabulary.scoring import MetricId, Unit

ON_BOTH_SIDES = (LeakPattern.CIRCUMFERENTIAL, LeakPattern.VENTRAL_TEAR)
LEVEL_FRACTION = 0.6
"""What the right level is worth; the side is worth the rest, and nothing at the wrong level (assumption)."""


def localisation_metrics(summary: ProcedureSummary) -> list[Metric]:
    """Level and side that were written down last before the first skin puncture."""
    return [
        measured(
            MetricId.LEAK_LOCALISED,
            localised(summary),
            Unit.NONE,
            phase=Phase.PLANNING,
            utility=localised(summary),
            against={"level_alone": LEVEL_FRACTION, "level_alone_percent": 100.0 * LEVEL_FRACTION},
        )
    ]


def localised(summary: ProcedureSummary) -> float | None:
    """1 where level and side are right, `LEVEL_FRACTION` for the level alone; None where there is nothing to find.

    A ring of fluid, or a pool before the sac, lies on both sides: either its hole's side or both is right. What was not
    written down is wrong. Of several leaks each counts alike, by what was written down last at its level.
    """
    leak = summary.world.phantom.leak
    if summary.world.settings.imaging.myelogram is None or leak.level is None:
        return None
    marked = [
        event
        for event in summary.events
        if isinstance(event, e.LeakMarked) and (summary.punctured_ms is None or event.at_ms <= summary.punctured_ms)
    ]
    leaks = summary.world.phantom.leaks
    last = {mark.level: mark for mark in marked} if len(leaks) > 1 else {mark.level: mark for mark in marked[-1:]}
    return sum(_found(one, last.get(str(one.level))) for one in leaks) / len(leaks)


def _found(leak: Leak, mark: e.LeakMarked | None) -> float:
    """What was written down of one leak."""
    if mark is None:
        return 0.0
    return 1.0 if mark.side in sides_that_count(leak) else LEVEL_FRACTION


def sides_that_count(leak: Leak) -> set[str]:
    """Sides that are right to write down of a leak: its own, and both of one that lies on both."""
    return {leak.side, "both"} if leak.pattern in ON_BOTH_SIDES else {leak.side}
