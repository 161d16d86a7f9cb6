"""No planning scan: the first presses at the level serve as the plan."""

from __future__ import annotations

from collections.abc import Generator

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators.axial_guidance import guide_axially
from simulator.operators.axial_trajectories import plan_axial_trajectories
from simulator.operators.axial_treatment import inject_beside_bright_sac
from simulator.operators.blood_injection import order_aftercare
from simulator.operators.console import press
from simulator.operators.coroutine_operator import AbandonError, CoroutineOperator, OperatorSteps
from simulator.operators.needle_trajectory import try_trajectories
from simulator.operators.preparation import check_in, clean_and_numb
from simulator.operators.request import requested_interspace

SLAB_MM = 12.0  # of one press
ENOUGH_QUALITY = 5.0  # of a trajectory: some 3 mm from bone in a space some 3 mm deep


class NoPlanningScan(CoroutineOperator):
    """An operator who leaves the planning scan out, as is done to save dose."""

    name = "no-planning-scan"

    def treat(self, view: View) -> OperatorSteps:
        """Find the window between the laminae by pressing, then step by step under single presses."""
        level = requested_interspace(view.case.request)
        view, _ = yield from check_in(view, level)
        view = yield c.MoveTable(level=level)
        frames, view = yield from _search(view)
        view = yield from clean_and_numb(view)
        for frame in frames:
            trajectories = plan_axial_trajectories(frame)
            view, given = yield from try_trajectories(view, trajectories, guide_axially, inject_beside_bright_sac)
            if given:
                break
        view = yield from order_aftercare(view)
        return view


def _search(view: View) -> Generator[Command, View, tuple[list[Frame], View]]:
    """Press at the level and, where no good way shows, one slab further to the feet and to the head.

    Returns:
        The pictures, the one with the best trajectory first, and the view afterwards.
    """
    middle_mm = view.console.table_mm
    found: list[tuple[float, Frame]] = []
    for away_mm in (0.0, -SLAB_MM, SLAB_MM):
        if away_mm:
            view = yield c.MoveTable(to_mm=middle_mm + away_mm)
            if view.refused:
                continue
        frame, view = yield from press(view)
        trajectories = plan_axial_trajectories(frame)
        best = trajectories[0].quality if trajectories else 0.0
        found.append((best, frame))
        if best > ENOUGH_QUALITY:
            break
    if not any(quality > 0.0 for quality, _ in found):
        raise AbandonError("no way shows at this level")
    return [frame for _, frame in sorted(found, key=lambda each: -each[0])], view
