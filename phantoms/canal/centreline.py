"""Centreline: the curve of the canal, and points in the coordinates that follow it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import CanalPoint, PatientPoint, patient_point
from simulator.vocabulary.levels import Interspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Centreline:
    """A curve x(z), y(z) with its arc length, sampled evenly in z.

    Attributes:
        z_start_mm, z_step_mm: first sample and spacing
        samples: [shape=(n, 8), float64, read-only] x, y, dx/dz, dy/dz, d2x/dz2, d2y/dz2, arc length s, and the turn
            of the axes to the left and back about the curve, radians, positive where the front turns to the left
    """

    z_start_mm: float
    z_step_mm: float
    samples: FloatArray

    @classmethod
    def through(
        cls,
        points_mm: FloatArray,
        *,
        turn_rad: FloatArray | None = None,
        s_zero_z_mm: float = 0.0,
        step_mm: float = 0.5,
    ) -> Centreline:
        """Cubic spline through points [shape=(k, 3), mm, z strictly monotone]; straight beyond its ends.

        s is zero at `s_zero_z_mm` and grows to the head. `turn_rad` [shape=(k,)] is the turn at the points, none if
        left out.

        Raises:
            ValueError: fewer than four points, or z not strictly monotone.
        """
        order = np.argsort(points_mm[:, 2])
        points = points_mm[order]
        if len(points) < 4 or np.any(np.diff(points[:, 2]) <= 0.0):
            raise ValueError("a centreline needs at least four points of different height")
        spline = CubicSpline(points[:, 2], points[:, :2], bc_type="natural")
        low, high = points[0, 2], points[-1, 2]
        z = np.arange(low - 80.0, high + 80.0 + step_mm, step_mm)
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
        return cls(z_start_mm=float(z[0]), z_step_mm=step_mm, samples=samples)

    @property
    def z_mm(self) -> FloatArray:
        """Heights of the samples [shape=(n,)]."""
        return np.asarray(self.z_start_mm + self.z_step_mm * np.arange(len(self.samples)))

    def frames(self, s_mm: FloatArray) -> FloatArray:
        """Rigid frames at arc lengths s [shape=(n,) -> (n, 4, 3)].

        Origin, axes to the left, back and head.
        """
        x, y, dx, dy, turn = (np.interp(s_mm, self.samples[:, 6], self.samples[:, k]) for k in (0, 1, 2, 3, 7))
        origin = np.column_stack([x, y, np.interp(s_mm, self.samples[:, 6], self.z_mm)])
        head = np.column_stack([dx, dy, np.ones_like(dx)])
        head /= np.linalg.norm(head, axis=1, keepdims=True)
        back = np.array([0.0, 1.0, 0.0]) - head[:, 1:2] * head
        back /= np.linalg.norm(back, axis=1, keepdims=True)
        left, cos, sin = np.cross(back, head), np.cos(turn)[:, None], np.sin(turn)[:, None]
        return np.stack([origin, cos * left + sin * back, cos * back - sin * left, head], axis=1)

    def frame(self, s_mm: float) -> FloatArray:
        """Rigid frame at one arc length [shape=(4, 3)]: origin, axes to the left, back and head."""
        return np.asarray(self.frames(np.array([s_mm], dtype=np.float64))[0])

    def to_patient(self, point: CanalPoint) -> PatientPoint:
        """One point of the patient from its canal coordinates."""
        return patient_point(self.from_canal_coordinates(*point)[0])

    def wall_points(self, disc_s_mm: Mapping[Interspace, float]) -> dict[Interspace, PatientPoint]:
        """The posterior wall at the middle of each disc, from the arc lengths of the discs."""
        return {level: patient_point(self.frame(s)[0]) for level, s in disc_s_mm.items()}

    def from_canal_coordinates(
        self, u_mm: FloatArray | float, v_mm: FloatArray | float, s_mm: FloatArray | float
    ) -> FloatArray:
        """Points of the patient [shape=(n, 3), mm] from canal coordinates, each of shape (n,) or a scalar."""
        given = (np.atleast_1d(np.asarray(q, dtype=np.float64)) for q in (u_mm, v_mm, s_mm))
        u, v, s = np.broadcast_arrays(*given)
        frames = self.frames(s)
        return np.asarray(frames[:, 0] + u[:, None] * frames[:, 1] + v[:, None] * frames[:, 2])
