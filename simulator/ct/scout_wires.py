"""Scout wires: the steel of a skin grid in the beam of a scout, averaged over the cell as intensities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.ct.detector import Detector
from simulator.spatial.arrays import FloatArray, SingleArray

_CELLS = np.arange(-3, 4)
_SAMPLES = 16
"""Rays to a cell: a wire is thinner than one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SkinWires:
    """Thin wires of steel along the patient.

    Attributes:
        x_mm, y_mm: middle of each wire at each row in the patient's frame, NaN where it is not [shape=(wire, row)]
        diameter_mm: of the wires
    """

    x_mm: FloatArray
    y_mm: FloatArray
    diameter_mm: float


def cast_wires(
    wires: SkinWires, signal: SingleArray, *, focus_mm: tuple[float, float], ray_rad: FloatArray, detector: Detector
) -> None:
    """Take from the signal what the wires take.

    Args:
        signal: as a fraction of the air scan [shape=(row, column), float32]
        ray_rad: direction of the middle ray of each column, rising or falling evenly [shape=(column,)]
        detector: with its columns in the order of the signal
    """
    step = float(ray_rad[1] - ray_rad[0])
    within = ((np.arange(_SAMPLES) + 0.5) / _SAMPLES - 0.5) * step
    for x_mm, y_mm in zip(wires.x_mm, wires.y_mm, strict=True):
        rows = np.flatnonzero(np.isfinite(x_mm))
        across, along = x_mm[rows] - focus_mm[0], y_mm[rows] - focus_mm[1]
        seen = np.arctan2(along, across)
        seen += 2 * np.pi * np.rint((ray_rad.mean() - seen) / (2 * np.pi))
        middle = np.rint((seen - ray_rad[0]) / step).astype(int)
        column = middle[:, None] + _CELLS
        inside = (column >= 0) & (column < len(ray_rad))
        ray = ray_rad[0] + column[..., None] * step + within
        offset = np.hypot(across, along)[:, None, None] * np.sin(ray - seen[:, None, None])
        chord = 2 * np.sqrt(np.maximum((wires.diameter_mm / 2) ** 2 - offset**2, 0.0))
        at_row, at_column = np.broadcast_to(rows[:, None], column.shape)[inside], column[inside]
        before = signal[at_row, at_column]
        left = _steel_fraction(detector, before, detector.filter_log[at_column], chord[inside])
        signal[at_row, at_column] = before * left.mean(axis=1)


def _steel_fraction(
    detector: Detector, signal: SingleArray, filter_log: SingleArray, steel_mm: FloatArray
) -> FloatArray:
    """Fraction of the signal that steel of each length leaves [shape=(place, ray)], by the detector's table."""
    table = detector.steel_table
    path = (-np.log(np.maximum(signal, 1e-30)) + filter_log) / detector.steel_path_step
    path = np.clip(path, 0.0, len(table) - 1.001)[:, None]
    steel = np.clip(steel_mm / detector.steel_step_mm, 0.0, table.shape[1] - 1.001)
    i, k = path.astype(int), steel.astype(int)
    u, v = path - i, steel - k
    low = table[i, k] * (1 - v) + table[i, k + 1] * v
    high = table[i + 1, k] * (1 - v) + table[i + 1, k + 1] * v
    return np.asarray(low * (1 - u) + high * u)
