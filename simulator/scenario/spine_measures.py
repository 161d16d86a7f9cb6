"""Spine measures: window, depth and epidural space of a patient at a level, from the form of their spine."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from phantoms.build import anatomical_landmarks
from phantoms.interlaminar_windows import dorsal_target, find_interlaminar_window
from phantoms.parameters import PatientParameters
from phantoms.phantom import Anatomy, Landmarks
from phantoms.spine import build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.levels import Interspace

ANGLE_STEP_DEG = 4.0
ALL_HEIGHTS_MM = (-1000.0, 2000.0)


def spine_measures(parameters: PatientParameters, level: Interspace) -> list[float]:
    """What `measures` gives of a patient of whom nothing is built yet; empty where the level is not shown."""
    anatomy, landmarks = _anatomy(parameters)
    return [] if level not in landmarks.interspaces else measures(anatomy, landmarks, level)


def measures(anatomy: Anatomy, landmarks: Landmarks, level: Interspace) -> list[float]:
    """Window, depth and epidural space at an interspace, mm: the numbers of a `Difficulty`."""
    window = find_interlaminar_window(
        anatomy, landmarks.interspaces, level, ALL_HEIGHTS_MM, angle_step_deg=ANGLE_STEP_DEG
    )
    if window.target_mm is None:
        return [0.0, _to_skin_mm(anatomy, landmarks.interspaces[level]), 0.0]
    middle = window.planes[len(window.planes) // 2]
    return [
        float(len(window.planes)),
        round(_to_skin_mm(anatomy, middle.target_mm), 1),
        round(float(middle.depth_mm), 2),
    ]


def space_depth(parameters: PatientParameters, level: Interspace) -> list[float]:
    """Way from the skin to the dorsal epidural space nearest to a disc, mm; empty where there is none."""
    anatomy, landmarks = _anatomy(parameters)
    wall = landmarks.interspaces.get(level)
    if wall is None:
        return []
    heights = sorted(np.arange(-12.0, 13.0, 2.0), key=abs)
    targets = (dorsal_target(anatomy, PatientPoint(wall.x_mm, wall.y_mm, wall.z_mm + float(z))) for z in heights)
    found = next((target for target in targets if target is not None), None)
    return [] if found is None else [_to_skin_mm(anatomy, found[0])]


@lru_cache(maxsize=4)
def _anatomy(parameters: PatientParameters) -> tuple[Anatomy, Landmarks]:
    spine = build_spine(parameters)
    return SyntheticAnatomy.from_spine(spine), anatomical_landmarks(spine)


def _to_skin_mm(anatomy: Anatomy, point: PatientPoint) -> float:
    """Way from a point straight back to the skin, mm."""
    way = np.arange(0.0, 250.0, 0.5)
    points = np.column_stack([np.full_like(way, point.x_mm), point.y_mm + way, np.full_like(way, point.z_mm)])
    outside = np.flatnonzero(anatomy.skin_mm(points) > 0.0)
    return float(way[outside[0]]) if len(outside) else float(way[-1])
