"""Points that say in which frame of reference they lie, so that mypy tells one frame from another.

A point is a tuple of its three numbers, and is written into records as one. Lengths are millimetres.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class PatientPoint(NamedTuple):
    """A point of the patient at rest: DICOM LPS, x to the left, y to the back, z to the head."""

    x_mm: float
    y_mm: float
    z_mm: float


class PatientDirection(NamedTuple):
    """A unit vector in the patient's frame."""

    x: float
    y: float
    z: float


class PatientDisplacement(NamedTuple):
    """How far something has moved along the axes of the patient's frame."""

    x_mm: float
    y_mm: float
    z_mm: float


class TablePoint(NamedTuple):
    """A point in the scanner's frame: x and y as in the images, z as the table position that the console shows."""

    x_mm: float
    y_mm: float
    z_mm: float


class CanalPoint(NamedTuple):
    """A point in coordinates that follow the canal: u to the left, v to the back, s along it to the head."""

    u_mm: float
    v_mm: float
    s_mm: float


class PixelPosition(NamedTuple):
    """A place in a stack of images; rows and columns may be fractions."""

    slice_index: int
    row: float
    column: float


AT_REST = PatientDisplacement(0.0, 0.0, 0.0)
"""No displacement."""


def patient_point(values: NDArray[np.float64]) -> PatientPoint:
    """Three numbers of an array [shape=(3,)] as a point of the patient."""
    return PatientPoint(float(values[0]), float(values[1]), float(values[2]))


def patient_direction(values: NDArray[np.float64]) -> PatientDirection:
    """Three numbers of an array [shape=(3,)] as a direction in the patient's frame."""
    return PatientDirection(float(values[0]), float(values[1]), float(values[2]))
