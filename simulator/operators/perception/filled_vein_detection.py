"""Filled vein detection: contrast beside the spine that a decubitus myelogram shows and the prone one does not.

Nothing but contrast moves between the two: bone, muscle and fat are alike, and what differs is sac, sleeves and, where
fluid runs into one, a vein on the side that is down (hyperdense paraspinal vein, doi 10.3174/ajnr.A4682).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from simulator.operators.perception.images import Image, Mask
from simulator.operators.perception.leak_detection import DetectedLeak
from simulator.vocabulary.anatomy import Laterality

SMOOTHED_MM = 0.5
CONTRAST_HU = 150.0  # of sac and sleeves; muscle and fat have none
EMPTY_HU = 70.0  # and less: blood, muscle or fat; a dim sleeve, which fills too, holds some contrast while prone
CHANGED_HU = 45.0  # beyond the noise of two scans
CLEAR_MM = 2.5  # of sac and sleeves, whose blur changes with them
LEAST_MM3 = 30.0  # of a vein: a millimetre and a half in radius and four long
MEDIAL = 0.25  # part of a vein that lies nearest to the midline: where it leaves the root


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineSlices:
    """Slices of a scan, cut to the spine.

    Attributes:
        images: HU, each [shape=(row, column)], from the patient's left to the right
        table_mm: their heights
        pixel_mm: width of a pixel
    """

    images: list[Image]
    table_mm: list[float]
    pixel_mm: float


def detect_filled_vein(prone: SpineSlices, turned: SpineSlices, side_down: Laterality) -> DetectedLeak | None:
    """A vein that is bright while its side is down; None where there is none.

    Args:
        prone, turned: the same slices of the patient prone, and with a side down
        side_down: that side
    """
    pairs = zip(prone.images, turned.images, strict=True)
    brighter = np.array([_brighter(flat, side, prone.pixel_mm, side_down) for flat, side in pairs])
    parts, count = ndimage.label(brighter)
    if not count:
        return None
    spacing_mm = abs(prone.table_mm[1] - prone.table_mm[0]) if len(prone.table_mm) > 1 else 1.0
    sizes = np.bincount(parts.ravel())[1:] * prone.pixel_mm**2 * spacing_mm
    largest = int(sizes.argmax())
    if sizes[largest] < LEAST_MM3:
        return None
    slices, _, columns = np.nonzero(parts == largest + 1)
    inwards = columns if side_down is Laterality.LEFT else -columns
    medial = slices[inwards >= np.quantile(inwards, 1.0 - MEDIAL)]
    table_mm = float(np.interp(medial.mean(), np.arange(len(prone.table_mm)), prone.table_mm))
    return DetectedLeak(table_mm=table_mm, side=side_down)


def _brighter(prone: Image, turned: Image, pixel_mm: float, side_down: Laterality) -> Mask:
    """Where one slice is brighter with the side down, on that side, clear of sac and sleeves."""
    before, after = (ndimage.gaussian_filter(image, SMOOTHED_MM / pixel_mm) for image in (prone, turned))
    more = after - before
    dural = ndimage.binary_opening((before > CONTRAST_HU) & (np.abs(more) > CHANGED_HU))
    if not dural.any():
        return np.zeros(before.shape, np.bool_)
    middle = float(np.median(np.nonzero(dural)[1]))
    clear = ndimage.distance_transform_edt(~dural) * pixel_mm > CLEAR_MM
    columns = np.arange(before.shape[1])
    own = columns < middle if side_down is Laterality.LEFT else columns > middle
    return np.asarray((more > CHANGED_HU) & (before < EMPTY_HU) & clear & own)
