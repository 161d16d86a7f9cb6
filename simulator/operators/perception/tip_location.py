"""Tip location: where a needle ends in three slices, weighed against where it is believed to be.

A needle that climbs crosses slice after slice, and each shows a part of its shaft. Its line is found in the picture
less what the planning scan shows there; then the end, its height and its climb are those that explain the brightness of
all slices along that line, no further from what the length pushed tells than that length is uncertain. Contrast that
was given before is as bright as steel; it is wider than a needle, and seldom lies where the needle is believed to end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from simulator.interface.frame import Frame
from simulator.operators.perception.images import Image, ImagePoint, Profile
from simulator.operators.perception.needle_line import CLIP_HU, LINE_WIDTH_MM, NeedleLine, best_line, follow_ridge
from simulator.spatial.frames import TablePoint

HALF_MM = 45.0  # of the square about the tip that is looked at
BLUR = (0.0, 0.7, 0.7)  # pixels
LEAST_CONTRAST_HU = 60.0
LEVEL = 0.05  # of a millimetre along the spine for one in the plane: less is no climb
SHOWN_MM = (12.0, 24.0)  # of the shaft's last part, by which its line is found: at least, at most
SHORT_OF_END_MM = 2.0  # that are left out there: the end itself may lie elsewhere
LINE_OFF_MM, LINE_TURN_DEG = 4.0, 10.0  # of the line from where it is believed to be, at most
USUAL_OFF_MM, USUAL_TURN_DEG = 2.0, 4.0
UNUSUAL = 0.01  # of a line's brightness that one usual offset costs
BEHIND_MM, BEYOND_MM, STEP_MM = 26.0, 9.0, 0.25  # of the believed end: along the line, what is explained
FLANK_MM, FLANK_WEIGHT = 2.4, 1.5  # beside the line: what is bright on both sides is no needle
BRIGHTEST_HU, DARKEST_HU = 2000.0, -300.0
SHAFT_HU = (100.0, 1800.0)
SPOT_MM = 0.9  # height of a needle in a slice
ENDS_WITHIN_MM = 1.0  # over which brightness falls at the tip
# How far end, height and climb may be off: from one look to the next, and for each millimetre pushed in between
END_MM, END_PER_MM = 0.4, 0.04
HEIGHT_MM, HEIGHT_PER_MM = 0.3, 0.06
CLIMB = 0.04
NOISE = 0.5  # of the shaft's brightness, by which a sample may be off: neighbours are off together
STEEP = 0.25  # climb from which a slice is crossed within the square that is looked at
RIDGE_BEHIND_MM, RIDGE_BEYOND_MM = 22.0, 1.0  # of the believed end: where a steep shaft's line is drawn to its ridge
CROSSED = 0.85  # of a crossing's length: what is bright for longer does not end in the slice
END_RANGE_MM, HEIGHT_RANGE_MM, CLIMB_RANGE = 5.0, 4.0, 0.18


@dataclass(frozen=True, slots=True, kw_only=True)
class BelievedNeedle:
    """Where a needle is believed to be before a picture is read.

    Attributes:
        tip: in mm of the console
        across_deg, along_deg: lean of its last part, to the patient's left and to the head
        length_mm: in the axial plane, from the skin
        unseen_mm: pushed since the tip was last seen
    """

    tip: TablePoint
    across_deg: float
    along_deg: float
    length_mm: float
    unseen_mm: float

    @property
    def climb(self) -> float:
        """Millimetres along the spine for one in the axial plane, positive to the head."""
        return math.tan(math.radians(self.along_deg)) * math.cos(math.radians(self.across_deg))


@dataclass(frozen=True, slots=True, kw_only=True)
class LocatedTip:
    """Where a needle ends.

    Attributes:
        tip: in mm of the console; its height may lie beyond the slices, where the shaft leaves them
        across_deg, along_deg: lean of what was seen of its last part
        contrast_hu: brightness of the shaft over its surroundings
        in_slices: whether the tip lies in the slices
        leaves_at_mm: height of the face of the slices through which the shaft goes on, where it crosses the outermost
            slice from face to face; None where it ends before that
    """

    tip: TablePoint
    across_deg: float
    along_deg: float
    contrast_hu: float
    in_slices: bool
    leaves_at_mm: float | None


def locate_tip(frame: Frame, without_needle: Image | None, believed: BelievedNeedle) -> LocatedTip | None:
    """Find a needle's end near where it is believed to be; None where no shaft shows.

    Args:
        frame: three slices
        without_needle: what they would show without it [shape=(slice, row, column)] HU, if that is known
        believed: from earlier pictures and the length pushed since
    """
    pixel = frame.pixel_spacing_mm
    top, left = _corner(frame, believed)
    side = 2 * round(HALF_MM / pixel)
    window = (slice(None), slice(top, top + side), slice(left, left + side))
    image = frame.hu[window] if without_needle is None else frame.hu[window] - without_needle[window]
    thin = _keep_thin(image, pixel)
    row, column = frame.pixel_of(believed.tip.x_mm, believed.tip.y_mm)
    tip = ImagePoint(row - top, column - left)
    line = _line_near(np.clip(thin, 0.0, CLIP_HU).sum(axis=0), pixel, tip, believed, _slab(frame))
    if line is None:
        return None
    there_mm = _along_mm(line, tip, pixel)
    off_mm = np.arange(max(-BEHIND_MM, 3.0 - believed.length_mm), BEYOND_MM, STEP_MM)
    profiles = _without_flanks(thin, line, there_mm + off_mm, pixel)
    end = _fit_end(frame, profiles, off_mm, believed)
    if end.contrast_hu < LEAST_CONTRAST_HU:
        return None
    at = line.point(there_mm + end.off_mm, pixel)
    x_mm, y_mm, _ = frame.position_mm(0, at.row + top, at.column + left)
    lowest_mm, highest_mm = _slab(frame)
    return LocatedTip(
        tip=TablePoint(x_mm, y_mm, end.z_mm),
        across_deg=math.degrees(line.angle_rad),
        along_deg=math.degrees(math.atan2(end.climb, math.cos(line.angle_rad))),
        contrast_hu=end.contrast_hu,
        in_slices=lowest_mm <= end.z_mm <= highest_mm,
        leaves_at_mm=_leaves_at_mm(frame, profiles, end),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """An end of a shaft: how far beyond the believed one, its height, the climb that leads there, the brightness."""

    off_mm: float
    z_mm: float
    climb: float
    contrast_hu: float


def _slab(frame: Frame) -> tuple[float, float]:
    half = 0.5 * frame.slice_thickness_mm
    return float(frame.z_mm[-1]) - half, float(frame.z_mm[0]) + half


def _corner(frame: Frame, believed: BelievedNeedle) -> tuple[int, int]:
    half = round(HALF_MM / frame.pixel_spacing_mm)
    at = frame.pixel_of(believed.tip.x_mm, believed.tip.y_mm)
    top, left = (min(max(round(p) - half, 0), size - 2 * half) for p, size in zip(at, frame.hu.shape[1:], strict=True))
    return top, left


def _keep_thin(image: Image, pixel_mm: float) -> Image:
    """What is brighter than its surroundings and narrow from left to right."""
    smooth = np.clip(ndimage.gaussian_filter(image, BLUR), -1000.0, 3000.0)
    width = 2 * int(0.55 * LINE_WIDTH_MM / pixel_mm) + 1
    return np.asarray(smooth - ndimage.grey_opening(smooth, size=(1, 1, width)))


def _line_near(
    total: Image, pixel_mm: float, tip: ImagePoint, believed: BelievedNeedle, slab_mm: tuple[float, float]
) -> NeedleLine | None:
    """The line of the shaft's last part that the slices show; unusual ones must be brighter."""
    shown_mm, hidden_mm = math.inf, 0.0
    if abs(believed.climb) > LEVEL:
        lowest, highest = slab_mm
        enters, leaves = (lowest, highest) if believed.climb > 0.0 else (highest, lowest)
        shown_mm = (believed.tip.z_mm - enters) / believed.climb
        hidden_mm = max((believed.tip.z_mm - leaves) / believed.climb, 0.0)
    length_mm = min(max(shown_mm - hidden_mm, SHOWN_MM[0]), SHOWN_MM[1])
    angle = math.radians(believed.across_deg)
    middle = NeedleLine(start=tip, angle_rad=angle).point(-(hidden_mm + 0.5 * length_mm), pixel_mm)
    distances = np.arange(-0.5 * length_mm, 0.5 * length_mm - SHORT_OF_END_MM, 2 * STEP_MM)
    offsets = np.arange(-LINE_OFF_MM, LINE_OFF_MM + 0.01, 0.25)
    turns_deg = np.arange(-LINE_TURN_DEG, LINE_TURN_DEG + 0.01, 1.0)
    usual = np.hypot(offsets[:, None] * math.cos(angle) / USUAL_OFF_MM, turns_deg / USUAL_TURN_DEG) ** 2
    coarse = best_line(
        total, pixel_mm, middle, distances, offsets, angle + np.radians(turns_deg), weights=1.0 - UNUSUAL * usual
    )
    if coarse is None:
        return None
    turns = coarse.angle_rad + np.radians(np.arange(-1.0, 1.01, 0.25))
    fine = best_line(total, pixel_mm, coarse.start, distances, np.arange(-0.375, 0.38, 0.125), turns)
    if fine is None or abs(believed.climb) < STEEP:
        return fine
    # Of a steep shaft the slices show so little that its line errs by some degrees, and what lies beyond the believed
    # end would be missed: an end that was pushed further than believed draws the line, too
    there_mm = _along_mm(fine, tip, pixel_mm)
    beyond_mm = RIDGE_BEYOND_MM + 2.0 * (END_MM + END_PER_MM * believed.unseen_mm)
    return follow_ridge(total, pixel_mm, fine, np.arange(there_mm - RIDGE_BEHIND_MM, there_mm + beyond_mm, 0.5))


