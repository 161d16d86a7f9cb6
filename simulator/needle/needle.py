"""Needle: what it is made of and how it lies in the patient.

Frame: DICOM LPS, millimetres. Angles in radians.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Vector = tuple[float, float, float]

BEVEL_LENGTH_PER_DIAMETER = 1.75  # Quincke: 1.5-2 outer diameters (physics-and-anatomy, section 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleSpec:
    """One kind of needle.

    Attributes:
        gauge: outer diameter in gauge numbers
        outer_diameter_mm, bore_diameter_mm: ISO 9626
        length_mm: from tip to hub
        bend_radius_mm: radius of the path that the bevel steers in tissue
    """

    gauge: int
    outer_diameter_mm: float
    bore_diameter_mm: float
    length_mm: float
    bend_radius_mm: float

    @property
    def opening_behind_tip_mm(self) -> float:
        """Distance from the tip to the middle of the bevel's opening, mm."""
        return 0.5 * BEVEL_LENGTH_PER_DIAMETER * self.outer_diameter_mm


# Diameters from ISO 9626 (from memory in the reference); the bend radius of 20G is an assumption (400-900 mm).
# Lengths: Spinocan 20G, 88 and 120 mm (reference section 4, from memory).
QUINCKE_20G = NeedleSpec(gauge=20, outer_diameter_mm=0.90, bore_diameter_mm=0.60, length_mm=88.0, bend_radius_mm=600.0)
QUINCKE_20G_LONG = replace(QUINCKE_20G, length_mm=120.0)
NEEDLES = {"20G Quincke 88 mm": QUINCKE_20G, "20G Quincke 120 mm": QUINCKE_20G_LONG}


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedlePose:
    """A needle in a patient: the track that its tip has cut, which the shaft follows.

    Attributes:
        track_mm: points from the skin to the tip, x y z
        direction: unit vector in which the tip points
        bevel_rad: where the bevel's opening faces, about the shaft; 0 faces the head
        stylet_in: whether the bore is filled
        tip_side: +1 if a positive angle leads the tip to the patient's left, -1 to the right
    """

    track_mm: tuple[Vector, ...]
    direction: Vector
    bevel_rad: float
    stylet_in: bool
    tip_side: int

    @property
    def tip_mm(self) -> Vector:
        """Position of the tip."""
        return self.track_mm[-1]

    @property
    def inserted_mm(self) -> float:
        """Length of the track in tissue, mm."""
        return _length_mm(self.track_mm)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleShape:
    """The steel as a scanner meets it: a polyline from tip to hub.

    Attributes:
        points_mm: [shape=(n, 3)] tip first, x y z
        stylet_in: a filled bore attenuates more than an empty one
    """

    points_mm: tuple[Vector, ...]
    outer_diameter_mm: float
    bore_diameter_mm: float
    stylet_in: bool


def direction_from_angles(angle_rad: float, craniocaudal_rad: float, tip_side: int) -> Vector:
    """Unit vector of a needle that leans by these angles from straight down (towards the front).

    A positive `angle_rad` leads the tip in the direction `tip_side` along x; a positive `craniocaudal_rad` leads
    it to the head.
    """
    raw = np.array([tip_side * math.tan(angle_rad), -1.0, math.tan(craniocaudal_rad)])
    return as_vector(raw / np.linalg.norm(raw))


def angles_from_direction(direction: Vector, tip_side: int) -> tuple[float, float]:
    """Angles of `direction_from_angles` that give this direction, radians."""
    x, y, z = direction
    return math.atan2(tip_side * x, -y), math.atan2(z, -y)


def opening_mm(spec: NeedleSpec, pose: NeedlePose) -> Vector:
    """Position of the middle of the bevel's opening, just behind the tip."""
    return as_vector(np.asarray(pose.tip_mm) - spec.opening_behind_tip_mm * np.asarray(pose.direction))


def bevel_normal(pose: NeedlePose) -> NDArray[np.float64]:
    """Unit vector, perpendicular to the shaft, towards which the bevel's opening faces."""
    along = np.asarray(pose.direction)
    head = np.array([0.0, 0.0, 1.0]) - along[2] * along
    head /= np.linalg.norm(head)
    across = np.cross(along, head)
    return math.cos(pose.bevel_rad) * head + math.sin(pose.bevel_rad) * across


def shape_of(spec: NeedleSpec, pose: NeedlePose) -> NeedleShape:
    """The steel of a needle in place: its track, and the straight rest outside the skin."""
    track = [np.asarray(p) for p in pose.track_mm]
    skin = track[0]
    outwards = skin - track[1] if len(track) > 1 else -np.asarray(pose.direction)
    outwards = outwards / np.linalg.norm(outwards)
    hub = skin + outwards * max(spec.length_mm - pose.inserted_mm, 0.5)
    points = [*_thinned(track[::-1]), hub]
    return NeedleShape(
        points_mm=tuple(as_vector(p) for p in points),
        outer_diameter_mm=spec.outer_diameter_mm,
        bore_diameter_mm=spec.bore_diameter_mm,
        stylet_in=pose.stylet_in,
    )


def as_vector(point: NDArray[np.float64]) -> Vector:
    """Three numbers as a plain tuple."""
    return (float(point[0]), float(point[1]), float(point[2]))


def _length_mm(points: tuple[Vector, ...]) -> float:
    if len(points) < 2:
        return 0.0
    return float(np.linalg.norm(np.diff(np.asarray(points), axis=0), axis=1).sum())


def _thinned(points: list[NDArray[np.float64]], tolerance_mm: float = 0.05) -> list[NDArray[np.float64]]:
    """Fewest of these points whose polyline stays within the tolerance of all (Ramer-Douglas-Peucker)."""
    if len(points) < 3:
        return points
    first, last = points[0], points[-1]
    chord = last - first
    length = np.linalg.norm(chord)
    inner = np.asarray(points[1:-1]) - first
    along = chord / length if length > 0 else np.zeros(3)
    off = np.linalg.norm(inner - np.outer(inner @ along, along), axis=1)
    worst = int(off.argmax())
    if off[worst] <= tolerance_mm:
        return [first, last]
    split = worst + 1
    return _thinned(points[: split + 1], tolerance_mm)[:-1] + _thinned(points[split:], tolerance_mm)
