"""Preview path: the straight way to the leak that a planner would draw, or that the teacher drew, for an author."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from phantoms.interlaminar_windows import find_interlaminar_window, open_angles
from simulator.scenario.accepted_targets import INTERLAMINAR
from simulator.scenario.build import Case
from simulator.scenario.foraminal_path import find_foraminal_way
from simulator.spatial.frames import PatientPoint, patient_point
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.levels import Interspace

USUAL_ANGLE_DEG = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPath:
    """A path as a planner would draw it, in patient coordinates.

    Attributes:
        angle_deg: in the axial plane from straight behind, positive where the entry is on the left
        drawn_by: who drew it, in a word
    """

    level: str
    entry_mm: PatientPoint
    target_mm: PatientPoint
    angle_deg: float
    drawn_by: str = "planned"

    @property
    def length_mm(self) -> float:
        """From the skin to the target."""
        return float(np.linalg.norm(np.asarray(self.entry_mm) - np.asarray(self.target_mm)))


def plan_preview_path(case: Case) -> PreviewPath | None:
    """The teacher's path where there is one, else a straight open way to an accepted level; None where none is."""
    own = case.scenario.path
    if own is not None:
        entry, target = PatientPoint(*own.entry_mm), PatientPoint(*own.target_mm)
        angle = math.degrees(math.atan2(entry.x_mm - target.x_mm, entry.y_mm - target.y_mm))
        level = str(case.world.phantom.anatomy.level(target))
        return PreviewPath(level=level, entry_mm=entry, target_mm=target, angle_deg=angle, drawn_by="the teacher's")
    if not set(INTERLAMINAR) & set(case.world.settings.accepted.approaches):
        return _foraminal(case)
    return _interlaminar(case)


def _interlaminar(case: Case) -> PreviewPath | None:
    """Between the laminae, from the leak's side if that is open."""
    phantom = case.world.phantom
    for level in _levels(case):
        marks = phantom.landmarks.interspaces
        window = find_interlaminar_window(phantom.anatomy, marks, Interspace.parse(level), phantom.z_range_mm)
        if window.target_mm is None:
            continue
        angles = open_angles(
            phantom.anatomy, window.target_mm, np.asarray(window.planes[len(window.planes) // 2].angles_deg)
        )
        wanted = USUAL_ANGLE_DEG * (1.0 if case.scenario.leak.side is Laterality.LEFT else -1.0)
        path = _from_skin(case, level, window.target_mm, float(angles[np.argmin(np.abs(angles - wanted))]))
        if path is not None:
            return path
    return None


def _foraminal(case: Case) -> PreviewPath | None:
    """Through the foramen on the leak's side."""
    phantom = case.world.phantom
    for level in _levels(case):
        wall = phantom.landmarks.interspaces.get(Interspace.parse(level))
        for side in case.world.settings.accepted.sides if wall is not None else ():
            sign = 1 if side is Laterality.LEFT else -1
            way = find_foraminal_way(phantom.anatomy, wall, case.world.midline_x_mm(wall.z_mm), sign) if wall else None
            path = None if way is None else _from_skin(case, level, way.target_mm, way.angle_deg)
            if path is not None:
                return path
    return None


def _levels(case: Case) -> list[str]:
    """Accepted levels, the leak's own first."""
    own = case.scenario.leak.level
    return sorted(case.world.settings.accepted.needle_levels, key=lambda level: level != own)


def _from_skin(case: Case, level: str, target_mm: PatientPoint, angle_deg: float) -> PreviewPath | None:
    """The way from the skin to a target under an angle in the axial plane."""
    way = np.array([np.sin(np.radians(angle_deg)), np.cos(np.radians(angle_deg)), 0.0])
    points = np.asarray(target_mm) + np.arange(0.0, 220.0, 0.5)[:, None] * way
    outside = np.flatnonzero(case.world.phantom.anatomy.skin_mm(points) > 0.0)
    if not len(outside):
        return None
    return PreviewPath(
        level=level, entry_mm=patient_point(points[outside[0]]), target_mm=target_mm, angle_deg=angle_deg
    )
