"""Guidance: a needle is brought from the skin into the epidural space by what the presses show."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators.axial_trajectories import TARGET_FRACTION, AxialTrajectory
from simulator.operators.coroutine_operator import AbandonError, OperatorSteps
from simulator.operators.perception.needle_detection import DetectedNeedle, detect_needle, lean_from_direction
from simulator.operators.perception.sac_detection import DorsalEpiduralSpace, detect_sac, measure_dorsal_space
from simulator.vocabulary.procedure import Approach, ResistanceMedium

FIRST_PUSH_MM = 18.0
STOP_SHORT_MM = (14.0, 5.0)  # of the target, where the needle is looked at again
SMALL_STEP_MM = 1.0
LAST_LOOK_MM = 1.6  # short of the target, where the needle is looked at once more
GIVE_N = 1.2  # drop of the force that a hand feels as the flavum gives
LEAST_MARGIN_MM = 1.2  # to the sac's edge as seen
WORTH_A_TURN_DEG = 1.5
LEARNT_AT_MM = (20.0, 30.0, 40.0, 50.0, 60.0)
LEARNT_FRACTION = (1.0, 0.9, 0.75, 0.5, 0.25)
LARGEST_TURN_DEG = 15.0
MOST_PRESSES = 14
CLOSE_MM = 1.0
LONGER_MM = 12.0


@dataclass(slots=True)
class AxialGuidanceState:
    """What the operator keeps in mind of one try.

    Attributes:
        entry: row and column of the skin point in the images
        target: row and column aimed at
        commanded_mm: length that was pushed
        lean_deg: in-plane lean in the images
        space: as seen last
        pixel_mm: width of a pixel
        live: whether the pedal stays down while the needle moves
        longer_mm: how much longer the needle must be than at the first press for the two to be compared
        first_look: table position, length pushed, and image of the first press: what later ones are compared with
    """

    path: AxialTrajectory
    entry: tuple[float, float]
    target: tuple[float, float]
    target_slice_mm: float
    commanded_mm: float
    lean_deg: float
    pixel_mm: float
    live: bool = False
    longer_mm: float = LONGER_MM
    space: DorsalEpiduralSpace | None = None
    first_look: tuple[float, float, Frame] | None = None


def place_on_skin(
    view: View, path: AxialTrajectory, frame: Frame
) -> Generator[Command, View, tuple[AxialGuidanceState, View]]:
    """Draw the path on the image that it was found on, and set the needle on the skin; AbandonError where refused."""
    entry = frame.position_mm(path.slice_index, *path.entry)
    target = frame.position_mm(path.slice_index, *path.target)
    view = yield c.PlanPath(approach=Approach.PARAMEDIAN_INTERLAMINAR, side=path.side, entry_mm=entry, target_mm=target)
    view = yield c.PlaceNeedle(entry_x_mm=entry[0], side=path.side, table_mm=target[2], angle_deg=path.angle_deg)
    if view.refused:
        raise AbandonError(view.refused)
    lean = path.angle_deg if path.side == "right" else -path.angle_deg
    state = AxialGuidanceState(
        path=path,
        entry=path.entry,
        target=path.target,
        target_slice_mm=target[2],
        commanded_mm=0.0,
        lean_deg=lean,
        pixel_mm=frame.pixel_spacing_mm,
    )
    view = yield from _square_up(view)
    return state, view


def guide_axially(view: View, path: AxialTrajectory, frame: Frame) -> OperatorSteps:
    """Step, press, look, correct, until plunger and image agree; AbandonError where that does not work."""
    state, view = yield from place_on_skin(view, path, frame)
    view = yield from advance(view, state, FIRST_PUSH_MM)
    for _ in range(MOST_PRESSES):
        seen, view = yield from press_and_detect(view, state)
        left_mm = remaining_mm(state, seen)
        if left_mm < CLOSE_MM:
            view, there = yield from confirm_by_plunger(view, state, left_mm)
            if there:
                return view
            continue
        view = yield from redirect(view, state, seen, left_mm)
        far, near = STOP_SHORT_MM
        if left_mm > far + 4.0:
            view = yield from advance(view, state, left_mm - far)
        elif left_mm > near + 1.0:
            view = yield from advance(view, state, left_mm - near)
        else:
            to_go = left_mm - LAST_LOOK_MM if left_mm > 2.0 * LAST_LOOK_MM else left_mm
            view = yield from advance_by_feel(view, state, to_go)
    raise AbandonError("too many images")


def _square_up(view: View) -> OperatorSteps:
    """Correct by eye a needle that leans out of the slice before it is pushed."""
    assert view.needle is not None
    off = view.needle.craniocaudal_lean_deg
    if abs(off) >= 3.0:
        view = yield c.Redirect(craniocaudal_change_deg=-off)
    return view


def advance(view: View, state: AxialGuidanceState, distance_mm: float) -> OperatorSteps:
    """Advance, turning the bevel half round on the way so that it does not steer."""
    distance_mm = round(distance_mm, 1)
    first = round(distance_mm / 2, 1) if distance_mm > 4.0 else distance_mm
    for part in (first, round(distance_mm - first, 1)):
        if part < 0.1:
            continue
        view = yield c.Advance(distance_mm=part)
        if view.refused:
            raise AbandonError(view.refused)
        if view.stopped:
            raise AbandonError("bone")
        state.commanded_mm += part
        view = yield c.RotateBevel(angle_deg=180.0)
    return view


def press_and_detect(view: View, state: AxialGuidanceState) -> Generator[Command, View, tuple[DetectedNeedle, View]]:
    """Press, and find needle and target; follow the needle where it has left the slices."""
    for attempt in range(3):
        view = yield _exposure(view, state)
        latest = view.latest
        assert latest is not None
        frame = view.pictures.frame(latest.number)
        seen = detect_needle(
            frame.hu,
            frame.pixel_spacing_mm,
            entry=state.entry,
            lean_deg=state.lean_deg,
            inserted_mm=state.commanded_mm,
            before=_before(state, view),
        )
        if state.first_look is None:
            state.first_look = (view.table_mm, state.commanded_mm, frame)
        if seen is None:
            if attempt == 2:
                raise AbandonError("the needle is not to be found")
            continue
        missing = state.commanded_mm - seen.depth_mm
        if missing > 6.0 and attempt < 2:  # the line ends too early: the tip lies in another slice
            head, feet = seen.tip_slice < 0.7, seen.tip_slice > 1.3
            if head or feet:
                view = yield c.MoveTable(by_mm=4.0 if head else -4.0)
                continue
        state.lean_deg = lean_from_direction(seen.direction)
        _aim_anew(state, view, seen)
        return seen, view
    raise AbandonError("the tip is not to be found")


def _exposure(view: View, state: AxialGuidanceState) -> Command:
    """What brings the next image: a press, or, with the pedal down, the next rotation."""
    if state.live and view.pedal_down:
        return c.Wait(duration_s=view.technique.image_s)
    return c.PressPedal(hold=state.live)


def _before(state: AxialGuidanceState, view: View) -> NDArray[np.float32] | None:
    """The same slices with a much shorter needle."""
    if state.first_look is None:
        return None
    table_mm, pushed_mm, frame = state.first_look
    same_slices = abs(table_mm - view.table_mm) < 0.05
    return frame.hu if same_slices and state.commanded_mm - pushed_mm > state.longer_mm else None


def _aim_anew(state: AxialGuidanceState, view: View, seen: DetectedNeedle) -> None:
    """The patient has moved a little, and the needle may be in another slice: aim at what the first press shows there.

    Later presses do not serve: the shadow beyond the tip lies over the target.
    """
    if state.first_look is None or abs(state.first_look[0] - view.table_mm) > 0.05:
        return
    frame = state.first_look[2]
    index = min(max(round(seen.tip_slice), 0), len(frame.hu) - 1)
    image = frame.hu[index]
    sac = detect_sac(image, frame.pixel_spacing_mm, near=(state.target[0] + 12.0, state.target[1]))
    if sac is None:
        return
    space = measure_dorsal_space(image, sac, frame.pixel_spacing_mm)
    if space is None:
        return
    depth_mm = (space.sac_row - space.flavum_row) * frame.pixel_spacing_mm
    moved_mm = math.hypot(sac.column - state.target[1], space.sac_row - state.target[0]) * frame.pixel_spacing_mm
    if not 1.5 < depth_mm < 8.0 or moved_mm > 8.0:
        return
    state.space = space
    state.target = (space.sac_row - TARGET_FRACTION * (space.sac_row - space.flavum_row), sac.column)


def remaining_mm(state: AxialGuidanceState, seen: DetectedNeedle) -> float:
    """Way that is left to the target along the needle, mm."""
    down, across = state.target[0] - seen.tip[0], state.target[1] - seen.tip[1]
    return (down * seen.direction[0] + across * seen.direction[1]) * state.pixel_mm


def advance_by_feel(view: View, state: AxialGuidanceState, left_mm: float) -> OperatorSteps:
    """The last millimetres in small steps, no further than the target, until something gives."""
    force = max(view.felt_n, default=0.0)
    gone_mm = 0.0
    while gone_mm < left_mm - 0.3:
        step = min(SMALL_STEP_MM, left_mm - gone_mm)
        view = yield from advance(view, state, max(step, 0.3))
        gone_mm += max(step, 0.3)
        now = view.felt_n[-1] if view.felt_n else 0.0
        force = max([force, *view.felt_n])
        if force - now > GIVE_N and gone_mm > left_mm - 2.5:
            break
    return view


def redirect(view: View, state: AxialGuidanceState, seen: DetectedNeedle, left_mm: float) -> OperatorSteps:
    """Turn the needle so that what is left of the way ends at the target."""
    if left_mm < 4.0:
        return view
    down, across = state.target[0] - seen.tip[0], state.target[1] - seen.tip[1]
    wanted = lean_from_direction((down, across))
    held = transmitted_fraction(state.commanded_mm)
    # what matters is where the tip comes out: turning pays only for the way that is left
    turn = _limited((wanted - state.lean_deg) / held)
    latest = view.latest
    assert latest is not None
    middle = 0.5 * (len(latest.slice_centres_table_mm) - 1)
    tip_mm = view.table_mm + (middle - seen.tip_slice) * latest.slice_thickness_mm
    to_head_mm = state.target_slice_mm - tip_mm
    drift = math.degrees(math.atan(-seen.drift_per_mm * latest.slice_thickness_mm))
    climb = 0.0
    if abs(to_head_mm) > 1.2 and state.commanded_mm > 20.0:
        climb = _limited((math.degrees(math.atan2(to_head_mm, left_mm)) - drift) / held)
    sign = view.lean_sign
    turn = turn if abs(turn) > WORTH_A_TURN_DEG else 0.0
    climb = climb if abs(climb) > 2 * WORTH_A_TURN_DEG else 0.0
    if turn or climb:
        view = yield c.Redirect(angle_change_deg=sign * turn, craniocaudal_change_deg=climb)
        state.lean_deg += turn * held
    return view


def transmitted_fraction(inserted_mm: float) -> float:
    """What an operator has learnt: the deeper the needle, the less of a turn of the hub reaches its tip."""
    return float(np.interp(inserted_mm, LEARNT_AT_MM, LEARNT_FRACTION))


def _limited(angle_deg: float) -> float:
    return min(max(angle_deg, -LARGEST_TURN_DEG), LARGEST_TURN_DEG)


def confirm_by_plunger(
    view: View, state: AxialGuidanceState, left_mm: float
) -> Generator[Command, View, tuple[View, bool]]:
    """At the target by the image: does the plunger agree? If not, half a millimetre more, and look again."""
    view = yield c.RemoveStylet()
    view = yield c.TestResistance(medium=ResistanceMedium.SALINE)
    if view.hub == "resistance lost":
        return view, True
    view = yield c.ReplaceStylet()
    if left_mm < -LEAST_MARGIN_MM:
        raise AbandonError("beyond the target, and still firm")
    view = yield from advance(view, state, 0.7)
    return view, False
