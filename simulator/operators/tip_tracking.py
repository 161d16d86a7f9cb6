"""Tip tracking: the table follows the tip, and a press compared with the planning scan shows patient and needle.

The comparison says how far the patient has moved and leaves nothing but the needle. What is aimed at is never looked
for in a picture that the needle's shadow lies over.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from simulator.interface import commands as c
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators.console import latest_frame
from simulator.operators.coroutine_operator import OperatorSteps
from simulator.operators.guidance_state import GuidanceState
from simulator.operators.perception.images import ImagePoint
from simulator.operators.perception.needle_detection import DetectedNeedle, detect_needle, lean_from_direction
from simulator.operators.perception.rigid_registration import estimate_rigid_shift, predict_press
from simulator.spatial.frames import PatientDisplacement

MOST_ATTEMPTS = 3
FOLLOW_MM = 2.0  # off its place in the slices, where the table moves after the tip
END_MM = 5.0  # kept from the ends of the table's range: a patient who moves shifts what can be shown
# A shaft that climbs: its tip is brought off the middle slice, so that more of it shows
STEEP_DEG, AHEAD_MM = 15.0, 3.0
WITHIN_SLICE_MM = 1.5  # a slice tells where a needle is to this much; within it reckoning counts
BEHIND_TIP_MM = 3.5  # middle of the part of the shaft by which its slice is judged
DEPTH_OFF_MM = 2.5  # that the line in the picture may end off the known length; beyond it the length counts
TIP_ELSEWHERE_MM = 5.0  # that the line in the picture is too short or too long: its end lies in other slices
LEVEL_CLIMB = 0.05  # millimetres along the spine for one of the shaft: less is no climb


def press_and_track(view: View, state: GuidanceState) -> OperatorSteps:
    """Bring the tip's slice under the beam, press, and find patient and needle in the picture."""
    for _ in range(MOST_ATTEMPTS):
        view = yield from _follow_tip(view, state)
        view = yield state.expose(view)
        frame = latest_frame(view)
        shift = estimate_rigid_shift(state.planning, frame, state.trajectory.target)
        if shift is not None:
            state.displacements.append(shift.displacement)
        shaft_z_mm = _update_needle(frame, state)
        if shaft_z_mm is None:
            continue
        highest_mm, lowest_mm = float(frame.z_mm[0]), float(frame.z_mm[-1])
        if lowest_mm - 0.5 < shaft_z_mm < highest_mm + 0.5:
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
    """Take over tip and lean from a picture; where along the spine the last part of the shaft was seen, if it was."""
    needle = _find_needle(frame, state)
    if needle is None:
        return None
    shaft_z_mm = float(frame.z_mm[0]) - needle.tip_slice * frame.slice_thickness_mm
    beyond_mm = needle.depth_mm - state.pushed_mm * state.in_plane_fraction
    if abs(beyond_mm) > TIP_ELSEWHERE_MM:
        state.tip_mm[2] = shaft_z_mm
        return shaft_z_mm
    too_far = (beyond_mm - min(max(beyond_mm, -DEPTH_OFF_MM), DEPTH_OFF_MM)) / frame.pixel_spacing_mm
    x, y, _ = frame.position_mm(
        0, needle.tip.row - too_far * needle.direction.row, needle.tip.column - too_far * needle.direction.column
    )
    z = shaft_z_mm + BEHIND_TIP_MM * math.tan(math.radians(state.along_deg))
    state.tip_mm = np.array([x, y, min(max(state.tip_mm[2], z - WITHIN_SLICE_MM), z + WITHIN_SLICE_MM)])
    state.adopt_lean(lean_from_direction(needle.direction))
    return shaft_z_mm


def _find_needle(frame: Frame, state: GuidanceState) -> DetectedNeedle | None:
    """The needle in a picture, against what the planning scan shows of these slices."""
    expected = predict_press(state.planning, frame, PatientDisplacement(*state.patient_displacement_mm))
    find = partial(
        detect_needle,
        pixel_mm=frame.pixel_spacing_mm,
        entry=ImagePoint(*frame.pixel_of(state.entry.x_mm, state.entry.y_mm)),
        lean_deg=state.across_deg,
        inserted_mm=state.pushed_mm * state.in_plane_fraction,
        shown_mm=_shown_mm(frame, state),
    )
    needle = find(frame.hu, before=expected)
    if needle is None and expected is not None:  # a short part of a steep shaft is fainter than the edges of bone
        needle = find(frame.hu - expected)
    return needle


def _shown_mm(frame: Frame, state: GuidanceState) -> float:
    """Length behind the tip, in the axial plane, that the slices of a picture hold."""
    climb = float(state.direction[2])
    if abs(climb) < LEVEL_CLIMB:
        return math.inf
    end = float(frame.z_mm[-1] if climb > 0.0 else frame.z_mm[0]) - math.copysign(0.5 * frame.slice_thickness_mm, climb)
    return max((float(state.tip_mm[2]) - end) / climb * state.in_plane_fraction, 0.0)
