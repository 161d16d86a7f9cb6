"""The centreline of the canal: a smooth curve through points, and where the discs lie on it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.interpolate import CubicSpline

from simulator.spatial.arrays import FloatArray
from simulator.spatial.canal_transform import CanalTransform
from simulator.spatial.frames import PatientPoint, patient_point
from simulator.vocabulary.levels import Interspace

_STRAIGHT_MM = 80.0  # the curve goes on straight beyond its ends


def curve_through(
    points_mm: FloatArray,
    *,
    turn_rad: FloatArray | None = None,
    s_zero_z_mm: float = 0.0,
    step_mm: float = 0.5,
) -> CanalTransform:
    """Cubic spline through points [shape=(k, 3), mm, z strictly monotone]; straight beyond its ends.

    s is zero at `s_zero_z_mm` and grows to the head. `turn_rad` [shape=(k,)] is the turn at the points, none if left
    out.

    Raises:
        ValueError: fewer than four points, or z not strictly monotone.
    """
    order = np.argsort(points_mm[:, 2])
    points = points_mm[order]
    if len(points) < 4 or np.any(np.diff(points[:, 2]) <= 0.0):
        raise ValueError("a centreline needs at least four points of different height")
    spline = CubicSpline(points[:, 2], points[:, :2], bc_type="natural")
    low, high = points[0, 2], points[-1, 2]
    z = np.arange(low - _STRAIGHT_MM, high + _STRAIGHT_MM + step_mm, step_mm)
    inside = np.clip(z, low, high)
    first, second = spline(inside, 1), spline(inside, 2)
    straight = (z < low) | (z > high)
    second[straight] = 0.0
    position = spline(inside) + first * (z - inside)[:, None]
    speed = np.sqrt(1.0 + (first**2).sum(axis=1))
    length = np.concatenate([[0.0], np.cumsum(0.5 * (speed[1:] + speed[:-1]) * step_mm)])
    length -= np.interp(s_zero_z_mm, z, length)
    turn = np.zeros_like(z) if turn_rad is None else np.interp(z, points[:, 2], np.asarray(turn_rad)[order])
    samples = np.ascontiguousarray(np.column_stack([position, first, second, length, turn]))
    samples.setflags(write=False)
    return CanalTransform(z_start_mm=float(z[0]), z_step_mm=step_mm, samples=samples)


def wall_points(centreline: CanalTransform, disc_s_mm: Mapping[Interspace, float]) -> dict[Interspace, PatientPoint]:
    """The posterior wall at the middle of each disc, from the arc lengths of the discs."""
    return {level: patient_point(centreline.frame(s)[0]) for level, s in disc_s_mm.items()}
