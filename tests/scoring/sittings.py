"""Sittings: one procedure of the autopilot put together to several sites. Events in, events out."""

from __future__ import annotations

from dataclasses import replace

from simulator.engine import events as e
from simulator.scoring.procedure_summary import summarise
from tests.scoring.edits import Edit, Events, Procedure

ELSEWHERE = "T5/6"
"""A level that is on nobody's list."""


def sites(*levels: str | None, covered: float) -> Edit:
    """A sitting of several sites: at each its share of the blood; None stands for where the needle was.

    Each site has the puncture, the way and the looks of the procedure that it is made of.
    """

    def edit(base: Procedure) -> Procedure:
        start, blood, end = _parts(base)
        needle = base.events[start:blood]
        given = [x for x in base.events[blood:end] if isinstance(x, e.MaterialInjected) and x.material == "blood"]
        made: list[e.Event] = [*base.events[:start]]
        for level in levels:
            made += needle
            made += [_portion(x, level, len(levels), covered) for x in given]
            made.append(e.NeedleRemoved(at_ms=given[-1].at_ms))
        rest = [x for x in base.events[end:] if not isinstance(x, e.NeedleRemoved)]
        return Procedure(base.world, (*made, *rest))

    return edit


def _portion(portion: e.MaterialInjected, level: str | None, count: int, covered: float) -> e.MaterialInjected:
    return replace(portion, volume_ml=portion.volume_ml / count, level=level or portion.level, covered_share=covered)


def _parts(base: Procedure) -> tuple[int, int, int]:
    """Where the last needle was put on the skin, where its blood begins, and where it ends."""
    summary = summarise(base.world, base.events)
    first, last = base.events.index(summary.injected[0]), base.events.index(summary.injected[-1])
    placed = [k for k, x in enumerate(base.events[:first]) if isinstance(x, e.NeedlePlaced)]
    return placed[-1], first, last + 1


def events_of(procedure: Procedure, kind: type[e.Event]) -> Events:
    """Events of a kind."""
    return tuple(x for x in procedure.events if isinstance(x, kind))
