"""Foramen seen: contrast that has run out along a root, and the fat behind it where a needle may come to lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from simulator.interface.frame import Frame
from simulator.operators.oblique_trajectories import NeedleTarget
from simulator.operators.perception.sac_detection import DetectedSac, detect_sac
from simulator.vocabulary.procedure import Approach

BONE_HU = 260.0
NOT_BONE_MM = 1.6  # that fluid keeps from bone, whose edges are as bright
FLUID_HU, FAT_HU = 110.0, -15.0  # more and less than any solid tissue, over a disc of AREA_MM
AREA_MM = 1.2
BESIDE_MM = (9.0, 32.0)  # of the sac's middle, where a root leaves
BEFORE_MM = (-5.0, 8.5)  # the sac's middle, to the front; further there is marrow, as bright
LEAST_AREA_MM2 = 6.0
MOST_APART = 2  # slices: one between may hide the fluid behind bone
SAC_MM = (10.0, 9.0)  # half width and half depth of what is surely sac, and no bone
LATERAL_MM = np.arange(16.0, 29.0, 2.0)  # of the midline: the foramen
BEHIND_ROOT_MM = (2.0, 3.0, 4.0, 5.0)
AROUND_LOW_END_MM = (-3.0, 9.0)  # of the fluid, which follows the root down: the lower part of the foramen
BEST_OVER_LOW_END_MM = 3.0
ACROSS_DEG = (18.0, 54.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerineuralFluid:
    """Fluid beside the sac in one slice: row, column of its middle, and its area."""

    slice_index: int
    row: float
    column: float
    area_mm2: float


def segment_bone_and_sacs(frame: Frame) -> tuple[NDArray[np.bool_], list[DetectedSac | None]]:
    """What is bone in a lumbar scan, and the sac in each slice, which is bright and no bone."""
    pixel = frame.pixel_spacing_mm
    bone = ndimage.gaussian_filter(frame.hu, (0.0, 0.4 / pixel, 0.4 / pixel)) > BONE_HU
    sacs = [detect_sac(image, pixel) for image in frame.hu]
    rows, columns = np.indices(frame.hu.shape[1:])
    for k, sac in enumerate(sacs):
        if sac is not None:
            across, along = (columns - sac.column) * pixel / SAC_MM[0], (rows - sac.row) * pixel / SAC_MM[1]
            bone[k] &= across**2 + along**2 > 1.0
    return bone, sacs


def detect_perineural_fluid(
    frame: Frame, bone: NDArray[np.bool_], sacs: list[DetectedSac | None], side: Literal["left", "right"]
) -> list[PerineuralFluid]:
    """The largest bright patch beside the sac, apart from bone, in each slice that has one."""
    pixel = frame.pixel_spacing_mm
    disc = _disc(AREA_MM / pixel)
    rows, columns = np.indices(frame.hu.shape[1:])
    found = []
    for k, sac in enumerate(sacs):
        if sac is None:
            continue
        beside = (columns - sac.column) * pixel * (1.0 if side == "right" else -1.0)
        before = (rows - sac.row) * pixel
        region = (beside > BESIDE_MM[0]) & (beside < BESIDE_MM[1])
        region &= (before > BEFORE_MM[0]) & (before < BEFORE_MM[1])
        solid = ndimage.binary_fill_holes(ndimage.binary_opening(bone[k]))
        region &= ~ndimage.binary_dilation(solid, iterations=round(NOT_BONE_MM / pixel))
        mean = ndimage.convolve(np.clip(frame.hu[k], -200.0, 600.0), disc, mode="nearest")
        labels, count = ndimage.label(region & (mean > FLUID_HU))
        if not count:
            continue
        sizes = ndimage.sum_labels(np.ones_like(labels), labels, range(1, count + 1)) * pixel**2
        best = int(sizes.argmax())
        if sizes[best] >= LEAST_AREA_MM2:
            row, column = ndimage.center_of_mass(labels == best + 1)
            found.append(
                PerineuralFluid(slice_index=k, row=float(row), column=float(column), area_mm2=float(sizes[best]))
            )
    return found


def foraminal_targets(
    frame: Frame, bone: NDArray[np.bool_], sacs: list[DetectedSac | None], side: Literal["left", "right"]
) -> list[NeedleTarget]:
    """Places in fat or fluid behind the root that leaks, in the lower part of its foramen.

    Args:
        frame: the planning scan
        bone, sacs: from `segment_bone_and_sacs`
        side: of the leak
    """
    seen = _in_a_row(detect_perineural_fluid(frame, bone, sacs, side))
    if len(seen) < 2:
        return []
    pixel, sign = frame.pixel_spacing_mm, 1.0 if side == "right" else -1.0
    places = np.array([one.slice_index for one in seen], dtype=np.float64)
    row_of = np.polyfit(places, [one.row for one in seen], 1)
    low_end_mm = float(frame.z_mm[seen[-1].slice_index])
    disc = _disc(AREA_MM / pixel)
    targets = []
    for k, sac in enumerate(sacs):
        over_mm = float(frame.z_mm[k]) - low_end_mm
        if sac is None or not AROUND_LOW_END_MM[0] <= over_mm <= AROUND_LOW_END_MM[1]:
            continue
        mean = ndimage.convolve(np.clip(frame.hu[k], -200.0, 600.0), disc, mode="nearest")
        at = min(max(float(k), places[0]), places[-1])  # beyond what is seen of the root, as at its end
        for lateral in LATERAL_MM:
            for behind in BEHIND_ROOT_MM:
                row = float(np.polyval(row_of, at)) - behind / pixel
                column = float(sac.column + sign * lateral / pixel)
                here = float(mean[round(row), round(column)])
                if bone[k, round(row), round(column)] or FAT_HU < here < FLUID_HU:
                    continue
                worth = 2.0 - 0.25 * abs(over_mm - BEST_OVER_LOW_END_MM) - 0.1 * abs(lateral - 22.0)
                lean = ACROSS_DEG if side == "right" else (-ACROSS_DEG[1], -ACROSS_DEG[0])
                at_mm = frame.position_mm(k, row, column)
                targets.append(
                    NeedleTarget(at_mm=at_mm, worth=worth, across_deg=lean, approach=Approach.POSTERIOR_FORAMINAL)
                )
    return targets


def _in_a_row(found: list[PerineuralFluid]) -> list[PerineuralFluid]:
    """The longest run of slices that lie close together: a leak is in one piece."""
    runs: list[list[PerineuralFluid]] = [[]]
    for one in found:
        if runs[-1] and one.slice_index - runs[-1][-1].slice_index > MOST_APART:
            runs.append([])
        runs[-1].append(one)
    return max(runs, key=len)


def _disc(radius: float) -> NDArray[np.float32]:
    n = int(np.ceil(radius))
    y, x = np.mgrid[-n : n + 1, -n : n + 1]
    disc = (np.hypot(x, y) <= radius).astype(np.float32)
    return disc / disc.sum()
