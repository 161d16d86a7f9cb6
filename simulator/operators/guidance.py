"""Guidance: a needle is brought along its trajectory, by what the presses show, to where the plunger gives way.

Ways within one slice are those that lean neither to the head nor to the feet. Near the dura no push is longer than what
may be made between two looks, and the plunger is asked only where the image says that the tip is near its target.
"""

from __future__ import annotations

import math
from collections.abc import Generator

import numpy as np

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.needle_view import NeedleLook
from simulator.interface.view import View
from simulator.operators.bone_avoidance import bone_contact_offset_mm, waypoint_beside_bone
from simulator.operators.console import needle_look
from simulator.operators.coroutine_operator import AbandonError, OperatorSteps
from simulator.operators.guidance_state import GuidanceState
from simulator.operators.needle_plan import NeedlePlan
from simulator.operators.needle_trajectory import NeedleTrajectory
from simulator.operators.plunger import ask_plunger
from simulator.operators.redirection import WORTH_A_TURN_DEG, limited_turn_deg, push_parts_mm, transmitted_fraction
from simulator.operators.tip_tracking import press_and_track
from simulator.spatial.frames import TablePoint
from simulator.vocabulary.procedure import HubSign

MOST_PLACEMENTS = 3
ENTRY_OFF_MM = 3.0  # of a needle beside the laser, at which it is taken off the skin and put down again
SEEN_BY_EYE_DEG = 3.0  # of lean
FIRST_PUSH_MM = 15.0
LONGEST_PUSH_MM = 22.0  # without a look: a turn of the hub still corrects what has gone astray by then
STOP_SHORT_MM = 16.0  # of the target, where the needle is looked at again
WORTH_A_STEP_MM = 1.5  # short of where care begins: nearer than this it has begun
UNSURE_MM = 2.0  # of a tip's height
NEAR_MM = 3.0  # to the target: too near for a turn
BEYOND_MM = 2.5  # the target by reckoning: where it is still firm, this way does not lead there
FALSE_LOSS_MM = 3.0  # short of the target: a plunger that gives way here stands between fibres
BELIEVED_MM = 0.5  # short of the target: a loss before that without any fluid may be one of the retrodural space
FAR_OFF_MM = 6.0  # from the target in any direction; test contrast decides about what is nearer
BACK_MM = 1.0  # from a dura that the tip may press
FORCE_DROP_N = 1.2  # that a hand feels as the flavum gives
MOST_LOOKS = 24
MOST_BONE_CONTACTS = 4
BACK_TO_MM = 18.0  # after bone: from here a turn of the hub reaches the tip


def guide_needle(view: View, plan: NeedlePlan, trajectory: NeedleTrajectory) -> OperatorSteps:
    """Step, move the table, press, correct, then feel with the plunger; AbandonError where that does not work."""
    state, view = yield from place_on_skin(view, plan, trajectory)
    view = yield from advance(view, state, FIRST_PUSH_MM)
    for _ in range(MOST_LOOKS):
        view = yield from press_and_track(view, state)
        view = yield from redirect(view, state)
        left_mm, careful_mm = state.remaining_mm, plan.limits.careful_from_mm
        if left_mm > STOP_SHORT_MM + 4.0:
            view = yield from advance(view, state, min(left_mm - STOP_SHORT_MM, LONGEST_PUSH_MM))
        elif left_mm > careful_mm + WORTH_A_STEP_MM:
            view = yield from advance(view, state, left_mm - careful_mm)
        else:
            view, there = yield from approach_space(view, plan, state)
            if there:
                return view
    raise AbandonError("too many images")


