"""Quick-check: plan on the planning scan, step, press, look, correct; the way most of these procedures are done."""

from __future__ import annotations

import math
import re
from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.operators.anatomy_seen import DorsalSpace, brighter_side, dorsal_space, find_sac
from simulator.operators.needle_seen import NeedleSeen, find_needle, lean_of
from simulator.operators.path_planning import TARGET_SHARE, PlannedPath, plan_paths
from simulator.procedure import commands as c
from simulator.procedure.commands import Command
from simulator.procedure.view import Frame, View

Steps = Generator[Command, View, View]

FIRST_PUSH_MM = 18.0
STOP_SHORT_MM = (14.0, 5.0)  # of the target, where the needle is looked at again
SMALL_STEP_MM = 1.0
LAST_LOOK_MM = 1.6  # short of the target, where the needle is looked at once more
GIVE_N = 1.2  # drop of the force that a hand feels as the flavum gives
LEAST_MARGIN_MM = 1.2  # to the sac's edge as seen
WORTH_A_TURN_DEG = 1.5
LARGEST_TURN_DEG = 15.0
MOST_PRESSES = 14
MOST_TRIES = 3
PORTION_ML = 2.0
CLOSE_MM = 1.0
LONGER_MM = 12.0


class AbandonError(Exception):
    """The operator sees no safe way on."""


@dataclass(slots=True)
class Course:
    """What the operator keeps in mind of one try.

    Attributes:
        entry: row and column of the skin point in the images
        target: row and column aimed at
        commanded_mm: length that was pushed
        lean_deg: in-plane lean in the images
        space: as seen last
        first_look: table position, length pushed, and image of the first press: what later ones are compared with
    """

    path: PlannedPath
    entry: tuple[float, float]
    target: tuple[float, float]
    target_slice_mm: float
    commanded_mm: float
    lean_deg: float
    space: DorsalSpace | None = None
    first_look: tuple[float, float, Frame] | None = None


class QuickCheck:
    """An operator that images intermittently, as 87 % of published procedures do (Paulson 2001)."""

    name = "quick-check"

    def __init__(self) -> None:
        self._steps: Generator[Command, View, View] | None = None

    def __call__(self, view: View) -> Command:
        """The next command."""
        try:
            if self._steps is None:
                self._steps = _treat(view)
                return next(self._steps)
            return self._steps.send(view)
        except (StopIteration, AbandonError):
            return c.Finish()


def _treat(view: View) -> Steps:
    level = level_in_words(view.request)
    view = yield c.PositionPatient(prone=True, pillow=True)
    view = yield c.TimeOut()
    view = yield c.AcquireMyelogram()
    if not view.refused:
        view = yield c.MarkLeak(level=level, side=_leak_side(view))
    view = yield c.PlaceSkinGrid(level=level)
    view = yield c.AcquirePlanningScan(levels=vertebrae_about(level), tube_voltage_kv=120, mas=view.planning_mas)
    if view.refused:
        return view
    paths = _spread_out(_planned(view))
    view = yield c.PrepareSkin()
    view = yield c.InjectLocalAnaesthetic(volume_ml=5.0)
    placed = False
    for path in paths[:MOST_TRIES]:
        try:
            view = yield from _guide(view, path)
            placed = True
            break
        except AbandonError:
            view = yield c.Withdraw(distance_mm=130.0)
    if placed:
        view = yield from _inject(view)
    view = yield c.OrderAftercare(flat_hours=6.0)
    return view


def level_in_words(request: str) -> str:
    """The interspace that a request names, such as "L3/4"."""
    found = re.search(r"\b([CTL]\d{1,2}/(?:\d{1,2}|[TLS]1))\b", request)
    if found is None:
        raise AbandonError("the request names no interspace")
    return found.group(1)


def vertebrae_about(level: str) -> tuple[str, str]:
    """The two vertebrae of an interspace: "L3/4" lies between L3 and L4, "L5/S1" between L5 and S1."""
    above, below = level.split("/")
    return above, below if below[0].isalpha() else above[0] + below


def _leak_side(view: View) -> Literal["left", "right", "both"]:
    """Scroll to the middle of the myelogram, where the level that was asked for lies, and look beside the sac."""
    latest = view.latest
    assert latest is not None
    middle = len(latest.slice_centres_table_mm) // 2
    frame = view.pictures.slices(latest.number, (middle - 1, middle, middle + 1))
    sac = find_sac(frame.hu[1], frame.pixel_spacing_mm)
    return "both" if sac is None else brighter_side(frame.hu[1], sac, frame.pixel_spacing_mm)


def _planned(view: View) -> list[PlannedPath]:
    latest = view.latest
    assert latest is not None
    frame = view.pictures.frame(latest.number)
    return plan_paths(frame.hu, frame.pixel_spacing_mm, latest.slice_thickness_mm)


