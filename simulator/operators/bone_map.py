"""Bone map: the distance to bone in a planning scan, asked at any point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from simulator.interface.frame import Frame
from simulator.operators.perception.images import Mask


class BoneMap:
    """Distance to bone in a planning scan.

    Args:
        frame: the scan
        bone: [shape=(slice, row, column)] what is bone in it
    """

    def __init__(self, frame: Frame, bone: Mask) -> None:
        self._frame = frame
        self._spacing_mm = slice_spacing_mm(frame)
        pixel = frame.pixel_spacing_mm
        # Every second pixel: a millimetre is fine enough, and distances take an eighth of the time
        coarse = bone[:, ::2, ::2] | bone[:, 1::2, ::2] | bone[:, ::2, 1::2] | bone[:, 1::2, 1::2]
        sampling = (self._spacing_mm, 2.0 * pixel, 2.0 * pixel)
        outside = ndimage.distance_transform_edt(~coarse, sampling=sampling)
        inside = ndimage.distance_transform_edt(coarse, sampling=sampling)
        self._signed_mm = (outside - inside).astype(np.float32)

    def clearance_mm(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Distance to bone [shape=(n,)], mm, negative in it; beyond the scan's ends as at them.

        Args:
            points_mm: [shape=(n, 3)] x, y, z of the console
        """
        rows, columns = rows_and_columns(self._frame, points_mm)
        index = (float(self._frame.z_mm[0]) - points_mm[:, 2]) / self._spacing_mm
        where = [index, (rows - 0.5) / 2.0, (columns - 0.5) / 2.0]
        distances = ndimage.map_coordinates(self._signed_mm, where, order=1, mode="nearest")
        return np.asarray(distances, np.float64)


def slice_spacing_mm(frame: Frame) -> float:
    """Distance from slice to slice."""
    return abs(float(frame.z_mm[1] - frame.z_mm[0])) if len(frame.z_mm) > 1 else 1.0


def rows_and_columns(frame: Frame, points_mm: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows and columns, as fractions, at which points [shape=(n, 3)] of the console are shown."""
    middle = (frame.hu.shape[1] - 1) / 2
    centre_x_mm, centre_y_mm = frame.centre_mm
    rows = middle - (points_mm[:, 1] - centre_y_mm) / frame.pixel_spacing_mm
    columns = middle - (points_mm[:, 0] - centre_x_mm) / frame.pixel_spacing_mm
    return rows, columns
