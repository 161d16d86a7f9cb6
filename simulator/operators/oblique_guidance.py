"""Narrow guidance: a needle is brought along a path that leaves the axial plane, to where the plunger gives way.

The table follows the tip. Each press is compared with the planning scan, which says how far the patient has moved and
leaves nothing but the needle; what is aimed at is never looked for in a picture that the needle's shadow lies over.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulator.interface import commands as c
from simulator.interface.commands import Command, Point
from simulator.interface.frame import Frame
from simulator.interface.view import NeedleLook, View
from simulator.operators.axial_guidance import transmitted_fraction
from simulator.operators.coroutine_operator import AbandonError, OperatorSteps
from simulator.operators.oblique_trajectories import BoneMap, NeedleTrajectory
from simulator.operators.perception.needle_detection import detect_needle, lean_from_direction
from simulator.operators.perception.rigid_registration import estimate_rigid_shift, predict_press
from simulator.vocabulary.procedure import ResistanceMedium

MOST_PLACEMENTS = 3
ENTRY_OFF_MM = 3.0  # of a needle beside the laser, at which it is taken off the skin and put down again
SEEN_BY_EYE_DEG = 3.0  # of lean
FIRST_PUSH_MM = 15.0
LONGEST_PUSH_MM = 22.0  # without a look: what has gone astray by then a turn of the hub still mends
STOP_SHORT_MM = (16.0, 8.0)  # of the target, where the needle is looked at again
PLUNGER_FROM_MM = 4.0  # short of the target, from where the plunger is tried at every step
SMALL_STEP_MM = 0.7
BEYOND_MM = 2.5  # the target by reckoning: what is still firm there is looked at again
FALSE_LOSS_MM = 3.0  # short of the target: a plunger that gives way here stands between fibres
FAR_OFF_MM = 6.0  # from it in any direction, as a picture shows it; what is nearer, test contrast tells
MOST_LOOKS = 14
MOST_BONES = 4
AVOIDANCE_STEP_MM = 2.0  # to the side of bone, for each time that it was met again
REST_OF_WAY = np.linspace(0.0, 0.7, 8)  # from beside bone towards the target, whose walls are near by nature
PASSED_MM = 2.0  # and less before a place beside bone: it is passed
BACK_TO_MM = 18.0  # after bone: from here a turn of the hub reaches the tip
FOLLOW_MM = 2.0  # off its place in the slices, where the table moves after the tip
END_MM = 5.0  # from where the table ends: a patient who has moved takes the end of what is shown along
STEEP_DEG, AHEAD_MM = (
    15.0,
    3.0,
)  # a shaft that climbs: its tip is brought off the middle slice, so that more of it shows
WORTH_A_TURN_DEG = 1.5
LARGEST_TURN_DEG = 15.0
WITHIN_SLICE_MM = 1.5  # a slice says where a needle is to this much; within it reckoning counts
BEHIND_TIP_MM = 3.5  # middle of the part of the shaft by which its slice is judged
LEAN_OVER_MM = (3.0, 24.0)  # behind the tip: the part of the shaft whose lean a picture shows
DEPTH_OFF_MM = 2.5  # and more: what ended there was the line in the picture, not the needle, whose length is known
FEEL_BONE_MM = 2.5  # how far reckoning may be off along the spine when bone says where it is


@dataclass(slots=True)
class ObliqueGuidanceState:
    """What the operator keeps in mind of one try; points in mm of the console.

    Attributes:
        tip_mm: where the tip is believed to be
        across_deg, along_deg: lean to the patient's left and to the head
        pushed_mm: length in the patient
        moved: the patient's movement since planning, as each press showed it
        bones: how often bone was met
        leans: of the track: its length, and the lean to the left from the last such length on
        waypoint_mm: a place beside bone that was met, to be passed on the way to the target
    """

    way: NeedleTrajectory
    planning: Frame
    bone: BoneMap
    entry_mm: Point
    tip_mm: NDArray[np.float64]
    across_deg: float
    along_deg: float
    pushed_mm: float = 0.0
    moved: list[Point] = field(default_factory=list)
    bones: int = 0
    leans: list[tuple[float, float]] = field(default_factory=list)
    waypoint_mm: NDArray[np.float64] | None = None

    @property
    def moved_mm(self) -> NDArray[np.float64]:
        """Movement of the patient: the median of what the presses showed."""
        return np.median(np.array(self.moved or [(0.0, 0.0, 0.0)]), axis=0)

    @property
    def direction(self) -> NDArray[np.float64]:
        """Unit vector along the needle's last part."""
        raw = np.array([math.tan(math.radians(self.across_deg)), -1.0, math.tan(math.radians(self.along_deg))])
        return np.asarray(raw / np.linalg.norm(raw))

    @property
    def to_target_mm(self) -> NDArray[np.float64]:
        """From the tip to the target as it lies now."""
        return np.asarray(self.way.target_mm) + self.moved_mm - self.tip_mm

    @property
    def to_aim_mm(self) -> NDArray[np.float64]:
        """From the tip to what is aimed at now: a place beside bone until it is passed, then the target."""
        if self.waypoint_mm is not None:
            to = self.waypoint_mm + self.moved_mm - self.tip_mm
            if float(to @ self.direction) > PASSED_MM:
                return np.asarray(to)
        return self.to_target_mm

    @property
    def in_plane(self) -> float:
        """Share of the shaft's length that the axial plane shows."""
        return float(np.hypot(*self.direction[:2]))

    def advanced(self, made_mm: float) -> None:
        """The tip went on, or back, along the needle."""
        self.pushed_mm += made_mm
        self.tip_mm = self.tip_mm + made_mm * self.direction
        self.leans = [part for part in self.leans if part[0] < self.pushed_mm]
        self.leans.append((self.pushed_mm, self.across_deg))

    def shown_lean_deg(self) -> float:
        """Lean of the part of the shaft that a picture shows: a turn of the hub bends only what comes after it."""
        first, last = (max(self.pushed_mm - off, 0.0) for off in LEAN_OVER_MM[::-1])
        whole, begin = 0.0, 0.0
        for end, lean in self.leans:
            whole += lean * max(min(end, last) - max(begin, first), 0.0)
            begin = end
        return whole / (last - first) if last > first else self.across_deg

    def seen_to_lean(self, lean_deg: float) -> None:
        """Take over the lean of the shaft in a picture; what was turned since counts on top of it."""
        off = lean_deg - self.shown_lean_deg()
        self.across_deg += off
        self.leans = [(end, lean + off) for end, lean in self.leans]

    @property
    def left_mm(self) -> float:
        """Way that is left along the needle."""
        return float(self.to_target_mm @ self.direction)


