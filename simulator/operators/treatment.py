"""Treatment: a procedure with a planning scan, in which only the way to the epidural space is an operator's own."""

from __future__ import annotations

from collections.abc import Callable, Generator

from simulator.operators.injection import AWAY_MM, aftercare, inject
from simulator.operators.path_planning import PlannedPath, plan_paths
from simulator.operators.preparation import check_in, clean_and_numb, level_in_words, planning_scan
from simulator.operators.stepwise import AbandonError, Steps
from simulator.procedure import commands as c
from simulator.procedure.commands import Command
from simulator.procedure.view import Frame, View

MOST_TRIES = 3

Way = Callable[[View, PlannedPath, Frame], Steps]
"""How a needle is brought along a path; AbandonError where that does not work."""


def treat_as_planned(view: View, way: Way) -> Steps:
    """A treatment with a planning scan, in which only the way to the epidural space is the operator's own."""
    level = level_in_words(view.request)
    view, _ = yield from check_in(view, level)
    view = yield from planning_scan(view, level)
    latest = view.latest
    assert latest is not None
    frame = view.pictures.frame(latest.number)
    paths = plan_paths(frame.hu, frame.pixel_spacing_mm, latest.slice_thickness_mm)
    view = yield from clean_and_numb(view)
    view, placed = yield from try_paths(view, paths, frame, way)
    if placed:
        view = yield from inject(view)
    view = yield from aftercare(view)
    return view


def try_paths(
    view: View, paths: list[PlannedPath], frame: Frame, way: Way
) -> Generator[Command, View, tuple[View, bool]]:
    """The best path, then the best ones that enter elsewhere; whether one of them led into the epidural space."""
    for path in _spread_out(paths)[:MOST_TRIES]:
        try:
            view = yield from way(view, path, frame)
            return view, True
        except AbandonError:
            view = yield c.Withdraw(distance_mm=AWAY_MM)
    return view, False


def _spread_out(paths: list[PlannedPath]) -> list[PlannedPath]:
    chosen: list[PlannedPath] = []
    for path in paths:
        if all(p.side != path.side or p.slice_index != path.slice_index for p in chosen):
            chosen.append(path)
    return chosen
