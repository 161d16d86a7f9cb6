"""Scout picture: a scout on square-ish pixels in whole numbers, as pictures of the window are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.gui.drawing.window_level import Hounsfield, WindowLevel, round_to_hounsfield
from simulator.interface.console import AcquiredScout
from simulator.interface.radiograph import Radiograph

TENTHS = 10.0  # grey values are tenths of a millimetre of water
AIR_MM = 15.0
DARKEST, BRIGHTEST = 15.0, 99.8  # percentiles of what lies in the body


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoutPicture:
    """A scout that has come.

    Attributes:
        image: tenths of a millimetre of water [shape=(row, column), int16]
        spacing_mm: height and width of a pixel at the isocentre
        middle_mm: table position of the middle of the image
        window: that shows the body
    """

    entry: AcquiredScout
    image: Hounsfield
    spacing_mm: tuple[float, float]
    middle_mm: float
    window: WindowLevel


def scout_picture(entry: AcquiredScout, radiograph: Radiograph) -> ScoutPicture:
    """The picture of a scout on evenly spaced columns, with a window that shows its body."""
    image, even = radiograph.evenly_spaced()
    body = image[image > AIR_MM]
    low, high = np.percentile(body, [DARKEST, BRIGHTEST]) if body.size else (0.0, 1.0)
    table = radiograph.table_mm
    return ScoutPicture(
        entry=entry,
        image=round_to_hounsfield(TENTHS * image),
        spacing_mm=(abs(float(table[0] - table[-1])) / (len(table) - 1), abs(float(even[1] - even[0]))),
        middle_mm=0.5 * float(table[0] + table[-1]),
        window=WindowLevel(name="Scout", width_hu=TENTHS * (high - low), level_hu=TENTHS * 0.5 * (high + low)),
    )
