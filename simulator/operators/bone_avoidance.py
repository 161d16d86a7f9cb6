"""Bone avoidance: where a tip lies that has met bone, and where to lead it past."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.operators.guidance_state import GuidanceState

AVOIDANCE_STEP_MM = 2.0  # to the side of bone, for each time that it was met again
REST_OF_WAY = np.linspace(0.0, 0.7, 8)  # from beside bone towards the target, whose walls are near by nature
TURN_STEP_DEG = 30.0  # about the needle
BONE_SEARCH_MM, SEARCH_STEP_MM = 2.5, 0.5  # along the spine: how far reckoning may be off
LEAST_CHANGE_WEIGHT = 0.15  # of a millimetre along the spine, against one from bone


def bone_contact_offset_mm(state: GuidanceState) -> float:
    """How far along the spine the tip lies from where it is believed to be, now that it touches bone."""
    tip = state.tip_mm - state.patient_displacement_mm
    off = np.arange(-BONE_SEARCH_MM, BONE_SEARCH_MM + 0.01, SEARCH_STEP_MM)
    distances = np.abs(state.bone.clearance_mm(tip + np.outer(off, (0.0, 0.0, 1.0))))
    return float(off[int((distances + LEAST_CHANGE_WEIGHT * np.abs(off)).argmin())])


def waypoint_beside_bone(state: GuidanceState) -> NDArray[np.float64]:
    """The place beside a bone contact from which the rest of the way is freest [shape=(3,)].

    It lies further from the contact each time that bone is met.
    """
    contact = state.tip_mm - state.patient_displacement_mm
    rest = np.asarray(state.trajectory.target) - contact
    across = np.cross(state.direction, (0.0, 0.0, 1.0))
    across /= np.linalg.norm(across)
    upward = np.cross(across, state.direction)
    turns = np.radians(np.arange(0.0, 360.0, TURN_STEP_DEG))
    beside = contact + AVOIDANCE_STEP_MM * (state.bone_contacts - 1) * (
        np.outer(np.cos(turns), across) + np.outer(np.sin(turns), upward)
    )
    # there, and a good part of the way on to the target
    free = [state.bone.clearance_mm(one + np.outer(REST_OF_WAY, contact + rest - one)).min() for one in beside]
    return np.asarray(beside[int(np.argmax(free))])
