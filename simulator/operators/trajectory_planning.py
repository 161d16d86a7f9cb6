"""Oblique trajectories: straight ways through a gap of bone that lean to the head or the feet and to the midline.

Where laminae overlap, no axial plane holds the whole way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.interface.frame import Frame
from simulator.operators.bone_map import BoneMap, rows_and_columns, slice_spacing_mm
from simulator.operators.needle_trajectory import NeedleTrajectory
from simulator.operators.perception.bone_segmentation import find_skin_row
from simulator.spatial.frames import TablePoint
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.procedure import Approach

ACROSS_DEG = np.arange(-57.0, 57.1, 3.0)
ALONG_DEG = np.arange(-35.0, 35.1, 5.0)
STEP_MM = 1.0
DEEPEST_MM, SHALLOWEST_MM = 140.0, 15.0  # of a target below the skin, front to back
LEAST_CLEARANCE_MM = 1.0
ENOUGH_CLEARANCE_MM = 4.0
UNSEEN_MM = 10.0  # beyond the ends of the scan, where an entry may still lie
BLIND_MM = 1.0  # of the way at the target, whose walls are near by nature
MIDLINE_DEG = 6.0  # of lean, below which a trajectory is called a midline one
MIDLINE_MM = 4.0
SKIN_EVERY_COLUMNS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleTarget:
    """A place to bring the tip to.

    Attributes:
        point: where it lies
        worth: added to the quality of trajectories that lead here
        across_deg: least and greatest lean of the trajectories, positive to the patient's left
        approach: what trajectories that lead here are called; interlaminar ones, by their lean, if None
    """

    point: TablePoint
    worth: float
    across_deg: tuple[float, float] = (-42.0, 42.0)
    approach: Approach | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningLimits:
    """What the room allows: the longest way for a needle on the tray, and where the table can go."""

    longest_mm: float
    table_range_mm: tuple[float, float]

    def allow(self, trajectory: NeedleTrajectory) -> bool:
        """Whether a needle is long enough and the table goes to where it enters."""
        low, high = self.table_range_mm
        return trajectory.length_mm <= self.longest_mm and low <= trajectory.entry.z_mm <= high


def plan_trajectories(
    frame: Frame, bone: BoneMap, targets: list[NeedleTarget], midline_x_mm: float, limits: PlanningLimits
) -> list[NeedleTrajectory]:
    """Trajectories from the skin to targets that miss bone, best first.

    Args:
        frame: the planning scan
        bone: in that scan
        targets: where the tip may go
        midline_x_mm: of the spinous processes
        limits: of needle and table
    """
    skin = _BackSkin(frame)
    lowest, highest = float(frame.z_mm[-1]) - UNSEEN_MM, float(frame.z_mm[0]) + UNSEEN_MM
    found = []
    for target in targets:
        for line in _free_lines(skin, bone, target):
            trajectory = _trajectory(target, line, midline_x_mm)
            if lowest <= trajectory.entry.z_mm <= highest and limits.allow(trajectory):
                found.append(trajectory)
    return sorted(found, key=lambda trajectory: -trajectory.quality)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A straight way back from a target to the skin: where it ends, how it leans, how near it comes to bone."""

    entry: NDArray[np.float64]
    across_deg: float
    along_deg: float
    clearance_mm: float


def _free_lines(skin: _BackSkin, bone: BoneMap, target: NeedleTarget) -> list[_Line]:
    """Ways from a target to the first point outside the skin, neither too near nor too far, that miss bone."""
    least, greatest = target.across_deg
    leans = np.array([(a, b) for a in ACROSS_DEG if least <= a <= greatest for b in ALONG_DEG])
    back = np.stack([-np.tan(np.radians(leans[:, 0])), np.ones(len(leans)), -np.tan(np.radians(leans[:, 1]))], axis=1)
    points = np.asarray(target.point) + back[:, None, :] * np.arange(0.0, DEEPEST_MM, STEP_MM)[None, :, None]
    flat = points.reshape(-1, 3)
    outside = ~(flat[:, 1] < skin.y_mm(flat)).reshape(points.shape[:2])
    first = outside.argmax(axis=1)
    kept = np.flatnonzero(outside.any(axis=1) & (first * STEP_MM >= SHALLOWEST_MM))
    points, first, leans = points[kept, : int(first[kept].max(initial=0)) + 1], first[kept], leans[kept]
    depth = np.linalg.norm(points - np.asarray(target.point), axis=2)
    asked = (depth >= BLIND_MM) & (np.arange(points.shape[1]) <= first[:, None])
    clearance = np.full(points.shape[:2], np.inf)
    clearance[asked] = bone.clearance_mm(points[asked])
    least_mm = clearance.min(axis=1, initial=np.inf)
    return [
        _Line(
            entry=points[k, first[k]],
            across_deg=float(leans[k, 0]),
            along_deg=float(leans[k, 1]),
            clearance_mm=float(least_mm[k]),
        )
        for k in range(len(kept))
        if least_mm[k] >= LEAST_CLEARANCE_MM
    ]


def _trajectory(target: NeedleTarget, line: _Line, midline_x_mm: float) -> NeedleTrajectory:
    off_mm = float(line.entry[0]) - midline_x_mm
    side = Side.MIDLINE if abs(off_mm) < MIDLINE_MM else (Side.LEFT if off_mm > 0.0 else Side.RIGHT)
    straight = side is Side.MIDLINE and abs(line.across_deg) < MIDLINE_DEG
    lean = 0.03 * abs(line.along_deg), 0.01 * abs(line.across_deg)
    return NeedleTrajectory(
        approach=target.approach or (Approach.MIDLINE_INTERLAMINAR if straight else Approach.PARAMEDIAN_INTERLAMINAR),
        side=side,
        entry=TablePoint(*(float(value) for value in line.entry)),
        target=target.point,
        across_deg=line.across_deg,
        along_deg=line.along_deg,
        clearance_mm=line.clearance_mm,
        quality=target.worth + 1.5 * min(line.clearance_mm, ENOUGH_CLEARANCE_MM) - lean[0] - lean[1],
    )


class _BackSkin:
    """Height of the back's skin over a scan."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._spacing_mm = slice_spacing_mm(frame)
        self._y_mm = np.full((len(frame.hu), frame.hu.shape[2]), -np.inf)
        for k, image in enumerate(frame.hu):
            for column in range(0, image.shape[1], SKIN_EVERY_COLUMNS):
                row = find_skin_row(image, column)
                if row is not None:
                    _, y_mm, _ = frame.position_mm(k, row, column)
                    self._y_mm[k, column : column + SKIN_EVERY_COLUMNS] = y_mm

    def y_mm(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """The skin's y over points [shape=(n, 3)] of the console, mm [shape=(n,)]."""
        _, columns = rows_and_columns(self._frame, points_mm)
        index = np.rint((float(self._frame.z_mm[0]) - points_mm[:, 2]) / self._spacing_mm)
        slices = np.clip(index, 0, len(self._y_mm) - 1).astype(int)
        return np.asarray(self._y_mm[slices, np.clip(np.rint(columns), 0, self._y_mm.shape[1] - 1).astype(int)])