def guide_obliquely(view: View, way: NeedleTrajectory, planning: Frame, bone: BoneMap) -> OperatorSteps:
    """Step, move the table, press, correct, then feel with the plunger; AbandonError where that does not work."""
    state, view = yield from _begin(view, way, planning, bone)
    view = yield from _push(view, state, FIRST_PUSH_MM)
    for _ in range(MOST_LOOKS):
        view = yield from _look(view, state)
        view = yield from _correct(view, state)
        far, near = STOP_SHORT_MM
        left = state.left_mm
        if left > far + 4.0:
            view = yield from _push(view, state, min(left - far, LONGEST_PUSH_MM))
        elif left > near + 1.5:
            view = yield from _push(view, state, left - near)
        else:
            view, there = yield from _feel(view, state)
            if there:
                return view
    raise AbandonError("too many images")


def _begin(
    view: View, way: NeedleTrajectory, planning: Frame, bone: BoneMap
) -> Generator[Command, View, tuple[ObliqueGuidanceState, View]]:
    view = yield c.PlanPath(approach=way.approach, side=way.side, entry_mm=way.entry_mm, target_mm=way.target_mm)
    view, look = yield from _placed(way)
    entry = (way.entry_mm[0], way.entry_mm[1], view.table_mm + look.entry_from_laser_mm)
    # from where it stands, not side by side with the plan
    along_deg = math.degrees(math.atan2(way.target_mm[2] - entry[2], entry[1] - way.target_mm[1]))
    off = look.craniocaudal_lean_deg - along_deg
    lean_off = look.lean_deg - way.angle_deg
    if max(abs(off), abs(lean_off)) >= SEEN_BY_EYE_DEG:  # corrected before the needle is pushed
        view = yield c.Redirect(angle_change_deg=-lean_off, craniocaudal_change_deg=-off)
        assert view.needle is not None
        look = view.needle
    state = ObliqueGuidanceState(
        way=way,
        planning=planning,
        bone=bone,
        entry_mm=entry,
        tip_mm=np.array(entry),
        across_deg=look.lean_deg * view.lean_sign,
        along_deg=look.craniocaudal_lean_deg,
    )
    return state, view


