"""Axial trajectories: within one slice of a scan, straight ways from skin to epidural space that miss bone."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.interface.frame import Frame
from simulator.operators.needle_trajectory import NeedleTrajectory
from simulator.operators.perception.bone_segmentation import bone_clearance_mm, find_skin_row
from simulator.operators.perception.dorsal_space import DorsalEpiduralSpace, measure_dorsal_space
from simulator.operators.perception.images import Image, ImagePoint
from simulator.operators.perception.sac_detection import DetectedSac, detect_sac
from simulator.spatial.frames import PixelPosition
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.procedure import Approach

LEAST_DEPTH_MM, GREATEST_DEPTH_MM = 2.0, 8.0  # of the dorsal epidural space
ENTRY_OFFSETS_MM = tuple(range(6, 46, 2))  # of the skin point from the sac's middle
LEAST_CLEARANCE_MM, ENOUGH_CLEARANCE_MM = 1.0, 4.0
TARGET_FRACTION = 0.7  # of the way from sac to flavum
AT_LEVEL_MM = 8.0  # of the scan's middle, about which the requested interspace lies
COLUMN_SIGNS = ((1, Side.RIGHT), (-1, Side.LEFT))  # the patient's right is on the picture's right


@dataclass(frozen=True, slots=True, kw_only=True)
class AxialTrajectory(NeedleTrajectory):
    """A trajectory within one slice, and the pixels of that slice on which it was drawn.

    Attributes:
        entry_pixel, target_pixel: where entry and target are shown
        pixel_mm: width of a pixel
    """

    entry_pixel: PixelPosition
    target_pixel: PixelPosition
    pixel_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _SliceAnatomy:
    """What a slice shows: the sac, the space behind it, and the distance of every pixel to bone."""

    sac: DetectedSac
    space: DorsalEpiduralSpace
    depth_mm: float
    clearance_mm: NDArray[np.float64]

    @property
    def target(self) -> ImagePoint:
        """Where a needle should end."""
        depth = self.space.sac_row - self.space.flavum_row
        return ImagePoint(self.space.sac_row - TARGET_FRACTION * depth, self.sac.column)


def plan_axial_trajectories(frame: Frame) -> list[AxialTrajectory]:
    """Trajectories within every slice of a scan that shows a way, best first.

    Args:
        frame: the scan, its slices from head to feet
    """
    anatomy = [_read_slice(image, frame.pixel_spacing_mm) for image in frame.hu]
    found: list[AxialTrajectory] = []
    middle = 0.5 * (len(anatomy) - 1)
    for index, here in enumerate(anatomy):
        if here is None or not LEAST_DEPTH_MM <= here.depth_mm <= GREATEST_DEPTH_MM:
            continue
        neighbours = [anatomy[k] for k in (index - 1, index + 1) if 0 <= k < len(anatomy)]
        beside = [one.clearance_mm for one in neighbours if one is not None]
        off_centre_mm = abs(index - middle) * frame.slice_thickness_mm
        for trajectory in _trajectories_in_slice(frame, index, here, beside):
            quality = trajectory.quality - 0.2 * max(off_centre_mm - AT_LEVEL_MM, 0.0)
            found.append(replace(trajectory, quality=quality))
    return sorted(found, key=lambda trajectory: -trajectory.quality)


def _read_slice(image: Image, pixel_mm: float) -> _SliceAnatomy | None:
    sac = detect_sac(image, pixel_mm)
    if sac is None:
        return None
    space = measure_dorsal_space(image, sac, pixel_mm)
    if space is None:
        return None
    return _SliceAnatomy(
        sac=sac,
        space=space,
        depth_mm=(space.sac_row - space.flavum_row) * pixel_mm,
        clearance_mm=bone_clearance_mm(image, pixel_mm, sac, space),
    )


def _trajectories_in_slice(
    frame: Frame, index: int, here: _SliceAnatomy, beside: list[NDArray[np.float64]]
) -> list[AxialTrajectory]:
    """From every skin point that leads to the target past bone.

    Args:
        frame: the scan
        index: of the slice
        here: what the slice shows
        beside: distance to bone in the slices beside it
    """
    found = []
    for sign, side in COLUMN_SIGNS:
        for offset_mm in ENTRY_OFFSETS_MM:
            entry = _skin_point(frame.hu[index], here.sac.column + sign * offset_mm / frame.pixel_spacing_mm)
            if entry is None or entry.row >= here.target.row:
                continue
            trajectory = _trajectory(frame, index, here, beside, entry, side, sign * offset_mm)
            if trajectory is not None:
                found.append(trajectory)
    return found


def _skin_point(image: Image, column: float) -> ImagePoint | None:
    """Where the skin of the back lies on a column; None beyond the picture or where there is only air."""
    if not 0 <= column < image.shape[1]:
        return None
    row = find_skin_row(image, column)
    return None if row is None else ImagePoint(row, column)


def _trajectory(
    frame: Frame,
    index: int,
    here: _SliceAnatomy,
    beside: list[NDArray[np.float64]],
    entry: ImagePoint,
    side: Side,
    offset_mm: float,
) -> AxialTrajectory | None:
    """From a skin point to the target; None where it leads through bone."""
    pixel_mm, target = frame.pixel_spacing_mm, here.target
    depth = here.depth_mm / pixel_mm
    least_mm = _least_clearance_mm(entry, target, here.clearance_mm, depth)
    if least_mm < LEAST_CLEARANCE_MM:
        return None
    near_mm = [min(_least_clearance_mm(entry, target, one, depth), ENOUGH_CLEARANCE_MM) for one in beside]
    angle_deg = math.degrees(math.atan2(abs(offset_mm), (target.row - entry.row) * pixel_mm))
    return AxialTrajectory(
        approach=Approach.PARAMEDIAN_INTERLAMINAR,
        side=side,
        entry=frame.position_mm(index, *entry),
        target=frame.position_mm(index, *target),
        across_deg=math.copysign(angle_deg, offset_mm),
        along_deg=0.0,
        clearance_mm=least_mm,
        quality=(
            min(least_mm, ENOUGH_CLEARANCE_MM)
            + 0.6 * (sum(near_mm) / len(near_mm) if near_mm else 0.0)
            + 0.5 * min(here.depth_mm, 5.0)
            - 0.04 * max(angle_deg - 15.0, 0.0)
        ),
        entry_pixel=PixelPosition(index, *entry),
        target_pixel=PixelPosition(index, *target),
        pixel_mm=pixel_mm,
    )


def _least_clearance_mm(
    entry: ImagePoint, target: ImagePoint, clearance_mm: NDArray[np.float64], depth: float
) -> float:
    """Least distance to bone on a straight line from the skin to the front of the flavum; the depth in pixels."""
    length = math.hypot(target.row - entry.row, target.column - entry.column)
    fraction = np.linspace(0.0, max(1.0 - 0.6 * depth / length, 0.5), int(length))
    rows = np.rint(entry.row + fraction * (target.row - entry.row)).astype(int)
    columns = np.rint(entry.column + fraction * (target.column - entry.column)).astype(int)
    return float(clearance_mm[rows, columns].min())
