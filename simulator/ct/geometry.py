"""Scanner geometry: where the focus, the isocentre and the detector cells lie.

A third-generation scanner seen along z. The focus of view v stands at -R (cos b, sin b) from the isocentre,
with b = 2 pi v / views; the ray at fan angle g lies on the line x . n = R sin g, where
n = (-sin(b+g), cos(b+g)). The detector is an equiangular arc about the focus. A tilted gantry
has this geometry in its own planes. Cone angle and the focal spot's size are not modelled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.spatial.arrays import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerGeometry:
    """A third-generation CT scanner with an equiangular detector arc.

    Attributes:
        source_to_isocenter_mm, source_to_detector_mm: radii of the focus's circle and of the detector arc
        columns: detector cells along the arc
        column_pitch_mm: arc length of one cell at the detector
        views: readings per rotation, an even number
        quarter_offset: shift of the arc in cells, so that opposite views interleave
        active_fraction: fraction of a cell that is sensitive (no figure found; 1 is an assumption)
        field_of_view_mm: widest image that is offered
        bow_tie_water_mm: diameter of the water cylinder that the bow-tie filter compensates
        bow_tie_fraction: fraction of that cylinder's missing path that the filter makes up (0.5 to 0.7: assumption)

    Source: Brilliance 64 class values; those of distances and rows are from memory, the pitch follows from a
    500 mm field of view.
    """

    source_to_isocenter_mm: float = 570.0
    source_to_detector_mm: float = 1040.0
    columns: int = 672
    column_pitch_mm: float = 1.405
    views: int = 1160
    quarter_offset: float = 0.25
    active_fraction: float = 1.0
    field_of_view_mm: float = 500.0
    bow_tie_water_mm: float = 320.0
    bow_tie_fraction: float = 0.6

    def __post_init__(self) -> None:
        if self.views % 2 or self.views < 2:
            raise ValueError(f"views must be an even number, not {self.views}")
        if self.columns % 2 or self.columns < 2:
            raise ValueError(f"columns must be an even number, not {self.columns}")
        if not 0 < self.source_to_isocenter_mm < self.source_to_detector_mm:
            raise ValueError("the isocentre must lie between the source and the detector")

    @property
    def column_angle_rad(self) -> float:
        """Fan angle of one detector cell."""
        return self.column_pitch_mm / self.source_to_detector_mm

    @property
    def view_angle_rad(self) -> float:
        """Rotation from one view to the next."""
        return 2 * math.pi / self.views

    @property
    def column_angles_rad(self) -> FloatArray:
        """Fan angle at the centre of each cell, shape (column,)."""
        middle = (self.columns - 1) / 2 - self.quarter_offset
        return np.asarray((np.arange(self.columns) - middle) * self.column_angle_rad, dtype=np.float64)

    @property
    def field_radius_mm(self) -> float:
        """Radius of the circle about the isocentre that every view sees whole."""
        angles = self.column_angles_rad
        return self.source_to_isocenter_mm * math.sin(min(-angles[0], angles[-1]))

    @property
    def cell_at_isocenter_mm(self) -> float:
        """Width of the sensitive part of a cell, projected to the isocentre."""
        return self.source_to_isocenter_mm * self.column_angle_rad * self.active_fraction


BRILLIANCE_64_CLASS = ScannerGeometry()
"""The scanner of the published protocol, as a class: 64 rows of which CT fluoroscopy uses 12 mm."""
