"""Markups: plan, course of the tip and near misses as 3D Slicer's `.mrk.json`, schema 1.0.3, in LPS of the images."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.engine import events as e
from simulator.export.finished_session import FinishedSession
from simulator.export.slicer.shown_places import ShownPlaces
from simulator.report.near_misses import NearMiss
from simulator.report.procedure_marks import Marks, clock, read_marks
from simulator.spatial.frames import TablePoint

SCHEMA = (
    "https://raw.githubusercontent.com/slicer/slicer/master/Modules/Loadable/Markups/Resources/Schema/"
    "markups-schema-v1.0.3.json#"
)
Rgb = tuple[float, float, float]
_PLAN_RGB, _COURSE_RGB, _MISS_RGB = (0.2, 0.8, 0.3), (0.2, 0.6, 1.0), (1.0, 0.4, 0.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """One node.

    Attributes:
        kind: "Fiducial", "Line" or "Curve"
        points: label and place of each control point
        file_stem: where it has a file of its own
    """

    kind: str
    name: str
    file_stem: str
    rgb: Rgb
    points: tuple[tuple[str, TablePoint], ...]

    def to_json(self) -> dict[str, Any]:
        """In plain JSON types, as the schema has it."""
        return {
            "type": self.kind,
            "name": self.name,
            "coordinateSystem": "LPS",
            "coordinateUnits": "mm",
            "locked": True,
            "fixedNumberOfControlPoints": False,
            "labelFormat": "%N-%d",
            "lastUsedControlPointNumber": len(self.points),
            "controlPoints": [_control_point(n, *point) for n, point in enumerate(self.points, start=1)],
            "display": {"visibility": True, "color": list(self.rgb), "selectedColor": list(self.rgb), "opacity": 1.0},
        }


def session_markups(finished: FinishedSession, misses: Sequence[tuple[str, NearMiss]]) -> tuple[Markup, ...]:
    """What was planned, where the tip went and where it came close; nodes without a point are left out.

    Args:
        misses: words and moment of each near miss
    """
    session = finished.session
    marks = read_marks(session.world, session.events)
    places = ShownPlaces(session.world, session.events)
    plan = marks.summary.plan or next((x for x in reversed(session.events) if isinstance(x, e.PathPlanned)), None)
    planned = () if plan is None else (("entry", plan.entry_mm), ("target", plan.target_mm))
    found = (
        Markup(kind="Line", name="Planned path", file_stem="plan", rgb=_PLAN_RGB, points=planned),
        Markup(
            kind="Fiducial",
            name="Entry and tip",
            file_stem="entry-and-tip",
            rgb=_COURSE_RGB,
            points=_entries_and_tip(marks, places),
        ),
        Markup(
            kind="Curve",
            name="Course of the tip",
            file_stem="course-of-the-tip",
            rgb=_COURSE_RGB,
            points=tuple((clock(move.at_ms), places.at(move.tip_mm, move.at_ms)) for move in marks.moves),
        ),
        Markup(
            kind="Fiducial",
            name="Near misses",
            file_stem="near-misses",
            rgb=_MISS_RGB,
            points=_misses(marks, places, misses),
        ),
    )
    return tuple(markup for markup in found if markup.points)


def write_markups(markups: Sequence[Markup], path: Path) -> None:
    """Write nodes into one file."""
    body = {"@schema": SCHEMA, "markups": [markup.to_json() for markup in markups]}
    path.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8", newline="\n")


def _control_point(number: int, label: str, place: TablePoint) -> Mapping[str, Any]:
    return {
        "id": str(number),
        "label": label,
        "description": "",
        "associatedNodeID": "",
        "position": [round(value, 4) for value in place],
        "orientation": [-1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0],
        "selected": True,
        "locked": True,
        "visibility": True,
        "positionStatus": "defined",
    }


def _entries_and_tip(marks: Marks, places: ShownPlaces) -> tuple[tuple[str, TablePoint], ...]:
    """Every place where the needle went through the skin, and where the tip came to lie last."""
    entries = [event for event in marks.events if isinstance(event, e.SkinPunctured)]
    found = [(f"skin {n}", places.at(event.entry_mm, event.at_ms)) for n, event in enumerate(entries, start=1)]
    if marks.moves:
        found.append(("deepest tip", _deepest(marks, places)))
    return tuple(found)


def _deepest(marks: Marks, places: ShownPlaces) -> TablePoint:
    move = max(marks.moves, key=lambda one: one.inserted_mm)
    return places.at(move.tip_mm, move.at_ms)


def _misses(
    marks: Marks, places: ShownPlaces, misses: Sequence[tuple[str, NearMiss]]
) -> tuple[tuple[str, TablePoint], ...]:
    found = []
    for words, miss in misses:
        stood = marks.move_before(miss.at_ms)
        if stood is not None:
            found.append((words, places.at(stood.tip_mm, miss.at_ms)))
    return tuple(found)
