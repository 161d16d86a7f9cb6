"""Axial guidance: a needle is brought along a trajectory within one slice, by what the presses show."""

from __future__ import annotations

import math
from collections.abc import Generator

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.axial_tracking import AxialGuidanceState, press_and_detect
from simulator.operators.axial_trajectories import AxialTrajectory
from simulator.operators.console import latest_acquisition, needle_look
from simulator.operators.coroutine_operator import AbandonError, OperatorSteps
from simulator.operators.perception.needle_detection import DetectedNeedle, lean_from_direction
from simulator.operators.plunger import ask_plunger
from simulator.operators.redirection import WORTH_A_TURN_DEG, limited_turn_deg, push_parts_mm, transmitted_fraction

FIRST_PUSH_MM = 18.0
STOP_SHORT_MM = (14.0, 7.0)  # of the target, where the needle is looked at again
UNSEEN_MM = 2.8  # most that is pushed near the dura between two looks
SMALL_STEP_MM = 1.0
LAST_LOOK_MM = 1.6  # short of the target, where the needle is looked at once more
FORCE_DROP_N = 1.2  # that a hand feels as the flavum gives
LEAST_MARGIN_MM = 1.2  # to the sac's edge as seen
SEEN_BY_EYE_DEG = 3.0  # of lean out of the slice
NEAR_MM = 4.0  # to the target: too near for a turn
OFF_SLICE_MM, TURNED_FROM_MM = 1.2, 20.0  # of the tip, and the length from which the needle is turned back
MOST_PRESSES = 14
CLOSE_MM = 1.0


def guide_axially(view: View, trajectory: AxialTrajectory) -> OperatorSteps:
    """Step, press, look, correct, until plunger and image agree; AbandonError where that does not work."""
    state, view = yield from place_on_skin(view, trajectory)
    view = yield from advance(view, state, FIRST_PUSH_MM)
    for _ in range(MOST_PRESSES):
        needle, view = yield from press_and_detect(view, state)
        left_mm = state.remaining_mm(needle)
        if left_mm < CLOSE_MM:
            view, there = yield from confirm_by_plunger(view, state, left_mm)
            if there:
                return view
            continue
        view = yield from redirect(view, state, needle, left_mm)
        far, near = STOP_SHORT_MM
        if left_mm > far + 4.0:
            view = yield from advance(view, state, left_mm - far)
        elif left_mm > near + 1.0:
            view = yield from advance(view, state, left_mm - near)
        else:
            view = yield from advance_by_feel(view, state, before_last_look_mm(left_mm))
    raise AbandonError("too many images")


def place_on_skin(view: View, trajectory: AxialTrajectory) -> Generator[Command, View, tuple[AxialGuidanceState, View]]:
    """Draw the trajectory on its image, and set the needle on the skin; AbandonError where that is refused."""
    view = yield c.PlanPath(
        approach=trajectory.approach, side=trajectory.side, entry_mm=trajectory.entry, target_mm=trajectory.target
    )
    view = yield c.PlaceNeedle(
        entry_x_mm=trajectory.entry.x_mm,
        side=trajectory.side,
        table_mm=trajectory.target.z_mm,
        angle_deg=trajectory.angle_deg,
    )
    if view.refused:
        raise AbandonError(view.refused)
    view = yield from _square_up(view)
    return AxialGuidanceState.on_the_skin(trajectory), view


def _square_up(view: View) -> OperatorSteps:
    """Correct by eye a needle that leans out of the slice before it is pushed."""
    off_deg = needle_look(view).craniocaudal_lean_deg
    if abs(off_deg) >= SEEN_BY_EYE_DEG:
        view = yield c.Redirect(craniocaudal_change_deg=-off_deg)
    return view


def advance(view: View, state: AxialGuidanceState, distance_mm: float) -> OperatorSteps:
    """Push, turning the bevel half round on the way so that it does not steer; AbandonError on bone."""
    for part in push_parts_mm(distance_mm):
        view = yield c.Advance(distance_mm=part)
        if view.refused:
            raise AbandonError(view.refused)
        if view.handling.stopped:
            raise AbandonError("bone")
        state.pushed_mm += part
        view = yield c.RotateBevel(angle_deg=180.0)
    return view


def before_last_look_mm(left_mm: float) -> float:
    """How much of the last millimetres to go before the needle is looked at once more."""
    return min(left_mm - LAST_LOOK_MM, UNSEEN_MM) if left_mm > 2.0 * LAST_LOOK_MM else min(left_mm, UNSEEN_MM)


def advance_by_feel(view: View, state: AxialGuidanceState, distance_mm: float) -> OperatorSteps:
    """The last millimetres in small steps, no further than told, until something gives."""
    force = max(view.handling.force_n, default=0.0)
    gone_mm = 0.0
    while gone_mm < distance_mm - 0.3:
        step = max(min(SMALL_STEP_MM, distance_mm - gone_mm), 0.3)
        view = yield from advance(view, state, step)
        gone_mm += step
        now = view.handling.force_n[-1] if view.handling.force_n else 0.0
        force = max([force, *view.handling.force_n])
        if force - now > FORCE_DROP_N and gone_mm > distance_mm - 2.5:
            break
    return view


def redirect(view: View, state: AxialGuidanceState, needle: DetectedNeedle, left_mm: float) -> OperatorSteps:
    """Turn the needle so that what is left of the way ends at the target."""
    if left_mm < NEAR_MM:
        return view
    wanted = lean_from_direction(state.to_target(needle))
    held = transmitted_fraction(state.pushed_mm)
    # Only what is left of the way can be corrected
    turn = limited_turn_deg((wanted - state.lean_deg) / held)
    climb = _climb_deg(view, state, needle, left_mm, held)
    turn = turn if abs(turn) > WORTH_A_TURN_DEG else 0.0
    climb = climb if abs(climb) > 2 * WORTH_A_TURN_DEG else 0.0
    if turn or climb:
        view = yield c.Redirect(angle_change_deg=view.handling.lean_sign * turn, craniocaudal_change_deg=climb)
        state.lean_deg += turn * held
    return view


def _climb_deg(view: View, state: AxialGuidanceState, needle: DetectedNeedle, left_mm: float, held: float) -> float:
    """The turn towards the head that brings a tip back which has left the target's slice."""
    latest = latest_acquisition(view)
    middle = 0.5 * (len(latest.slice_centres_table_mm) - 1)
    tip_mm = view.console.table_mm + (middle - needle.tip_slice) * latest.slice_thickness_mm
    to_head_mm = state.target_table_mm - tip_mm
    drift = math.degrees(math.atan(-needle.drift_per_mm * latest.slice_thickness_mm))
    if abs(to_head_mm) > OFF_SLICE_MM and state.pushed_mm > TURNED_FROM_MM:
        return limited_turn_deg((math.degrees(math.atan2(to_head_mm, left_mm)) - drift) / held)
    return 0.0


def confirm_by_plunger(
    view: View, state: AxialGuidanceState, left_mm: float
) -> Generator[Command, View, tuple[View, bool]]:
    """At the target by the image: does the plunger agree? If not, a little more, and look again."""
    view = yield c.RemoveStylet()
    opens, view = yield from ask_plunger(view)
    if opens:
        return view, True
    view = yield c.ReplaceStylet()
    if left_mm < -LEAST_MARGIN_MM:
        raise AbandonError("beyond the target, and still firm")
    view = yield from advance(view, state, 0.7)
    return view, False
