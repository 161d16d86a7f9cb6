"""Frame: reconstructed slices, and where in the patient their pixels lie."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.interface.exposure import ExposureSettings
from simulator.spatial.frames import PixelPosition, TablePoint
from simulator.spatial.gantry_tilt import GantryTilt
from simulator.spatial.image_grid import ImageGrid


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Reconstructed slices.

    Row 0 is the most posterior (greatest y), column 0 the patient's left (greatest x).

    Attributes:
        hu: [shape=(slice, row, column), float32, read-only], unclipped
        z_mm: slice centres; of a leaning gantry the table positions that name its planes [shape=(slice,), float64]
        pixel_spacing_mm: width of a pixel
        centre_mm: x, y of the middle of the image in the patient's frame
        exposure: what the console was set to
        slice_thickness_mm: as reconstructed
        kernel: name of the reconstruction kernel
        tilt: how the gantry leaned; None where it was upright
    """

    hu: NDArray[np.float32]
    z_mm: NDArray[np.float64]
    pixel_spacing_mm: float
    centre_mm: tuple[float, float]
    exposure: ExposureSettings
    slice_thickness_mm: float
    kernel: str = "standard"
    tilt: GantryTilt | None = None

    @property
    def grid(self) -> ImageGrid:
        """Where the pixels lie."""
        return ImageGrid(
            rows=self.hu.shape[1],
            columns=self.hu.shape[2],
            pixel_spacing_mm=self.pixel_spacing_mm,
            centre_x_mm=self.centre_mm[0],
            centre_y_mm=self.centre_mm[1],
            slice_z_mm=tuple(self.z_mm.tolist()),
            tilt=self.tilt,
        )

    def position_mm(self, slice_index: int, row: float, column: float) -> TablePoint:
        """Where a pixel's centre lies; rows and columns may be fractions."""
        return self.grid.point(PixelPosition(slice_index, row, column))

    def pixel_of(self, x_mm: float, y_mm: float, z_mm: float | None = None) -> tuple[float, float]:
        """Row and column, as fractions, at which a point of the scanner's frame is shown; may lie outside.

        Without a z it is taken to lie in the plane of the laser, which makes a difference where the gantry leans.
        """
        return self.grid.row_and_column(x_mm, y_mm, z_mm)

    def table_z_mm(self, plane_z_mm: float, y_mm: float) -> float:
        """Table position of a height y in the plane that a table position names; the same where nothing leans."""
        if self.tilt is None:
            return plane_z_mm
        return plane_z_mm + math.tan(math.radians(self.tilt.tilt_deg)) * (y_mm - self.tilt.pivot_y_mm)

    def plane_z_mm(self, point: TablePoint) -> float:
        """Table position that names the plane in which a point lies; its z where nothing leans."""
        return point.z_mm if self.tilt is None else self.tilt.named_mm(point)
