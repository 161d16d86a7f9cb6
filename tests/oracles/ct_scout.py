"""A scout the slow way: every ray is walked in small steps, densities are read by bilinear interpolation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.ct.geometry import ScannerGeometry
from simulator.ct.projector import PlaneDensities
from tests.oracles import ct_detector
from tests.physics.water_phantoms import Ellipse

STEP_MM = 0.1
RAYS_PER_CELL = 9
TOWARDS = {"PA": (0.0, -1.0), "AP": (0.0, 1.0), "lateral": (-1.0, 0.0)}
"""Direction of the middle ray: from the back, from the front, from the patient's left."""


def picture_rays(geometry: ScannerGeometry, orientation: str, per_cell: int) -> NDArray[np.float64]:
    """Unit vectors (column, ray, xy), column 0 at the patient's left or, of a lateral scout, at the front."""
    cell = geometry.column_angle_rad
    within = ((np.arange(per_cell) + 0.5) / per_cell - 0.5) * cell
    gamma = geometry.column_angles_rad[:, None] + within
    x, y = TOWARDS[orientation]
    # Fan angles turn from x to y, as the angle of a view does
    rays = np.stack([x * np.cos(gamma) - y * np.sin(gamma), x * np.sin(gamma) + y * np.cos(gamma)], axis=-1)
    sideways = rays[:, 0, 1] if orientation == "lateral" else -rays[:, 0, 0]
    return rays if sideways[-1] > sideways[0] else rays[::-1]


def focus_mm(geometry: ScannerGeometry, orientation: str, isocenter_mm: tuple[float, float]) -> NDArray[np.float64]:
    """Where the tube stands."""
    return np.asarray(isocenter_mm) - geometry.source_to_isocenter_mm * np.asarray(TOWARDS[orientation])


def line_integrals(
    parts: Sequence[PlaneDensities],
    geometry: ScannerGeometry,
    orientation: str,
    isocenter_mm: tuple[float, float],
    columns: Sequence[int],
) -> NDArray[np.float64]:
    """Line integrals through one plane, shape (basis, column), for some columns of the picture."""
    rays = picture_rays(geometry, orientation, RAYS_PER_CELL)
    focus = focus_mm(geometry, orientation, isocenter_mm)
    path = np.arange(geometry.source_to_isocenter_mm - 300, geometry.source_to_isocenter_mm + 300, STEP_MM)
    out = np.zeros((3, len(columns)))
    for place, column in enumerate(columns):
        for ray in rays[column]:
            points = focus + path[:, None] * ray
            for part in parts:
                out[:, place] += STEP_MM * _bilinear(part, points).sum(axis=1) / RAYS_PER_CELL
    return out


def _bilinear(part: PlaneDensities, points: NDArray[Any]) -> NDArray[np.float64]:
    """Densities at points (n, xy), shape (basis, n); nothing outside the grid."""
    held = np.pad(part.density.astype(np.float64), ((0, 0), (1, 1), (1, 1)))
    at = (points - part.first_mm) / part.spacing_mm + 1
    inside = (at >= 0).all(axis=1) & (at[:, 0] < held.shape[2] - 1) & (at[:, 1] < held.shape[1] - 1)
    found = np.zeros((3, len(points)))
    at = at[inside]
    column, row = np.floor(at).astype(int).T
    u, v = at[:, 0] - column, at[:, 1] - row
    upper = held[:, row, column] * (1 - u) + held[:, row, column + 1] * u
    lower = held[:, row + 1, column] * (1 - u) + held[:, row + 1, column + 1] * u
    found[:, inside] = upper * (1 - v) + lower * v
    return found


def ellipse_lines(
    ellipses: Sequence[Ellipse], geometry: ScannerGeometry, orientation: str, isocenter_mm: tuple[float, float]
) -> NDArray[np.float64]:
    """Line integrals of ellipses in closed form, shape (basis, column)."""
    rays = picture_rays(geometry, orientation, RAYS_PER_CELL)
    focus = focus_mm(geometry, orientation, isocenter_mm)
    out = np.zeros((3, geometry.columns))
    for ellipse in ellipses:
        for column in range(geometry.columns):
            for ray in rays[column]:
                out[:, column] += _chord(ellipse, focus, ray) * np.asarray(ellipse.density) / RAYS_PER_CELL
    return out


def _chord(ellipse: Ellipse, focus: NDArray[Any], ray: NDArray[Any]) -> float:
    a, b = ellipse.radii_mm
    start = (focus - np.asarray(ellipse.center_mm)) / (a, b)
    along = ray / (a, b)
    half, square = float(start @ along), float(along @ along)
    root = half**2 - square * (float(start @ start) - 1)
    return 2 * math.sqrt(root) / square if root > 0 else 0.0


def rows(
    planes: NDArray[Any], weights: Sequence[Sequence[tuple[int, float]]], mu: NDArray[Any], fraction: NDArray[Any]
) -> NDArray[np.float64]:
    """Signal of each row: the mean intensity of its planes; `planes` holds line integrals (basis, plane, column)."""
    behind = ct_detector.transmission(planes, mu, fraction)
    return np.stack([sum(share * behind[plane] for plane, share in row) for row in weights])
