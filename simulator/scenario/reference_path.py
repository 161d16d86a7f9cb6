"""Reference path: a line that a teacher drew in 3D Slicer, as the path of a case."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError
from simulator.scenario.toml_source import read_text

LONGEST_MM = 250.0
_MEND = "draw a line of two points in 3D Slicer and save it as .mrk.json"
_TO_LPS = {"LPS": (1.0, 1.0, 1.0), "1": (1.0, 1.0, 1.0), "RAS": (-1.0, -1.0, 1.0), "0": (-1.0, -1.0, 1.0)}
Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPath:
    """A path in the patient's frame, LPS mm; the entry is the end that lies further back."""

    entry_mm: Point
    target_mm: Point


def read_path(path: Path) -> DrawnPath:
    """Read the one line of a markups file.

    Raises:
        UserInputError: the file cannot be read, or holds no line of two points.
    """
    text = read_text(path)
    try:
        points = _points(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
        raise UserInputError(str(path), "this is no line of 3D Slicer", _MEND) from None
    if len(points) != 2:
        raise UserInputError(str(path), f"a path has two points, and there are {len(points)}", _MEND)
    length = math.dist(*points)
    if not 1.0 <= length <= LONGEST_MM:
        raise UserInputError(str(path), f"the line is {length:.0f} mm long", "draw it from skin to target, mm")
    target, entry = sorted(points, key=lambda point: point[1])
    return DrawnPath(entry_mm=entry, target_mm=target)


def _points(data: Any) -> list[Point]:
    found: list[Point] = []
    for markup in data["markups"]:
        signs = _TO_LPS[str(markup.get("coordinateSystem", "LPS")).upper()]
        for point in markup["controlPoints"]:
            if point.get("positionStatus", "defined") == "defined":
                x, y, z = (sign * float(q) for sign, q in zip(signs, point["position"], strict=True))
                if not all(map(math.isfinite, (x, y, z))):
                    raise ValueError
                found.append((round(x, 2), round(y, 2), round(z, 2)))
    return found