def place_on_skin(
    view: View, plan: NeedlePlan, trajectory: NeedleTrajectory
) -> Generator[Command, View, tuple[GuidanceState, View]]:
    """Draw the trajectory, and set the needle on the skin, its lean corrected by eye before it is pushed."""
    planned, target = trajectory.entry, trajectory.target
    view = yield c.PlanPath(approach=trajectory.approach, side=trajectory.side, entry_mm=planned, target_mm=target)
    view, look = yield from _place_beside_laser(view, trajectory)
    entry = TablePoint(planned.x_mm, planned.y_mm, view.console.table_mm + look.entry_from_laser_mm)
    # The lean that leads from the real skin point to the target
    along_deg = math.degrees(math.atan2(target.z_mm - entry.z_mm, entry.y_mm - target.y_mm))
    along_off = look.craniocaudal_lean_deg - along_deg
    lean_off = look.lean_deg - trajectory.angle_deg
    if max(abs(along_off), abs(lean_off)) >= SEEN_BY_EYE_DEG:
        view = yield c.Redirect(angle_change_deg=-lean_off, craniocaudal_change_deg=-along_off)
        look = needle_look(view)
    state = GuidanceState(
        trajectory=trajectory,
        planning=plan.planning,
        bone=plan.bone,
        entry=entry,
        tip_mm=np.array(entry),
        across_deg=look.lean_deg * view.handling.lean_sign,
        along_deg=look.craniocaudal_lean_deg,
    )
    return state, view


def _place_beside_laser(view: View, trajectory: NeedleTrajectory) -> Generator[Command, View, tuple[View, NeedleLook]]:
    """The needle on the skin, put down again where the laser shows it well off the mark."""
    for _ in range(MOST_PLACEMENTS):
        view = yield c.PlaceNeedle(
            entry_x_mm=round(trajectory.entry.x_mm, 1),
            side=trajectory.side,
            table_mm=round(trajectory.entry.z_mm, 1),
            angle_deg=trajectory.angle_deg,
            craniocaudal_deg=trajectory.along_deg,
        )
        if view.refused:
            raise AbandonError(view.refused)
        if abs(needle_look(view).entry_from_laser_mm) < ENTRY_OFF_MM:
            break
    return view, needle_look(view)


def advance(view: View, state: GuidanceState, distance_mm: float) -> OperatorSteps:
    """Push, turning the bevel half round on the way so that it does not steer; back and anew where bone is met."""
    for part in push_parts_mm(distance_mm):
        view = yield c.Advance(distance_mm=part)
        if view.refused:
            raise AbandonError(view.refused)
        state.move_tip(part if not view.handling.stopped else _felt_way_mm(view))
        if view.handling.stopped:
            view = yield from _retreat_from_bone(view, state)
            return view
        view = yield c.RotateBevel(angle_deg=180.0)
    return view


def _felt_way_mm(view: View) -> float:
    """How far a push went that bone stopped: the hand feels each half millimetre."""
    return 0.5 * len(view.handling.force_n)


def _retreat_from_bone(view: View, state: GuidanceState) -> OperatorSteps:
    """Bone says where the tip is; pull back to where a turn reaches the tip, and aim anew."""
    state.bone_contacts += 1
    if state.bone_contacts > MOST_BONE_CONTACTS:
        raise AbandonError("bone")
    view = yield from press_and_track(view, state)
    state.tip_mm[2] += bone_contact_offset_mm(state)
    if state.bone_contacts > 1:
        state.waypoint_mm = waypoint_beside_bone(state)
    back_mm = state.pushed_mm - BACK_TO_MM
    if back_mm > 1.0:
        view = yield c.Withdraw(distance_mm=round(back_mm, 1))
        state.move_tip(-back_mm)
    view = yield from redirect(view, state)
    return view


def redirect(view: View, state: GuidanceState) -> OperatorSteps:
    """Turn the needle so that what is left of the way ends at the target."""
    if state.remaining_mm < NEAR_MM:
        return view
    x, y, z = state.to_aim_mm
    held = transmitted_fraction(state.pushed_mm)
    expected_z = -y * math.tan(math.radians(state.along_deg))
    turn = limited_turn_deg((math.degrees(math.atan2(x, -y)) - state.across_deg) / held)
    # Within a slice nothing tells the height of a needle: so little off is not turned after
    z -= min(max(z - expected_z, -UNSURE_MM), UNSURE_MM)
    climb = limited_turn_deg((math.degrees(math.atan2(z, -y)) - state.along_deg) / held)
    turn = turn if abs(turn) > WORTH_A_TURN_DEG else 0.0
    climb = climb if abs(climb) > WORTH_A_TURN_DEG else 0.0
    if turn or climb:
        view = yield c.Redirect(angle_change_deg=view.handling.lean_sign * turn, craniocaudal_change_deg=climb)
        if not view.refused:
            state.across_deg += turn * held
            state.along_deg += climb * held
    return view


