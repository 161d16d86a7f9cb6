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
