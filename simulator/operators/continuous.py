"""Continuous: the pedal stays down while the needle moves, so that every step is seen as it is made."""

from __future__ import annotations

from simulator.interface import commands as c
from simulator.interface.view import View
from simulator.operators.axial_guidance import (
    CLOSE_MM,
    FIRST_PUSH_MM,
    LAST_LOOK_MM,
    advance,
    advance_by_feel,
    before_last_look_mm,
    confirm_by_plunger,
    place_on_skin,
    redirect,
)
from simulator.operators.axial_tracking import press_and_detect
from simulator.operators.axial_trajectories import AxialTrajectory
from simulator.operators.axial_treatment import treat_axially
from simulator.operators.coroutine_operator import AbandonError, CoroutineOperator, OperatorSteps

STRIDE_MM = 4.0  # that is made before the picture is read again
TOLERATED_MISS_MM = 2.0  # at the target, as the shaft points now; correcting less makes the needle sway
MOST_LOOKS = 40
LONGER_MM = 25.0  # so that all of the shaft's last part, which gives the direction, is new in the picture


class Continuous(CoroutineOperator):
    """An operator who steers under a running beam, as in the first years of CT fluoroscopy."""

    name = "continuous"

    def treat(self, view: View) -> OperatorSteps:
        """Plan on the planning scan, then steer live."""
        return treat_axially(view, _guide_live)


def _guide_live(view: View, trajectory: AxialTrajectory) -> OperatorSteps:
    """Steer under the beam until plunger and image agree; the beam goes off to test, and when the try is given up."""
    state, view = yield from place_on_skin(view, trajectory)
    state.live, state.longer_mm = True, LONGER_MM
    view = yield from advance(view, state, FIRST_PUSH_MM)
    try:
        for _ in range(MOST_LOOKS):
            needle, view = yield from press_and_detect(view, state)
            left_mm = state.remaining_mm(needle)
            if left_mm < CLOSE_MM:
                view = yield c.ReleasePedal()
                view, there = yield from confirm_by_plunger(view, state, left_mm)
                if there:
                    return view
                continue
            if abs(state.miss_mm(needle)) > TOLERATED_MISS_MM:
                view = yield from redirect(view, state, needle, left_mm)
            if left_mm > STRIDE_MM + LAST_LOOK_MM:
                view = yield from advance(view, state, min(STRIDE_MM, left_mm - STRIDE_MM / 2))
            else:
                view = yield from advance_by_feel(view, state, before_last_look_mm(left_mm))
    except AbandonError:
        yield c.ReleasePedal()  # refused, and harmless, where the beam is off
        raise
    yield c.ReleasePedal()
    raise AbandonError("too many images")
