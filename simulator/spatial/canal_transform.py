"""CanalTransform: from the coordinates that follow the canal to the patient at rest, and back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import CanalPoint, PatientPoint, patient_point

_NEWTON_STEPS = 3
_LEAST_SLOPE = 0.2  # so far from the curve that no nearest point is left, a step stays finite


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CanalTransform:
    """Coordinates about a curve x(z), y(z) with its arc length, sampled evenly in z; `phantoms` makes it.

    The curve is the posterior wall of the vertebral bodies: u is to the left of it, v behind it, s along it to the
    head. Both ways are linear between the samples: to the patient along s, to the canal along z. They undo each other
    within 0.01 mm up to 60 mm beside the curve.

    Attributes:
        z_start_mm, z_step_mm: first sample and spacing
        samples: [shape=(n, 8), float64, read-only] x, y, dx/dz, dy/dz, d2x/dz2, d2y/dz2, arc length s, and the turn
            of the axes to the left and back about the curve, radians, positive where the front turns to the left
    """

    z_start_mm: float
    z_step_mm: float
    samples: FloatArray

    @property
    def z_mm(self) -> FloatArray:
        """Heights of the samples [shape=(n,)]."""
        return np.asarray(self.z_start_mm + self.z_step_mm * np.arange(len(self.samples)))

    def to_patient(self, point: CanalPoint) -> PatientPoint:
        """Where a point of the canal lies in the patient."""
        return patient_point(self.from_canal_coordinates(*point)[0])

    def to_canal(self, point: PatientPoint) -> CanalPoint:
        """Coordinates of a point of the patient about the nearest point of the curve, by Newton's method.

        A patient's anatomy has a compiled twin of this for many points at once.
        """
        z = point.z_mm
        for _ in range(_NEWTON_STEPS):
            x, y, dx, dy, ddx, ddy, _, _ = self._at_height(z)
            aside, behind = point.x_mm - x, point.y_mm - y
            along = aside * dx + behind * dy + (point.z_mm - z)
            z -= along / min(-(dx * dx + dy * dy + 1.0) + aside * ddx + behind * ddy, -_LEAST_SLOPE)
        x, y, dx, dy, _, _, s, turn = self._at_height(z)
        qx, qy, qz = point.x_mm - x, point.y_mm - y, point.z_mm - z
        # The tangent is (dx, dy, 1); the axis to the back is the patient's, made orthogonal to it
        long2 = dx * dx + dy * dy + 1.0
        vx, vy, vz = -dx * dy, long2 - dy * dy, -dy
        ux, uy, uz = vy - vz * dy, vz * dx - vx, vx * dy - vy * dx
        per_length = 1.0 / math.sqrt(vx * vx + vy * vy + vz * vz)
        u = (qx * ux + qy * uy + qz * uz) * (per_length / math.sqrt(long2))
        v = (qx * vx + qy * vy + qz * vz) * per_length
        cos, sin = math.cos(turn), math.sin(turn)
        return CanalPoint(cos * u + sin * v, cos * v - sin * u, s)

    def from_canal_coordinates(
        self, u_mm: FloatArray | float, v_mm: FloatArray | float, s_mm: FloatArray | float
    ) -> FloatArray:
        """Points of the patient [shape=(n, 3), mm] from canal coordinates, each of shape (n,) or a scalar."""
        given = (np.atleast_1d(np.asarray(q, dtype=np.float64)) for q in (u_mm, v_mm, s_mm))
        u, v, s = np.broadcast_arrays(*given)
        frames = self.frames(s)
        return np.asarray(frames[:, 0] + u[:, None] * frames[:, 1] + v[:, None] * frames[:, 2])

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

    def _at_height(self, z_mm: float) -> list[float]:
        """The samples at one height, in their order; straight on beyond the ends."""
        place = (z_mm - self.z_start_mm) * (1.0 / self.z_step_mm)
        below = int(min(max(place, 0.0), len(self.samples) - 2))
        part = place - below
        low, high = self.samples[below], self.samples[below + 1]
        return [float(value) for value in low + part * (high - low)]
