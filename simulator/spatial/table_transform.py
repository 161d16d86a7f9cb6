"""TableTransform: from the patient at rest to the scanner, and back.

Where somebody lies on the table (`zero_mm`), how far they have moved since (`displacement_mm`) and how they or the
gantry are turned (`rotation`) are one rigid transform; nobody else adds a table position to a z.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.spatial.frames import AT_REST, PatientDisplacement, PatientPoint, TablePoint

Rotation = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
"""Rows of a rotation matrix."""

UPRIGHT: Rotation = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
"""The table's axes are the patient's: prone, head first, no tilt of the gantry."""


def gantry_tilt(tilt_rad: float) -> Rotation:
    """Axes of planes that lean with the gantry about the x axis; positive leans the upper edge to the head."""
    cos, sin = math.cos(tilt_rad), math.sin(tilt_rad)
    return ((1.0, 0.0, 0.0), (0.0, cos, -sin), (0.0, sin, cos))


def lying_turned(turn_rad: float) -> Rotation:
    """Axes of a patient who is turned about their long axis; a quarter turn lays them on a side."""
    cos, sin = math.cos(turn_rad), math.sin(turn_rad)
    return ((cos, -sin, 0.0), (sin, cos, 0.0), (0.0, 0.0, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class TableTransform:
    """The rigid transform between the patient at rest and the scanner.

    Attributes:
        zero_mm: table position of the patient's z = 0
        displacement_mm: how far the patient has moved from where they lay
        rotation: of the patient's axes into the table's
    """

    zero_mm: float
    displacement_mm: PatientDisplacement = AT_REST
    rotation: Rotation = field(default=UPRIGHT)

    @property
    def offset_z_mm(self) -> float:
        """What is added to a z of the patient to give a table position, where nothing is turned."""
        return self.zero_mm + self.displacement_mm.z_mm

    def to_table(self, point: PatientPoint) -> TablePoint:
        """Where a point of the patient lies in the scanner."""
        moved = np.asarray(point) + np.array([*self.displacement_mm[:2], 0.0])
        x, y, z = np.asarray(self.rotation) @ moved
        return TablePoint(float(x), float(y), float(z) + self.offset_z_mm)

    def points_to_table(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where many points of the patient lie in the scanner [shape=(n, 3), mm]."""
        moved = points_mm + np.array([*self.displacement_mm[:2], 0.0])
        return np.asarray(moved @ np.asarray(self.rotation).T + np.array([0.0, 0.0, self.offset_z_mm]), np.float64)

    def to_patient(self, point: TablePoint) -> PatientPoint:
        """Which point of the patient lies at a place of the scanner."""
        raised: NDArray[np.float64] = np.array([point.x_mm, point.y_mm, point.z_mm - self.offset_z_mm])
        x, y, z = np.asarray(self.rotation).T @ raised
        return PatientPoint(float(x) - self.displacement_mm.x_mm, float(y) - self.displacement_mm.y_mm, float(z))

    def table_z_mm(self, patient_z_mm: float) -> float:
        """Table position that brings a height of an upright patient under the laser."""
        return patient_z_mm + self.offset_z_mm

    def patient_z_mm(self, table_z_mm: float) -> float:
        """Height of an upright patient that lies under the laser at a table position."""
        return table_z_mm - self.offset_z_mm
