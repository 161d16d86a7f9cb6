"""Axial treatment: a planning scan, then a needle within one slice; how it is guided is an operator's own."""

from __future__ import annotations

from collections.abc import Callable, Generator

from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators.axial_trajectories import AxialTrajectory, plan_axial_trajectories
from simulator.operators.blood_injection import order_aftercare
from simulator.operators.console import latest_frame
from simulator.operators.contrast_confirmed_injection import inject_confirmed_by_contrast
from simulator.operators.coroutine_operator import OperatorSteps
from simulator.operators.needle_trajectory import Guide, Inject, try_trajectories
from simulator.operators.perception.sac_outline import outline_sac_by_brightness
from simulator.operators.preparation import acquire_planning_scan, check_in, clean_and_numb
from simulator.operators.request import requested_interspace

Fallback = Callable[[View, Frame], Generator[Command, View, tuple[View, bool]]]
"""What is tried, with the planning scan, where no axial trajectory led there; whether blood was given."""


def inject_beside_bright_sac(view: View) -> OperatorSteps:
    """Test contrast, then blood, under presses, where the sac is bright all over."""
    return inject_confirmed_by_contrast(view, outline_sac_by_brightness)


def treat_axially(
    view: View,
    guide: Guide[AxialTrajectory],
    inject: Inject = inject_beside_bright_sac,
    fallback: Fallback | None = None,
) -> OperatorSteps:
    """A whole treatment.

    Args:
        view: what is perceived now
        guide: how the needle is brought along a trajectory
        inject: how blood is given at its end
        fallback: what is tried where no axial trajectory led to the epidural space
    """
    level = requested_interspace(view.case.request)
    view, _ = yield from check_in(view, level)
    view = yield from acquire_planning_scan(view, level)
    planning = latest_frame(view)
    trajectories = plan_axial_trajectories(planning)
    view = yield from clean_and_numb(view)
    view, given = yield from try_trajectories(view, trajectories, guide, inject)
    if fallback is not None and not given:
        view, _ = yield from fallback(view, planning)
    view = yield from order_aftercare(view)
    return view
