"""Needle: what it is made of and how it lies in the patient.

Frame: DICOM LPS, millimetres. Angles in radians.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vector = tuple[float, float, float]

Tip = Literal["Quincke", "Whitacre", "Tuohy"]

# Middle of the opening behind the tip, in outer diameters. Quincke: half a bevel of 1.5-2 outer diameters (reference,
# section 4). Tuohy: half a bevel of 2.5, Whitacre: a side hole some 2 outer diameters back (assumptions).
OPENING_PER_DIAMETER: Mapping[Tip, float] = {"Quincke": 0.875, "Tuohy": 1.25, "Whitacre": 2.0}
BOW_PIECES = 8
INTRODUCER_MM = 40.0  # assumption: length of the 17G introducer of a coaxial set
INTRODUCER_OUTER_MM, INTRODUCER_BORE_MM = 1.47, 1.07  # 17G, ISO 9626 (from memory)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleSpec:
    """One kind of needle.

    Attributes:
        gauge: outer diameter in gauge numbers
        outer_diameter_mm, bore_diameter_mm: ISO 9626
        length_mm: from tip to hub
        bend_radius_mm: radius of the path that the tip steers in tissue
        tip: how it is ground
        introducer_mm: length of the introducer in which the shaft runs, 0 without one
    """

    gauge: int
    outer_diameter_mm: float
    bore_diameter_mm: float
    length_mm: float
    bend_radius_mm: float
    tip: Tip = "Quincke"
    introducer_mm: float = 0.0

    @property
    def opening_behind_tip_mm(self) -> float:
        """Distance from the tip to the middle of the opening, mm."""
        return OPENING_PER_DIAMETER[self.tip] * self.outer_diameter_mm


# Diameters from ISO 9626 and lengths 88 and 120 mm from memory in the reference, section 4 (17G: from memory).
_DIAMETERS_MM = {17: (1.47, 1.07), 18: (1.27, 0.84), 20: (0.90, 0.60), 22: (0.70, 0.41), 25: (0.51, 0.26)}
_LENGTHS_MM = (88.0, 120.0)
# Radii of the path, mm. Quincke 22G: 8.89 mm off axis at 80 mm of gel (RAND16), 25G: 1 mm per 10 mm of meat (DRUM80),
# 20G: assumption of the reference (400-900), 18G: with the square of the diameter, as 20G against 22G (assumption).
# Whitacre 22G: 0.73 mm at 80 mm (RAND16), the others with the square of the diameter (assumption). Tuohy: as an 18G
# Quincke, with the square of the diameter (assumption).
_RADII_MM: Mapping[tuple[Tip, int], float] = {
    ("Quincke", 18): 1200.0,
    ("Quincke", 20): 600.0,
    ("Quincke", 22): 360.0,
    ("Quincke", 25): 300.0,
    ("Whitacre", 18): 14400.0,
    ("Whitacre", 20): 7250.0,
    ("Whitacre", 22): 4380.0,
    ("Whitacre", 25): 2330.0,
    ("Tuohy", 17): 1600.0,
    ("Tuohy", 18): 1200.0,
}


def _named() -> dict[str, NeedleSpec]:
    named: dict[str, NeedleSpec] = {}
    for (tip, gauge), radius_mm in _RADII_MM.items():
        outer_mm, bore_mm = _DIAMETERS_MM[gauge]
        for length_mm in _LENGTHS_MM:
            spec = NeedleSpec(
                gauge=gauge,
                outer_diameter_mm=outer_mm,
                bore_diameter_mm=bore_mm,
                length_mm=length_mm,
                bend_radius_mm=radius_mm,
                tip=tip,
            )
            named[f"{gauge}G {tip} {length_mm:.0f} mm"] = spec
            if (tip, gauge) == ("Quincke", 20):
                named[f"20G Quincke coaxial {length_mm:.0f} mm"] = replace(spec, introducer_mm=INTRODUCER_MM)
    return named


NEEDLES: Mapping[str, NeedleSpec] = _named()
QUINCKE_20G = NEEDLES["20G Quincke 88 mm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedlePose:
    """A needle in a patient: the track that its tip has cut, which the shaft follows.

    Attributes:
        track_mm: points from the skin to the tip, x y z
        direction: unit vector in which the tip points
        bevel_rad: where the bevel's opening faces, about the shaft; 0 faces the head
        stylet_in: whether the bore is filled
        tip_side: +1 if a positive angle leads the tip to the patient's left, -1 to the right
        bow_mm: how far the shaft outside the skin bows sideways, pressed against bone
        open_mm: way through solid tissue with an open bore; enough of it blocks the bore
    """

    track_mm: tuple[Vector, ...]
    direction: Vector
    bevel_rad: float
    stylet_in: bool
    tip_side: int
    bow_mm: float = 0.0
    open_mm: float = 0.0

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
    """The steel of a needle in place: its track, and the rest outside the skin, straight unless pressed on bone."""
    track = [np.asarray(p) for p in pose.track_mm]
    skin = track[0]
    outwards = skin - track[1] if len(track) > 1 else -np.asarray(pose.direction)
    outwards = outwards / np.linalg.norm(outwards)
    free_mm = max(spec.length_mm - pose.inserted_mm, 0.5)
    outside = [skin + outwards * free_mm]
    if pose.bow_mm > 0.0:
        shares = np.arange(1, BOW_PIECES + 1) / BOW_PIECES
        sideways = bevel_normal(pose)
        outside = [skin + outwards * free_mm * s + sideways * pose.bow_mm * math.sin(math.pi * s) for s in shares]
    return NeedleShape(
        points_mm=tuple(as_vector(p) for p in [*_thinned(track[::-1]), *outside]),
        outer_diameter_mm=spec.outer_diameter_mm,
        bore_diameter_mm=spec.bore_diameter_mm,
        stylet_in=pose.stylet_in,
    )


def introducer_of(spec: NeedleSpec, pose: NeedlePose) -> NeedleShape | None:
    """The introducer about the shaft's first part in tissue; None without one."""
    if spec.introducer_mm <= 0.0 or len(pose.track_mm) < 2:
        return None
    track = np.asarray(pose.track_mm)
    gone = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(track, axis=0), axis=1))])
    inside = track[gone <= spec.introducer_mm + 1e-9]
    if len(inside) < 2:
        return None
    return NeedleShape(
        points_mm=tuple(as_vector(p) for p in _thinned(list(inside[::-1]))),
        outer_diameter_mm=INTRODUCER_OUTER_MM,
        bore_diameter_mm=INTRODUCER_BORE_MM,
        stylet_in=False,
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
