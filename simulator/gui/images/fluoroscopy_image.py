"""Fluoroscopy image: the slices of one press of the footswitch as they are looked at."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.gui.drawing.window_level import Hounsfield
from simulator.interface.console import Acquired


@dataclass(slots=True)
class FluoroscopyImage:
    """Slices of one fluoroscopy image as they are looked at."""

    entry: Acquired
    slices: list[Hounsfield]
    pixel_mm: float
    centre_mm: tuple[float, float]

    def pixel_of(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """Row and column at which a place of the image's frame is shown."""
        middle = (self.slices[0].shape[0] - 1) / 2
        return (
            middle - (y_mm - self.centre_mm[1]) / self.pixel_mm,
            middle - (x_mm - self.centre_mm[0]) / self.pixel_mm,
        )
