"""ImageGrid: from the pixels of an image to the scanner's frame, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.spatial.frames import PixelPosition, TablePoint
from simulator.spatial.gantry_tilt import GantryTilt


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageGrid:
    """Where the pixels of a stack of axial images lie.

    Row 0 is the most posterior (greatest y), column 0 the patient's left (greatest x).

    Attributes:
        rows, columns: of each image
        pixel_spacing_mm: width of a pixel
        centre_x_mm, centre_y_mm: middle of the image
        slice_z_mm: table position of each slice, or that names its plane where the gantry leaned
        tilt: how the gantry leaned; None where it was upright
    """

    rows: int
    columns: int
    pixel_spacing_mm: float
    centre_x_mm: float
    centre_y_mm: float
    slice_z_mm: tuple[float, ...]
    tilt: GantryTilt | None = None

    def point(self, pixel: PixelPosition) -> TablePoint:
        """Where a pixel's centre lies."""
        x_mm = self.centre_x_mm - (pixel.column - (self.columns - 1) / 2) * self.pixel_spacing_mm
        height_mm = self.centre_y_mm - (pixel.row - (self.rows - 1) / 2) * self.pixel_spacing_mm
        z_mm = self.slice_z_mm[pixel.slice_index]
        if self.tilt is None:
            return TablePoint(x_mm, height_mm, z_mm)
        return self.tilt.to_table(x_mm, height_mm, self.tilt.along_mm(z_mm))

    def row_and_column(self, x_mm: float, y_mm: float, z_mm: float | None = None) -> tuple[float, float]:
        """Row and column, as fractions, at which a point of the scanner's frame is shown; may lie outside.

        Without a z it is taken to lie in the plane through the pivot of a leaning gantry.
        """
        if self.tilt is not None:
            y_mm = self.tilt.shown_height_mm(y_mm, z_mm)
        return (
            (self.rows - 1) / 2 - (y_mm - self.centre_y_mm) / self.pixel_spacing_mm,
            (self.columns - 1) / 2 - (x_mm - self.centre_x_mm) / self.pixel_spacing_mm,
        )

    def rows_and_columns(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Row and column, as fractions, at which many points of the scanner [shape=(n, 3), mm] are shown."""
        y_mm = points_mm[:, 1] if self.tilt is None else self.tilt.shown_heights_mm(points_mm)
        middle = np.array([(self.rows - 1) / 2, (self.columns - 1) / 2])
        off_mm = np.column_stack([y_mm - self.centre_y_mm, points_mm[:, 0] - self.centre_x_mm])
        return np.asarray(middle - off_mm / self.pixel_spacing_mm, np.float64)

    def nearest_slice(self, table_z_mm: float, y_mm: float | None = None) -> int:
        """Index of the slice that lies nearest to a table position, at a height where one is given."""
        if self.tilt is not None and y_mm is not None:
            table_z_mm = self.tilt.named_mm(TablePoint(0.0, y_mm, table_z_mm))
        return min(range(len(self.slice_z_mm)), key=lambda index: abs(self.slice_z_mm[index] - table_z_mm))
