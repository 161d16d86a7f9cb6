"""Quick-check: plan on the planning scan, step, press, look, correct; the way most of these procedures are done."""

from __future__ import annotations

from simulator.interface.view import View
from simulator.operators.attention import attend
from simulator.operators.coroutine_operator import CoroutineOperator, OperatorSteps
from simulator.operators.treatment import treat


class QuickCheck(CoroutineOperator):
    """An operator that images intermittently, as 87 % of published procedures do (Paulson 2001)."""

    name = "quick-check"

    def treat(self, view: View) -> OperatorSteps:
        """Plan on the planning scan, then step by step under single presses."""
        return attend(treat(view), view)
