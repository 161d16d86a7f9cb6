"""Measure: lines and angles that the trainee draws on a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

Point = tuple[float, float]
Plane = Literal["axial", "sagittal", "coronal"]
POINTS = {"distance": 2, "angle": 3}


@dataclass(slots=True)
class Measurement:
    """Two or three points on one plane, in its millimetres from the picture's middle: down, across."""

    kind: Literal["distance", "angle"]
    scan: int
    plane: Plane
    at: int
    points: list[Point] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether all points are set."""
        return len(self.points) == POINTS[self.kind]

    @property
    def words(self) -> str:
        """What it says; empty until it is complete."""
        if not self.complete:
            return ""
        if self.kind == "distance":
            return f"{math.dist(*self.points):.1f} mm"
        return f"{angle_deg(*self.points):.1f}°"


def angle_deg(first: Point, corner: Point, second: Point) -> float:
    """Angle at the corner; 0 where two points coincide."""
    a = (first[0] - corner[0], first[1] - corner[1])
    b = (second[0] - corner[0], second[1] - corner[1])
    lengths = math.hypot(*a) * math.hypot(*b)
    if lengths == 0.0:
        return 0.0
    return math.degrees(math.acos(min(max((a[0] * b[0] + a[1] * b[1]) / lengths, -1.0), 1.0)))
