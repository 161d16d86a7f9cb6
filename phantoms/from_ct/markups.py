"""Points with names from a file, turned to LPS millimetres: 3D Slicer's fiducials, TOML, VerSe's centroids."""

from __future__ import annotations

import csv
import json
import math
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from phantoms.from_ct.file_voxels import FileVoxels
from phantoms.from_ct.image import CtFault
from phantoms.from_ct.numberings import T13_NAME, TABLES, VERSE, VERSE_LABELS, meaning_of
from simulator.errors import UserInputError
from simulator.files.small_file import read_small_text
from simulator.spatial.frames import PatientPoint
from simulator.spatial.slicer_points import NotInMillimetresError, SlicerPoint, points_of_markup, turn_to_lps
from simulator.vocabulary.levels import Vertebra

_MOST_BYTES = 2_000_000
# What damaged text makes of JSON, TOML and tables of values
_UNREADABLE = (
    csv.Error,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    ArithmeticError,
    RecursionError,
)
_MEND = (
    "Save the points of 3D Slicer as .mrk.json or .fcsv, each named after its vertebra (L4), or write lines of TOML "
    "such as L4 = [x, y, z] (LPS, mm)"
)
_CORPUS = "50"  # a vertebral body, in the sub-regions of TPTBox
_PLACED, _STATUS_FIELD = "2", 14  # of a .fcsv: position status, which its header does not list


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsFile:
    """What a file of points holds.

    Attributes:
        points: by the name of their vertebra, LPS mm
        remarks: what of the file was passed over, a sentence
    """

    points: dict[str, PatientPoint]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _PassedOver:
    """What of a file points at no vertebra, in words."""

    words: str


_Found = Iterator[tuple[str, PatientPoint] | _PassedOver]


def read_points(path: Path, voxels: FileVoxels | None = None) -> PointsFile:
    """Points by the name of their vertebra, and what was passed over.

    Args:
        path: `.mrk.json`, `.fcsv`, `.toml`, or VerSe's `.json`
        voxels: of the CT: VerSe counts in voxels; None where there is no CT to count in

    Raises:
        CtFault: the file is missing, of none of the three forms, or a point has no place or a name twice.
    """
    what = str(path)
    try:
        text = read_small_text(path, largest_bytes=_MOST_BYTES)
    except UserInputError as fault:
        raise CtFault(what, "file", f"{fault.what}", _MEND) from None
    readers: dict[str, Callable[[str], _Found]]
    readers = {".json": partial(_json, what, voxels), ".fcsv": _fcsv, ".toml": _toml}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise CtFault(what, "file name", "points are read from .mrk.json, .fcsv or .toml", _MEND)
    points: dict[str, PatientPoint] = {}
    passed_over: list[str] = []
    try:
        for found in reader(text):
            if isinstance(found, _PassedOver):
                passed_over.append(found.words)
                continue
            label, place = found
            name = _vertebra_name(str(label))
            if name in points:
                raise CtFault(what, f"point {name}", "it is there twice", "Keep one point for each vertebra")
            x, y, z = (float(q) for q in place)
            if not all(map(math.isfinite, (x, y, z))):
                raise ValueError
            points[name] = PatientPoint(x, y, z)
    except CtFault:
        raise
    except _UNREADABLE:
        raise CtFault(what, "file", "its points cannot be read", _MEND) from None
    if not points:
        raise CtFault(what, "file", "there is no point in it", _MEND)
    remarks = (f"{what}: passed over {'; '.join(dict.fromkeys(passed_over))}",) if passed_over else ()
    return PointsFile(points=points, remarks=remarks)


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


def _vertebra_name(label: str) -> str:
    """A label as a vertebra's name where it is one ("vertebrae_L4" is L4), else its first word."""
    words = label.split()
    return (meaning_of(label) or (words[0] if words else "?")).upper()


def _json(what: str, voxels: FileVoxels | None, text: str) -> _Found:
    content = json.loads(text)
    if isinstance(content, list):
        yield from _verse(what, voxels, content)
        return
    for markup in content["markups"]:
        kind = str(markup.get("type", "Fiducial"))
        if kind.lower() != "fiducial":
            yield _PassedOver(f"a markup of the type {kind[:40]!r}, which names no vertebra")
            continue
        for point in markup.get("controlPoints") or []:
            if point.get("positionStatus", "defined") != "defined":
                yield _PassedOver(_not_placed(point.get("label", "")))
        try:
            for point in points_of_markup(markup):
                yield _described(point), point.place
        except NotInMillimetresError:
            raise CtFault(what, "coordinateUnits", "the points are not in millimetres", "Save them in mm") from None


def _described(point: SlicerPoint) -> str:
    """A point's name; TPTBox has the part of the vertebra there, and the vertebra in the description."""
    if point.label.strip() != _CORPUS or not point.description.strip():
        return point.label
    first = point.description.split()[0]
    return str(VERSE_LABELS.get(int(first), first)) if first.isdecimal() else point.description


def _not_placed(label: Any) -> str:
    return f"the point {str(label)[:40]!r}, which is not placed"


def _verse(what: str, voxels: FileVoxels | None, content: list[Any]) -> _Found:
    """Centroids in voxels along the axes that the first entry names."""
    if voxels is None:
        raise CtFault(what, "file", "centroids in voxels need the CT that they are counted in", _MEND)
    direction = "".join(content[0]["direction"]).upper()
    for entry in content[1:]:
        number = int(entry["label"])
        name = TABLES[VERSE].get(number)
        if name == T13_NAME:  # passed over, it would make T12 and L1 neighbours
            text = "T13 is pointed at; a thorax of other than twelve vertebrae is not supported"
            raise CtFault(what, f"label {number}", text, "Use a CT with T1 to T12 and L1 to L5 or L6")
        if name is None:
            yield _PassedOver(f"label {number}, which is no vertebra's in VerSe")
        elif name == Vertebra.S1:
            yield _PassedOver(f"label {number}, the sacrum's, whose middle is none of S1's body")
        else:
            yield name, voxels.place(direction, [float(entry[axis]) for axis in "XYZ"])


def _fcsv(text: str) -> _Found:
    system, columns = "RAS", ["id", "x", "y", "z", "ow", "ox", "oy", "oz", "vis", "sel", "lock", "label"]
    for line in text.splitlines():
        key, _, rest = line.lstrip("# ").partition("=")
        if line.startswith("#"):
            if key.strip() == "CoordinateSystem":
                system = rest.strip()
            elif key.strip() == "columns":
                columns = rest.strip().split(",")
        elif line.strip():
            fields = next(csv.reader([line], strict=True))
            row = dict(zip(columns, fields, strict=False))
            if len(fields) <= _STATUS_FIELD or fields[_STATUS_FIELD].strip() in ("", _PLACED):
                yield row["label"], turn_to_lps((row["x"], row["y"], row["z"]), system)
            else:
                yield _PassedOver(_not_placed(row["label"]))


def _toml(text: str) -> _Found:
    yield from tomllib.loads(text).items()
