"""Quick-check: plan on the planning scan, step, press, look, correct; the way most of these procedures are done."""

from __future__ import annotations

from simulator.interface.view import View
from simulator.operators.coroutine_operator import Steps, StepwiseOperator
from simulator.operators.guidance import guide
from simulator.operators.oblique_treatment import oblique_lumbar, treat_foramen, treat_neck
from simulator.operators.preparation import level_in_words
from simulator.operators.treatment import treat_as_planned

FORAMINAL = "posterior foraminal"


class QuickCheck(StepwiseOperator):
    """An operator that images intermittently, as 87 % of published procedures do (Paulson 2001)."""

    name = "quick-check"

    def treat(self, view: View) -> Steps:
        """Plan on the planning scan, then step by step under single presses."""
        if level_in_words(view.request)[0] in "CT":
            return treat_neck(view)
        if view.accepted_approaches == (FORAMINAL,):
            return treat_foramen(view)
        return treat_as_planned(view, guide, otherwise=oblique_lumbar)
