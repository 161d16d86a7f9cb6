"""Ventral targets: places in the fat of a foramen from which blood runs before the sac, where fluid lies there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import ndimage

from simulator.interface.frame import Frame
from simulator.operators.foraminal_targets import FAT_HU
from simulator.operators.perception.foramen_detection import side_sign, smooth_over_disc
from simulator.operators.perception.images import Image, ImagePoint, Mask
from simulator.operators.trajectory_planning import NeedleTarget
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.procedure import Approach

LATERAL_MM = np.arange(13.0, 25.0, 1.5)  # of the midline: from beside the sac to the foramen's outer end
BEFORE_MM = np.arange(3.0, 9.5, 1.5)  # the sac's middle, to the front: at the height of the pool
BEST_LATERAL_MM, BEST_BEFORE_MM = 17.0, 6.5
ABOUT_DISC_MM = (-4.0, 8.0)  # along the spine, from the disc's middle: the lower part of the foramen
BEST_OVER_DISC_MM = 2.0
ACROSS_DEG = {Side.RIGHT: (18.0, 57.0), Side.LEFT: (-57.0, -18.0)}  # a needle can lean by 60
LUNG_HU = -500.0
LEAST_LUNG_MM2 = (
    60.0  # of a dark patch within the body in a slice; gas in a disc or a bowel loop is as well kept clear of
)


def ventral_targets(frame: Frame, bone: Mask, middles: Sequence[ImagePoint | None], side: Side) -> list[NeedleTarget]:
    """Places in the fat of a side's foramen at the height of the pool, at the disc that lies in a scan's middle.

    Args:
        frame: the planning scan, of the two vertebrae at the disc
        bone: in it
        middles: of the sac in each slice
        side: of the patient
    """
    targets = []
    for k, middle in enumerate(middles):
        over_mm = float(frame.z_mm[k] - frame.z_mm.mean())
        if middle is None or not ABOUT_DISC_MM[0] <= over_mm <= ABOUT_DISC_MM[1]:
            continue
        for place, lateral_mm, before_mm in _places_in_fat(frame, bone[k], k, middle, side):
            worth = 2.0 - 0.1 * abs(over_mm - BEST_OVER_DISC_MM)
            worth -= 0.15 * abs(lateral_mm - BEST_LATERAL_MM) + 0.15 * abs(before_mm - BEST_BEFORE_MM)
            targets.append(
                NeedleTarget(
                    point=frame.position_mm(k, *place),
                    worth=worth,
                    across_deg=ACROSS_DEG[side],
                    approach=Approach.POSTERIOR_FORAMINAL,
                )
            )
    return targets


def lung_in_scan(frame: Frame) -> Mask:
    """Dark patches within the body [shape=(slice, row, column)], which no way may meet; a picture may cut them off."""
    dark = frame.hu < LUNG_HU
    found = np.zeros_like(dark)
    for k, image in enumerate(dark):
        labels, count = ndimage.label(image)
        if not count:
            continue
        behind = set(np.unique(labels[0]).tolist())  # air over the back, which goes on beside the trunk
        sizes = np.bincount(labels.ravel(), minlength=count + 1) * frame.pixel_spacing_mm**2
        lung = [n for n in range(1, count + 1) if n not in behind and sizes[n] >= LEAST_LUNG_MM2]
        found[k] = np.isin(labels, lung)
    return found


def _places_in_fat(
    frame: Frame, bone: Mask, k: int, middle: ImagePoint, side: Side
) -> Iterator[tuple[ImagePoint, float, float]]:
    """Places in fat in a slice, how far from the midline each lies, and how far before the sac's middle, mm."""
    smooth: Image = smooth_over_disc(frame.hu[k], frame.pixel_spacing_mm)
    for lateral_mm in LATERAL_MM:
        column = middle.column + side_sign(side) * lateral_mm / frame.pixel_spacing_mm
        for before_mm in BEFORE_MM:
            row = middle.row + before_mm / frame.pixel_spacing_mm
            if not bone[round(row), round(column)] and smooth[round(row), round(column)] < FAT_HU:
                yield ImagePoint(float(row), float(column)), float(lateral_mm), float(before_mm)
