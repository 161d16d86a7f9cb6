"""Oblique guidance: a needle is brought along a way that leaves the axial plane, to where the plunger gives way."""

from __future__ import annotations

import math
from collections.abc import Generator

import numpy as np

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.needle_view import NeedleLook
from simulator.interface.view import View
from simulator.operators.bone_avoidance import bone_contact_offset_mm, waypoint_beside_bone
from simulator.operators.bone_map import BoneMap
from simulator.operators.console import needle_look
from simulator.operators.coroutine_operator import AbandonError, OperatorSteps
from simulator.operators.needle_trajectory import NeedleTrajectory
from simulator.operators.oblique_state import ObliqueGuidanceState
from simulator.operators.oblique_tracking import press_and_track
from simulator.operators.plunger import ask_plunger
from simulator.operators.redirection import WORTH_A_TURN_DEG, limited_turn_deg, push_parts_mm, transmitted_fraction
from simulator.spatial.frames import TablePoint
from simulator.vocabulary.levels import Region
from simulator.vocabulary.procedure import HubSign

MOST_PLACEMENTS = 3
ENTRY_OFF_MM = 3.0  # of a needle beside the laser, at which it is taken off the skin and put down again
SEEN_BY_EYE_DEG = 3.0  # of lean
FIRST_PUSH_MM = 15.0
LONGEST_PUSH_MM = 22.0  # without a look: a turn of the hub still corrects what has gone astray by then
STOP_SHORT_MM = (16.0, 8.0)  # of the target, where the needle is looked at again
NEAR_MM = 3.0  # to the target: too near for a turn
PLUNGER_FROM_MM = 4.0  # short of the target, from where the plunger is tried at every step
SMALL_STEP_MM = 0.7
UNSEEN_MM = 1.9  # most that is pushed near the dura between two looks
BEYOND_MM = 2.5  # the target by reckoning: where it is still firm, the needle is looked at again
OFF_THE_DURA_MM = 0.3  # in a neck, whose space is 2 mm deep: a dura that the tip has pressed in comes free
FALSE_LOSS_MM = 3.0  # short of the target: a plunger that gives way here stands between fibres
BELIEVED_MM = 0.5  # short of the target: a loss before that without any fluid may be one of the retrodural space
FAR_OFF_MM = 6.0  # from the target in any direction; test contrast decides about what is nearer
MOST_LOOKS = 20
MOST_BONE_CONTACTS = 4
BACK_TO_MM = 18.0  # after bone: from here a turn of the hub reaches the tip


def guide_obliquely(view: View, trajectory: NeedleTrajectory, planning: Frame, bone: BoneMap) -> OperatorSteps:
    """Step, move the table, press, correct, then feel with the plunger; AbandonError where that does not work."""
    state, view = yield from _place_on_skin(view, trajectory, planning, bone)
    view = yield from _advance(view, state, FIRST_PUSH_MM)
    for _ in range(MOST_LOOKS):
        view = yield from press_and_track(view, state)
        view = yield from _redirect(view, state)
        far, near = STOP_SHORT_MM
        left_mm = state.remaining_mm
        if left_mm > far + 4.0:
            view = yield from _advance(view, state, min(left_mm - far, LONGEST_PUSH_MM))
        elif left_mm > near + 1.5:
            view = yield from _advance(view, state, left_mm - near)
        else:
            view, there = yield from _advance_with_plunger(view, state)
            if there:
                return view
    raise AbandonError("too many images")


def _place_on_skin(
    view: View, trajectory: NeedleTrajectory, planning: Frame, bone: BoneMap
) -> Generator[Command, View, tuple[ObliqueGuidanceState, View]]:
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
    state = ObliqueGuidanceState(
        trajectory=trajectory,
        planning=planning,
        bone=bone,
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


def _advance(view: View, state: ObliqueGuidanceState, distance_mm: float) -> OperatorSteps:
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


def _retreat_from_bone(view: View, state: ObliqueGuidanceState) -> OperatorSteps:
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
    view = yield from _redirect(view, state)
    return view


def _redirect(view: View, state: ObliqueGuidanceState) -> OperatorSteps:
    """Turn the needle so that what is left of the way ends at the target."""
    if state.remaining_mm < NEAR_MM:
        return view
    x, y, z = state.to_aim_mm
    held = transmitted_fraction(state.pushed_mm)
    turn = limited_turn_deg((math.degrees(math.atan2(x, -y)) - state.across_deg) / held)
    climb = limited_turn_deg((math.degrees(math.atan2(z, -y)) - state.along_deg) / held)
    turn = turn if abs(turn) > WORTH_A_TURN_DEG else 0.0
    climb = climb if abs(climb) > WORTH_A_TURN_DEG else 0.0
    if turn or climb:
        view = yield c.Redirect(angle_change_deg=view.handling.lean_sign * turn, craniocaudal_change_deg=climb)
        if not view.refused:
            state.across_deg += turn * held
            state.along_deg += climb * held
    return view


def _advance_with_plunger(view: View, state: ObliqueGuidanceState) -> Generator[Command, View, tuple[View, bool]]:
    """The last millimetres with the plunger, no further than a little beyond the target; then a look to make sure."""
    contacts = state.bone_contacts
    if state.remaining_mm > PLUNGER_FROM_MM + SMALL_STEP_MM:
        view = yield from _advance(view, state, min(state.remaining_mm - PLUNGER_FROM_MM, UNSEEN_MM))
        return view, False
    if state.remaining_mm < -BEYOND_MM:
        raise AbandonError("beyond the target, and still firm")
    lost, unseen_mm = False, 0.0
    while not lost and state.remaining_mm > -BEYOND_MM and unseen_mm + SMALL_STEP_MM <= UNSEEN_MM:
        unseen_mm += SMALL_STEP_MM
        # The stylet is in: an open bevel would core tissue and block
        view = yield from _advance(view, state, SMALL_STEP_MM)
        if state.bone_contacts > contacts:
            return view, False
        view = yield c.RemoveStylet()
        lost, view = yield from _ask_short_of_target(view, state)
        if not lost:
            view = yield c.ReplaceStylet()
    if not lost:
        return view, False
    return (yield from _confirm_place(view, state))


def _ask_short_of_target(view: View, state: ObliqueGuidanceState) -> Generator[Command, View, tuple[bool, View]]:
    """Whether the bevel opens into the space; short of the target a loss counts that fluid bears out."""
    opens, view = yield from ask_plunger(view)
    if opens and view.handling.hub == HubSign.RESISTANCE_LOST and state.remaining_mm > BELIEVED_MM:
        view = yield c.Aspirate()
        opens = view.handling.hub != HubSign.NOTHING
    return opens, view


def _confirm_place(view: View, state: ObliqueGuidanceState) -> Generator[Command, View, tuple[View, bool]]:
    """A look after the plunger gave way: is it where it should be?"""
    view = yield from press_and_track(view, state)
    off_mm = float(np.linalg.norm(state.to_target_mm))
    if off_mm > FALSE_LOSS_MM and (state.remaining_mm > 1.0 or off_mm > FAR_OFF_MM):
        if state.remaining_mm < 1.0:
            raise AbandonError("the plunger gives way, but not where it should")
        view = yield c.ReplaceStylet()  # a gap between fibres: on, with another look
        return view, False
    if view.case.requested_level.region is Region.CERVICAL:
        view = yield c.Withdraw(distance_mm=OFF_THE_DURA_MM)
    return view, True
