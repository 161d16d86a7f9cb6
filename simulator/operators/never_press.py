"""Never-press: plan on the planning scan, push to the planned depth, inject; not one fluoroscopy image."""

from __future__ import annotations

import math

from simulator.interface import commands as c
from simulator.interface.view import Frame, View
from simulator.operators.coroutine_operator import Steps, StepwiseOperator
from simulator.operators.guidance import begin, push
from simulator.operators.injection import inject
from simulator.operators.path_planning import PlannedPath
from simulator.operators.treatment import treat_as_planned


class NeverPress(StepwiseOperator):
    """An operator who trusts the plan: what planning alone is worth, and what the presses add to it."""

    name = "never-press"

    def treat(self, view: View) -> Steps:
        """Plan on the planning scan, then push."""
        return treat_as_planned(view, _push_as_planned, inject)


def _push_as_planned(view: View, path: PlannedPath, frame: Frame) -> Steps:
    """The planned length in one go, the bevel turned half way; AbandonError on bone."""
    course, view = yield from begin(view, path, frame)
    depth_mm = math.dist(path.entry, path.target) * frame.pixel_spacing_mm
    view = yield from push(view, course, depth_mm)
    view = yield c.RemoveStylet()
    return view
