"""Oblique cut: axes of a gantry that leans about x, in the patient's frame.

A point has x as ever, a height y in the leaning plane, and a place along the gantry's axis. Heights are counted so that
the pivot keeps its y: an upright cut through z = 0 has the patient's own axes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.spatial.arrays import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ObliqueCut:
    """Where the leaning planes of one press family lie in the patient.

    Attributes:
        tilt_deg: of the gantry; positive leans the upper edge to the head
        pivot_y_mm, pivot_z_mm: line along x about which the gantry leans, in the patient's frame
    """

    tilt_deg: float
    pivot_y_mm: float
    pivot_z_mm: float

    @property
    def _turn(self) -> tuple[float, float]:
        angle = math.radians(self.tilt_deg)
        return math.cos(angle), math.sin(angle)

    def from_patient(self, points_mm: FloatArray) -> FloatArray:
        """Points of the patient in the cut's axes: x, height in the plane, place along the axis [shape=(n, 3)]."""
        cos, sin = self._turn
        y, z = points_mm[:, 1] - self.pivot_y_mm, points_mm[:, 2] - self.pivot_z_mm
        return np.stack([points_mm[:, 0], self.pivot_y_mm + cos * y + sin * z, cos * z - sin * y], axis=1)

    def to_patient_yz(self, height_mm: FloatArray, along_mm: float) -> tuple[FloatArray, FloatArray]:
        """y and z in the patient of heights in the plane at a place along the axis."""
        cos, sin = self._turn
        up = height_mm - self.pivot_y_mm
        return self.pivot_y_mm + cos * up - sin * along_mm, self.pivot_z_mm + sin * up + cos * along_mm

    def heights_mm(self, y_range_mm: tuple[float, float], along_range_mm: tuple[float, float]) -> tuple[float, float]:
        """Heights between which planes of a range along the axis cross a range of y."""
        cos, sin = self._turn
        shifts = [sin * along for along in along_range_mm]
        low = (y_range_mm[0] - self.pivot_y_mm + min(shifts)) / cos
        high = (y_range_mm[1] - self.pivot_y_mm + max(shifts)) / cos
        return self.pivot_y_mm + low, self.pivot_y_mm + high
