"""Bore fit: how far the gantry can tilt about a body before the bore or the field is too narrow for it.

The bore is a cylinder about the gantry's axis, narrow over a part of its length. Of a body that lies level, the part
within that length must fit in it. The table is left out: it hangs below the body, and makers give the tilt with it in.
"""

from __future__ import annotations

import math

import numpy as np

from phantoms.phantom import BasisVolume
from simulator.ct.body_extent import body_mask
from simulator.ct.scanner_model import ScannerModel
from simulator.spatial.arrays import FloatArray

PRESS_REACH_MM = 16.0
"""Half a press and a patient who moves: planes so far from the isocentre must lie in the scanner's field."""

_STEP_DEG = 0.5


def leaning_radius_mm(
    body: BasisVolume, isocenter_mm: tuple[float, float], tilt_deg: float, reach_mm: float = PRESS_REACH_MM
) -> float:
    """Greatest distance of a body from the gantry's axis in planes within a reach of the isocentre."""
    return _radius_mm(_places_mm(body) - isocenter_mm, tilt_deg, reach_mm)


def fitting_tilts_deg(
    body: BasisVolume, isocenter_mm: tuple[float, float], scanner: ScannerModel
) -> tuple[float, float]:
    """Least and greatest tilt at which a body fits, within what the gantry offers; 0 and 0 where none does."""
    places = _places_mm(body) - isocenter_mm
    low, high = scanner.tilt_deg
    limits = (
        (scanner.bore_mm / 2, scanner.bore_depth_mm / 2),
        (scanner.geometry.field_radius_mm, PRESS_REACH_MM),
    )
    fitting = 0.0
    for tilt in np.arange(_STEP_DEG, max(-low, high) + 0.5 * _STEP_DEG, _STEP_DEG):
        if any(_radius_mm(places, float(tilt), reach) > radius for radius, reach in limits):
            break
        fitting = float(tilt)
    return max(low, -fitting), min(high, fitting)


def _places_mm(body: BasisVolume) -> FloatArray:
    """Outline of a body, seen along z: the outermost x of each row, both ways [shape=(n, 2)]."""
    mask, grid = body_mask(body), body.grid
    rows = np.flatnonzero(mask.any(axis=1))
    left, right = mask[rows].argmax(axis=1), mask.shape[1] - 1 - mask[rows, ::-1].argmax(axis=1)
    y = grid.origin_mm[1] + grid.spacing_mm[1] * rows
    x = [grid.origin_mm[0] + grid.spacing_mm[0] * side for side in (left, right)]
    return np.concatenate([np.column_stack([side, y]) for side in x])


def _radius_mm(places: FloatArray, tilt_deg: float, reach_mm: float) -> float:
    angle = math.radians(abs(tilt_deg))
    height = (np.abs(places[:, 1]) + reach_mm * math.sin(angle)) / math.cos(angle)
    return float(np.hypot(places[:, 0], height).max())
