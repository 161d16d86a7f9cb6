"""Foraminal path: a straight way in an axial plane from the skin to the lower third of a foramen, behind the root."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phantoms.interlaminar_windows import open_angles
from phantoms.phantom import Anatomy, ZoneLabel
from simulator.spatial.frames import PatientPoint, patient_point

ASIDE_MM = np.arange(6.0, 32.0, 1.0)  # from the midline, where the foramen is looked for
DEPTH_MM = np.arange(-14.0, 16.0, 0.5)  # from the posterior wall of the canal, towards the back
BELOW_MM, ABOVE_MM = 8.0, 10.0  # of the disc's middle; the lower third of the foramen lies behind the disc
ANGLES_DEG = np.arange(10.0, 62.0, 2.0)
LEAST_FROM_NERVE_MM = LEAST_FROM_BONE_MM = 1.5
BACK_SHARE = 0.7  # of the foramen's depth that lies in front of the target: behind the root


@dataclass(frozen=True, slots=True, kw_only=True)
class ForaminalWay:
    """A target in the foramen, and the angle of an open way to it from straight behind; positive from the left."""

    target_mm: PatientPoint
    angle_deg: float


def find_foraminal_way(
    anatomy: Anatomy, wall: PatientPoint, midline_x_mm: float, side_sign: int
) -> ForaminalWay | None:
    """A straight open way into a foramen; None where there is none.

    Args:
        wall: posterior wall of the canal at the middle of the disc
        midline_x_mm: of the patient there
        side_sign: +1 for the left foramen, -1 for the right one
    """
    best: tuple[float, ForaminalWay] | None = None
    for z in np.arange(wall.z_mm - BELOW_MM, wall.z_mm + ABOVE_MM, 1.0):
        target = _target(anatomy, wall, midline_x_mm, side_sign, float(z))
        if target is None:
            continue
        angles = open_angles(anatomy, target, side_sign * ANGLES_DEG, reach_mm=170.0)
        if not len(angles):
            continue
        angle = float(angles[len(angles) // 2])
        rated = len(angles) - 0.5 * abs(float(z) - wall.z_mm)
        if best is None or rated > best[0]:
            best = rated, ForaminalWay(target_mm=target, angle_deg=angle)
    return None if best is None else best[1]


def _target(anatomy: Anatomy, wall: PatientPoint, midline_x_mm: float, side_sign: int, z: float) -> PatientPoint | None:
    """A point in the hind part of the foramen in a plane, clear of nerve, dura and bone; None where there is none."""
    x, y = np.meshgrid(midline_x_mm + side_sign * ASIDE_MM, wall.y_mm + DEPTH_MM)
    points = np.column_stack([x.ravel(), y.ravel(), np.full(x.size, z)])
    there = points[anatomy.zone(points) == ZoneLabel.FORAMINAL]
    if not len(there):
        return None
    from_nerve = np.minimum(anatomy.neural_mm(there), anatomy.dura_mm(there))
    clear = there[(from_nerve > LEAST_FROM_NERVE_MM) & (anatomy.bone_mm(there) > LEAST_FROM_BONE_MM)]
    if not len(clear):
        return None
    wanted = np.array([np.median(clear[:, 0]), np.quantile(clear[:, 1], BACK_SHARE), z])
    return patient_point(clear[int(np.argmin(np.linalg.norm(clear - wanted, axis=1)))])