def _along_mm(line: NeedleLine, point: ImagePoint, pixel_mm: float) -> float:
    row, column = line.direction
    return ((point.row - line.start.row) * row + (point.column - line.start.column) * column) * pixel_mm


def _without_flanks(thin: Image, line: NeedleLine, distances_mm: Profile, pixel_mm: float) -> NDArray[np.float64]:
    """Brightness along the line in each slice, less what lies on both sides of it [shape=(slice, n)]."""
    row, column = line.direction
    beside = [
        NeedleLine(
            start=ImagePoint(
                line.start.row - column * side * FLANK_MM / pixel_mm,
                line.start.column + row * side * FLANK_MM / pixel_mm,
            ),
            angle_rad=line.angle_rad,
        )
        for side in (-1.0, 1.0)
    ]
    shaft, left, right = (
        np.stack([one.sample(plane, distances_mm, pixel_mm) for plane in thin]) for one in (line, *beside)
    )
    flank = np.clip(np.minimum(left, right), 0.0, BRIGHTEST_HU)
    return np.asarray(
        np.clip(np.clip(shaft, DARKEST_HU, BRIGHTEST_HU) - FLANK_WEIGHT * flank, DARKEST_HU, BRIGHTEST_HU)
    )


def _fit_end(frame: Frame, profiles: NDArray[np.float64], off_mm: Profile, believed: BelievedNeedle) -> _End:
    """The end, height and climb that explain the profiles best, each held near what is believed (least squares)."""
    end_mm = END_MM + END_PER_MM * believed.unseen_mm
    height_mm = HEIGHT_MM + HEIGHT_PER_MM * believed.unseen_mm
    ends, heights, climbs = np.meshgrid(
        np.arange(-END_RANGE_MM, END_RANGE_MM + 0.01, STEP_MM),
        np.arange(-HEIGHT_RANGE_MM, HEIGHT_RANGE_MM + 0.01, 2 * STEP_MM),
        np.arange(-CLIMB_RANGE, CLIMB_RANGE + 0.01, 0.06),
        indexing="ij",
    )
    before_mm = ends[..., None] - off_mm
    z_mm = believed.tip.z_mm + heights[..., None] - before_mm * (believed.climb + climbs[..., None])
    shaft = np.clip(before_mm / ENDS_WITHIN_MM + 0.5, 0.0, 1.0)
    expected_squared, expected_seen = np.zeros(ends.shape), np.zeros(ends.shape)
    for centre_mm, profile in zip(frame.z_mm, profiles, strict=True):
        share = shaft * _share_in_slice(z_mm, float(centre_mm), frame.slice_thickness_mm)
        expected_squared += np.einsum("...d,...d->...", share, share)
        expected_seen += share @ profile
    contrast = np.clip(expected_seen / np.maximum(expected_squared, 1e-6), *SHAFT_HU)
    unexplained = float((profiles**2).sum()) - 2.0 * contrast * expected_seen + contrast**2 * expected_squared
    noise_hu = NOISE * max(float(np.percentile(profiles.max(axis=0), 70.0)), 2.0 * SHAFT_HU[0])
    unlikely = (ends / end_mm) ** 2 + (heights / height_mm) ** 2 + (climbs / CLIMB) ** 2
    best = np.unravel_index(int((unexplained / noise_hu**2 + unlikely).argmin()), ends.shape)
    return _End(
        off_mm=float(ends[best]),
        z_mm=believed.tip.z_mm + float(heights[best]),
        climb=believed.climb + float(climbs[best]),
        contrast_hu=float((expected_seen / np.maximum(expected_squared, 1e-6))[best]),
    )


def _leaves_at_mm(frame: Frame, profiles: NDArray[np.float64], end: _End) -> float | None:
    """The face through which a shaft leaves the slices: it is bright in the outermost for as long as a crossing is."""
    if abs(end.climb) < STEEP:
        return None
    lowest_mm, highest_mm = _slab(frame)
    outermost = profiles[0] if end.climb > 0.0 else profiles[-1]
    bright = outermost > 0.5 * end.contrast_hu
    crossing_mm = frame.slice_thickness_mm / abs(end.climb)
    if float(bright.sum()) * STEP_MM < CROSSED * crossing_mm:
        return None
    return highest_mm if end.climb > 0.0 else lowest_mm


def _share_in_slice(z_mm: NDArray[np.float64], centre_mm: float, thickness_mm: float) -> NDArray[np.float64]:
    """Share of a needle's cross-section at some heights that lies in a slice."""
    low = np.maximum(z_mm - 0.5 * SPOT_MM, centre_mm - 0.5 * thickness_mm)
    high = np.minimum(z_mm + 0.5 * SPOT_MM, centre_mm + 0.5 * thickness_mm)
    return np.asarray(np.clip(high - low, 0.0, None) / SPOT_MM)
