"""Narrow ways: straight paths through a gap of bone that lean to the head or the feet as well as to the midline.

Where laminae overlap, no axial plane holds the whole path. Points here are those of the console: x, y, z in mm, z on
the table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from simulator.interface.commands import Point
from simulator.interface.frame import Frame
from simulator.operators.perception.sac_detection import find_skin_row
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.procedure import Approach

ACROSS_DEG = np.arange(-54.0, 54.1, 3.0)
ALONG_DEG = np.arange(-35.0, 35.1, 5.0)
STEP_MM = 1.0
LEAST_CLEARANCE_MM = 1.0
ENOUGH_CLEARANCE_MM = 4.0
UNSEEN_MM = 10.0  # beyond the ends of the scan, where an entry may still lie
BLIND_MM = 1.0  # of the path at the target, whose walls are near by nature
MIDLINE_DEG = 6.0  # of lean, below which a path is called a midline one
MIDLINE_MM = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleTarget:
    """A place to bring the tip to.

    Attributes:
        at_mm: x, y, z
        worth: added to the quality of paths that lead here
        across_deg: least and greatest lean of the paths, positive to the patient's left
        approach: what paths that lead here are called; interlaminar ones, by their lean, if None
    """

    at_mm: Point
    worth: float
    across_deg: tuple[float, float] = (-42.0, 42.0)
    approach: Approach | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleTrajectory:
    """A straight path.

    Attributes:
        approach, side: as `PlanPath` takes them
        entry_mm, target_mm: x, y, z
        across_deg: lean in the axial plane, positive to the patient's left (greater x)
        along_deg: lean to the head
        clearance_mm: least distance to bone on the way
        quality: what the choice was made by; higher is better
    """

    approach: Approach
    side: Side
    entry_mm: Point
    target_mm: Point
    across_deg: float
    along_deg: float
    clearance_mm: float
    quality: float

    @property
    def angle_deg(self) -> float:
        """In-plane lean as `PlaceNeedle` takes it: positive to the midline, from the midline to the left."""
        return -self.across_deg if self.side == "left" else self.across_deg

    @property
    def length_mm(self) -> float:
        """From skin to target."""
        return math.dist(self.entry_mm, self.target_mm)


class BoneMap:
    """Distance to bone in a planning scan, asked at any point.

    Args:
        frame: the scan
        bone: [shape=(slice, row, column)] what is bone in it
    """

    def __init__(self, frame: Frame, bone: NDArray[np.bool_]) -> None:
        self._frame = frame
        self._spacing_mm = abs(float(frame.z_mm[1] - frame.z_mm[0])) if len(frame.z_mm) > 1 else 1.0
        pixel = frame.pixel_spacing_mm
        # every second pixel: a millimetre is fine enough, and distances take an eighth of the time
        coarse = bone[:, ::2, ::2] | bone[:, 1::2, ::2] | bone[:, ::2, 1::2] | bone[:, 1::2, 1::2]
        away = ndimage.distance_transform_edt(~coarse, sampling=(self._spacing_mm, 2.0 * pixel, 2.0 * pixel))
        inside = ndimage.distance_transform_edt(coarse, sampling=(self._spacing_mm, 2.0 * pixel, 2.0 * pixel))
        self._away_mm = (away - inside).astype(np.float32)

    def clearance_mm(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Distance to bone [shape=(n,)], mm, negative in it; beyond the scan's ends as at them."""
        frame = self._frame
        row, column = frame.pixel_of(points_mm[:, 0], points_mm[:, 1])  # type: ignore[arg-type]
        index = (float(frame.z_mm[0]) - points_mm[:, 2]) / self._spacing_mm
        where = [index, (np.asarray(row) - 0.5) / 2.0, (np.asarray(column) - 0.5) / 2.0]
        return ndimage.map_coordinates(self._away_mm, where, order=1, mode="nearest").astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningLimits:
    """What the room allows: the longest way for a needle on the tray, and where the table can go."""

    longest_mm: float
    table_mm: tuple[float, float]


