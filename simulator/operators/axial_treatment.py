"""Treatment: a procedure with a planning scan, in which only the way to the epidural space is an operator's own."""

from __future__ import annotations

from collections.abc import Callable, Generator

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators.axial_trajectories import AxialTrajectory, plan_axial_trajectories
from simulator.operators.blood_injection import AWAY_MM, aftercare
from simulator.operators.contrast_confirmed_injection import inject_confirmed_by_contrast
from simulator.operators.coroutine_operator import AbandonError, OperatorSteps
from simulator.operators.perception.contrast_spread import outline_sac_by_brightness
from simulator.operators.preparation import check_in, clean_and_numb, level_in_words, planning_scan

MOST_TRIES = 3

Way = Callable[[View, AxialTrajectory, Frame], OperatorSteps]
"""How a needle is brought along a path; AbandonError where that does not work."""

Giving = Callable[[View], OperatorSteps]
"""How blood is given through a needle in place; AbandonError where this is no place for it."""


def inject_beside_bright_sac(view: View) -> OperatorSteps:
    """Test contrast, then blood, under presses, where the sac is bright all over."""
    return inject_confirmed_by_contrast(view, outline_sac_by_brightness)


Otherwise = Callable[[View, Frame], Generator[Command, View, tuple[View, bool]]]
"""What is tried, with the planning scan, where no path led there; whether blood was given."""


def treat_axially(
    view: View, way: Way, give: Giving = inject_beside_bright_sac, otherwise: Otherwise | None = None
) -> OperatorSteps:
    """A treatment with a planning scan, in which only the way to the epidural space is the operator's own."""
    level = level_in_words(view.request)
    view, _ = yield from check_in(view, level)
    view = yield from planning_scan(view, level)
    latest = view.latest
    assert latest is not None
    frame = view.pictures.frame(latest.number)
    paths = plan_axial_trajectories(frame.hu, frame.pixel_spacing_mm, latest.slice_thickness_mm)
    view = yield from clean_and_numb(view)
    view, given = yield from try_axial_trajectories(view, paths, frame, way, give)
    if otherwise is not None and not given:
        view, _ = yield from otherwise(view, frame)
    view = yield from aftercare(view)
    return view


def try_axial_trajectories(
    view: View, paths: list[AxialTrajectory], frame: Frame, way: Way, give: Giving
) -> Generator[Command, View, tuple[View, bool]]:
    """The best path, then the best ones that enter elsewhere; whether blood was given by one of them."""
    for path in _spread_out(paths)[:MOST_TRIES]:
        try:
            view = yield from way(view, path, frame)
            view = yield from give(view)
            return view, True
        except AbandonError:
            view = yield c.Withdraw(distance_mm=AWAY_MM)
    return view, False


def _spread_out(paths: list[AxialTrajectory]) -> list[AxialTrajectory]:
    chosen: list[AxialTrajectory] = []
    for path in paths:
        if all(p.side != path.side or p.slice_index != path.slice_index for p in chosen):
            chosen.append(path)
    return chosen
