"""Tip tracking: the table follows the tip, and a press compared with the planning scan shows patient and needle.

The comparison says how far the patient has moved and leaves nothing but the needle. What is aimed at is never looked
for in a picture that the needle's shadow lies over.
"""

from __future__ import annotations

import math

import numpy as np

from simulator.interface import commands as c
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators.console import latest_frame
from simulator.operators.coroutine_operator import OperatorSteps
from simulator.operators.guidance_state import GuidanceState
from simulator.operators.perception.images import Image, ImagePoint
from simulator.operators.perception.needle_detection import detect_needle, lean_from_direction
from simulator.operators.perception.rigid_registration import estimate_rigid_shift, predict_press
from simulator.operators.perception.tip_location import BelievedNeedle, locate_tip
from simulator.spatial.frames import PatientDisplacement, TablePoint

MOST_ATTEMPTS = 3
FOLLOW_MM = 2.0  # off its place in the slices, where the table moves after the tip
OUT_MM = 1.5  # beyond the middle of an end slice, where a tip still shows in it
END_MM = 5.0  # kept from the ends of the table's range: a patient who moves shifts what can be shown
# A shaft that climbs: its tip is brought off the middle slice, so that more of it shows
STEEP_DEG, AHEAD_MM = 15.0, 3.0
BEYOND_FACE_MM = 2.0  # of the slices, where a tip is believed to be that has left them
# A tip that climbs and stays behind what is pushed has left the slices unseen: what shows there is its shaft
MOST_BEHIND_MM = 3.5
# A climb is read from the slices where it is one; what a picture shows of it counts for a part
CLIMBS_DEG, CLIMB_BELIEVED = 8.0, 0.35


def press_and_track(view: View, state: GuidanceState) -> OperatorSteps:
    """Bring the tip's slice under the beam, press, and find patient and needle in the picture."""
    for _ in range(MOST_ATTEMPTS):
        view = yield from _follow_tip(view, state)
        view = yield state.expose(view)
        frame = latest_frame(view)
        shift = estimate_rigid_shift(state.planning, frame, state.trajectory.target)
        if shift is not None:
            state.displacements.append(shift.displacement)
        tip_z_mm = _update_needle(frame, state)
        if tip_z_mm is None:
            continue
        highest_mm, lowest_mm = float(frame.z_mm[0]), float(frame.z_mm[-1])
        if lowest_mm - OUT_MM < tip_z_mm < highest_mm + OUT_MM:
            return view
    return view


def _follow_tip(view: View, state: GuidanceState) -> OperatorSteps:
    """Move the table after the tip, where it has left its place in the slices."""
    ahead = math.copysign(AHEAD_MM, state.along_deg) if abs(state.along_deg) > STEEP_DEG else 0.0
    middle = float(state.tip_mm[2]) - ahead
    if abs(middle - view.console.table_mm) > FOLLOW_MM:
        low, high = view.console.table_range_mm
        middle = min(max(middle, low + END_MM), high - END_MM)
        view = yield c.MoveTable(to_mm=round(middle, 1))
    return view


def _update_needle(frame: Frame, state: GuidanceState) -> float | None:
    """Take over tip and lean from a picture; the tip's height, if a needle was seen."""
    without = predict_press(state.planning, frame, PatientDisplacement(*state.patient_displacement_mm))
    if state.seen_at_mm is None:
        return _first_sight(frame, state, without)
    believed = BelievedNeedle(
        tip=TablePoint(*state.tip_mm.tolist()),
        across_deg=state.across_deg,
        along_deg=state.along_deg,
        length_mm=float(np.hypot(*(state.tip_mm[:2] - np.asarray(state.entry)[:2]))),
        unseen_mm=abs(state.pushed_mm - state.seen_at_mm),
    )
    located = locate_tip(frame, without, believed)
    if located is None:
        if state.doubted_mm is not None:  # nothing further on: it was the tip
            state.tip_mm, state.doubted_mm = state.doubted_mm, None
        return None
    state.doubted_mm = None
    state.see_tip(located.tip)
    state.adopt_lean(located.across_deg)
    if abs(state.along_deg) > STEEP_DEG and state.behind_mm > MOST_BEHIND_MM:
        state.doubt_tip()
        return None
    if located.leaves_at_mm is not None:  # its end lies there or beyond: another look, a slice further
        state.tip_mm[2] = located.leaves_at_mm + math.copysign(BEYOND_FACE_MM, state.along_deg)
        return None
    if located.in_slices and abs(state.along_deg) > CLIMBS_DEG:
        state.along_deg += CLIMB_BELIEVED * (located.along_deg - state.along_deg)
    state.seen_at_mm = state.pushed_mm
    return located.tip.z_mm


def _first_sight(frame: Frame, state: GuidanceState, without: Image | None) -> float | None:
    """A short needle is found by its whole shaft and what stands out of the skin; its height is that of the entry."""
    needle = detect_needle(
        frame.hu,
        frame.pixel_spacing_mm,
        entry=ImagePoint(*frame.pixel_of(state.entry.x_mm, state.entry.y_mm)),
        lean_deg=state.across_deg,
        inserted_mm=state.pushed_mm * state.in_plane_fraction,
        before=without,
    )
    if needle is None:
        return None
    x, y, _ = frame.position_mm(0, needle.tip.row, needle.tip.column)
    state.tip_mm = np.array([x, y, state.tip_mm[2]])
    state.adopt_lean(lean_from_direction(needle.direction))
    state.seen_at_mm = state.pushed_mm
    return float(state.tip_mm[2])
