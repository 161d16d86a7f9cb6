"""Unexplained contrast: a straightened myelogram without sac and bone, as blurred as the scanner shows them.

The fat beside the sac lies in gaps that are a few millimetres wide. What is bright on either side shines into them by
the scanner's point spread, so that a narrow gap looks like faint contrast. The outline of what is bright and the point
spread say how much of it that is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.special import ndtr

from simulator.operators.perception.curved_reformat import GRID_MM, CurvedReformat
from simulator.operators.perception.images import Image, Profile
from simulator.vocabulary.anatomy import Side

FAT_HU = -95.0
POINT_SPREAD_MM = 0.62  # standard deviation in the straightened slices: of the scanner 0.5, and of the sampling
ASIDE_MM = 24.0  # from the sac's middle: as far as roots are followed
FINER = 2  # parts of a pixel in which distances are measured


@dataclass(frozen=True, slots=True, kw_only=True)
class SideOfSac:
    """One side of a straightened scan, mirrored where that is the left, so that both run outwards.

    Attributes:
        side: of the patient
        hu: above what fat, and the blur of sac and bone, explain [shape=(slice, back, aside)]
        clear_mm: from the outline of sac and bone, negative within [shape=(slice, back, aside)]
        back_mm: from the sac's middle to the back [shape=(back,)]
        aside_mm: from the sac's middle outwards [shape=(aside,)]
        spacing_mm: from slice to slice, downwards
    """

    side: Side
    hu: Image
    clear_mm: Image
    back_mm: Profile
    aside_mm: Profile
    spacing_mm: float


def unexplained_beside_sac(scan: CurvedReformat) -> Iterator[SideOfSac]:
    """The left and the right side of a scan whose slices run from the head down, without sac and bone."""
    kept = np.flatnonzero(np.abs(scan.across_mm) < ASIDE_MM)
    hu, clear = np.empty((2, *scan.hu[:, :, kept].shape), np.float32)
    for k, image in enumerate(scan.hu):
        hu[k], clear[k] = _without_what_is_bright(image[:, kept], float(scan.sac_hu[k]))
    middle = len(kept) // 2
    for side, columns in ((Side.LEFT, slice(middle, None, -1)), (Side.RIGHT, slice(middle, None))):
        yield SideOfSac(
            side=side,
            hu=hu[:, :, columns],
            clear_mm=clear[:, :, columns],
            back_mm=scan.back_mm,
            aside_mm=scan.across_mm[kept][middle:],
            spacing_mm=scan.spacing_mm,
        )


def _without_what_is_bright(image: Image, sac_hu: float) -> tuple[Image, Image]:
    """A slice without what is bright, and distances from its outline; bone is taken to be as bright as the sac."""
    finer = ndimage.zoom(image, FINER, order=1, grid_mode=True, mode="nearest")
    bright = finer > 0.5 * (sac_hu + FAT_HU)
    pixel = GRID_MM / FINER
    outside, inside = (ndimage.distance_transform_edt(part) * pixel for part in (~bright, bright))
    away = np.where(bright, 0.5 * pixel - inside, outside - 0.5 * pixel)
    explained = FAT_HU + (sac_hu - FAT_HU) * ndtr(-away / POINT_SPREAD_MM)
    return image - _coarser(explained), _coarser(away)


def _coarser(finer: Image) -> Image:
    rows, columns = finer.shape[0] // FINER, finer.shape[1] // FINER
    return np.asarray(finer.reshape(rows, FINER, columns, FINER).mean(axis=(1, 3)), np.float32)
