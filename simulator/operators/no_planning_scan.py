"""No planning scan: the first presses at the level serve as the plan."""

from __future__ import annotations

from collections.abc import Generator

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.blood_injection import order_aftercare
from simulator.operators.console import press
from simulator.operators.coroutine_operator import AbandonError, CoroutineOperator, OperatorSteps
from simulator.operators.guidance import guide_needle
from simulator.operators.leak_localisation import FoundLeak
from simulator.operators.needle_plan import NeedlePlan
from simulator.operators.planning import plan_needle
from simulator.operators.preparation import check_in, clean_and_numb
from simulator.operators.request import requested_interspace
from simulator.operators.treatment import follow_plan, inject_after_test_contrast

SLAB_MM = 12.0  # of one press
ENOUGH_QUALITY = 6.0  # of a trajectory: some 3 mm from bone in a space some 3 mm deep


class NoPlanningScan(CoroutineOperator):
    """An operator who leaves the planning scan out, as is done to save dose."""

    name = "no-planning-scan"

    def treat(self, view: View) -> OperatorSteps:
        """Find the window between the laminae by pressing, then step by step under single presses."""
        view, leak = yield from check_in(view, requested_interspace(view.case.request))
        view = yield c.MoveTable(level=leak.level)
        plans, view = yield from _search(view, leak)
        view = yield from clean_and_numb(view)
        for plan in plans:
            view, given = yield from follow_plan(view, plan, guide_needle, inject_after_test_contrast)
            if given:
                break
        view = yield from order_aftercare(view)
        return view


def _search(view: View, leak: FoundLeak) -> Generator[Command, View, tuple[list[NeedlePlan], View]]:
    """Press at the level and, where no good way shows, one slab further to the feet and to the head.

    Returns:
        What the pictures offer, the one with the best trajectory first, and the view afterwards.
    """
    middle_mm = view.console.table_mm
    found: list[NeedlePlan] = []
    for away_mm in (0.0, -SLAB_MM, SLAB_MM):
        if away_mm:
            view = yield c.MoveTable(to_mm=middle_mm + away_mm)
            if view.refused:
                continue
        frame, view = yield from press(view)
        plan = plan_needle(view, frame, leak)
        found += [plan] if plan.trajectories else []
        if plan.trajectories and plan.trajectories[0].quality > ENOUGH_QUALITY:
            break
    if not found:
        raise AbandonError("no way shows at this level")
    return sorted(found, key=lambda plan: -plan.trajectories[0].quality), view