def approach_space(view: View, plan: NeedlePlan, state: GuidanceState) -> Generator[Command, View, tuple[View, bool]]:
    """After a look, the next millimetres: no more than may go unseen, and the plunger where the target is near.

    Returns:
        The view afterwards, and whether the bevel stands in the space.
    """
    limits, contacts = plan.limits, state.bone_contacts
    if state.remaining_mm < -BEYOND_MM:
        raise AbandonError("beyond the target, and still firm")
    if state.remaining_mm > limits.ask_from_mm + limits.unseen_mm:
        view = yield from advance(view, state, limits.unseen_mm)
        return view, False
    unseen_mm, force_n = 0.0, 0.0
    while unseen_mm + limits.step_mm <= limits.unseen_mm + 1e-6:
        if state.remaining_mm < limits.ask_from_mm or force_n - _force_n(view) > FORCE_DROP_N:
            opens, view = yield from _ask_with_stylet_out(view, state)
            if opens:
                return (yield from _confirm_place(view, plan, state))
        if state.remaining_mm < -BEYOND_MM:
            break
        # The stylet is in: an open bevel would core tissue and block
        view = yield from advance(view, state, limits.step_mm)
        if state.bone_contacts > contacts:
            return view, False
        force_n = max([force_n, *view.handling.force_n])
        unseen_mm += limits.step_mm
    return view, False


def _force_n(view: View) -> float:
    return view.handling.force_n[-1] if view.handling.force_n else 0.0


def _ask_with_stylet_out(view: View, state: GuidanceState) -> Generator[Command, View, tuple[bool, View]]:
    """Whether the bevel opens into the space; short of the target a loss counts that fluid bears out."""
    view = yield c.RemoveStylet()
    opens, view = yield from ask_plunger(view)
    if opens and view.handling.hub == HubSign.RESISTANCE_LOST and state.remaining_mm > BELIEVED_MM:
        view = yield c.Aspirate()
        opens = view.handling.hub != HubSign.NOTHING
    if not opens:
        view = yield c.ReplaceStylet()
    return opens, view


def _confirm_place(view: View, plan: NeedlePlan, state: GuidanceState) -> Generator[Command, View, tuple[View, bool]]:
    """A look after the plunger gave way: is it where it should be? Back from a dura that the tip may press."""
    view = yield from press_and_track(view, state)
    off_mm = float(np.linalg.norm(state.to_target_mm))
    if off_mm > FALSE_LOSS_MM and (state.remaining_mm > 1.0 or off_mm > FAR_OFF_MM):
        if state.remaining_mm < 1.0:
            raise AbandonError("the plunger gives way, but not where it should")
        view = yield c.ReplaceStylet()  # a gap between fibres: on by a step, with another look
        view = yield from advance(view, state, plan.limits.step_mm)
        return view, False
    if state.remaining_mm < -plan.limits.near_dura_mm:
        return (yield from _back_from_dura(view, state))
    return view, True


def _back_from_dura(view: View, state: GuidanceState) -> Generator[Command, View, tuple[View, bool]]:
    """Back from a dura that the tip may press; where the bevel has left the space with that, half of it on again."""
    view = yield c.Withdraw(distance_mm=BACK_MM)
    state.move_tip(-BACK_MM)
    opens, view = yield from ask_plunger(view)
    if not opens:
        view = yield c.ReplaceStylet()
        view = yield from advance(view, state, 0.5 * BACK_MM)
        view = yield c.RemoveStylet()
        opens, view = yield from ask_plunger(view)
    if not opens:
        view = yield c.ReplaceStylet()
    return view, opens
