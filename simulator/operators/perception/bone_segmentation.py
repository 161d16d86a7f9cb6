"""Bone segmentation: what is bone in a slice or a scan, and where the skin lies. Contrast is as bright, and no bone."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from simulator.interface.frame import Frame
from simulator.operators.perception.cord_detection import DetectedCanal
from simulator.operators.perception.dorsal_space import DorsalEpiduralSpace
from simulator.operators.perception.images import Image, Mask
from simulator.operators.perception.sac_detection import DetectedSac, detect_sac

BONE_HU = 260.0
SURELY_BONE_HU = 600.0
FLUID_BEHIND_MM = 4.5
FLUID_IN_FRONT_MM, FLUID_BESIDE_MM = 8.0, 11.5  # of the cord's middle: sac and collection
SAC_MM = (10.0, 9.0)  # half width and half depth of what is surely a lumbar sac
SKIN_HU = -400.0
SKIN_MM = 2.5  # below the back's skin nothing is bone: the wires of a grid lie on it
WIRES_APART_MM = 8.0  # less than from one wire to the next: over so much most of the skin bears none


def segment_bone(image: Image, pixel_mm: float, sac: DetectedSac, space: DorsalEpiduralSpace) -> Mask:
    """What is bone in a slice [shape=(row, column)]; sac and collection are bright, and none."""
    bone = ndimage.gaussian_filter(image, 0.4 / pixel_mm) > BONE_HU
    rows, columns = np.indices(image.shape)
    # the sac and a thin collection about it; a lamina further back stays bone
    back = min(sac.row - space.flavum_row, sac.row - space.sac_row + FLUID_BEHIND_MM / pixel_mm)
    fluid = ((rows - sac.row) / (back + 0.3 / pixel_mm)) ** 2 + ((columns - sac.column) / (9.0 / pixel_mm)) ** 2 < 1.0
    bone &= ~fluid
    return np.asarray(ndimage.binary_opening(bone, iterations=1) | (image > SURELY_BONE_HU) & ~fluid)


def find_skin_row(image: Image, column: float) -> float | None:
    """First row of the body on a column, from the back; None where there is only air."""
    line = image[:, round(column)]
    inside = np.flatnonzero(ndimage.uniform_filter1d(line, 3) > SKIN_HU)
    return float(inside[0]) if inside.size else None


def without_skin_wires(bone: Mask, frame: Frame) -> Mask:
    """Bone of a scan, but for what lies on the back's skin."""
    pixel = frame.pixel_spacing_mm
    inside = ndimage.uniform_filter1d(frame.hu, 3, axis=1) > SKIN_HU
    first = np.where(inside.any(axis=1), inside.argmax(axis=1), bone.shape[1])
    skin = ndimage.median_filter(first, (1, 2 * round(WIRES_APART_MM / pixel) + 1))
    return np.asarray(bone & (np.arange(bone.shape[1])[:, None] > skin[:, None, :] + SKIN_MM / pixel))


def segment_bone_in_scan(volume: Image, pixel_mm: float, canal: list[DetectedCanal | None]) -> Mask:
    """What is bone in a scan; the sac and what has collected about it are bright, and none.

    Args:
        volume: [shape=(slice, row, column)] HU
        pixel_mm: width of a pixel
        canal: in each slice; the nearest one serves where it was not found
    """
    smooth = ndimage.gaussian_filter(volume, (0.0, 0.4 / pixel_mm, 0.4 / pixel_mm))
    bone = smooth > BONE_HU
    known = {k: one for k, one in enumerate(canal) if one is not None}
    rows, columns = np.indices(volume.shape[1:])
    for k in range(len(volume) if known else 0):
        one = known[min(known, key=lambda j: abs(j - k))]
        back = one.row - one.flavum_row + 0.4 / pixel_mm
        half = np.where(rows < one.row, back, FLUID_IN_FRONT_MM / pixel_mm)
        bone[k] &= ((rows - one.row) / half) ** 2 + ((columns - one.column) / (FLUID_BESIDE_MM / pixel_mm)) ** 2 > 1.0
    return np.asarray(bone)


def segment_bone_and_sacs(frame: Frame) -> tuple[Mask, list[DetectedSac | None]]:
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
