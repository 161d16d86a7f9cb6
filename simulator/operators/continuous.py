"""Continuous: the pedal stays down while the needle moves, so that every step is seen as it is made."""

from __future__ import annotations

from simulator.interface import commands as c
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators.axial_guidance import (
    CLOSE_MM,
    FIRST_PUSH_MM,
    LAST_LOOK_MM,
    AxialGuidanceState,
    advance,
    advance_by_feel,
    confirm_by_plunger,
    place_on_skin,
    press_and_detect,
    redirect,
    remaining_mm,
)
from simulator.operators.axial_trajectories import AxialTrajectory
from simulator.operators.axial_treatment import treat_axially
from simulator.operators.coroutine_operator import AbandonError, CoroutineOperator, OperatorSteps
from simulator.operators.perception.needle_detection import DetectedNeedle

STRIDE_MM = 4.0  # that is made before the picture is read again
TOLERATED_MISS_MM = 2.0  # at the target, as the shaft points now: who follows every wobble of a live picture sways
MOST_LOOKS = 40
LONGER_MM = 25.0  # the last part of the shaft, which gives the direction, must all be new in the picture


class Continuous(CoroutineOperator):
    """An operator who steers under a running beam, as in the first years of CT fluoroscopy."""

    name = "continuous"

    def treat(self, view: View) -> OperatorSteps:
        """Plan on the planning scan, then steer live."""
        return treat_axially(view, _guide_live)


def _guide_live(view: View, path: AxialTrajectory, frame: Frame) -> OperatorSteps:
    """Steer under the beam until plunger and image agree; the beam goes off to test, and when the try is given up."""
    state, view = yield from place_on_skin(view, path, frame)
    state.live, state.longer_mm = True, LONGER_MM
    view = yield from advance(view, state, FIRST_PUSH_MM)
    try:
        for _ in range(MOST_LOOKS):
            seen, view = yield from press_and_detect(view, state)
            left_mm = remaining_mm(state, seen)
            if left_mm < CLOSE_MM:
                view = yield c.ReleasePedal()
                view, there = yield from confirm_by_plunger(view, state, left_mm)
                if there:
                    return view
                continue
            if abs(_miss_mm(state, seen)) > TOLERATED_MISS_MM:
                view = yield from redirect(view, state, seen, left_mm)
            if left_mm > STRIDE_MM + LAST_LOOK_MM:
                view = yield from advance(view, state, min(STRIDE_MM, left_mm - STRIDE_MM / 2))
            else:
                to_go = left_mm - LAST_LOOK_MM if left_mm > 2.0 * LAST_LOOK_MM else left_mm
                view = yield from advance_by_feel(view, state, to_go)
    except AbandonError:
        yield c.ReleasePedal()  # refused, and harmless, where the beam is off
        raise
    yield c.ReleasePedal()
    raise AbandonError("too many images")


def _miss_mm(state: AxialGuidanceState, seen: DetectedNeedle) -> float:
    """How far beside the target the needle comes out if it goes on as it points."""
    down, across = state.target[0] - seen.tip[0], state.target[1] - seen.tip[1]
    return (across * seen.direction[0] - down * seen.direction[1]) * state.pixel_mm
