"""Patient position: which way a patient lies, and with that which way rows and columns of an axial image run.

The simulated patient lies prone, head first; the other position is here so that one writer serves both, and a marker
on the patient's left is on the left in either.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from simulator.export.acquired_series import AcquiredSeries, Plane
from simulator.spatial.frames import TablePoint
from simulator.vocabulary.procedure import MyelogramPosition


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientPosition:
    """How somebody lies in the gantry.

    Attributes:
        code: Patient Position (0018,5100)
        column_direction: towards which end of LPS x the columns count, 1 or -1; rows count to the front in a prone one
    """

    code: str
    column_direction: int

    @property
    def orientation(self) -> list[int]:
        """Image Orientation (Patient) of an upright gantry: the directions of a row and of a column, in LPS."""
        return [self.column_direction, 0, 0, 0, -1, 0]

    def leaning_orientation(self, tilt_deg: float) -> list[float]:
        """The same of a gantry whose upper edge leans to the head: columns run to the front and the feet."""
        angle = math.radians(tilt_deg)
        return [float(self.column_direction), 0.0, 0.0, 0.0, -math.cos(angle), -math.sin(angle)]

    def arranged(self, plane: Plane) -> Plane:
        """A slice with its columns in this order; it comes with the patient's left in column 0."""
        return plane if self.column_direction < 0 else plane[:, ::-1]

    def first_pixel_mm(self, series: AcquiredSeries, index: int) -> TablePoint:
        """Centre of row 0, column 0 of an arranged slice, counted from the feet: x, y and z in LPS."""
        x, y, z = series.first_pixel_of_mm(index)
        return TablePoint(x if self.column_direction < 0 else 2 * series.centre_mm[0] - x, y, z)


MYELOGRAM_CODES: Mapping[MyelogramPosition, str] = {
    MyelogramPosition.PRONE: "HFP",
    MyelogramPosition.SUPINE: "HFS",
    MyelogramPosition.RIGHT_DECUBITUS: "HFDR",
    MyelogramPosition.LEFT_DECUBITUS: "HFDL",
}
"""Patient Position of a myelogram. Rows and columns are given in the patient's axes, so they stay as they are."""

HEAD_FIRST_PRONE = PatientPosition(code="HFP", column_direction=-1)
FEET_FIRST_PRONE = PatientPosition(code="FFP", column_direction=1)
