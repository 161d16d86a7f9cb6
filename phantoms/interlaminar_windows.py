"""Interlaminar windows: straight needle paths in the axial plane from the skin to the dorsal epidural space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from phantoms.phantom import Anatomy, Landmarks, ZoneLabel
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import PatientPoint, patient_point
from simulator.vocabulary.levels import Interspace

NEEDLE_RADIUS_MM = 0.45  # 20G
SPARE_MM = 0.3  # between needle and bone
_LEAST_DEPTH_MM = 1.5  # of the dorsal epidural space, to be a target
_REACH_MM = 20.0  # above and below the disc
_STEP_MM = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlane:
    """An axial plane in which straight ways lead to the dorsal epidural space.

    Attributes:
        target_mm: middle of the dorsal epidural space on the midline
        depth_mm: of the space there, front to back
        angles_deg: of the open ways from straight behind, positive where the entry is on the left
    """

    target_mm: PatientPoint
    depth_mm: float
    angles_deg: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InterlaminarWindow:
    """The longest run of neighbouring open planes of one interspace.

    Attributes:
        level: the interspace
        planes: from the feet up, 1 mm apart; empty where no way is open
    """

    level: Interspace
    planes: tuple[OpenPlane, ...]

    @property
    def target_mm(self) -> PatientPoint | None:
        """Target in the middle plane, None where no way is open."""
        return self.planes[len(self.planes) // 2].target_mm if self.planes else None


def dorsal_target(anatomy: Anatomy, wall: PatientPoint) -> tuple[PatientPoint, float] | None:
    """Middle and depth of the dorsal epidural space on the midline of a plane; None where it is too shallow.

    Args:
        anatomy: of the patient
        wall: a point on the posterior wall of the canal in that plane
    """
    y = wall.y_mm + np.arange(0.0, 45.0, 0.25)
    points = np.column_stack([np.full_like(y, wall.x_mm), y, np.full_like(y, wall.z_mm)])
    dorsal = np.flatnonzero(anatomy.zone(points) == ZoneLabel.DORSAL)
    if not len(dorsal):
        return None
    run = np.split(dorsal, np.flatnonzero(np.diff(dorsal) > 1) + 1)[0]
    depth = 0.25 * len(run)
    if depth < _LEAST_DEPTH_MM:
        return None
    return patient_point(points[(run[0] + run[-1]) // 2]), depth


def open_angles(
    anatomy: Anatomy, target_mm: PatientPoint, angles_deg: FloatArray, reach_mm: float = 140.0
) -> FloatArray:
    """Angles of the straight in-plane ways from the skin to a target that touch neither bone nor dura.

    Args:
        anatomy: of the patient
        target_mm: where the ways end
        angles_deg: to try, from straight behind, positive to the patient's left
        reach_mm: longest way
    """
    t = np.arange(0.0, reach_mm, _STEP_MM)
    angle = np.radians(angles_deg)[:, None]
    points = np.empty((len(angles_deg), len(t), 3))
    points[..., 0] = target_mm[0] + t * np.sin(angle)
    points[..., 1] = target_mm[1] + t * np.cos(angle)
    points[..., 2] = target_mm[2]
    flat = points.reshape(-1, 3)
    inside = anatomy.skin_mm(flat) < 0.0
    bone = np.where(inside, anatomy.bone_mm(flat), np.inf).reshape(points.shape[:2])
    dura = anatomy.dura_mm(flat).reshape(points.shape[:2])[:, 1:]
    free = (bone.min(axis=1) > NEEDLE_RADIUS_MM + SPARE_MM) & (dura.min(axis=1) > 0.0)
    return np.asarray(angles_deg[free])


def find_interlaminar_window(
    anatomy: Anatomy,
    interspaces_mm: Mapping[Interspace, PatientPoint],
    level: Interspace,
    z_range_mm: tuple[float, float],
    angles_deg: tuple[float, float] = (8.0, 40.0),
    angle_step_deg: float = 2.0,
) -> InterlaminarWindow:
    """Planes of an interspace in which a paramedian needle has a straight way to the dorsal epidural space.

    Args:
        anatomy: of the patient
        interspaces_mm: posterior wall points, as in `Landmarks.interspaces`
        level: the interspace
        z_range_mm: planes that exist
        angles_deg: least and greatest angle of a paramedian way
        angle_step_deg: from one tried angle to the next
    """
    marks = np.array(sorted(point[::-1] for point in interspaces_mm.values()))
    wall = interspaces_mm[level]
    sides = np.arange(angles_deg[0], angles_deg[1] + 0.1, angle_step_deg)
    tries = np.concatenate([-sides[::-1], sides])
    runs: list[list[OpenPlane]] = [[]]
    for z in np.arange(np.ceil(wall[2] - _REACH_MM), wall[2] + _REACH_MM):
        found = None
        if z_range_mm[0] <= z <= z_range_mm[1]:
            x, y = (float(np.interp(z, marks[:, 0], marks[:, k])) for k in (2, 1))
            found = dorsal_target(anatomy, PatientPoint(x, y, float(z)))
        angles = open_angles(anatomy, found[0], tries) if found is not None else np.empty(0)
        if found is not None and len(angles) and anatomy.level(found[0]) == level:
            runs[-1].append(OpenPlane(target_mm=found[0], depth_mm=found[1], angles_deg=tuple(angles.tolist())))
        elif runs[-1]:
            runs.append([])
    longest = int(np.argmax([len(run) for run in runs]))
    return InterlaminarWindow(level=level, planes=tuple(runs[longest]))


def add_interlaminar_windows(
    anatomy: Anatomy, landmarks: Landmarks, levels: Sequence[Interspace], z_range_mm: tuple[float, float]
) -> Landmarks:
    """Landmarks with the interlaminar windows of a patient added."""
    targets = find_window_targets(anatomy, landmarks.interspaces, levels, z_range_mm)
    return with_window_targets(landmarks, levels, targets)


def find_window_targets(
    anatomy: Anatomy,
    interspaces_mm: Mapping[Interspace, PatientPoint],
    levels: Sequence[Interspace],
    z_range_mm: tuple[float, float],
) -> FloatArray:
    """Target in the middle plane of each interspace's open paths [shape=(level, 3)], NaN where none is open."""
    targets = np.full((len(levels), 3), np.nan)
    for i, level in enumerate(levels):
        window = find_interlaminar_window(anatomy, interspaces_mm, level, z_range_mm, angle_step_deg=8.0)
        if window.target_mm is not None:
            targets[i] = window.target_mm
    return targets


def with_window_targets(landmarks: Landmarks, levels: Sequence[Interspace], targets_mm: FloatArray) -> Landmarks:
    """Landmarks with an interlaminar window for each interspace that has a target [shape=(level, 3)]."""
    opened = {
        level: patient_point(target) for level, target in zip(levels, targets_mm, strict=True) if np.isfinite(target[0])
    }
    return replace(landmarks, interlaminar_windows=MappingProxyType(opened))
