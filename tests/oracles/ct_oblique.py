"""Rays through leaning planes, slowly: densities of solids summed along each ray in three dimensions.

Nothing here knows a grid, a spectrum or a cut: a ray is a line in the plane that leans with the gantry, turned into the
patient by hand, and what lies on it is looked up point by point.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simulator.ct.geometry import ScannerGeometry

Solid = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Density of one basis material at points [shape=(n, 3)]."""

STEP_MM = 0.05


def leaning_ray_integral(
    solid: Solid,
    geometry: ScannerGeometry,
    view: int,
    column: int,
    *,
    isocenter_mm: tuple[float, float, float],
    tilt_deg: float,
    along_mm: float,
    thickness_mm: float,
    reach_mm: float = 140.0,
) -> float:
    """Line integral of a solid along one reading of a leaning gantry, over the cell and the plane's thickness.

    Args:
        isocenter_mm: of the gantry, in the patient
        along_mm: place of the plane along the gantry's axis
    """
    beta = 2 * math.pi * view / geometry.views
    way = np.arange(-reach_mm, reach_mm, STEP_MM)
    tilt = math.radians(tilt_deg)
    total, count = 0.0, 0
    for across in (-1 / 3, 0.0, 1 / 3):
        gamma = float(geometry.column_angles_rad[column]) + across * geometry.column_angle_rad
        distance = geometry.source_to_isocenter_mm * math.sin(gamma)
        angle = beta + gamma
        x = -math.sin(angle) * distance + math.cos(angle) * way
        up = math.cos(angle) * distance + math.sin(angle) * way
        for through in (-0.4, -0.2, 0.0, 0.2, 0.4):
            along = along_mm + through * thickness_mm
            # The plane's upper edge leans to the head: a step up goes to the back and to the head
            y = isocenter_mm[1] + up * math.cos(tilt) - along * math.sin(tilt)
            z = isocenter_mm[2] + up * math.sin(tilt) + along * math.cos(tilt)
            total += float(solid(np.column_stack([isocenter_mm[0] + x, y, z])).sum()) * STEP_MM
            count += 1
    return total / count
