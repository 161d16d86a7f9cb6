"""GantryTilt: how the gantry leans, and where a place in its planes lies in the scanner."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.spatial.frames import TablePoint
from simulator.spatial.table_transform import gantry_tilt


@dataclass(frozen=True, slots=True, kw_only=True)
class GantryTilt:
    """A gantry that leans about a line along x.

    A plane is named by the table position at which it crosses the height of that line. Heights in a plane count so that
    the line keeps its y.

    Attributes:
        tilt_deg: positive leans the upper edge to the head
        pivot_y_mm, pivot_z_mm: of the line, z as a table position
    """

    tilt_deg: float
    pivot_y_mm: float
    pivot_z_mm: float

    def along_mm(self, slice_z_mm: float) -> float:
        """Place of a plane along the gantry's axis, from the pivot, by the table position that names the plane."""
        return (slice_z_mm - self.pivot_z_mm) * math.cos(math.radians(self.tilt_deg))

    def crossing_mm(self, along_mm: float) -> float:
        """Table position that names the plane at a place along the gantry's axis."""
        return self.pivot_z_mm + along_mm / math.cos(math.radians(self.tilt_deg))

    def to_table(self, x_mm: float, height_mm: float, along_mm: float) -> TablePoint:
        """Where a place lies in the scanner: x, height in the plane, place along the gantry's axis."""
        turned = np.asarray(gantry_tilt(math.radians(self.tilt_deg))) @ [x_mm, height_mm - self.pivot_y_mm, along_mm]
        return TablePoint(float(turned[0]), self.pivot_y_mm + float(turned[1]), self.pivot_z_mm + float(turned[2]))

    def from_table(self, point: TablePoint) -> tuple[float, float, float]:
        """x, height in the plane and place along the gantry's axis of a point of the scanner."""
        away = [point.x_mm, point.y_mm - self.pivot_y_mm, point.z_mm - self.pivot_z_mm]
        x, up, along = np.asarray(gantry_tilt(math.radians(self.tilt_deg))).T @ away
        return float(x), self.pivot_y_mm + float(up), float(along)

    def named_mm(self, point: TablePoint) -> float:
        """Table position that names the plane in which a point lies."""
        return self.crossing_mm(self.from_table(point)[2])

    def shown_height_mm(self, y_mm: float, z_mm: float | None) -> float:
        """Height in the planes at which a point is shown; without a z of one in the plane through the pivot."""
        if z_mm is None:
            return self.pivot_y_mm + (y_mm - self.pivot_y_mm) / math.cos(math.radians(self.tilt_deg))
        return self.from_table(TablePoint(0.0, y_mm, z_mm))[1]

    def shown_heights_mm(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Heights in the planes at which many points of the scanner [shape=(n, 3)] are shown [shape=(n,), mm]."""
        away = points_mm - np.array([0.0, self.pivot_y_mm, self.pivot_z_mm])
        up = away @ np.asarray(gantry_tilt(math.radians(self.tilt_deg)))[:, 1]
        return np.asarray(self.pivot_y_mm + up, np.float64)
