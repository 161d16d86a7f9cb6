"""Interlaminar targets: where, in a planning scan of two vertebrae, fluid or fat lies behind the sac."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.interface.frame import Frame
from simulator.operators.oblique_trajectories import NeedleTarget
from simulator.operators.perception.cord_detection import DetectedCanal, detect_canal
from simulator.operators.perception.foramen_detection import segment_bone_and_sacs
from simulator.operators.perception.sac_detection import DetectedSac, measure_dorsal_space, segment_bone

LEAST_DEPTH_MM = 0.6  # of what is seen behind the sac: less is no target
TARGET_FRACTION = 0.5  # of the way from sac to flavum
BODY_TO_BACK_MM = 22.0  # from the middle of a vertebral body to the back wall of the canal, in neck and thorax
AT_LEVEL_MM = 7.0  # along the spine, half of the least distance between two interspaces of the neck
ALIKE_ROWS_MM = 6.0  # the canal does not jump
LEAST_LUMBAR_MM, MOST_LUMBAR_MM = 2.0, 8.0  # depth of a lumbar dorsal space; what is seen deeper is none
LUMBAR_SHARE = 0.7  # of the way from sac to flavum: the sac is wide there, and the ligament thick
AT_LUMBAR_LEVEL_MM = 16.0  # along the spine: what lies farther belongs to the next interspace


def detect_canal_in_slices(frame: Frame, midline_x_mm: float) -> list[DetectedCanal | None]:
    """The canal in every slice, without what does not lie in line with the rest."""
    column = frame.pixel_of(midline_x_mm, 0.0)[1]
    seen = [detect_canal(image, frame.pixel_spacing_mm, column) for image in frame.hu]
    known = [k for k, one in enumerate(seen) if one is not None]
    if len(known) < 3:
        return seen
    rows = np.array([seen[k].row for k in known])  # type: ignore[union-attr]
    off = np.abs(rows - _robust_line(np.array(known), rows)) * frame.pixel_spacing_mm
    return [one if k in known and off[known.index(k)] < ALIKE_ROWS_MM else None for k, one in enumerate(seen)]


def interlaminar_targets(frame: Frame, seen: list[DetectedCanal | None]) -> list[NeedleTarget]:
    """A target in each slice at the interspace that has a space behind the sac.

    The scan is of two vertebrae, so the disc between them lies in its middle, and the window between their laminae as
    much higher as the canal is tilted.

    Args:
        frame: the planning scan
        seen: from `detect_canal_in_slices`
    """
    spacing = abs(float(frame.z_mm[1] - frame.z_mm[0]))
    known = [k for k, one in enumerate(seen) if one is not None]
    if len(known) < 3:
        return []
    rows = np.array([seen[k].row for k in known])  # type: ignore[union-attr]
    to_back_per_slice = float(np.median([(b - a) / (j - i) for i, a, j, b in _pairs(known, rows)]))
    tilt = -to_back_per_slice * frame.pixel_spacing_mm / spacing  # towards the back for each mm to the feet
    expected_mm = float(frame.z_mm.mean()) + BODY_TO_BACK_MM * tilt
    targets = []
    for k in known:
        one = seen[k]
        assert one is not None
        depth_mm = (one.sac_row - one.flavum_row) * frame.pixel_spacing_mm
        off_mm = abs(float(frame.z_mm[k]) - expected_mm)
        if depth_mm < LEAST_DEPTH_MM or off_mm > AT_LEVEL_MM:
            continue
        row = one.sac_row - TARGET_FRACTION * (one.sac_row - one.flavum_row)
        targets.append(
            NeedleTarget(
                at_mm=frame.position_mm(k, row, one.column), worth=min(depth_mm, 3.0) - 0.2 * max(off_mm - 3.0, 0.0)
            )
        )
    return targets


def lumbar_targets(frame: Frame) -> tuple[NDArray[np.bool_], list[NeedleTarget]]:
    """What is bone in a lumbar scan [shape=(slice, row, column)], and a target behind the sac in each slice with room.

    Args:
        frame: the planning scan, of the two vertebrae at the interspace
    """
    pixel = frame.pixel_spacing_mm
    bone, sacs = segment_bone_and_sacs(frame)
    targets = []
    for k, (image, sac) in enumerate(zip(frame.hu, _in_line(sacs, pixel), strict=True)):
        space = None if sac is None else measure_dorsal_space(image, sac, pixel)
        if sac is None or space is None:
            continue
        bone[k] = segment_bone(image, pixel, sac, space)
        depth_mm = (space.sac_row - space.flavum_row) * pixel
        off_mm = abs(float(frame.z_mm[k] - frame.z_mm.mean()))
        if LEAST_LUMBAR_MM <= depth_mm <= MOST_LUMBAR_MM and off_mm <= AT_LUMBAR_LEVEL_MM:
            row = space.sac_row - LUMBAR_SHARE * (space.sac_row - space.flavum_row)
            worth = 0.5 * min(depth_mm, 5.0) - 0.2 * max(off_mm - 8.0, 0.0)
            targets.append(NeedleTarget(at_mm=frame.position_mm(k, row, sac.column), worth=worth))
    return bone, targets


def _in_line(sacs: list[DetectedSac | None], pixel_mm: float) -> list[DetectedSac | None]:
    """The sacs without those that lie off the line through the others: a bright organ, or bone."""
    known = [k for k, one in enumerate(sacs) if one is not None]
    if len(known) < 3:
        return sacs
    places = np.array([(sacs[k].row, sacs[k].column) for k in known])  # type: ignore[union-attr]
    off = np.max([np.abs(side - _robust_line(np.array(known), side)) for side in places.T], axis=0) * pixel_mm
    return [one if k in known and off[known.index(k)] < ALIKE_ROWS_MM else None for k, one in enumerate(sacs)]


def _pairs(known: list[int], rows: np.ndarray) -> list[tuple[int, float, int, float]]:
    """All pairs of slices, with their rows: the median of their slopes bears a third of outliers."""
    return [(known[a], rows[a], known[b], rows[b]) for a in range(len(known)) for b in range(a + 1, len(known))]


def _robust_line(places: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The line through most of the rows (Theil-Sen)."""
    slope = float(np.median([(y - x) / (j - i) for i, x, j, y in _pairs(list(places), rows)]))
    return np.asarray(np.median(rows - slope * places) + slope * places)
