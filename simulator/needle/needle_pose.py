"""Needle pose: how a needle lies in the patient, and where its tip, its opening and its bevel point.

Angles in radians.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simulator.needle.needle_catalogue import NeedleSpec
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import PatientDirection, PatientPoint, patient_direction, patient_point
from simulator.spatial.polyline import polyline_length_mm


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedlePose:
    """A needle in a patient: the track that its tip has cut, which the shaft follows.

    Attributes:
        track_mm: points from the skin to the tip
        direction: in which the tip points
        bevel_rad: where the bevel's opening faces, about the shaft; 0 faces the head
        stylet_in: whether the bore is filled
        tip_side: +1 if a positive angle leads the tip to the patient's left, -1 to the right
        bow_mm: how far the shaft outside the skin bows sideways, pressed against bone
        open_mm: way through solid tissue with an open bore; enough of it blocks the bore
    """

    track_mm: tuple[PatientPoint, ...]
    direction: PatientDirection
    bevel_rad: float
    stylet_in: bool
    tip_side: int
    bow_mm: float = 0.0
    open_mm: float = 0.0

    @property
    def tip_mm(self) -> PatientPoint:
        """Position of the tip."""
        return self.track_mm[-1]

    @property
    def inserted_mm(self) -> float:
        """Length of the track in tissue, mm."""
        return _track_length_mm(self.track_mm)


@lru_cache(maxsize=64)  # a step asks for the same few tracks again and again
def _track_length_mm(track_mm: tuple[PatientPoint, ...]) -> float:
    return polyline_length_mm(track_mm)


def direction_from_angles(angle_rad: float, craniocaudal_rad: float, tip_side: int) -> PatientDirection:
    """Unit vector of a needle that leans by these angles from straight down (towards the front).

    A positive `angle_rad` leads the tip in the direction `tip_side` along x; a positive `craniocaudal_rad` leads
    it to the head.
    """
    raw = np.array([tip_side * math.tan(angle_rad), -1.0, math.tan(craniocaudal_rad)])
    return patient_direction(raw / np.linalg.norm(raw))


def angles_from_direction(direction: PatientDirection, tip_side: int) -> tuple[float, float]:
    """Angles of `direction_from_angles` that give this direction, radians."""
    x, y, z = direction
    return math.atan2(tip_side * x, -y), math.atan2(z, -y)


def opening_mm(spec: NeedleSpec, pose: NeedlePose) -> PatientPoint:
    """Position of the middle of the bevel's opening, just behind the tip."""
    return patient_point(np.asarray(pose.tip_mm) - spec.opening_behind_tip_mm * np.asarray(pose.direction))


def bevel_normal(pose: NeedlePose) -> FloatArray:
    """Unit vector, perpendicular to the shaft, towards which the bevel's opening faces."""
    return normal_of_bevel(pose.direction, pose.bevel_rad)


def normal_of_bevel(direction: PatientDirection, bevel_rad: float) -> FloatArray:
    """The same of a shaft in this direction, whose bevel has this angle."""
    x, y, z = direction
    head = np.array([0.0, 0.0, 1.0]) - z * np.array(direction)
    head /= math.sqrt(head.dot(head))  # as numpy's norm has it, which takes longer to begin
    a, b, c = head.tolist()
    across = np.array([y * c - z * b, z * a - x * c, x * b - y * a])
    return np.asarray(math.cos(bevel_rad) * head + math.sin(bevel_rad) * across)
