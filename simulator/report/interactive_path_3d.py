"""Interactive path: the needle's way in three dimensions, as lines that the page itself turns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.report.outlines import Plane, outlines
from simulator.report.procedure_marks import Marks
from simulator.spatial.frames import PatientPoint, TablePoint
from simulator.vocabulary.structures import Structure

HALF_WIDTH_MM, FRONT_MM = 40.0, 30.0  # of the canal shown beside and before the tip
UP_DOWN_MM = 21.0
EVERY_MM = 3.0
STEP_MM = 1.0
STRUCTURES = (Structure.BONE, Structure.DURA, Structure.COLLECTION, Structure.NEURAL, Structure.SKIN)
_TOLERANCE_MM, _LONGEST_MM = 0.25, 6.0


def interactive_path_3d(
    world: CaseContext, marks: Marks, expert_mm: NDArray[np.float64] | None = None
) -> dict[str, Any] | None:
    """Outlines on a stack of axial planes, and the needle's way, in tenths of a millimetre about the tip.

    Args:
        expert_mm: [shape=(n, 3), mm] another way of the tip to lay beside

    Returns:
        Plain JSON types: "lines", each with "css" (a class of the legend), "closed" and "points" (x, y, z, x, y, z ...
        to the patient's left, back and head); None where no needle was placed.
    """
    placed = [event for event in marks.events if isinstance(event, e.NeedlePlaced)]
    if not placed:
        return None
    blood = marks.summary.first_blood
    move = marks.closest_dura
    middle = blood.tip_mm if blood is not None else move.tip_mm if move is not None else placed[-1].entry_mm
    lines = _anatomy(world, marks, middle) + _needle(marks, middle)
    if marks.summary.plan is not None:
        plan = [_at_rest(world, p) for p in (marks.summary.plan.entry_mm, marks.summary.plan.target_mm)]
        lines.append(_line("plan", np.array(plan), middle))
    if expert_mm is not None and len(expert_mm) > 1:
        lines.append(_line("expert", expert_mm, middle))
    holes = [leak.hole_mm for leak in world.phantom.leaks if leak.hole_mm is not None]
    points = [{"css": "hole", "at": _tenths(np.array([hole]), middle)} for hole in holes]
    if blood is not None:
        points.append({"css": "opening", "at": _tenths(np.array([blood.opening_mm]), middle)})
    return {"lines": lines, "points": points}


def _at_rest(world: CaseContext, table_mm: TablePoint) -> PatientPoint:
    """A point of the planning image in the patient's frame."""
    return world.table_transform().to_patient(table_mm)


def _anatomy(world: CaseContext, marks: Marks, middle: PatientPoint) -> list[dict[str, Any]]:
    low, high = world.phantom.z_range_mm
    entries = [event.entry_mm for event in marks.events if isinstance(event, e.NeedlePlaced)]
    back = max(max(entry[1] for entry in entries) + 4.0, middle[1] + FRONT_MM)
    lines: list[dict[str, Any]] = []
    for z in np.arange(middle[2] - UP_DOWN_MM, middle[2] + UP_DOWN_MM + 0.1, EVERY_MM):
        if not low <= z <= high:
            continue
        plane = Plane(
            kind="axial",
            at_mm=float(z),
            u_mm=(middle[0] - HALF_WIDTH_MM, middle[0] + HALF_WIDTH_MM),
            v_mm=(middle[1] - FRONT_MM, back),
            step_mm=STEP_MM,
        )
        for name, found in outlines(world.phantom, plane, STRUCTURES).items():
            for outline in found:
                kept = _inner(outline, plane) if name is Structure.SKIN else [outline]
                lines += [
                    _line(
                        str(name),
                        np.column_stack([part, np.full(len(part), z)]),
                        middle,
                        closed=name is not Structure.SKIN,
                    )
                    for part in kept
                ]
    return lines


def _inner(outline: NDArray[np.float64], plane: Plane) -> list[NDArray[np.float64]]:
    """The parts of an outline that do not run along the plane's own edge."""
    near = np.zeros(len(outline), bool)
    for axis, (first, last) in enumerate((plane.u_mm, plane.v_mm)):
        near |= (outline[:, axis] < first + STEP_MM) | (outline[:, axis] > last - STEP_MM)
    cuts = np.flatnonzero(np.diff(near.astype(int)) != 0) + 1
    return [part for part in np.split(outline, cuts) if len(part) > 1 and not _touches(part, plane)]


def _touches(part: NDArray[np.float64], plane: Plane) -> bool:
    u, v = part[len(part) // 2]
    return bool(min(u - plane.u_mm[0], plane.u_mm[1] - u, v - plane.v_mm[0], plane.v_mm[1] - v) < STEP_MM)


def _needle(marks: Marks, middle: PatientPoint) -> list[dict[str, Any]]:
    lines = []
    here: PatientPoint | None = None
    for event in marks.events:
        if isinstance(event, e.NeedlePlaced):
            here = event.entry_mm
        elif isinstance(event, e.NeedleMoved) and here is not None:
            css = "push" if event.moved_mm >= 0 else "pull"
            lines.append(_line(css, np.array([here, event.tip_mm]), middle))
            here = event.tip_mm
    return lines


def _line(css: str, points: NDArray[np.float64], middle: PatientPoint, *, closed: bool = False) -> dict[str, Any]:
    return {"css": css, "closed": closed, "points": _tenths(_thinned(points), middle)}


def _thinned(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A polyline without points that lie within `_TOLERANCE_MM` of the chord of their neighbours."""
    kept = [0]
    places = points.tolist()  # plain numbers: a line has some hundred points, and each is looked at by itself
    for number, (here, after) in enumerate(pairwise(places[1:]), start=1):
        first = places[kept[-1]]
        length_mm = math.dist(first, after)
        if length_mm == 0.0 or length_mm > _LONGEST_MM or _off_chord_mm(here, first, after) > _TOLERANCE_MM:
            kept.append(number)
    return points[[*kept, len(points) - 1]]


def _off_chord_mm(here: Sequence[float], first: Sequence[float], after: Sequence[float]) -> float:
    """Distance of a point from the line through two others."""
    (x, y, z), (u, v, w) = ([b - a for a, b in zip(first, to, strict=True)] for to in (here, after))
    return math.hypot(y * w - z * v, z * u - x * w, x * v - y * u) / math.hypot(u, v, w)


def _tenths(points: NDArray[np.float64], middle: PatientPoint) -> list[int]:
    return [round(10.0 * float(v)) for v in (points - np.asarray(middle)).ravel()]
