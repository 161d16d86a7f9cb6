"""Rigid registration: how far the patient has moved since the planning scan, from a press compared with it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from simulator.interface.frame import Frame
from simulator.operators.perception.images import Image
from simulator.spatial.frames import PatientDisplacement, TablePoint

REACH_MM = (3.0, 2.5, 4.5)  # x, y, z: nobody on a table moves further without being seen to
STEP_Z_MM = 0.5
HALF_MM = 32.0  # of the square about the target that is compared
CLIP_HU = (-150.0, 900.0)
FRACTION_ALIKE = 0.8  # of the pixels, those that agree best: the rest may be needle and shadow
COARSE = 3  # pixels between the shifts that are tried first
ROUNDING = 1e-4  # by which sums in single precision may differ


@dataclass(frozen=True, slots=True, kw_only=True)
class RigidShift:
    """The patient's movement, and how much the pictures then differ, HU."""

    displacement: PatientDisplacement
    difference_hu: float


def estimate_rigid_shift(planning: Frame, press: Frame, about: TablePoint) -> RigidShift | None:
    """The shift that makes the planning scan look most like a press; None where the scan does not reach so far.

    Args:
        planning: slices thinner than the press's
        press: three slices
        about: middle of what is compared, such as the target
    """
    pixel = planning.pixel_spacing_mm
    row, column = planning.pixel_of(about.x_mm, about.y_mm)
    half = round(HALF_MM / pixel)
    margin_x, margin_y = (int(np.ceil(r / pixel)) for r in REACH_MM[:2])
    rows = _window(row, half, margin_y, planning.hu.shape[1])
    columns = _window(column, half, margin_x, planning.hu.shape[2])
    whole = _prepared(
        planning.hu[:, rows[0] - margin_y : rows[1] + margin_y, columns[0] - margin_x : columns[1] + margin_x]
    )
    seen = _prepared(press.hu[:, rows[0] : rows[1], columns[0] : columns[1]])[:, ::2, ::2]
    heights = np.arange(-REACH_MM[2], REACH_MM[2] + 0.01, STEP_Z_MM)
    thick = {float(dz): _as_thick(planning, whole, press, float(dz)) for dz in heights}
    # near an end of the scan one way alone could be found
    tried = {dz: slices for dz, slices in thick.items() if slices is not None and thick[-dz] is not None}
    shifts = itertools.product(tried, range(-margin_y, margin_y + 1), range(-margin_x, margin_x + 1))

    def difference(shift: tuple[float, int, int]) -> Image:
        dz, dr, dc = shift
        part = tried[dz][:, margin_y - dr :, margin_x - dc :][:, : rows[1] - rows[0], : columns[1] - columns[0]]
        return np.asarray(np.abs(part[:, ::2, ::2] - seen).ravel())

    found = _most_alike(list(shifts), difference)
    if found is None:
        return None
    (dz, dr, dc), cost = found
    return RigidShift(displacement=PatientDisplacement(-dc * pixel, -dr * pixel, dz), difference_hu=cost)


def predict_press(planning: Frame, press: Frame, displacement: PatientDisplacement) -> Image | None:
    """What a press would show of this patient without a needle [shape=(slice, row, column)]; None beyond the scan."""
    slices = _as_thick(planning, planning.hu, press, displacement.z_mm)
    if slices is None:
        return None
    pixel = planning.pixel_spacing_mm
    in_pixels = (0.0, -displacement.y_mm / pixel, -displacement.x_mm / pixel)
    return np.asarray(ndimage.shift(slices, in_pixels, order=1, mode="nearest"), np.float32)


Shift = tuple[float, int, int]
"""Height in mm, rows and columns."""


def _most_alike(shifts: list[Shift], difference: Callable[[Shift], Image]) -> tuple[Shift, float] | None:
    """The first shift of least mean difference over the pixels that agree best, and that difference.

    A coarse grid of shifts says what the least can be at most; of the others those are passed over whose mean is above
    it whatever their pixels' order: the pixels that are left out cannot take more than `threshold` each from a sum in
    which none counts for more.
    """
    best: tuple[Shift, float] | None = None
    coarse = [one for one in shifts if one[1] % COARSE == one[2] % COARSE == 0]
    least, threshold = min((_alike(difference(one)) for one in coarse), default=(np.inf, np.inf))
    for one in shifts:
        apart = difference(one)
        left_out = apart.size - _kept(apart)
        if any(
            float(np.minimum(apart, most).sum()) - left_out * most > least * (1.0 + ROUNDING) * _kept(apart)
            for most in (1.5 * threshold, 3.0 * threshold)
        ):
            continue
        cost, highest = _alike(apart)
        if best is None or cost < best[1]:
            best = one, cost
        if cost < least:
            least, threshold = cost, highest
    return best


def _kept(apart: Image) -> int:
    return int(FRACTION_ALIKE * apart.size)


def _alike(apart: Image) -> tuple[float, float]:
    """Mean of the pixels that agree best, and the least of the others."""
    keep = _kept(apart)
    parted = np.partition(apart, keep)
    return float(parted[:keep].mean()), float(parted[keep])


def _window(middle: float, half: int, margin: int, size: int) -> tuple[int, int]:
    low = max(round(middle) - half, margin)
    return low, min(round(middle) + half, size - margin)


def _prepared(hu: Image) -> Image:
    return np.asarray(ndimage.gaussian_filter(np.clip(hu, *CLIP_HU), (0.0, 1.0, 1.0)))


def _as_thick(planning: Frame, whole: Image, press: Frame, dz_mm: float) -> Image | None:
    """The planning scan averaged over the press's slices, were the patient moved by dz; None beyond its ends."""
    spacing = abs(float(planning.z_mm[1] - planning.z_mm[0]))
    out = []
    for z in press.z_mm:
        low, high = float(z) - dz_mm - press.slice_thickness_mm / 2, float(z) - dz_mm + press.slice_thickness_mm / 2
        bottom, top = planning.z_mm - spacing / 2, planning.z_mm + spacing / 2
        cover = np.clip(np.minimum(top, high) - np.maximum(bottom, low), 0.0, None)
        if cover.sum() < 0.6 * press.slice_thickness_mm:
            return None
        out.append(np.tensordot(cover / cover.sum(), whole, axes=1))
    return np.asarray(out, dtype=np.float32)
