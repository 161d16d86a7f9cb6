"""Rigid registration: how far the patient has moved since the planning scan, from a press compared with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from simulator.interface.frame import Frame
from simulator.operators.perception.images import Image
from simulator.spatial.frames import AT_REST, PatientDisplacement, TablePoint

REACH_MM = (3.0, 2.5, 4.5)  # x, y, z: nobody on a table moves further without being seen to
STEP_Z_MM = 0.5
HALF_MM = 32.0  # of the square about the target that is compared
CLIP_HU = (-150.0, 900.0)
FRACTION_ALIKE = 0.8  # of the pixels, those that agree best: the rest may be needle and shadow


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
    best = RigidShift(displacement=AT_REST, difference_hu=np.inf)
    shifts = np.arange(-REACH_MM[2], REACH_MM[2] + 0.01, STEP_Z_MM)
    thick = {float(dz): _as_thick(planning, whole, press, float(dz)) for dz in shifts}
    for dz, slices in thick.items():
        if slices is None or thick[-dz] is None:  # near an end of the scan, where one way alone could be found
            continue
        for dr in range(-margin_y, margin_y + 1):
            for dc in range(-margin_x, margin_x + 1):
                part = slices[:, margin_y - dr :, margin_x - dc :][:, : rows[1] - rows[0], : columns[1] - columns[0]]
                difference = np.abs(part[:, ::2, ::2] - seen).ravel()
                keep = int(FRACTION_ALIKE * difference.size)
                cost = float(np.partition(difference, keep)[:keep].mean())
                if cost < best.difference_hu:
                    best = RigidShift(
                        displacement=PatientDisplacement(-dc * pixel, -dr * pixel, dz), difference_hu=cost
                    )
    return best if np.isfinite(best.difference_hu) else None


def predict_press(planning: Frame, press: Frame, displacement: PatientDisplacement) -> Image | None:
    """What a press would show of this patient without a needle [shape=(slice, row, column)]; None beyond the scan."""
    slices = _as_thick(planning, planning.hu, press, displacement.z_mm)
    if slices is None:
        return None
    pixel = planning.pixel_spacing_mm
    in_pixels = (0.0, -displacement.y_mm / pixel, -displacement.x_mm / pixel)
    return np.asarray(ndimage.shift(slices, in_pixels, order=1, mode="nearest"), np.float32)


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
