"""Foramen detection: contrast that has run out along a root, beside the sac of a lumbar scan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from simulator.interface.frame import Frame
from simulator.operators.perception.images import Image, Mask, disc_footprint
from simulator.operators.perception.sac_detection import DetectedSac
from simulator.vocabulary.anatomy import Side

NOT_BONE_MM = 1.6  # that fluid keeps from bone, whose edges are as bright
FLUID_HU = 110.0  # and more, over a disc: no solid tissue
DISC_RADIUS_MM = 1.2
BESIDE_MM = (9.0, 32.0)  # of the sac's middle, where a root leaves
BEFORE_MM = (-5.0, 8.5)  # the sac's middle, to the front; further there is marrow, as bright
LEAST_AREA_MM2 = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PerineuralFluid:
    """Fluid along a root in one slice: row and column of its middle, and its area."""

    slice_index: int
    row: float
    column: float
    area_mm2: float


def detect_perineural_fluid(
    frame: Frame, bone: Mask, sacs: list[DetectedSac | None], side: Side
) -> list[PerineuralFluid]:
    """The largest bright patch beside the sac, apart from bone, in each slice that has one.

    Args:
        frame: a lumbar scan
        bone, sacs: from `segment_bone_and_sacs`
        side: left or right of the patient
    """
    found = []
    for k, sac in enumerate(sacs):
        if sac is None:
            continue
        region = _where_roots_leave(sac, frame.hu.shape[1:], frame.pixel_spacing_mm, side)
        solid = ndimage.binary_fill_holes(ndimage.binary_opening(bone[k]))
        region &= ~ndimage.binary_dilation(solid, iterations=round(NOT_BONE_MM / frame.pixel_spacing_mm))
        fluid = region & (smooth_over_disc(frame.hu[k], frame.pixel_spacing_mm) > FLUID_HU)
        patch = _largest_patch(fluid, k, frame.pixel_spacing_mm)
        if patch is not None:
            found.append(patch)
    return found


def side_sign(side: Side) -> float:
    """The way in which columns grow towards a side: the patient's right is on the picture's right."""
    return 1.0 if side is Side.RIGHT else -1.0


def smooth_over_disc(image: Image, pixel_mm: float) -> Image:
    """HU averaged over a disc about each pixel."""
    disc = disc_footprint(DISC_RADIUS_MM / pixel_mm)
    return np.asarray(ndimage.convolve(np.clip(image, -200.0, 600.0), disc / disc.sum(), mode="nearest"), np.float32)


def _where_roots_leave(sac: DetectedSac, shape: tuple[int, ...], pixel_mm: float, side: Side) -> Mask:
    """Pixels to a side of the sac and not too far before or behind it."""
    rows, columns = np.indices(shape)
    beside: NDArray[np.float64] = (columns - sac.column) * pixel_mm * side_sign(side)
    before: NDArray[np.float64] = (rows - sac.row) * pixel_mm
    region = (beside > BESIDE_MM[0]) & (beside < BESIDE_MM[1])
    region &= (before > BEFORE_MM[0]) & (before < BEFORE_MM[1])
    return region


def _largest_patch(fluid: Mask, slice_index: int, pixel_mm: float) -> PerineuralFluid | None:
    """The largest patch of one slice; None where it is a speck."""
    labels, count = ndimage.label(fluid)
    if not count:
        return None
    sizes = ndimage.sum_labels(np.ones_like(labels), labels, range(1, count + 1)) * pixel_mm**2
    best = int(sizes.argmax())
    if sizes[best] < LEAST_AREA_MM2:
        return None
    row, column = ndimage.center_of_mass(labels == best + 1)
    return PerineuralFluid(slice_index=slice_index, row=float(row), column=float(column), area_mm2=float(sizes[best]))
