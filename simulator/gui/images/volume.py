"""Volume: the slices of one scan as they arrive, and planes through them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.gui.drawing.window_level import Hounsfield, round_to_hounsfield
from simulator.gui.images.image_plane import ImagePlane
from simulator.interface.console import Acquired
from simulator.interface.frame import Frame
from simulator.spatial.image_grid import ImageGrid

SKIN_HU = -400  # half way from air to fat, about
GROUP = 3  # slices that the scanner reconstructs in one pass


@dataclass(slots=True)
class Volume:
    """A scan, from head to feet.

    Attributes:
        hu: [shape=(slice, row, column), int16]; slices that have not come yet are air
        ready: [shape=(slice,)] which slices have come
        grid: where its pixels lie; None until a slice has come
        midline_x_mm: where the skin grid's middle wire shows in this scan; None where there was none on the back
    """

    entry: Acquired
    hu: Hounsfield
    ready: NDArray[np.bool_]
    grid: ImageGrid | None = None
    midline_x_mm: float | None = None
    revision: int = 0
    _planes: dict[tuple[ImagePlane, int, int], Hounsfield] = field(default_factory=dict)

    @classmethod
    def awaited(cls, entry: Acquired, matrix: int = 512) -> Volume:
        """A scan of which no slice has come yet."""
        count = len(entry.slice_centres_table_mm)
        return cls(
            entry=entry,
            hu=np.full((count, matrix, matrix), -1000, np.int16),
            ready=np.zeros(count, np.bool_),
        )

    def groups(self) -> list[tuple[int, ...]]:
        """Slices in the groups that the scanner makes at once, the middle of the scan first."""
        count = len(self.ready)
        groups = [tuple(range(k, min(k + GROUP, count))) for k in range(0, count, GROUP)]
        return sorted(groups, key=lambda group: abs(group[len(group) // 2] - count / 2))

    def take(self, indices: tuple[int, ...], frame: Frame) -> None:
        """Put slices where they belong."""
        self.hu[list(indices)] = round_to_hounsfield(frame.hu)
        self.ready[list(indices)] = True
        self.grid = ImageGrid(
            rows=self.columns,
            columns=self.columns,
            pixel_spacing_mm=frame.pixel_spacing_mm,
            centre_x_mm=frame.centre_mm[0],
            centre_y_mm=frame.centre_mm[1],
            slice_z_mm=self.entry.slice_centres_table_mm,
            tilt=self.entry.tilt,
        )
        self.revision += 1

    @property
    def complete(self) -> bool:
        """Whether every slice has come."""
        return bool(self.ready.all())

    @property
    def columns(self) -> int:
        """Columns of a slice, and as many rows."""
        return int(self.hu.shape[2])

    @property
    def count(self) -> int:
        """Number of slices."""
        return len(self.ready)

    def z_mm(self, index: int) -> float:
        """Table position of a slice."""
        return self.entry.slice_centres_table_mm[index]

    def nearest(self, table_mm: float) -> int:
        """Slice nearest to a table position."""
        return int(np.argmin(np.abs(np.asarray(self.entry.slice_centres_table_mm) - table_mm)))

    @property
    def pixel_mm(self) -> float:
        """Width of a pixel; about, until a slice has come."""
        return self.grid.pixel_spacing_mm if self.grid is not None else 0.5

    def skin_row(self, index: int, column: float) -> float | None:
        """First row of the body on a column, from the back; None where there is only air."""
        line = self.hu[index][:, round(min(max(column, 0), self.hu.shape[2] - 1))]
        body = np.flatnonzero((line[:-2] > SKIN_HU) & (line[1:-1] > SKIN_HU) & (line[2:] > SKIN_HU))
        return float(body[0]) if body.size else None

    def axial(self, index: int) -> Hounsfield:
        """One slice as acquired."""
        plane: Hounsfield = self.hu[index]
        return plane

    def sagittal(self, column: int) -> Hounsfield:
        """Plane from head (top) to feet and from front (left) to back [shape=(slice, row from the last)]."""
        return self._plane(ImagePlane.SAGITTAL, column)

    def coronal(self, row: int) -> Hounsfield:
        """Plane from head (top) to feet and from the patient's left to the right [shape=(slice, column)]."""
        return self._plane(ImagePlane.CORONAL, row)

    def _plane(self, kind: ImagePlane, index: int) -> Hounsfield:
        key = (kind, index, self.revision)
        if key not in self._planes:
            if len(self._planes) > 4:
                self._planes.clear()
            plane = self.hu[:, ::-1, index] if kind is ImagePlane.SAGITTAL else self.hu[:, index, :]
            self._planes[key] = np.ascontiguousarray(plane)
        return self._planes[key]
