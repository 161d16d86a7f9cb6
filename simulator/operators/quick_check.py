"""Quick-check: plan on the planning scan, step, press, look, correct; the way most of these procedures are done."""

from __future__ import annotations

from simulator.interface.view import View
from simulator.operators.axial_guidance import guide_axially
from simulator.operators.axial_treatment import treat_axially
from simulator.operators.coroutine_operator import CoroutineOperator, OperatorSteps
from simulator.operators.oblique_treatment import treat_foramen, treat_lumbar_obliquely, treat_neck
from simulator.operators.request import requested_interspace
from simulator.vocabulary.levels import Region
from simulator.vocabulary.procedure import Approach


class QuickCheck(CoroutineOperator):
    """An operator that images intermittently, as 87 % of published procedures do (Paulson 2001)."""

    name = "quick-check"

    def treat(self, view: View) -> OperatorSteps:
        """Plan on the planning scan, then step by step under single presses."""
        if requested_interspace(view.case.request).region is not Region.LUMBAR:
            return treat_neck(view)
        if view.case.accepted_approaches == (Approach.POSTERIOR_FORAMINAL,):
            return treat_foramen(view)
        return treat_axially(view, guide_axially, fallback=treat_lumbar_obliquely)