def _spread_out(paths: list[PlannedPath]) -> list[PlannedPath]:
    """The best path, then the best that enter elsewhere."""
    chosen: list[PlannedPath] = []
    for path in paths:
        if all(p.side != path.side or p.slice_index != path.slice_index for p in chosen):
            chosen.append(path)
    return chosen


def _guide(view: View, path: PlannedPath) -> Steps:
    """Bring the needle from the skin into the epidural space; AbandonError where that does not work."""
    planning = next(a for a in view.acquired if a.purpose == "planning")
    frame = view.pictures.frame(planning.number)
    entry = frame.position_mm(path.slice_index, *path.entry)
    target = frame.position_mm(path.slice_index, *path.target)
    view = yield c.PlanPath(approach="paramedian interlaminar", side=path.side, entry_mm=entry, target_mm=target)
    view = yield c.PlaceNeedle(entry_x_mm=entry[0], side=path.side, table_mm=target[2], angle_deg=path.angle_deg)
    if view.refused:
        raise AbandonError(view.refused)
    lean = path.angle_deg if path.side == "right" else -path.angle_deg
    course = Course(
        path=path,
        entry=path.entry,
        target=path.target,
        target_slice_mm=target[2],
        commanded_mm=0.0,
        lean_deg=lean,
    )
    view = yield from _square_up(view)
    view = yield from _push(view, course, FIRST_PUSH_MM)
    for _ in range(MOST_PRESSES):
        seen, view = yield from _look(view, course)
        left_mm = _left_mm(course, seen, frame.pixel_spacing_mm)
        if left_mm < CLOSE_MM:
            view, there = yield from _check_there(view, course, left_mm)
            if there:
                return view
            continue
        view = yield from _correct(view, course, seen, left_mm, frame.pixel_spacing_mm)
        far, near = STOP_SHORT_MM
        if left_mm > far + 4.0:
            view = yield from _push(view, course, left_mm - far)
        elif left_mm > near + 1.0:
            view = yield from _push(view, course, left_mm - near)
        else:
            to_go = left_mm - LAST_LOOK_MM if left_mm > 2.0 * LAST_LOOK_MM else left_mm
            view = yield from _feel_forward(view, course, to_go)
    raise AbandonError("too many images")


def _square_up(view: View) -> Steps:
    """Correct by eye a needle that leans out of the slice before it is pushed."""
    assert view.needle is not None
    off = view.needle.craniocaudal_lean_deg
    if abs(off) >= 3.0:
        view = yield c.Redirect(craniocaudal_change_deg=-off)
    return view


def _push(view: View, course: Course, distance_mm: float) -> Steps:
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
        course.commanded_mm += part
        view = yield c.RotateBevel(angle_deg=180.0)
    return view


def _look(view: View, course: Course) -> Generator[Command, View, tuple[NeedleSeen, View]]:
    """Press, and find needle and target; follow the needle where it has left the slices."""
    for attempt in range(3):
        view = yield c.PressPedal()
        latest = view.latest
        assert latest is not None
        frame = view.pictures.frame(latest.number)
        seen = find_needle(
            frame.hu,
            frame.pixel_spacing_mm,
            entry=course.entry,
            lean_deg=course.lean_deg,
            inserted_mm=course.commanded_mm,
            before=_before(course, view),
        )
        if course.first_look is None:
            course.first_look = (view.table_mm, course.commanded_mm, frame)
        if seen is None:
            if attempt == 2:
                raise AbandonError("the needle is not to be found")
            continue
        missing = course.commanded_mm - seen.depth_mm
        if missing > 6.0 and attempt < 2:  # the line ends too early: the tip lies in another slice
            head, feet = seen.tip_slice < 0.7, seen.tip_slice > 1.3
            if head or feet:
                view = yield c.MoveTable(by_mm=4.0 if head else -4.0)
                continue
        course.lean_deg = lean_of(seen.direction)
        _aim_anew(course, view, seen)
        return seen, view
    raise AbandonError("the tip is not to be found")


def _before(course: Course, view: View) -> NDArray[np.float32] | None:
    """The same slices with a much shorter needle."""
    if course.first_look is None:
        return None
    table_mm, pushed_mm, frame = course.first_look
    same_slices = abs(table_mm - view.table_mm) < 0.05
    return frame.hu if same_slices and course.commanded_mm - pushed_mm > LONGER_MM else None


