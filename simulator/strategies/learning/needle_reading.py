"""Needle reading: the numbers that a policy is given, read from the pixels of one image by `operators/perception`.

What is known beside the pixels is what anybody sees who stands there: where the needle enters the skin beside the
midline, how it leans by eye, and its 5 mm marks. From an empty image nothing is read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from simulator.interface.frame import Frame
from simulator.interface.needle_view import NeedleLook
from simulator.operators.perception.bone_segmentation import find_skin_row
from simulator.operators.perception.images import ImageOffset, ImagePoint
from simulator.operators.perception.needle_detection import detect_needle, lean_from_direction
from simulator.operators.perception.sac_outline import SacOutline, outline_sac_by_brightness

MIDDLE = 1  # of three slices
MARKS_MM = 3.0  # that marks 5 mm apart and a skin found to a pixel leave open, of the length in the patient
BESIDE_MM = 12.0
WINDOW_MM = (-10.0, 80.0)  # of a gap between tip and sac that is one


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleReading:
    """Where the tip lies beside the sac.

    Attributes:
        gap_mm: along the needle's direction from the tip to the sac's outline, or to its back's height if it misses it
        across_mm: of the tip from the middle of the sac, positive to the patient's left
        lean_deg: positive leads the tip to the patient's left
    """

    gap_mm: float
    across_mm: float
    lean_deg: float


def outline_sac(back: Frame) -> SacOutline | None:
    """The sac in slices of the back; None where it is not seen."""
    return outline_sac_by_brightness(back, 0.5 * back.hu.shape[2])


def read_needle(back: Frame, sac: SacOutline, look: NeedleLook, lean_sign: int) -> NeedleReading | None:
    """The tip beside the sac; None where the needle is not seen.

    Args:
        back: three slices about the tip [shape=(3, row, column), HU], skin in their upper edge, see `back_of`
        sac: as slices at the same place show it
        look: the needle from outside
        lean_sign: +1 where a positive lean leads the tip to the patient's left
    """
    pixel = back.pixel_spacing_mm
    _, column = back.pixel_of(back.centre_mm[0] + look.entry_from_midline_mm, 0.0)
    row = _skin_row(back, column)
    if row is None:
        return None
    needle = detect_needle(
        back.hu,
        pixel,
        entry=ImagePoint(row, column),
        lean_deg=lean_sign * look.lean_deg,
        inserted_mm=look.inserted_marks_mm,
    )
    if needle is None:
        return None
    # A shaft that dims before its end, or goes over into bone, is taken at the length that the marks tell
    beyond_mm = needle.depth_mm - look.inserted_marks_mm
    shift = (min(max(beyond_mm, -MARKS_MM), MARKS_MM) - beyond_mm) / pixel
    along = needle.direction
    tip = ImagePoint(needle.tip.row + shift * along.row, needle.tip.column + shift * along.column)
    gap_mm = pixel * _gap(tip, along, sac)
    if not WINDOW_MM[0] < gap_mm < WINDOW_MM[1]:
        return None
    tip_x_mm, _, _ = back.position_mm(MIDDLE, tip.row, tip.column)
    sac_x_mm, _, _ = back.position_mm(MIDDLE, sac.row, sac.column)
    return NeedleReading(gap_mm=gap_mm, across_mm=tip_x_mm - sac_x_mm, lean_deg=lean_from_direction(along))


def back_of(frame: Frame) -> Frame:
    """The middle of a whole image's upper half, where all lies that is read: a quarter of the pixels."""
    side = frame.hu.shape[1]
    half, quarter = side // 2, side // 4
    x_mm, y_mm = frame.centre_mm
    back_mm = y_mm + quarter * frame.pixel_spacing_mm
    return replace(frame, hu=frame.hu[:, :half, quarter : quarter + half], centre_mm=(x_mm, back_mm))


def _skin_row(frame: Frame, column: float) -> float | None:
    """Where the skin lies at a column; read on both sides of it, since a shaft that stands out is as bright as skin."""
    beside = BESIDE_MM / frame.pixel_spacing_mm
    rows = [find_skin_row(frame.hu[MIDDLE], column + side) for side in (-beside, beside)]
    found = [row for row in rows if row is not None]
    return sum(found) / len(found) if found else None


def _gap(tip: ImagePoint, along: ImageOffset, sac: SacOutline) -> float:
    """Pixels from the tip along a direction to an ellipse; to the height of its back where the ray misses it."""
    row, column = (tip.row - sac.row) / sac.half_depth, (tip.column - sac.column) / sac.half_width
    down, across = along.row / sac.half_depth, along.column / sac.half_width
    square, half, rest = down**2 + across**2, row * down + column * across, row**2 + column**2 - 1.0
    under = half**2 - square * rest
    if under >= 0.0:
        return (-half - math.sqrt(under)) / square
    return (sac.row - sac.half_depth - tip.row) / max(along.row, 0.2)
