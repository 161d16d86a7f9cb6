"""Measurement: distances and angles that the trainee draws on a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum

from simulator.gui.drawing.picture import PlanePoint
from simulator.gui.images.image_plane import ImagePlane


class MeasurementKind(StrEnum):
    """What is measured."""

    DISTANCE = "distance"
    ANGLE = "angle"

    @property
    def point_count(self) -> int:
        """Points that it takes."""
        return 2 if self is MeasurementKind.DISTANCE else 3


@dataclass(slots=True)
class Measurement:
    """Two or three points on one plane.

    Attributes:
        scan: number of the acquisition
        at: slice, column or row that the plane shows
        points: in millimetres from the picture's middle
    """

    kind: MeasurementKind
    scan: int
    plane: ImagePlane
    at: int
    points: list[PlanePoint] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether all points are set."""
        return len(self.points) == self.kind.point_count

    @property
    def words(self) -> str:
        """What it says; empty until it is complete."""
        if not self.complete:
            return ""
        if self.kind is MeasurementKind.DISTANCE:
            return f"{math.dist(*self.points):.1f} mm"
        return f"{angle_deg(*self.points):.1f}°"


def angle_deg(first: PlanePoint, corner: PlanePoint, second: PlanePoint) -> float:
    """Angle at the corner; 0 where two points coincide."""
    a = (first[0] - corner[0], first[1] - corner[1])
    b = (second[0] - corner[0], second[1] - corner[1])
    lengths = math.hypot(*a) * math.hypot(*b)
    if lengths == 0.0:
        return 0.0
    return math.degrees(math.acos(min(max((a[0] * b[0] + a[1] * b[1]) / lengths, -1.0), 1.0)))