def _aim_anew(course: Course, view: View, seen: NeedleSeen) -> None:
    """The patient has moved a little, and the needle may be in another slice: aim at what the first press shows there.

    Later presses do not serve: the shadow beyond the tip lies over the target.
    """
    if course.first_look is None or abs(course.first_look[0] - view.table_mm) > 0.05:
        return
    frame = course.first_look[2]
    index = min(max(round(seen.tip_slice), 0), len(frame.hu) - 1)
    image = frame.hu[index]
    sac = find_sac(image, frame.pixel_spacing_mm, near=(course.target[0] + 12.0, course.target[1]))
    if sac is None:
        return
    space = dorsal_space(image, sac, frame.pixel_spacing_mm)
    if space is None:
        return
    depth_mm = (space.sac_row - space.roof_row) * frame.pixel_spacing_mm
    moved_mm = math.hypot(sac.column - course.target[1], space.sac_row - course.target[0]) * frame.pixel_spacing_mm
    if not 1.5 < depth_mm < 8.0 or moved_mm > 8.0:
        return
    course.space = space
    course.target = (space.sac_row - TARGET_SHARE * (space.sac_row - space.roof_row), sac.column)


def _left_mm(course: Course, seen: NeedleSeen, pixel_mm: float) -> float:
    """Way that is left to the target along the needle, mm."""
    down, across = course.target[0] - seen.tip[0], course.target[1] - seen.tip[1]
    return (down * seen.direction[0] + across * seen.direction[1]) * pixel_mm


def _feel_forward(view: View, course: Course, left_mm: float) -> Steps:
    """The last millimetres in small steps, no further than the target, until something gives."""
    force = max(view.felt_n, default=0.0)
    gone_mm = 0.0
    while gone_mm < left_mm - 0.3:
        step = min(SMALL_STEP_MM, left_mm - gone_mm)
        view = yield from _push(view, course, max(step, 0.3))
        gone_mm += max(step, 0.3)
        now = view.felt_n[-1] if view.felt_n else 0.0
        force = max([force, *view.felt_n])
        if force - now > GIVE_N and gone_mm > left_mm - 2.5:
            break
    return view


def _correct(view: View, course: Course, seen: NeedleSeen, left_mm: float, pixel_mm: float) -> Steps:
    """Turn the needle so that what is left of the way ends at the target."""
    if left_mm < 4.0:
        return view
    down, across = course.target[0] - seen.tip[0], course.target[1] - seen.tip[1]
    wanted = lean_of((down, across))
    held = _share_that_reaches_the_tip(course.commanded_mm)
    # what matters is where the tip comes out: turning pays only for the way that is left
    turn = _limited((wanted - course.lean_deg) / held)
    latest = view.latest
    assert latest is not None
    middle = 0.5 * (len(latest.slice_centres_table_mm) - 1)
    tip_mm = view.table_mm + (middle - seen.tip_slice) * latest.slice_thickness_mm
    to_head_mm = course.target_slice_mm - tip_mm
    drift = math.degrees(math.atan(-seen.drift_per_mm * latest.slice_thickness_mm))
    climb = 0.0
    if abs(to_head_mm) > 1.2 and course.commanded_mm > 20.0:
        climb = _limited((math.degrees(math.atan2(to_head_mm, left_mm)) - drift) / held)
    sign = view.lean_sign
    turn = turn if abs(turn) > WORTH_A_TURN_DEG else 0.0
    climb = climb if abs(climb) > 2 * WORTH_A_TURN_DEG else 0.0
    if turn or climb:
        view = yield c.Redirect(angle_change_deg=sign * turn, craniocaudal_change_deg=climb)
        course.lean_deg += turn * held
    return view


def _share_that_reaches_the_tip(inserted_mm: float) -> float:
    """What an operator has learnt: the deeper the needle, the less of a turn of the hub reaches its tip."""
    return max(1.0 - 0.75 * max(inserted_mm - 20.0, 0.0) / 40.0, 0.25)


def _limited(angle_deg: float) -> float:
    return min(max(angle_deg, -LARGEST_TURN_DEG), LARGEST_TURN_DEG)


def _check_there(view: View, course: Course, left_mm: float) -> Generator[Command, View, tuple[View, bool]]:
    """At the target by the image: does the plunger agree? If not, half a millimetre more, and look again."""
    view = yield c.RemoveStylet()
    view = yield c.TestResistance(medium="saline")
    if view.hub == "resistance lost":
        return view, True
    view = yield c.ReplaceStylet()
    if left_mm < -LEAST_MARGIN_MM:
        raise AbandonError("beyond the target, and still firm")
    view = yield from _push(view, course, 0.7)
    return view, False


def _inject(view: View) -> Steps:
    """Blood with contrast, slowly, until the patient speaks; then look."""
    view = yield c.DrawBlood(volume_ml=20.0)
    view = yield c.MixContrast(volume_ml=1.0)
    words_before = view.words_at_ms
    while view.injected_blood_ml < view.prescribed_volume_ml - 1e-6:
        portion = min(PORTION_ML, view.prescribed_volume_ml - view.injected_blood_ml)
        view = yield c.InjectBlood(volume_ml=portion, rate_ml_per_s=0.3, until_cue=True)
        if view.refused or view.words_at_ms != words_before:
            break
    view = yield c.StopInjection()
    view = yield c.Withdraw(distance_mm=130.0)
    view = yield c.AcquireControlScan(length_mm=60.0, mas=30.0)
    return view
