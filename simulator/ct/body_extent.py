"""Body extent: which pixels of a phantom hold body, where its middle is laid, and how far it reaches from there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phantoms.phantom import BasisVolume, Phantom
from simulator.ct.geometry import ScannerGeometry
from simulator.spatial.arrays import FloatArray

_BODY_WATER = 0.05
"""Water fraction above which a voxel is body and not air (lung has 0.26)."""


def gantry_axis_mm(phantom: Phantom, geometry: ScannerGeometry) -> tuple[float, float]:
    """x, y of the isocentre, where a phantom's body is laid."""
    return body_extent(phantom.body, geometry.field_radius_mm)[2]


def check_fits(phantom: Phantom, geometry: ScannerGeometry) -> None:
    """ValueError if the phantom's body is wider than the scanner's field, with both widths."""
    radius_mm = body_extent(phantom.body, geometry.field_radius_mm)[3]
    if radius_mm > geometry.field_radius_mm:
        raise ValueError(
            f"the body reaches {radius_mm:.0f} mm from the isocentre; "
            f"the scanner's field ends at {geometry.field_radius_mm:.0f} mm"
        )


def body_mask(body: BasisVolume) -> NDArray[np.bool_]:
    """Where there is body in any plane [shape=(y, x)]."""
    threshold = [(_BODY_WATER - body.offset[basis]) / body.step[basis] for basis in (0, 1)]
    return np.asarray(
        (body.counts[0].max(axis=0) > threshold[0]) | (body.counts[1].max(axis=0) > threshold[1]), np.bool_
    )


def body_extent(body: BasisVolume, field_radius_mm: float) -> tuple[slice, slice, tuple[float, float], float]:
    """Rows and columns that hold the body, where its middle is laid, and the greatest distance from there.

    That is the middle of the box; a body that would reach beyond the field is laid as the table's height would do it.
    """
    mask = body_mask(body)
    if not mask.any():
        raise ValueError("the phantom's body holds nothing but air")
    in_rows, in_columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    margin = 2
    rows = slice(max(0, int(in_rows[0]) - margin), min(mask.shape[0], int(in_rows[-1]) + 1 + margin))
    columns = slice(max(0, int(in_columns[0]) - margin), min(mask.shape[1], int(in_columns[-1]) + 1 + margin))
    grid = body.grid
    x = grid.origin_mm[0] + grid.spacing_mm[0] * np.arange(mask.shape[1])
    y = grid.origin_mm[1] + grid.spacing_mm[1] * np.arange(mask.shape[0])
    center = (
        float(x[in_columns[0]] + x[in_columns[-1]]) / 2,
        float(y[in_rows[0]] + y[in_rows[-1]]) / 2,
    )
    at_row, at_column = np.nonzero(mask)
    places = np.column_stack([x[at_column], y[at_row]])
    radius = float(np.linalg.norm(places - center, axis=1).max())
    if radius > field_radius_mm:
        center = _smallest_circle(places, center)
        radius = float(np.linalg.norm(places - center, axis=1).max())
    return rows, columns, center, radius


def _smallest_circle(places: FloatArray, start: tuple[float, float]) -> tuple[float, float]:
    """Centre of the smallest circle about points [shape=(n, 2)], to a hundredth of its radius (Badoiu and Clarkson)."""
    center = np.array(start)
    for step in range(1, 101):
        center += (places[np.linalg.norm(places - center, axis=1).argmax()] - center) / (step + 1.0)
    return float(center[0]), float(center[1])
