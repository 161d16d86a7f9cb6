"""Frame: reconstructed slices, and where in the patient their pixels lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.interface.exposure import ExposureSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Reconstructed slices.

    Row 0 is the most posterior (greatest y), column 0 the patient's left (greatest x).

    Attributes:
        hu: [shape=(slice, row, column), float32, read-only], unclipped
        z_mm: slice centres [shape=(slice,), float64]
        pixel_spacing_mm: width of a pixel
        centre_mm: x, y of the middle of the image in the patient's frame
        exposure: what the console was set to
        slice_thickness_mm: as reconstructed
        kernel: name of the reconstruction kernel
    """

    hu: NDArray[np.float32]
    z_mm: NDArray[np.float64]
    pixel_spacing_mm: float
    centre_mm: tuple[float, float]
    exposure: ExposureSettings
    slice_thickness_mm: float
    kernel: str = "standard"

    def position_mm(self, slice_index: int, row: float, column: float) -> tuple[float, float, float]:
        """Patient coordinates x, y, z of a pixel's centre (rows and columns may be fractions)."""
        middle = (self.hu.shape[1] - 1) / 2
        return (
            self.centre_mm[0] - (column - middle) * self.pixel_spacing_mm,
            self.centre_mm[1] - (row - middle) * self.pixel_spacing_mm,
            float(self.z_mm[slice_index]),
        )

    def pixel_of(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """Row and column, as fractions, at which a point of the patient is shown; may lie outside."""
        middle = (self.hu.shape[1] - 1) / 2
        return (
            middle - (y_mm - self.centre_mm[1]) / self.pixel_spacing_mm,
            middle - (x_mm - self.centre_mm[0]) / self.pixel_spacing_mm,
        )
