"""Preview path: the straight way to the leak that a planner would draw, for the author of a case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phantoms.interlaminar_windows import find_interlaminar_window, open_angles
from simulator.scenario.accepted_targets import INTERLAMINAR
from simulator.scenario.build import Case
from simulator.spatial.frames import PatientPoint, patient_point
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.levels import Interspace

USUAL_ANGLE_DEG = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPath:
    """A path as a planner would draw it, in patient coordinates."""

    level: str
    entry_mm: PatientPoint
    target_mm: PatientPoint
    angle_deg: float

    @property
    def length_mm(self) -> float:
        """From the skin to the target."""
        return float(np.linalg.norm(np.asarray(self.entry_mm) - np.asarray(self.target_mm)))


def plan_preview_path(case: Case) -> PreviewPath | None:
    """A straight open way to an accepted level, from the leak's side if that is open; None where none is."""
    phantom = case.world.phantom
    own = case.scenario.leak.level
    if not set(INTERLAMINAR) & set(case.world.settings.accepted.approaches):
        return None  # a way through the foramen is not looked for
    for level in sorted(case.world.settings.accepted.needle_levels, key=lambda level: level != own):
        marks = phantom.landmarks.interspaces
        window = find_interlaminar_window(phantom.anatomy, marks, Interspace.parse(level), phantom.z_range_mm)
        if window.target_mm is None:
            continue
        angles = open_angles(
            phantom.anatomy, window.target_mm, np.asarray(window.planes[len(window.planes) // 2].angles_deg)
        )
        wanted = USUAL_ANGLE_DEG * (1.0 if case.scenario.leak.side is Laterality.LEFT else -1.0)
        angle = float(angles[np.argmin(np.abs(angles - wanted))])
        way = np.array([np.sin(np.radians(angle)), np.cos(np.radians(angle)), 0.0])
        points = np.asarray(window.target_mm) + np.arange(0.0, 200.0, 0.5)[:, None] * way
        outside = np.flatnonzero(phantom.anatomy.skin_mm(points) > 0.0)
        if len(outside):
            entry_mm = patient_point(points[outside[0]])
            return PreviewPath(level=level, entry_mm=entry_mm, target_mm=window.target_mm, angle_deg=angle)
    return None
