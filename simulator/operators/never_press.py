"""Never-press: plan on the planning scan, push to the planned depth, inject; not one fluoroscopy image."""

from __future__ import annotations

from simulator.interface import commands as c
from simulator.interface.view import View
from simulator.operators.blood_injection import inject_prescribed_blood
from simulator.operators.coroutine_operator import CoroutineOperator, OperatorSteps
from simulator.operators.guidance import advance, place_on_skin
from simulator.operators.needle_plan import NeedlePlan
from simulator.operators.needle_trajectory import NeedleTrajectory
from simulator.operators.treatment import treat


class NeverPress(CoroutineOperator):
    """An operator who trusts the plan: what planning alone is worth, and what the presses add to it."""

    name = "never-press"

    def treat(self, view: View) -> OperatorSteps:
        """Plan on the planning scan, then push."""
        return treat(view, _push_as_planned, lambda now, plan: inject_prescribed_blood(now))


def _push_as_planned(view: View, plan: NeedlePlan, trajectory: NeedleTrajectory) -> OperatorSteps:
    """The planned length in one go, the bevel turned half way; AbandonError on bone."""
    state, view = yield from place_on_skin(view, plan, trajectory)
    view = yield from advance(view, state, trajectory.length_mm)
    view = yield c.RemoveStylet()
    return view
