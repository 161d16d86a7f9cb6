"""Continuous: the pedal stays down while the needle moves, so that every step is seen as it is made."""

from __future__ import annotations

from simulator.interface import commands as c
from simulator.interface.view import Frame, View
from simulator.operators.coroutine_operator import AbandonError, Steps, StepwiseOperator
from simulator.operators.guidance import (
    CLOSE_MM,
    FIRST_PUSH_MM,
    LAST_LOOK_MM,
    GuidanceState,
    begin,
    check_there,
    correct,
    feel_forward,
    look,
    push,
    way_left_mm,
)
from simulator.operators.path_planning import PlannedPath
from simulator.operators.perception.needle_detection import NeedleSeen
from simulator.operators.treatment import treat_as_planned

STRIDE_MM = 4.0  # that is made before the picture is read again
TOLERATED_MISS_MM = 2.0  # at the target, as the shaft points now: who follows every wobble of a live picture sways
MOST_LOOKS = 40
LONGER_MM = 25.0  # the last part of the shaft, which gives the direction, must all be new in the picture


class Continuous(StepwiseOperator):
    """An operator who steers under a running beam, as in the first years of CT fluoroscopy."""

    name = "continuous"

    def treat(self, view: View) -> Steps:
        """Plan on the planning scan, then steer live."""
        return treat_as_planned(view, _guide_live)


def _guide_live(view: View, path: PlannedPath, frame: Frame) -> Steps:
    """Steer under the beam until plunger and image agree; the beam goes off to test, and when the try is given up."""
    course, view = yield from begin(view, path, frame)
    course.live, course.longer_mm = True, LONGER_MM
    view = yield from push(view, course, FIRST_PUSH_MM)
    try:
        for _ in range(MOST_LOOKS):
            seen, view = yield from look(view, course)
            left_mm = way_left_mm(course, seen)
            if left_mm < CLOSE_MM:
                view = yield c.ReleasePedal()
                view, there = yield from check_there(view, course, left_mm)
                if there:
                    return view
                continue
            if abs(_miss_mm(course, seen)) > TOLERATED_MISS_MM:
                view = yield from correct(view, course, seen, left_mm)
            if left_mm > STRIDE_MM + LAST_LOOK_MM:
                view = yield from push(view, course, min(STRIDE_MM, left_mm - STRIDE_MM / 2))
            else:
                to_go = left_mm - LAST_LOOK_MM if left_mm > 2.0 * LAST_LOOK_MM else left_mm
                view = yield from feel_forward(view, course, to_go)
    except AbandonError:
        yield c.ReleasePedal()  # refused, and harmless, where the beam is off
        raise
    yield c.ReleasePedal()
    raise AbandonError("too many images")


def _miss_mm(course: GuidanceState, seen: NeedleSeen) -> float:
    """How far beside the target the needle comes out if it goes on as it points."""
    down, across = course.target[0] - seen.tip[0], course.target[1] - seen.tip[1]
    return (across * seen.direction[0] - down * seen.direction[1]) * course.pixel_mm
