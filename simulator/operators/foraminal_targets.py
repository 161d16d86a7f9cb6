"""Foraminal targets: places behind the root that leaks, in the lower part of its foramen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.interface.frame import Frame
from simulator.operators.perception.foramen_detection import (
    FLUID_HU,
    PerineuralFluid,
    detect_perineural_fluid,
    side_sign,
    smooth_over_disc,
)
from simulator.operators.perception.images import Image, ImagePoint, Mask
from simulator.operators.perception.sac_detection import DetectedSac
from simulator.operators.trajectory_planning import NeedleTarget
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.procedure import Approach

FAT_HU = -15.0  # and less: over a disc, no solid tissue
BELOW_DISC_MM = 12.0  # the middle of the scan: farther down is the next foramen
MOST_APART = 2  # slices: one between may hide the fluid behind bone
LATERAL_MM = np.arange(16.0, 29.0, 2.0)  # of the midline: the foramen
BEST_LATERAL_MM = 22.0
BEHIND_ROOT_MM = (2.0, 3.0, 4.0, 5.0)
AROUND_LOW_END_MM = (-3.0, 9.0)  # of the fluid, which follows the root down: the lower part of the foramen
BEST_OVER_LOW_END_MM = 3.0
ACROSS_DEG = {Side.RIGHT: (18.0, 54.0), Side.LEFT: (-54.0, -18.0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Root:
    """The root that leaks, as its fluid shows it.

    Attributes:
        line: row against slice, coefficients of a line
        first, last: slices in which it was seen
        low_end_mm: table position of its lower end
    """

    line: NDArray[np.float64]
    first: float
    last: float
    low_end_mm: float

    def row(self, slice_index: int) -> float:
        """Row of the root in a slice; beyond what is seen of it, as at its end."""
        return float(np.polyval(self.line, min(max(float(slice_index), self.first), self.last)))


def foraminal_targets(frame: Frame, bone: Mask, sacs: list[DetectedSac | None], side: Side) -> list[NeedleTarget]:
    """Places in fat or fluid behind the root that leaks, in the lower part of its foramen.

    Args:
        frame: the planning scan
        bone, sacs: from `segment_bone_and_sacs`
        side: of the leak
    """
    lowest_mm = float(frame.z_mm.mean()) - BELOW_DISC_MM
    fluid = detect_perineural_fluid(frame, bone, sacs, side)
    root = _root(frame, _longest_run([one for one in fluid if frame.z_mm[one.slice_index] >= lowest_mm]))
    if root is None:
        return []
    targets = []
    for k, sac in enumerate(sacs):
        over_mm = float(frame.z_mm[k]) - root.low_end_mm
        if sac is None or not AROUND_LOW_END_MM[0] <= over_mm <= AROUND_LOW_END_MM[1]:
            continue
        for place, lateral_mm in _places_behind(frame, bone[k], k, root.row(k), sac, side):
            targets.append(
                NeedleTarget(
                    point=frame.position_mm(k, *place),
                    worth=2.0 - 0.25 * abs(over_mm - BEST_OVER_LOW_END_MM) - 0.1 * abs(lateral_mm - BEST_LATERAL_MM),
                    across_deg=ACROSS_DEG[side],
                    approach=Approach.POSTERIOR_FORAMINAL,
                )
            )
    return targets


def _places_behind(
    frame: Frame, bone: Mask, k: int, root_row: float, sac: DetectedSac, side: Side
) -> Iterator[tuple[ImagePoint, float]]:
    """Places in fat or fluid behind the root in a slice, and how far from the midline each lies, mm."""
    smooth: Image = smooth_over_disc(frame.hu[k], frame.pixel_spacing_mm)
    for lateral_mm in LATERAL_MM:
        for behind_mm in BEHIND_ROOT_MM:
            row = root_row - behind_mm / frame.pixel_spacing_mm
            column = float(sac.column + side_sign(side) * lateral_mm / frame.pixel_spacing_mm)
            hu = float(smooth[round(row), round(column)])
            if not bone[round(row), round(column)] and not FAT_HU < hu < FLUID_HU:
                yield ImagePoint(row, column), float(lateral_mm)


def _root(frame: Frame, fluid: list[PerineuralFluid]) -> _Root | None:
    """The line along which fluid lies; None where too little was seen."""
    if len(fluid) < 2:
        return None
    slices = np.array([one.slice_index for one in fluid], dtype=np.float64)
    return _Root(
        line=np.polyfit(slices, [one.row for one in fluid], 1),
        first=float(slices[0]),
        last=float(slices[-1]),
        low_end_mm=float(frame.z_mm[fluid[-1].slice_index]),
    )


def _longest_run(fluid: list[PerineuralFluid]) -> list[PerineuralFluid]:
    """The longest run of slices that lie close together: a leak is in one piece."""
    runs: list[list[PerineuralFluid]] = [[]]
    for one in fluid:
        if runs[-1] and one.slice_index - runs[-1][-1].slice_index > MOST_APART:
            runs.append([])
        runs[-1].append(one)
    return max(runs, key=len)
