"""Contrast spread: where an injection went, judged from a press just before it and one after it.

The presses are laid on each other and subtracted; what is new and what is gone count alike, since a mixture is darker
than a dense collection and brighter than fat. Where the change lies against the sac tells the compartment: brightness
does not, as contrast dilutes in a collection. A thread may be a vein or a little contrast in a narrow space: what has
gone a moment later was in a vein.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import ndimage

from simulator.interface.frame import Frame
from simulator.operators.perception.images import Image, Mask
from simulator.operators.perception.press_subtraction import HALF_MM, square_corner, subtract_presses
from simulator.operators.perception.sac_outline import SacOutline

LEAST_HU, NOISES = 70.0, 5.0  # of a change, and of its noise
OF_THE_PEAK, PEAK_PERCENT = 0.2, 99.9  # what is less is the blur of what is more
LEAST_MM2 = 2.5  # of one patch in one slice; specks of noise are smaller
OF_THE_LARGEST = 0.04  # patches that are smaller than this are edges that did not fit
INSIDE = 0.95  # of the sac's radius: in it
NEAREST_PERCENT = 5.0  # of a change's area: its nearest part
FILM_MM, FILM_IN = 5.0, 0.35  # width of the picture of a film under the dura, and how much of it lies in the sac
# What fills the sac lies about its middle and sinks to its front; what dents the sac from behind lies behind its middle
FILLS_IN, FILLS_BEFORE_MM = 0.55, 2.6  # fraction in the sac, and how far behind the sac's middle the change's may lie
# Where no cord lies, it fills the core, also where the outline is some mm off: 0.5 to 1 of it after contrast or
# blood in the sac, 0 to 0.1 outside it (nine presses)
CORE, CORE_FILLED = 0.5, 0.4  # of the sac's radius; of the core
CORE_REACHED = 0.2  # of the core, by what lies within where no cord does: a collection that is taken in reaches none
BEHIND_MM, BEHIND_FROM_MM = 5.5, 3.5  # the sac's back edge, of a change's middle and of its nearest part: muscle
CLEAR_MM, CLEAR_FROM_MM = 3.5, 1.8  # the same of a change that nowhere touches the sac: what is epidural does
BESIDE_MM = 12.0  # the sac, of a change's nearest part: beyond any foramen
THREAD_MM, THREAD_MM2 = 6.0, 150.0  # width and area of a vein's picture at most; a little in a narrow space has no more
LEFT_BY_A_VEIN = 0.35  # of a change, after a few seconds, at most


class SpreadPattern(StrEnum):
    """What a change between two presses looks like."""

    EPIDURAL = "epidural"
    INTRATHECAL = "intrathecal"
    SUBDURAL = "subdural"
    THREAD = "thread"
    MUSCULAR = "muscular"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastSpread:
    """A change between two presses.

    Attributes:
        pattern: what it looks like
        area_mm2: of all slices
        amount: area times change, mm2 HU
        in_sac: fraction of the area within the sac
        behind_mm: of the change's middle, behind the sac's back edge
        from_sac_mm: of its nearest part
        width_mm: of its largest patch, across its long way
    """

    pattern: SpreadPattern
    area_mm2: float
    amount: float
    in_sac: float
    behind_mm: float
    from_sac_mm: float
    width_mm: float


NO_SPREAD = ContrastSpread(
    pattern=SpreadPattern.ABSENT, area_mm2=0.0, amount=0.0, in_sac=0.0, behind_mm=0.0, from_sac_mm=0.0, width_mm=0.0
)


def classify_spread(before: Frame, after: Frame, sac: SacOutline) -> ContrastSpread:
    """Judge one press after an injection against one before it, of the same slices and the same needle."""
    pixel = before.pixel_spacing_mm
    change, noise_hu = subtract_presses(before, after, sac)
    mask = _changed(change, noise_hu, pixel)
    area = float(mask.sum()) * pixel**2
    if area == 0.0:
        return NO_SPREAD
    rows, columns = np.indices(change.shape[1:], dtype=np.float64)
    top, left = square_corner(before, sac, round(HALF_MM / pixel))
    down = (rows + top - sac.row) * pixel
    across = (columns + left - sac.column) * pixel
    half_depth_mm = sac.half_depth * pixel
    radius = np.hypot(across / (sac.half_width * pixel), down / half_depth_mm)
    radii = np.broadcast_to(radius, mask.shape)[mask]
    away_mm = np.broadcast_to(np.hypot(across, down), mask.shape)[mask] * (1.0 - 1.0 / np.maximum(radii, 1e-6))
    in_sac = float((radii < INSIDE).mean())
    core = float((mask & (radius < CORE)).sum()) / max(len(mask) * float((radius < CORE).sum()), 1.0)
    middle_behind_mm = float(-np.broadcast_to(down, mask.shape)[mask].mean())
    nearest_mm = float(np.percentile(away_mm, NEAREST_PERCENT))
    width_mm = _width_mm(mask, pixel)
    behind_mm = middle_behind_mm - half_depth_mm
    far_behind = behind_mm > BEHIND_MM and nearest_mm > BEHIND_FROM_MM
    clear_of_it = in_sac == 0.0 and behind_mm > CLEAR_MM and nearest_mm > CLEAR_FROM_MM
    if nearest_mm > BESIDE_MM or far_behind or clear_of_it:
        pattern = SpreadPattern.MUSCULAR
    elif width_mm < FILM_MM and in_sac > FILM_IN:
        pattern = SpreadPattern.SUBDURAL
    elif core > CORE_FILLED or (
        in_sac > FILLS_IN and middle_behind_mm < FILLS_BEFORE_MM and (sac.holds_cord or core > CORE_REACHED)
    ):
        pattern = SpreadPattern.INTRATHECAL
    elif width_mm < THREAD_MM and area < THREAD_MM2:
        pattern = SpreadPattern.THREAD
    else:
        pattern = SpreadPattern.EPIDURAL
    return ContrastSpread(
        pattern=pattern,
        area_mm2=area,
        amount=float(np.abs(change)[mask].sum()) * pixel**2,
        in_sac=in_sac,
        behind_mm=behind_mm,
        from_sac_mm=nearest_mm,
        width_mm=width_mm,
    )


def washes_out(first: ContrastSpread, second: ContrastSpread) -> bool:
    """Whether a change has gone from one press to the next, as blood carries it away."""
    return first.area_mm2 > 0.0 and second.amount < LEFT_BY_A_VEIN * first.amount


def _changed(change: Image, noise_hu: float, pixel: float) -> Mask:
    """Where a change is more than noise and blur [shape=(slice, row, column)]."""
    least_hu = max(LEAST_HU, NOISES * noise_hu, OF_THE_PEAK * float(np.percentile(np.abs(change), PEAK_PERCENT)))
    return np.stack([_patches(np.abs(image) > least_hu, pixel) for image in change])


def _patches(mask: Mask, pixel: float) -> Mask:
    """Patches large enough to be no noise."""
    labels, count = ndimage.label(mask)
    if not count:
        return mask
    sizes = ndimage.sum_labels(mask, labels, range(1, count + 1)) * pixel**2
    keep = (sizes >= LEAST_MM2) & (sizes >= OF_THE_LARGEST * sizes.max())
    return np.asarray(np.isin(labels, np.flatnonzero(keep) + 1))


def _width_mm(mask: Mask, pixel: float) -> float:
    """Twice the largest distance from a pixel of a change to its edge: wide for a pool, little for a thread."""
    padded = np.pad(mask, ((0, 0), (1, 1), (1, 1)))
    return 2.0 * pixel * max(float(ndimage.distance_transform_edt(image).max()) for image in padded)
