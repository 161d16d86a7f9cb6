"""Oblique trajectories: straight ways through a gap of bone that lean to the head or the feet and to the midline.

Where laminae overlap, no axial plane holds the whole way.
"""

from __future__ import annotations

import math
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

ACROSS_DEG = np.arange(-54.0, 54.1, 3.0)
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
        least, greatest = target.across_deg
        for across in (lean for lean in ACROSS_DEG if least <= lean <= greatest):
            for along in ALONG_DEG:
                line = _line_to_skin(skin, target, float(across), float(along))
                clearance_mm = None if line is None else _clearance_mm(bone, line)
                if line is None or clearance_mm is None:
                    continue
                trajectory = _trajectory(target, line[-1], float(across), float(along), clearance_mm, midline_x_mm)
                if lowest <= trajectory.entry.z_mm <= highest and limits.allow(trajectory):
                    found.append(trajectory)
    return sorted(found, key=lambda trajectory: -trajectory.quality)


def _line_to_skin(
    skin: _BackSkin, target: NeedleTarget, across_deg: float, along_deg: float
) -> NDArray[np.float64] | None:
    """Points from a target to the first one outside [shape=(n, 3)]; None where that is too near or too far."""
    back = np.array([-math.tan(math.radians(across_deg)), 1.0, -math.tan(math.radians(along_deg))])
    points = np.asarray(target.point) + back * np.arange(0.0, DEEPEST_MM, STEP_MM)[:, None]
    outside = np.flatnonzero(~(points[:, 1] < skin.y_mm(points)))
    if not outside.size or outside[0] * STEP_MM < SHALLOWEST_MM:
        return None
    return np.asarray(points[: outside[0] + 1])


def _clearance_mm(bone: BoneMap, line: NDArray[np.float64]) -> float | None:
    """Least distance to bone on a line from a target; None where it is too little."""
    depth = np.linalg.norm(line - line[0], axis=1)
    clearance = float(bone.clearance_mm(line[depth >= BLIND_MM]).min())
    return None if clearance < LEAST_CLEARANCE_MM else clearance


def _trajectory(
    target: NeedleTarget,
    entry: NDArray[np.float64],
    across_deg: float,
    along_deg: float,
    clearance_mm: float,
    midline_x_mm: float,
) -> NeedleTrajectory:
    off_mm = float(entry[0]) - midline_x_mm
    side = Side.MIDLINE if abs(off_mm) < MIDLINE_MM else (Side.LEFT if off_mm > 0.0 else Side.RIGHT)
    straight = side is Side.MIDLINE and abs(across_deg) < MIDLINE_DEG
    lean = 0.03 * abs(along_deg), 0.01 * abs(across_deg)
    return NeedleTrajectory(
        approach=target.approach or (Approach.MIDLINE_INTERLAMINAR if straight else Approach.PARAMEDIAN_INTERLAMINAR),
        side=side,
        entry=TablePoint(float(entry[0]), float(entry[1]), float(entry[2])),
        target=target.point,
        across_deg=across_deg,
        along_deg=along_deg,
        clearance_mm=clearance_mm,
        quality=target.worth + 1.5 * min(clearance_mm, ENOUGH_CLEARANCE_MM) - lean[0] - lean[1],
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
