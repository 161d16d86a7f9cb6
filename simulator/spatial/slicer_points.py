"""Points of 3D Slicer's markups, turned to the patient's frame (LPS, mm), whatever system they were saved in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from simulator.spatial.frames import PatientPoint

_TO_LPS = {"LPS": (1.0, 1.0), "1": (1.0, 1.0), "RAS": (-1.0, -1.0), "0": (-1.0, -1.0)}
_MILLIMETRES = ("mm", "millimeter", "millimetre")


class NotInMillimetresError(ValueError):
    """The points of a markup are in another unit."""

    def __init__(self, unit: object) -> None:
        super().__init__(f"the points are in {unit}, not in millimetres")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicerPoint:
    """A control point that has a place: its label and description as they stand, and the place."""

    label: str
    description: str
    place: PatientPoint


def turn_to_lps(place: Any, system: str) -> PatientPoint:
    """A place, LPS mm; Slicer writes its systems as words, old files as numbers.

    Raises:
        ValueError: the system is none of Slicer's, or the place is not finite.
        TypeError: the place is no row of three numbers.
    """
    if system.upper() not in _TO_LPS:
        raise ValueError(system)
    x_sign, y_sign = _TO_LPS[system.upper()]
    x, y, z = (float(q) for q in place)
    if not all(map(math.isfinite, (x, y, z))):
        raise ValueError(place)
    return PatientPoint(x_sign * x, y_sign * y, z)


def points_of_markup(markup: Any) -> Iterator[SlicerPoint]:
    """The control points of one markup of a `.mrk.json` file that have a place, in the order of the file.

    Raises:
        NotInMillimetresError: they are in another unit.
        ValueError, TypeError, KeyError, AttributeError, IndexError: it has not the form of Slicer's schema 1.0.
    """
    unit = markup.get("coordinateUnits", "mm")
    if (unit[0] if isinstance(unit, list) and unit else unit) not in _MILLIMETRES:
        raise NotInMillimetresError(unit)
    system = str(markup.get("coordinateSystem", "LPS"))
    for point in markup.get("controlPoints") or []:
        if point.get("positionStatus", "defined") == "defined":
            yield SlicerPoint(
                label=str(point.get("label", "")),
                description=str(point.get("description", "")),
                place=turn_to_lps(point["position"], system),
            )
