"""Path draft: entry and target drawn on one slice, and what they mean for the hand."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulator.gui.images.volume import Volume
from simulator.interface import commands as c
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.procedure import Approach

MIDLINE_MM = 4.0  # an entry nearer than this to the grid's middle wire is called midline


@dataclass(slots=True)
class DrawnPath:
    """A path in one slice of one scan; entry and target as row and column.

    Attributes:
        number, index: scan and slice
        foraminal: whether the trainee means a way from behind through the foramen
    """

    number: int
    index: int
    entry: tuple[float, float]
    target: tuple[float, float]
    foraminal: bool = False

    def length_mm(self, volume: Volume) -> float:
        """From skin to target."""
        return math.dist(self.entry, self.target) * volume.pixel_mm

    def offset_mm(self, volume: Volume, midline_x_mm: float | None) -> float | None:
        """Of the entry from the grid's middle wire, positive to the patient's left; None without a grid."""
        if midline_x_mm is None:
            return None
        return volume.position_mm(self.index, *self.entry)[0] - midline_x_mm

    def side(self, volume: Volume, midline_x_mm: float | None) -> Side:
        """Side of the entry; without a grid, of the image's middle."""
        offset = self.offset_mm(volume, midline_x_mm)
        if offset is None:
            offset = ((volume.hu.shape[2] - 1) / 2 - self.entry[1]) * volume.pixel_mm
        return Side.LEFT if offset > 0 else Side.RIGHT

    def angle_deg(self, volume: Volume, midline_x_mm: float | None) -> float:
        """To the vertical; positive leads the tip from its side towards the midline."""
        entry, target = (volume.position_mm(self.index, *p) for p in (self.entry, self.target))
        towards = 1.0 if self.side(volume, midline_x_mm) == "right" else -1.0
        return math.degrees(math.atan2(towards * (target[0] - entry[0]), entry[1] - target[1]))

    def approach(self, volume: Volume, midline_x_mm: float | None) -> Approach:
        """Name of this way in."""
        if self.foraminal:
            return Approach.POSTERIOR_FORAMINAL
        offset = self.offset_mm(volume, midline_x_mm)
        return (
            Approach.MIDLINE_INTERLAMINAR
            if offset is not None and abs(offset) < MIDLINE_MM
            else Approach.PARAMEDIAN_INTERLAMINAR
        )

    def highest_hu(self, volume: Volume) -> int:
        """Highest HU on the way, but for the last 4 mm: there lies what is aimed at."""
        length = max(self.length_mm(volume), 1.0)
        steps = max(int(length / 0.5), 2)
        stop = max(1.0 - 4.0 / length, 0.1)
        values = []
        for k in range(steps):
            share = stop * k / (steps - 1)
            row = round(self.entry[0] + share * (self.target[0] - self.entry[0]))
            column = round(self.entry[1] + share * (self.target[1] - self.entry[1]))
            if 0 <= row < volume.hu.shape[1] and 0 <= column < volume.hu.shape[2]:
                values.append(int(volume.hu[self.index, row, column]))
        return max(values, default=-1000)

    def plan(self, volume: Volume, midline_x_mm: float | None) -> c.PlanPath:
        """The command that writes it down."""
        return c.PlanPath(
            approach=self.approach(volume, midline_x_mm),
            side=self.side(volume, midline_x_mm),
            entry_mm=volume.position_mm(self.index, *self.entry),
            target_mm=volume.position_mm(self.index, *self.target),
        )

    def place(self, volume: Volume, midline_x_mm: float | None) -> c.PlaceNeedle:
        """The command that sets the needle on the skin where this path begins."""
        entry = volume.position_mm(self.index, *self.entry)
        return c.PlaceNeedle(
            entry_x_mm=round(entry[0], 1),
            side=self.side(volume, midline_x_mm),
            table_mm=volume.z_mm(self.index),
            angle_deg=round(self.angle_deg(volume, midline_x_mm), 1),
        )
