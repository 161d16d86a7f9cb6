"""Grid wires: where the steel of a skin grid lies on the back, for a scout's rows and for the slices of a scan."""

from __future__ import annotations

import numpy as np

from simulator.ct.needle_shadow import SteelTube
from simulator.engine.case_context import CaseContext
from simulator.engine.preparation.skin_grid import WIRE_DIAMETER_MM, SkinGrid
from simulator.spatial.arrays import FloatArray

_BETWEEN_MM = 5.0
"""Points of a wire in a scan; between them it runs straight."""

_BEYOND_MM = 10.0
"""What of a wire is laid beyond the slices."""


def wires_on_skin(world: CaseContext, grid: SkinGrid, z_mm: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Middle of each wire at each height of the patient: it follows the midline, and the back.

    Returns:
        x and y in the patient's frame, NaN where the wire is not [shape=(wire, height) each]
    """
    body = world.phantom.body
    spacing, first = body.grid.spacing_mm, body.grid.origin_mm
    low, high = grid.z_range_mm
    x_mm = np.full((len(grid.wire_offsets_mm), len(z_mm)), np.nan)
    y_mm = np.full_like(x_mm, np.nan)
    for at, z in enumerate(z_mm):
        if not low <= z <= high:
            continue
        plane = int(np.clip(round((z - first[2]) / spacing[2]), 0, body.grid.shape[0] - 1))
        for wire, offset in enumerate(grid.wire_offsets_mm):
            x = world.midline_x_mm(float(z)) + offset
            column = round((x - first[0]) / spacing[0])
            if not 0 <= column < body.grid.shape[2]:
                continue
            inside = np.flatnonzero(body.label[plane, :, column])
            if inside.size:
                x_mm[wire, at] = x
                y_mm[wire, at] = first[1] + spacing[1] * (inside[-1] + 0.5) + 0.5 * WIRE_DIAMETER_MM
    return x_mm, y_mm


def wires_in_beam(world: CaseContext, grid: SkinGrid, low_mm: float, high_mm: float) -> tuple[SteelTube, ...]:
    """The wires about a range of heights of the patient, as the beam meets them."""
    first, last = grid.z_range_mm
    first, last = max(first, low_mm - _BEYOND_MM), min(last, high_mm + _BEYOND_MM)
    if first >= last:
        return ()
    heights = np.linspace(first, last, max(2, round((last - first) / _BETWEEN_MM) + 1))
    tubes = []
    for x_mm, y_mm in zip(*wires_on_skin(world, grid, heights), strict=True):
        there = np.isfinite(x_mm)
        if there.sum() > 1:
            points = np.stack([x_mm[there], y_mm[there], heights[there]], axis=1)
            tubes.append(SteelTube(points_mm=points, outer_diameter_mm=WIRE_DIAMETER_MM))
    return tuple(tubes)
