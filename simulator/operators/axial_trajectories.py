"""Path planning: on the slices of a planning scan, a straight way from skin to epidural space that misses bone."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.operators.perception.sac_detection import (
    DetectedSac,
    DorsalEpiduralSpace,
    bone_clearance_mm,
    detect_sac,
    find_skin_row,
    measure_dorsal_space,
)
from simulator.vocabulary.anatomy import Side

LEAST_DEPTH_MM, GREATEST_DEPTH_MM = 2.0, 8.0
ENTRY_OFFSETS_MM = tuple(range(6, 46, 2))
ENOUGH_CLEARANCE_MM = 4.0
TARGET_FRACTION = 0.7  # of the way from sac to flavum


@dataclass(frozen=True, slots=True, kw_only=True)
class AxialTrajectory:
    """A path in one slice of a scan, in pixels; angles in degrees as PlaceNeedle takes them.

    Attributes:
        slice_index: of the scan
        entry, target: row, column
        angle_deg: lean towards the midline
        side: where the entry lies, "left" or "right" of the patient
        clearance_mm: least distance to bone in this slice
        quality: what the choice was made by; higher is better
    """

    slice_index: int
    entry: tuple[float, float]
    target: tuple[float, float]
    angle_deg: float
    side: Side
    clearance_mm: float
    depth_mm: float
    quality: float


def plan_axial_trajectories(volume: NDArray[np.float32], pixel_mm: float, spacing_mm: float) -> list[AxialTrajectory]:
    """Paths on every slice where there is one, best first.

    Args:
        volume: [shape=(slice, row, column)] HU, from head to feet
        pixel_mm: width of a pixel
        spacing_mm: from slice to slice
    """
    seen = [_seen(image, pixel_mm) for image in volume]
    found: list[AxialTrajectory] = []
    middle = 0.5 * (len(volume) - 1)
    for index, here in enumerate(seen):
        if here is None:
            continue
        around = [seen[k] for k in (index - 1, index + 1) if 0 <= k < len(seen) and seen[k] is not None]
        sac, space, clearance = here
        depth_mm = (space.sac_row - space.flavum_row) * pixel_mm
        if not LEAST_DEPTH_MM <= depth_mm <= GREATEST_DEPTH_MM:
            continue
        beside = [other[2] for other in around if other is not None]
        # the interspace that was asked for lies about the middle of the scan
        off_centre = abs(index - middle) * spacing_mm
        for path in _paths_in_slice(volume[index], index, sac, space, clearance, beside, pixel_mm, depth_mm):
            found.append(replace(path, quality=path.quality - 0.2 * max(off_centre - 8.0, 0.0)))
    return sorted(found, key=lambda path: -path.quality)


Seen = tuple[DetectedSac, DorsalEpiduralSpace, NDArray[np.float64]]


def _seen(image: NDArray[np.float32], pixel_mm: float) -> Seen | None:
    sac = detect_sac(image, pixel_mm)
    if sac is None:
        return None
    space = measure_dorsal_space(image, sac, pixel_mm)
    if space is None:
        return None
    return sac, space, bone_clearance_mm(image, pixel_mm, sac, space)


def _paths_in_slice(
    image: NDArray[np.float32],
    index: int,
    sac: DetectedSac,
    space: DorsalEpiduralSpace,
    clearance: NDArray[np.float64],
    beside: list[NDArray[np.float64]],
    pixel_mm: float,
    depth_mm: float,
) -> list[AxialTrajectory]:
    paths = []
    target = (space.sac_row - TARGET_FRACTION * (space.sac_row - space.flavum_row), sac.column)
    sides: tuple[tuple[int, Side], ...] = (
        (1, Side.RIGHT),
        (-1, Side.LEFT),
    )  # the patient's right is on the picture's right
    for sign, side in sides:
        for offset_mm in ENTRY_OFFSETS_MM:
            column = sac.column + sign * offset_mm / pixel_mm
            if not 0 <= column < image.shape[1]:
                continue
            row = find_skin_row(image, column)
            if row is None or row >= target[0]:
                continue
            way = _way((row, column), target, clearance, depth_mm / pixel_mm)
            least = float(way.min())
            near = [float(_way((row, column), target, c, depth_mm / pixel_mm).min()) for c in beside]
            if least < 1.0:
                continue
            angle = math.degrees(math.atan2(offset_mm, (target[0] - row) * pixel_mm))
            quality = (
                min(least, ENOUGH_CLEARANCE_MM)
                + 0.6 * (sum(min(n, ENOUGH_CLEARANCE_MM) for n in near) / len(near) if near else 0.0)
                + 0.5 * min(depth_mm, 5.0)
                - 0.04 * max(angle - 15.0, 0.0)
            )
            paths.append(
                AxialTrajectory(
                    slice_index=index,
                    entry=(row, column),
                    target=target,
                    angle_deg=angle,
                    side=side,
                    clearance_mm=least,
                    depth_mm=depth_mm,
                    quality=quality,
                )
            )
    return paths


def _way(
    entry: tuple[float, float], target: tuple[float, float], clearance: NDArray[np.float64], depth: float
) -> NDArray[np.float64]:
    """Clearance along a straight line from the skin to the front of the flavum."""
    length = math.hypot(target[0] - entry[0], target[1] - entry[1])
    share = np.linspace(0.0, max(1.0 - 0.6 * depth / length, 0.5), int(length))
    rows = np.rint(entry[0] + share * (target[0] - entry[0])).astype(int)
    columns = np.rint(entry[1] + share * (target[1] - entry[1])).astype(int)
    return clearance[rows, columns]