def plan_trajectories(
    frame: Frame, bone: BoneMap, targets: list[NeedleTarget], midline_x_mm: float, reach: PlanningLimits
) -> list[NeedleTrajectory]:
    """Paths from the skin to targets that miss bone, best first.

    Args:
        frame: the planning scan
        targets: where the tip may go
        midline_x_mm: of the spinous processes
        reach: of needle and table
    """
    found = []
    skin = _skin_y_mm(frame)
    for target in targets:
        least, greatest = target.across_deg
        for across in (lean for lean in ACROSS_DEG if least <= lean <= greatest):
            for along in ALONG_DEG:
                way = _way(frame, bone, skin, target, float(across), float(along), midline_x_mm)
                if way is not None and _is_within(way, frame, reach):
                    found.append(way)
    return sorted(found, key=lambda way: -way.quality)


def _way(
    frame: Frame,
    bone: BoneMap,
    skin: NDArray[np.float64],
    target: NeedleTarget,
    across: float,
    along: float,
    midline_x_mm: float,
) -> NeedleTrajectory | None:
    back = np.array([-math.tan(math.radians(across)), 1.0, -math.tan(math.radians(along))])
    y = np.arange(0.0, 140.0, STEP_MM)
    points = np.asarray(target.at_mm) + back * y[:, None]
    inside = points[:, 1] < _at(frame, skin, points)
    out = np.flatnonzero(~inside)
    if not out.size or out[0] * STEP_MM < 15.0:
        return None
    points = points[: out[0] + 1]
    depth = np.linalg.norm(points - points[0], axis=1)
    clearance = float(bone.clearance_mm(points[depth >= BLIND_MM]).min())
    if clearance < LEAST_CLEARANCE_MM:
        return None
    entry = points[-1]
    off = float(entry[0]) - midline_x_mm
    side: Side = Side.MIDLINE if abs(off) < MIDLINE_MM else (Side.LEFT if off > 0.0 else Side.RIGHT)
    middle = side == "midline" and abs(across) < MIDLINE_DEG
    quality = target.worth + 1.5 * min(clearance, ENOUGH_CLEARANCE_MM) - 0.03 * abs(along) - 0.01 * abs(across)
    return NeedleTrajectory(
        approach=target.approach or (Approach.MIDLINE_INTERLAMINAR if middle else Approach.PARAMEDIAN_INTERLAMINAR),
        side=side,
        entry_mm=(float(entry[0]), float(entry[1]), float(entry[2])),
        target_mm=target.at_mm,
        across_deg=across,
        along_deg=along,
        clearance_mm=clearance,
        quality=quality,
    )


def _is_within(way: NeedleTrajectory, frame: Frame, reach: PlanningLimits) -> bool:
    """Whether a needle reaches, the table goes to where it enters, and its way was seen but for the skin's part."""
    low, high = float(frame.z_mm[-1]) - UNSEEN_MM, float(frame.z_mm[0]) + UNSEEN_MM
    z = way.entry_mm[2]
    return way.length_mm <= reach.longest_mm and low <= z <= high and reach.table_mm[0] <= z <= reach.table_mm[1]


def _skin_y_mm(frame: Frame) -> NDArray[np.float64]:
    """Height of the back's skin on every column of every slice [shape=(slice, column)], mm."""
    heights = np.full((len(frame.hu), frame.hu.shape[2]), -np.inf)
    for k, image in enumerate(frame.hu):
        for column in range(0, image.shape[1], 4):
            row = find_skin_row(image, column)
            if row is not None:
                heights[k, column : column + 4] = frame.position_mm(k, row, column)[1]
    return heights


def _at(frame: Frame, skin: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    _, column = frame.pixel_of(points[:, 0], points[:, 1])  # type: ignore[arg-type]
    spacing = abs(float(frame.z_mm[1] - frame.z_mm[0])) if len(frame.z_mm) > 1 else 1.0
    index = np.clip(np.rint((float(frame.z_mm[0]) - points[:, 2]) / spacing), 0, len(skin) - 1).astype(int)
    return np.asarray(skin[index, np.clip(np.rint(np.asarray(column)), 0, skin.shape[1] - 1).astype(int)])
