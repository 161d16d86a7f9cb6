"""Straight ways for a needle in the axial plane: from the skin between the laminae to the dorsal epidural space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from phantoms.phantom import Anatomy, ZoneLabel
from simulator.spatial.arrays import FloatArray

NEEDLE_RADIUS_MM = 0.45  # 20G
SPARE_MM = 0.3  # between needle and bone
_LEAST_DEPTH_MM = 1.5  # of the dorsal epidural space, to be a target
_REACH_MM = 20.0  # above and below the disc
_STEP_MM = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlane:
    """An axial plane in which straight ways lead to the dorsal epidural space.

    Attributes:
        target_mm: middle of the dorsal epidural space on the midline, x y z
        depth_mm: of the space there, front to back
        angles_deg: of the open ways from straight behind, positive where the entry is on the left
    """

    target_mm: tuple[float, float, float]
    depth_mm: float
    angles_deg: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathWindow:
    """The longest run of neighbouring open planes of one interspace.

    Attributes:
        level: such as "L3/4"
        planes: from the feet up, 1 mm apart; empty where no way is open
    """

    level: str
    planes: tuple[OpenPlane, ...]

    @property
    def target_mm(self) -> tuple[float, float, float] | None:
        """Target in the middle plane, None where no way is open."""
        return self.planes[len(self.planes) // 2].target_mm if self.planes else None


def dorsal_target(anatomy: Anatomy, x_mm: float, y_mm: float, z_mm: float) -> tuple[FloatArray, float] | None:
    """Middle and depth of the dorsal epidural space on the midline of a plane; None where it is too shallow.

    Args:
        anatomy: of the patient
        x_mm, y_mm: a point on the posterior wall of the canal at this height
        z_mm: the plane
    """
    y = y_mm + np.arange(0.0, 45.0, 0.25)
    points = np.column_stack([np.full_like(y, x_mm), y, np.full_like(y, z_mm)])
    dorsal = np.flatnonzero(anatomy.zone(points) == ZoneLabel.DORSAL)
    if not len(dorsal):
        return None
    run = np.split(dorsal, np.flatnonzero(np.diff(dorsal) > 1) + 1)[0]
    depth = 0.25 * len(run)
    if depth < _LEAST_DEPTH_MM:
        return None
    return points[(run[0] + run[-1]) // 2], depth


def open_angles(anatomy: Anatomy, target_mm: FloatArray, angles_deg: FloatArray, reach_mm: float = 140.0) -> FloatArray:
    """Angles of the straight in-plane ways from the skin to a target that touch neither bone nor dura.

    Args:
        anatomy: of the patient
        target_mm: [shape=(3,)]
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
    return angles_deg[free]


def path_window(
    anatomy: Anatomy,
    landmarks_mm: Mapping[str, tuple[float, float, float]],
    level: str,
    z_range_mm: tuple[float, float],
    angles_deg: tuple[float, float] = (8.0, 40.0),
    angle_step_deg: float = 2.0,
) -> PathWindow:
    """Planes of an interspace in which a paramedian needle has a straight way to the dorsal epidural space.

    Args:
        anatomy: of the patient
        landmarks_mm: with the interspace's posterior wall point, as in `Phantom.landmarks_mm`
        level: the interspace
        z_range_mm: planes that exist
        angles_deg: least and greatest angle of a paramedian way
        angle_step_deg: from one tried angle to the next
    """
    marks = np.array(sorted((p[::-1] for name, p in landmarks_mm.items() if "/" in name and "w" not in name)))
    wall = landmarks_mm[level]
    sides = np.arange(angles_deg[0], angles_deg[1] + 0.1, angle_step_deg)
    tries = np.concatenate([-sides[::-1], sides])
    runs: list[list[OpenPlane]] = [[]]
    for z in np.arange(np.ceil(wall[2] - _REACH_MM), wall[2] + _REACH_MM):
        found = None
        if z_range_mm[0] <= z <= z_range_mm[1]:
            x, y = (float(np.interp(z, marks[:, 0], marks[:, k])) for k in (2, 1))
            found = dorsal_target(anatomy, x, y, float(z))
        angles = open_angles(anatomy, found[0], tries) if found is not None else np.empty(0)
        if found is not None and len(angles) and anatomy.level(found[0]) == level:
            target = (float(found[0][0]), float(found[0][1]), float(found[0][2]))
            runs[-1].append(OpenPlane(target_mm=target, depth_mm=found[1], angles_deg=tuple(angles.tolist())))
        elif runs[-1]:
            runs.append([])
    longest = int(np.argmax([len(run) for run in runs]))
    return PathWindow(level=level, planes=tuple(runs[longest]))


def with_windows(
    anatomy: Anatomy,
    landmarks_mm: Mapping[str, tuple[float, float, float]],
    levels: Sequence[str],
    z_range_mm: tuple[float, float],
) -> dict[str, tuple[float, float, float]]:
    """Landmarks, and for each interspace with an open way "<level> window": the target in its middle plane."""
    return marked(landmarks_mm, levels, window_targets(anatomy, landmarks_mm, levels, z_range_mm))


def window_targets(
    anatomy: Anatomy,
    landmarks_mm: Mapping[str, tuple[float, float, float]],
    levels: Sequence[str],
    z_range_mm: tuple[float, float],
) -> FloatArray:
    """Target in the middle plane of each interspace's open ways [shape=(level, 3)], NaN where none is open."""
    targets = np.full((len(levels), 3), np.nan)
    for i, level in enumerate(levels):
        target = path_window(anatomy, landmarks_mm, level, z_range_mm, angle_step_deg=8.0).target_mm
        if target is not None:
            targets[i] = target
    return targets


def marked(
    landmarks_mm: Mapping[str, tuple[float, float, float]], levels: Sequence[str], targets: FloatArray
) -> dict[str, tuple[float, float, float]]:
    """Landmarks with "<level> window" for each interspace that has a target."""
    marks = dict(landmarks_mm)
    for level, (x, y, z) in zip(levels, targets, strict=True):
        if np.isfinite(x):
            marks[f"{level} window"] = (float(x), float(y), float(z))
    return marks
