"""Slicer path: a line that a teacher drew in 3D Slicer (`.mrk.json`), as the path of a case."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError
from simulator.scenario.toml_source import read_text
from simulator.spatial.frames import PatientPoint
from simulator.spatial.slicer_points import NotInMillimetresError, points_of_markup

SHORTEST_MM, LONGEST_MM = 1.0, 250.0
_MEND = "draw a line of two points in 3D Slicer and save it as .mrk.json"
_NOT_ITS_FORM = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPath:
    """A path in the patient's frame, LPS mm; the entry is the end that lies further back."""

    entry_mm: PatientPoint
    target_mm: PatientPoint


def read_path(path: Path) -> DrawnPath:
    """Read the one line of a markups file.

    Raises:
        UserInputError: the file cannot be read, or holds no line of two points.
    """
    text = read_text(path)
    try:
        points = _points(json.loads(text))
    except NotInMillimetresError:
        raise UserInputError(str(path), "the points are not in millimetres", "save them in mm") from None
    except _NOT_ITS_FORM:
        raise UserInputError(str(path), "this is no line of 3D Slicer", _MEND) from None
    if len(points) != 2:
        raise UserInputError(str(path), f"a path has two points, and there are {len(points)}", _MEND)
    length = math.dist(*points)
    if not SHORTEST_MM <= length <= LONGEST_MM:
        raise UserInputError(str(path), f"the line is {length:.0f} mm long", "draw it from skin to target, mm")
    target, entry = sorted(points, key=lambda point: point[1])
    return DrawnPath(entry_mm=entry, target_mm=target)


def _points(data: Any) -> list[PatientPoint]:
    places = [point.place for markup in data["markups"] for point in points_of_markup(markup)]
    return [PatientPoint(round(x, 2), round(y, 2), round(z, 2)) for x, y, z in places]