def _placed(way: NeedleTrajectory) -> Generator[Command, View, tuple[View, NeedleLook]]:
    """The needle on the skin, put down again where the laser shows it well off the mark."""
    tries = 0
    while True:
        view = yield c.PlaceNeedle(
            entry_x_mm=round(way.entry_mm[0], 1),
            side=way.side,
            table_mm=round(way.entry_mm[2], 1),
            angle_deg=way.angle_deg,
            craniocaudal_deg=way.along_deg,
        )
        if view.refused:
            raise AbandonError(view.refused)
        assert view.needle is not None
        tries += 1
        if tries == MOST_PLACEMENTS or abs(view.needle.entry_from_laser_mm) < ENTRY_OFF_MM:
            return view, view.needle


def _push(view: View, state: ObliqueGuidanceState, distance_mm: float) -> OperatorSteps:
    """Advance, turning the bevel half round on the way so that it does not steer; back and anew where bone is met."""
    distance_mm = round(distance_mm, 1)
    first = round(distance_mm / 2, 1) if distance_mm > 4.0 else distance_mm
    for part in (first, round(distance_mm - first, 1)):
        if part < 0.1:
            continue
        view = yield c.Advance(distance_mm=part)
        if view.refused:
            raise AbandonError(view.refused)
        made = part if not view.stopped else _felt_way_mm(view)
        state.advanced(made)
        if view.stopped:
            view = yield from _off_the_bone(view, state)
            return view
        view = yield c.RotateBevel(angle_deg=180.0)
    return view


def _felt_way_mm(view: View) -> float:
    """How far a push went that bone stopped: the hand feels each half millimetre."""
    return 0.5 * len(view.felt_n)


def _off_the_bone(view: View, state: ObliqueGuidanceState) -> OperatorSteps:
    """Bone says where the tip is; pull back to where a turn reaches the tip, and aim anew."""
    state.bones += 1
    if state.bones > MOST_BONES:
        raise AbandonError("bone")
    view = yield from _look(view, state)
    tip = state.tip_mm - state.moved_mm
    off = np.arange(-FEEL_BONE_MM, FEEL_BONE_MM + 0.01, 0.5)
    near = np.abs(state.bone.clearance_mm(tip + np.outer(off, (0.0, 0.0, 1.0)))) + 0.15 * np.abs(off)
    state.tip_mm[2] += off[int(near.argmin())]
    if state.bones > 1:
        state.waypoint_mm = bone_avoidance_point(state)
    back = state.pushed_mm - BACK_TO_MM
    if back > 1.0:
        view = yield c.Withdraw(distance_mm=round(back, 1))
        state.advanced(-back)
    view = yield from _correct(view, state)
    return view


def bone_avoidance_point(state: ObliqueGuidanceState) -> NDArray[np.float64]:
    """Where to walk off bone that was met again: a little further each time, to where the rest of the way is freest."""
    contact = state.tip_mm - state.moved_mm
    rest = np.asarray(state.way.target_mm) - contact
    across = np.cross(state.direction, (0.0, 0.0, 1.0))
    across /= np.linalg.norm(across)
    upward = np.cross(across, state.direction)
    turns = np.radians(np.arange(0.0, 360.0, 30.0))
    beside = contact + AVOIDANCE_STEP_MM * (state.bones - 1) * (
        np.outer(np.cos(turns), across) + np.outer(np.sin(turns), upward)
    )
    # there, and a good part of the way on to the target
    free = [state.bone.clearance_mm(one + np.outer(REST_OF_WAY, contact + rest - one)).min() for one in beside]
    return np.asarray(beside[int(np.argmax(free))])


def _look(view: View, state: ObliqueGuidanceState) -> OperatorSteps:
    """Bring the tip's slice under the beam, press, and find patient and needle in the picture."""
    for _ in range(3):
        ahead = math.copysign(AHEAD_MM, state.along_deg) if abs(state.along_deg) > STEEP_DEG else 0.0
        middle = float(state.tip_mm[2]) - ahead
        if abs(middle - view.table_mm) > FOLLOW_MM:
            low, high = view.table_range_mm
            middle = min(max(middle, low + END_MM), high - END_MM)
            view = yield c.MoveTable(to_mm=round(middle, 1))
        view = yield c.PressPedal()
        latest = view.latest
        assert latest is not None
        frame = view.pictures.frame(latest.number)
        moved = estimate_rigid_shift(state.planning, frame, state.way.target_mm)
        if moved is not None:
            state.moved.append(moved.by_mm)
        seen_mm = _read(frame, state)
        if seen_mm is None:
            continue
        ends_mm = float(frame.z_mm[0]), float(frame.z_mm[-1])
        if ends_mm[1] - 0.5 < seen_mm < ends_mm[0] + 0.5:
            return view
    return view


