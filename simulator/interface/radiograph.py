"""Radiograph: a scout as the console shows it, and how it is exposed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.vocabulary.scout import ScoutOrientation

SCOUT_TABLE_MM_PER_S = 100.0
"""Speed of the table while a scout is taken. Assumption: scanners of the class move it by some 100 mm a second (from
memory)."""

SCOUT_COLLIMATION_MM = 2.5
"""Length of the beam of a scout at the isocentre. Assumption: four rows of 0.625 mm, since a narrow beam blurs least;
no figure of this scanner was found."""

SCOUT_ROW_MM = 1.0
"""Height of a row of the picture at the isocentre: a plane of the patient. Assumption; scanners give 0.5 to 1 mm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoutTechnique:
    """How a scout is exposed: the tube stands still, the table moves.

    Attributes:
        tube_voltage_kv, tube_current_ma: of the tube
        table_mm_per_s, collimation_mm: speed of the table, and length of the beam at the isocentre
    """

    tube_voltage_kv: int
    tube_current_ma: float
    table_mm_per_s: float = SCOUT_TABLE_MM_PER_S
    collimation_mm: float = SCOUT_COLLIMATION_MM

    @property
    def mas(self) -> float:
        """Tube load that every place of the patient receives while the beam passes over it.

        It is the effective tube load of a helical scan, current times rotation over pitch, since both are the current
        times the collimation over the speed of the table.
        """
        return self.tube_current_ma * self.collimation_mm / self.table_mm_per_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Radiograph:
    """A scout, upright as it is shown: the head at the top.

    Frontal scouts have the patient's left in column 0, lateral ones the front.

    Attributes:
        water_mm: water that would take as much from the beam [shape=(row, column), float32, read-only]
        table_mm: table position of each row [shape=(row,), float64, read-only]
        across_mm: where the ray of each column crosses the plane through the isocentre, x of a frontal and y of a
            lateral scout in the scanner's frame [shape=(column,), float64, read-only]; what lies nearer to the tube is
            shown wider, by up to a third in a stout patient
        plane_mm: where that plane lies: its y of a frontal, its x of a lateral scout
        orientation: from which side
        technique: as it was exposed
    """

    water_mm: NDArray[np.float32]
    table_mm: NDArray[np.float64]
    across_mm: NDArray[np.float64]
    plane_mm: float
    orientation: ScoutOrientation
    technique: ScoutTechnique

    def evenly_spaced(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The picture on evenly spaced columns, by linear interpolation along each row, and their places.

        Rays are evenly spread in angle, so that the columns of the picture lie closer in its middle.
        """
        even = np.linspace(self.across_mm[0], self.across_mm[-1], len(self.across_mm))
        order = np.argsort(self.across_mm)
        places = self.across_mm[order]
        return np.stack([np.interp(even, places, row[order]) for row in self.water_mm]), even
