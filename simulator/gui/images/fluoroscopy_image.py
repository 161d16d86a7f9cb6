"""Fluoroscopy image: the slices of one press of the footswitch as they are looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.gui.drawing.window_level import Hounsfield
from simulator.interface.console import Acquired
from simulator.spatial.image_grid import ImageGrid


@dataclass(slots=True)
class FluoroscopyImage:
    """Slices of one fluoroscopy image as they are looked at.

    Attributes:
        grid: where its pixels lie
    """

    entry: Acquired
    slices: list[Hounsfield]
    pixel_mm: float
    grid: ImageGrid


def difference(now: FluoroscopyImage, before: FluoroscopyImage, index: int) -> Hounsfield:
    """What one slice has gained since an earlier press, in HU; the pixels are taken as they lie.

    [shape=(row, column), int16]
    """
    gained = now.slices[index].astype(np.int32) - before.slices[index]
    return np.asarray(np.clip(gained, -32768, 32767), np.int16)