def _read(frame: Frame, state: ObliqueGuidanceState) -> float | None:
    """Take over tip and lean from a picture; where along the spine the last part of the shaft was seen, if it was."""
    inserted = state.pushed_mm * state.in_plane
    expected = predict_press(state.planning, frame, tuple(state.moved_mm))
    find = partial(
        detect_needle,
        pixel_mm=frame.pixel_spacing_mm,
        entry=frame.pixel_of(state.entry_mm[0], state.entry_mm[1]),
        lean_deg=state.across_deg,
        inserted_mm=inserted,
        shown_mm=_shown_mm(frame, state),
    )
    seen = find(frame.hu, before=expected)
    if seen is None and expected is not None:  # a short part of a steep shaft is fainter than the edges of bone
        seen = find(frame.hu - expected)
    if seen is None:
        return None
    seen_mm = float(frame.z_mm[0]) - seen.tip_slice * frame.slice_thickness_mm
    if abs(seen.depth_mm - inserted) > 5.0:  # the shaft's end lies in other slices
        state.tip_mm[2] = seen_mm
        return seen_mm
    beyond = seen.depth_mm - inserted
    too_far = (beyond - min(max(beyond, -DEPTH_OFF_MM), DEPTH_OFF_MM)) / frame.pixel_spacing_mm
    x, y, _ = frame.position_mm(0, *(at - too_far * step for at, step in zip(seen.tip, seen.direction, strict=True)))
    z = seen_mm + BEHIND_TIP_MM * math.tan(math.radians(state.along_deg))
    state.tip_mm = np.array([x, y, min(max(state.tip_mm[2], z - WITHIN_SLICE_MM), z + WITHIN_SLICE_MM)])
    state.seen_to_lean(lean_from_direction(seen.direction))
    return seen_mm


def _shown_mm(frame: Frame, state: ObliqueGuidanceState) -> float:
    """Length behind the tip, in the axial plane, that the slices of a picture hold."""
    climb = float(state.direction[2])
    if abs(climb) < 0.05:
        return math.inf
    end = float(frame.z_mm[-1] if climb > 0.0 else frame.z_mm[0]) - math.copysign(0.5 * frame.slice_thickness_mm, climb)
    return max((float(state.tip_mm[2]) - end) / climb * state.in_plane, 0.0)


def _correct(view: View, state: ObliqueGuidanceState) -> OperatorSteps:
    """Turn the needle so that what is left of the way ends at the target."""
    if state.left_mm < 3.0:
        return view
    to = state.to_aim_mm
    held = transmitted_fraction(state.pushed_mm)
    turn = _limited((math.degrees(math.atan2(to[0], -to[1])) - state.across_deg) / held)
    climb = _limited((math.degrees(math.atan2(to[2], -to[1])) - state.along_deg) / held)
    turn = turn if abs(turn) > WORTH_A_TURN_DEG else 0.0
    climb = climb if abs(climb) > WORTH_A_TURN_DEG else 0.0
    if turn or climb:
        view = yield c.Redirect(angle_change_deg=view.lean_sign * turn, craniocaudal_change_deg=climb)
        if not view.refused:
            state.across_deg += turn * held
            state.along_deg += climb * held
    return view


def _limited(angle_deg: float) -> float:
    return min(max(angle_deg, -LARGEST_TURN_DEG), LARGEST_TURN_DEG)


def _feel(view: View, state: ObliqueGuidanceState) -> Generator[Command, View, tuple[View, bool]]:
    """The last millimetres with the plunger, no further than a little beyond the target; then a look to make sure."""
    if state.left_mm > PLUNGER_FROM_MM + 1.0:
        bones = state.bones
        view = yield from _push(view, state, state.left_mm - PLUNGER_FROM_MM)
        if state.bones > bones:
            return view, False
    if state.left_mm < -BEYOND_MM:
        raise AbandonError("beyond the target, and still firm")
    lost = False
    while not lost and state.left_mm > -BEYOND_MM:
        bones = state.bones
        view = yield from _push(view, state, SMALL_STEP_MM)  # stylet in: an open bevel would core tissue and block
        if state.bones > bones:
            return view, False
        view = yield c.RemoveStylet()
        view = yield c.TestResistance(medium=ResistanceMedium.SALINE)
        lost = view.hub == "resistance lost"
        if not lost:
            view = yield c.ReplaceStylet()
    if not lost:
        return view, False
    view = yield from _look(view, state)
    off_mm = float(np.linalg.norm(state.to_target_mm))
    if off_mm > FALSE_LOSS_MM and (state.left_mm > 1.0 or off_mm > FAR_OFF_MM):
        if state.left_mm < 1.0:
            raise AbandonError("the plunger gives way, but not where it should")
        view = yield c.ReplaceStylet()  # a gap between fibres: on, with another look
        return view, False
    return view, True
