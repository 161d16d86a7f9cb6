"""Continuous: the pedal stays down while the needle moves, so that every step is seen as it is made."""

from __future__ import annotations

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.coroutine_operator import AbandonError, CoroutineOperator, OperatorSteps
from simulator.operators.guidance import FIRST_PUSH_MM, advance, approach_space, place_on_skin, redirect
from simulator.operators.needle_plan import NeedlePlan
from simulator.operators.needle_trajectory import NeedleTrajectory
from simulator.operators.tip_tracking import press_and_track
from simulator.operators.treatment import treat

STRIDE_MM = 4.0  # that is made before the picture is read again
TOLERATED_MISS_MM = 2.0  # at the target, as the shaft points now; correcting less makes the needle sway
MOST_LOOKS = 40


class Continuous(CoroutineOperator):
    """An operator who steers under a running beam, as in the first years of CT fluoroscopy."""

    name = "continuous"

    def treat(self, view: View) -> OperatorSteps:
        """Plan on the planning scan, then steer live."""
        return treat(view, _guide_live)


def _guide_live(view: View, plan: NeedlePlan, trajectory: NeedleTrajectory) -> OperatorSteps:
    """Steer under the beam; for the last millimetres it goes off between the steps, and when the try is given up."""
    state, view = yield from place_on_skin(view, plan, trajectory)
    state.expose = _keep_pedal_down
    view = yield from advance(view, state, FIRST_PUSH_MM)
    try:
        for _ in range(MOST_LOOKS):
            view = yield from press_and_track(view, state)
            if state.miss_mm > TOLERATED_MISS_MM:
                view = yield from redirect(view, state)
            left_mm = state.remaining_mm - plan.limits.careful_from_mm
            if left_mm > 0.5:
                view = yield from advance(view, state, min(STRIDE_MM, left_mm))
                continue
            if view.console.pedal_down:
                view = yield c.ReleasePedal()
            view, there = yield from approach_space(view, plan, state)
            if there:
                if view.console.pedal_down:
                    view = yield c.ReleasePedal()
                return view
    except AbandonError:
        yield c.ReleasePedal()  # refused, and harmless, where the beam is off
        raise
    yield c.ReleasePedal()
    raise AbandonError("too many images")


def _keep_pedal_down(view: View) -> Command:
    """The next rotation; the pedal goes down for the first."""
    return c.Wait(duration_s=view.console.settings.image_s) if view.console.pedal_down else c.PressPedal(hold=True)
