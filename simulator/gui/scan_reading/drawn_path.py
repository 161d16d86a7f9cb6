"""Drawn path: entry and target drawn on one slice, and what they mean for the hand."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulator.gui.drawing.picture import ImagePoint
from simulator.gui.images.volume import Volume
from simulator.interface import commands as c
from simulator.spatial.frames import PixelPosition, TablePoint
from simulator.spatial.image_grid import ImageGrid
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.procedure import Approach

MIDLINE_MM = 4.0  # an entry nearer than this to the grid's middle wire is called midline
AIR_HU = -1000
SKIN_HU = -400
WIRE_WITHIN_MM = 3.0  # of the skin: a wire of the grid, as bright as bone
WAY_STEP_MM = 0.5


@dataclass(slots=True)
class DrawnPath:
    """A path in one slice of one scan.

    Attributes:
        number, index: scan and slice
        foraminal: whether the trainee means a way from behind through the foramen
        midline_x_mm: where the skin grid's middle wire was when the path was drawn, or when the grid was stuck on; a
            patient who moves later changes nothing of what was drawn
    """

    number: int
    index: int
    entry: ImagePoint
    target: ImagePoint
    foraminal: bool = False
    midline_x_mm: float | None = None

    def entry_point(self, grid: ImageGrid) -> TablePoint:
        """The entry in the scanner's frame."""
        return grid.point(PixelPosition(self.index, *self.entry))

    def target_point(self, grid: ImageGrid) -> TablePoint:
        """The target in the scanner's frame."""
        return grid.point(PixelPosition(self.index, *self.target))

    def length_mm(self, pixel_mm: float) -> float:
        """From skin to target."""
        return math.dist(self.entry, self.target) * pixel_mm

    def offset_mm(self, grid: ImageGrid) -> float | None:
        """Distance of the entry from the skin grid's middle wire, positive to the patient's left; None without it."""
        return None if self.midline_x_mm is None else self.entry_point(grid).x_mm - self.midline_x_mm

    def side(self, grid: ImageGrid) -> Side:
        """Side of the entry; without a skin grid, of the image's middle."""
        offset = self.offset_mm(grid)
        if offset is None:
            offset = ((grid.columns - 1) / 2 - self.entry.column) * grid.pixel_spacing_mm
        return Side.LEFT if offset > 0 else Side.RIGHT

    def angle_deg(self, grid: ImageGrid) -> float:
        """Angle to the vertical; positive leads the tip from its side towards the midline."""
        entry, target = self.entry_point(grid), self.target_point(grid)
        towards = 1.0 if self.side(grid) is Side.RIGHT else -1.0
        return math.degrees(math.atan2(towards * (target.x_mm - entry.x_mm), entry.y_mm - target.y_mm))

    def approach(self, grid: ImageGrid) -> Approach:
        """Name of this way in."""
        if self.foraminal:
            return Approach.POSTERIOR_FORAMINAL
        offset = self.offset_mm(grid)
        return (
            Approach.MIDLINE_INTERLAMINAR
            if offset is not None and abs(offset) < MIDLINE_MM
            else Approach.PARAMEDIAN_INTERLAMINAR
        )

    def highest_hu(self, volume: Volume) -> int:
        """Highest HU on the way, but for a wire on the skin, and the last 4 mm: there lies what is aimed at."""
        length = max(self.length_mm(volume.pixel_mm), 1.0)
        steps = max(int(length / WAY_STEP_MM), 2)
        stop = max(1.0 - 4.0 / length, 0.1)
        values = []
        for k in range(steps):
            fraction = stop * k / (steps - 1)
            row = round(self.entry.row + fraction * (self.target.row - self.entry.row))
            column = round(self.entry.column + fraction * (self.target.column - self.entry.column))
            if 0 <= row < volume.hu.shape[1] and 0 <= column < volume.hu.shape[2]:
                values.append(int(volume.hu[self.index, row, column]))
        skin = next((k for k, value in enumerate(values) if value > SKIN_HU), 0)
        return max(values[skin + round(WIRE_WITHIN_MM / WAY_STEP_MM) :], default=AIR_HU)

    def plan(self, grid: ImageGrid) -> c.PlanPath:
        """The command that writes it down."""
        return c.PlanPath(
            approach=self.approach(grid),
            side=self.side(grid),
            entry_mm=self.entry_point(grid),
            target_mm=self.target_point(grid),
        )

    def place(self, grid: ImageGrid) -> c.PlaceNeedle:
        """The command that sets the needle on the skin where this path begins."""
        return c.PlaceNeedle(
            entry_x_mm=round(self.entry_point(grid).x_mm, 1),
            side=self.side(grid),
            table_mm=grid.slice_z_mm[self.index],
            angle_deg=round(self.angle_deg(grid), 1),
        )
