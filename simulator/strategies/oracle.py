"""Oracle: the expert who is told where the tip truly is after every look. It is no operator, but their upper bound.

It needs the session that it works in, so it can be named in studies alone, and nobody can mistake it for a program that
sees: it lives above the rooms that know no truth. Hands err as everybody's do.
"""

from __future__ import annotations

import numpy as np

from simulator.engine.session import Session
from simulator.interface.view import View
from simulator.operators.attention import attend
from simulator.operators.coroutine_operator import AbandonError, CoroutineOperator, OperatorSteps
from simulator.operators.guidance import advance as push
from simulator.operators.guidance import approach_space, place_on_skin, redirect
from simulator.operators.guidance_state import GuidanceState
from simulator.operators.needle_plan import NeedlePlan
from simulator.operators.needle_trajectory import NeedleTrajectory
from simulator.operators.tip_tracking import press_and_track
from simulator.operators.treatment import treat

ORACLE = "oracle"
FIRST_MM, STEP_MM, MOST_LOOKS = 15.0, 15.0, 24


class Oracle(CoroutineOperator):
    """The expert's way with the true tip in hand.

    Args:
        session: in which it operates, and from which it reads what nobody else may
    """

    name = ORACLE

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def treat(self, view: View) -> OperatorSteps:
        """As the expert, told where the tip is."""
        return attend(treat(view, guide=self._guide), view)

    def _guide(self, view: View, plan: NeedlePlan, trajectory: NeedleTrajectory) -> OperatorSteps:
        state, view = yield from place_on_skin(view, plan, trajectory)
        view = yield from push(view, state, FIRST_MM)
        for _ in range(MOST_LOOKS):
            view = yield from press_and_track(view, state)
            self._tell(state)
            view = yield from redirect(view, state)
            left_mm = state.remaining_mm - plan.limits.careful_from_mm
            if left_mm > 1.0:
                view = yield from push(view, state, min(left_mm, STEP_MM))
                continue
            view, there = yield from approach_space(view, plan, state)
            if there:
                return view
        raise AbandonError("too many images")

    def _tell(self, state: GuidanceState) -> None:
        """The true tip, where the scanner would show it, in place of what was read from pixels."""
        needle, presses = self._session.state.needle.pose, self._session.presses()
        if needle is not None and presses:
            shift = self._session.acquisition(presses[-1]).scene.patient_displacement_mm
            state.tip_mm = np.array(self._session.world.table_transform(shift).to_table(needle.tip_mm))
