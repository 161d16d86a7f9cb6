"""Interlaminar targets: where, in a planning scan of two vertebrae, fluid or fat lies behind the sac."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from simulator.interface.frame import Frame
from simulator.operators.bone_map import slice_spacing_mm
from simulator.operators.perception.bone_segmentation import segment_bone, segment_bone_and_sacs
from simulator.operators.perception.cord_detection import DetectedCanal, canal_with_back, detect_canal
from simulator.operators.perception.dorsal_space import measure_dorsal_spaces
from simulator.operators.perception.images import Mask, Profile
from simulator.operators.perception.sac_detection import DetectedSac
from simulator.operators.trajectory_planning import NeedleTarget
from simulator.vocabulary.levels import Region

ROOMY_MM = 1.6  # a bevel fits in: where there is as much anywhere, less is no target
LEAST_DEPTH_MM = 0.6  # of what is seen behind the sac: less is no target
TARGET_FRACTION = 0.5  # of the way from sac to flavum
# Behind the sac a target lies at most; fat behind a gap of the flavum makes a space look deeper than it is
FARTHEST_BEHIND_MM, NEAREST_BEHIND_MM, PLAUSIBLE_DEPTH_MM = 2.0, 1.5, 5.0
BODY_TO_BACK_MM = 22.0  # from the middle of a vertebral body to the back wall of the canal, in neck and thorax
AT_LEVEL_MM = {Region.CERVICAL: 7.0, Region.THORACIC: 11.0}  # along the spine, half way to the next interspace
ALIKE_ROWS_MM = 6.0  # the canal does not jump
LINE_MM, OFF_LINE_MM = 22.0, 0.8  # along the spine; off the line of the slices about it
LEAST_FOR_A_LINE = 3
LEAST_LUMBAR_MM, MOST_LUMBAR_MM = 2.0, 8.0  # depth of a lumbar dorsal space; what is seen deeper is none
LUMBAR_FRACTION = 0.7  # of the way from sac to flavum: the sac is wide there, and the ligament thick
AT_LUMBAR_LEVEL_MM = 16.0  # along the spine: what lies farther belongs to the next interspace


def detect_canal_in_slices(frame: Frame, midline_x_mm: float) -> list[DetectedCanal | None]:
    """The canal in every slice, without what does not lie in line with the rest."""
    _, column = frame.pixel_of(midline_x_mm, 0.0)
    found = [detect_canal(image, frame.pixel_spacing_mm, column) for image in frame.hu]
    rows = {k: one.row for k, one in enumerate(found) if one is not None}
    backs = {k: one.sac_row for k, one in enumerate(found) if one is not None}
    return _smooth_backs(_only(found, _in_line([rows, backs], frame.pixel_spacing_mm)), frame)


def _smooth_backs(canal: list[DetectedCanal | None], frame: Frame) -> list[DetectedCanal | None]:
    """The canal with back edges of the sac that lie in line with those of the slices about it, and its gaps filled.

    Where bone or a dim collection misleads in one slice, the slices beside it know better; what lies behind the sac is
    measured anew from there.
    """
    known = {k: one for k, one in enumerate(canal) if one is not None}
    reach = round(LINE_MM / slice_spacing_mm(frame))
    smooth: list[DetectedCanal | None] = []
    for k, one in enumerate(canal):
        near = {j: other for j, other in known.items() if abs(j - k) <= reach}
        if len(near) < LEAST_FOR_A_LINE or not min(near) <= k <= max(near):
            smooth.append(one)
            continue
        slices = np.array(list(near))
        row, column, sac_row = (
            _robust_value(slices, np.array([getattr(other, name) for other in near.values()]), k)
            for name in ("row", "column", "sac_row")
        )
        if one is not None and abs(one.sac_row - sac_row) * frame.pixel_spacing_mm < OFF_LINE_MM:
            smooth.append(one)
            continue
        hu = float(np.median([other.hu for other in near.values()]))
        smooth.append(
            canal_with_back(frame.hu[k], frame.pixel_spacing_mm, row=row, column=column, sac_row=sac_row, hu=hu)
        )
    return smooth


def interlaminar_targets(frame: Frame, canal: list[DetectedCanal | None], region: Region) -> list[NeedleTarget]:
    """A target in each slice at the interspace that has a space behind the sac.

    The scan is of two vertebrae, so the disc between them lies in its middle, and the window between their laminae as
    much higher as the canal is tilted.

    Args:
        frame: the planning scan
        canal: from `detect_canal_in_slices`
        region: of the spine
    """
    known = {k: one for k, one in enumerate(canal) if one is not None}
    if len(known) < LEAST_FOR_A_LINE:
        return []
    rows_per_slice = _median_slope(np.array(list(known)), np.array([one.row for one in known.values()]))
    # towards the back for each millimetre to the feet
    tilt = -rows_per_slice * frame.pixel_spacing_mm / slice_spacing_mm(frame)
    expected_mm = float(frame.z_mm.mean()) + BODY_TO_BACK_MM * tilt
    targets: list[tuple[float, NeedleTarget]] = []
    for k, one in known.items():
        depth_mm = (one.sac_row - one.flavum_row) * frame.pixel_spacing_mm
        off_mm = abs(float(frame.z_mm[k]) - expected_mm)
        if depth_mm < LEAST_DEPTH_MM or off_mm > AT_LEVEL_MM[region]:
            continue
        most_mm = FARTHEST_BEHIND_MM if depth_mm < PLAUSIBLE_DEPTH_MM else NEAREST_BEHIND_MM
        row = one.sac_row - min(TARGET_FRACTION * depth_mm, most_mm) / frame.pixel_spacing_mm
        point = frame.position_mm(k, row, one.column)
        target = NeedleTarget(point=point, worth=2.0 * min(depth_mm, 3.0) - 0.2 * max(off_mm - 3.0, 0.0))
        targets.append((depth_mm, target))
    roomy = [target for depth_mm, target in targets if depth_mm >= ROOMY_MM]
    return roomy or [target for _, target in targets]


def lumbar_targets(frame: Frame) -> tuple[Mask, list[NeedleTarget]]:
    """What is bone in a lumbar scan [shape=(slice, row, column)], and a target behind the sac in each slice with room.

    Args:
        frame: the planning scan, of the two vertebrae at the interspace
    """
    pixel = frame.pixel_spacing_mm
    bone, sacs = segment_bone_and_sacs(frame)
    targets = []
    known = _without_outliers(sacs, pixel)
    spaces = measure_dorsal_spaces(list(frame.hu), known, pixel)
    for k, (image, sac, space) in enumerate(zip(frame.hu, known, spaces, strict=True)):
        if sac is None or space is None:
            continue
        bone[k] = segment_bone(image, pixel, sac, space)
        depth_mm = (space.sac_row - space.flavum_row) * pixel
        off_mm = abs(float(frame.z_mm[k] - frame.z_mm.mean()))
        if LEAST_LUMBAR_MM <= depth_mm <= MOST_LUMBAR_MM and off_mm <= AT_LUMBAR_LEVEL_MM:
            row = space.sac_row - LUMBAR_FRACTION * (space.sac_row - space.flavum_row)
            worth = 0.5 * min(depth_mm, 5.0) - 0.2 * max(off_mm - 8.0, 0.0)
            targets.append(NeedleTarget(point=frame.position_mm(k, row, sac.column), worth=worth))
    return bone, targets


def _without_outliers(sacs: list[DetectedSac | None], pixel_mm: float) -> list[DetectedSac | None]:
    """The sacs without those that lie off the line through the others: a bright organ, or bone."""
    known = {k: one for k, one in enumerate(sacs) if one is not None}
    rows = {k: one.row for k, one in known.items()}
    columns = {k: one.column for k, one in known.items()}
    return _only(sacs, _in_line([rows, columns], pixel_mm))


Detection = TypeVar("Detection")


def _only(found: list[Detection | None], slices: set[int]) -> list[Detection | None]:
    """What was found in some slices, and nothing in the others."""
    return [one if k in slices else None for k, one in enumerate(found)]


def _in_line(places: list[dict[int, float]], pixel_mm: float) -> set[int]:
    """Slices whose places lie near the lines through most places; all of them where there are too few for a line.

    Args:
        places: by slice, in pixels, once for each coordinate
        pixel_mm: width of a pixel
    """
    slices = np.array(list(places[0]))
    if len(slices) < LEAST_FOR_A_LINE:
        return set(places[0])
    coordinates = [np.array(list(one.values())) for one in places]
    off = np.max([np.abs(one - _robust_line(slices, one)) for one in coordinates], axis=0) * pixel_mm
    return {int(k) for k, distance in zip(slices, off, strict=True) if distance < ALIKE_ROWS_MM}


def _median_slope(slices: np.ndarray, places: Profile) -> float:
    """The median of the slopes of all pairs: it bears a third of outliers."""
    count = len(slices)
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
    return float(np.median([(places[b] - places[a]) / (slices[b] - slices[a]) for a, b in pairs]))


def _robust_value(slices: np.ndarray, places: Profile, at: int) -> float:
    """The line through most of the places, at a slice."""
    slope = _median_slope(slices, places)
    return float(np.median(places - slope * slices) + slope * at)


def _robust_line(slices: np.ndarray, places: Profile) -> Profile:
    """The line through most of the places (Theil-Sen)."""
    slope = _median_slope(slices, places)
    return np.asarray(np.median(places - slope * slices) + slope * slices)
