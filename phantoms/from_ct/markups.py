"""Points with names from a file: 3D Slicer's fiducials (.mrk.json, .fcsv) or TOML, turned to LPS millimetres."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from phantoms.from_ct.image import CtFault
from simulator.errors import UserInputError
from simulator.files.small_file import read_small_text
from simulator.spatial.frames import PatientPoint

_MOST_BYTES = 2_000_000
_MEND = (
    "Save the points of 3D Slicer as .mrk.json or .fcsv, each named after its vertebra (L4), or write lines of TOML "
    "such as L4 = [x, y, z] (LPS, mm)"
)


def read_points(path: Path) -> dict[str, PatientPoint]:
    """Points by the name of their vertebra, LPS mm.

    Raises:
        CtFault: the file is missing, of none of the three forms, or a point has no place or a name twice.
    """
    what = str(path)
    try:
        text = read_small_text(path, largest_bytes=_MOST_BYTES)
    except UserInputError as fault:
        raise CtFault(what, "file", f"{fault.what}", _MEND) from None
    readers = {".json": _slicer_json, ".fcsv": _fcsv, ".toml": _toml}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise CtFault(what, "file name", "points are read from .mrk.json, .fcsv or .toml", _MEND)
    points: dict[str, PatientPoint] = {}
    try:
        for label, place in reader(text):
            name = str(label).strip().split()[0].upper() if str(label).strip() else "?"
            if name in points:
                raise CtFault(what, f"point {name}", "it is there twice", "Keep one point for each vertebra")
            x, y, z = (float(q) for q in place)
            if not all(map(math.isfinite, (x, y, z))):
                raise ValueError
            points[name] = PatientPoint(x, y, z)
    except CtFault:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, ArithmeticError, RecursionError):  # JSON, TOML
        raise CtFault(what, "file", "its points cannot be read", _MEND) from None
    if not points:
        raise CtFault(what, "file", "there is no point in it", _MEND)
    return points


def parse_point(text: str) -> tuple[str, PatientPoint]:
    """Name and place of a point written as "L4=-12,40,1253" (LPS, mm).

    Raises:
        ValueError: it is not written so.
    """
    name, _, place = text.partition("=")
    x, y, z = (float(q) for q in place.split(","))
    if not name.strip() or not all(map(math.isfinite, (x, y, z))):
        raise ValueError(text)
    return name.strip().upper(), PatientPoint(x, y, z)


def _turned(place: Any, system: str) -> PatientPoint:
    """A place to LPS; Slicer writes its systems as words, old files as numbers."""
    x, y, z = (float(q) for q in place)
    if system.upper() in ("LPS", "1"):
        return PatientPoint(x, y, z)
    if system.upper() in ("RAS", "0"):
        return PatientPoint(-x, -y, z)
    raise ValueError(system)


def _slicer_json(text: str) -> Iterator[tuple[str, PatientPoint]]:
    for markup in json.loads(text)["markups"]:
        system = str(markup.get("coordinateSystem", "LPS"))
        for point in markup["controlPoints"]:
            if point.get("positionStatus", "defined") == "defined":
                yield point["label"], _turned(point["position"], system)


def _fcsv(text: str) -> Iterator[tuple[str, PatientPoint]]:
    system, columns = "RAS", ["id", "x", "y", "z", "ow", "ox", "oy", "oz", "vis", "sel", "lock", "label"]
    for line in text.splitlines():
        key, _, rest = line.lstrip("# ").partition("=")
        if line.startswith("#"):
            if key.strip() == "CoordinateSystem":
                system = rest.strip()
            elif key.strip() == "columns":
                columns = rest.strip().split(",")
        elif line.strip():
            row = dict(zip(columns, line.split(","), strict=False))
            yield row["label"], _turned((row["x"], row["y"], row["z"]), system)


def _toml(text: str) -> Iterator[tuple[str, PatientPoint]]:
    yield from tomllib.loads(text).items()
