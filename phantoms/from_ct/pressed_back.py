"""The back of a supine scan: what the table pressed flat is rounded again, as the flanks suggest; bones stay.

In each plane an ellipse as wide as the trunk is laid through the skin of the flanks. Where the hindmost skin is much
flatter than that ellipse and lies within it, skin, fat and muscle behind the bones are stretched towards it; what the
middle gains the flanks give, for pressed tissue goes aside. How far is bounded, and told. Backs are not ellipses: what
lies nearer to one than `_MODEL_MM` is left as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from simulator.spatial.arrays import FloatArray

SKIN_HU = -400.0  # half way from air to fat and skin, as in ct_body
_BONE_HU = 250.0
_FLAT_MM = 2.0  # of the hindmost skin: what lies within counts as flat
_ROUND, _FLATTENED = 1.3, 1.7  # width of that part against the ellipse's: of a round back, and of a pressed one
_MODEL_MM = 2.0  # that a free back differs from an ellipse (assumption, after superellipses)
_CONTACT_MM = 3.0  # from the convex hull: what lies deeper is a furrow
_FLANK = (0.50, 0.88)  # part of the half width at which the flanks are measured
_MIDDLE = (0.45, 0.62)  # within the first the back is rounded, beyond the second not
_LEAST_POINTS = 30
_MOST_OUT_MM, _MOST_IN_MM = 12.0, 5.0
_STRETCH = (0.75, 1.35)  # of what lies behind the bones
_DEEP_MM = 60.0  # below the skin nothing moves, bone or not
_OVER_BONE_MM, _BESIDE_BONE_MM = 1.0, 7  # that stay with the bone
_SMOOTH_MM, _MEDIAN_MM = (10.0, 8.0), 15  # along the body and across
_ROUGH_MM, _FOLD_MM = 2.0, 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BackMoved:
    """How far the skin of the back was moved: most outwards in the middle, most inwards at the flanks, and the median
    over the planes of the former, mm.
    """

    out_mm: float
    in_mm: float
    median_mm: float


def rounded_back(hu: NDArray[np.int16]) -> tuple[NDArray[np.int16], BackMoved]:
    """A CT on a grid of 1 mm with its back rounded where it was pressed flat; rows are added behind where it needs.

    Args:
        hu: [shape=(z, y, x)] air is -1000 outside the body, y to the back
    """
    skin = _skin_rows(hu)
    wanted = _wanted_mm(skin)
    if wanted.max() < 0.5:
        return hu, BackMoved(out_mm=0.0, in_mm=0.0, median_mm=0.0)
    anchor = _anchor_rows(hu, skin)
    room = np.maximum(skin - anchor, 1.0)
    moved = np.clip(wanted, (_STRETCH[0] - 1.0) * room, (_STRETCH[1] - 1.0) * room)
    moved[~np.isfinite(skin)] = 0.0
    more = int(np.ceil(max(moved.max(), 0.0)))
    out = np.full((hu.shape[0], hu.shape[1] + more, hu.shape[2]), -1000, dtype=np.int16)
    for k in range(len(hu)):
        out[k] = _stretched(hu[k], anchor[k], room[k], moved[k], more)
    out.setflags(write=False)
    return out, BackMoved(
        out_mm=float(moved.max()), in_mm=float(-moved.min()), median_mm=float(np.median(moved.max(axis=1)))
    )


def _skin_rows(hu: NDArray[np.int16]) -> FloatArray:
    """Row of the hindmost skin of each column [shape=(z, x)], finer than a row; nan where there is no body."""
    rows = hu.shape[1]
    skin = np.full((hu.shape[0], hu.shape[2]), np.nan)
    for k, plane in enumerate(hu):
        inside = plane > SKIN_HU
        column = np.flatnonzero(inside.any(axis=0))
        last = rows - 1 - inside[::-1, column].argmax(axis=0)
        here, beyond = plane[last, column].astype(float), plane[np.minimum(last + 1, rows - 1), column].astype(float)
        fall = here - beyond
        skin[k, column] = last + np.divide(here - SKIN_HU, fall, out=np.zeros_like(fall), where=fall > 0.0)
    return skin


def _wanted_mm(skin: FloatArray) -> FloatArray:
    """How far the skin should go to the back [shape=(z, x)]: out in the middle, as much in at the flanks."""
    wanted, flank = np.zeros_like(skin), np.zeros_like(skin)
    for k, line in enumerate(skin):
        found = _plane(line)
        if found is not None:
            wanted[k], flank[k] = found
    wanted = ndimage.median_filter(wanted, size=(_MEDIAN_MM, 1), mode="nearest")  # one fold is no back
    wanted = np.asarray(ndimage.gaussian_filter(wanted, _SMOOTH_MM))
    flank = np.asarray(ndimage.gaussian_filter(flank, _SMOOTH_MM))
    total = flank.sum(axis=1, keepdims=True)
    give = np.divide(wanted.sum(axis=1, keepdims=True), total, out=np.zeros_like(total), where=total > 1.0)
    return np.asarray(wanted - np.minimum(give, _MOST_IN_MM) * flank)


def _plane(line: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """What one plane's middle should gain, mm, and the share 0..1 in which its flanks give."""
    column = np.flatnonzero(np.isfinite(line))
    if len(column) < 4 * _LEAST_POINTS or column[0] < 2 or column[-1] > len(line) - 3:
        return None  # cut by the image's edge: the flanks are not known
    smooth = ndimage.gaussian_filter1d(line[column], _ROUGH_MM)
    half = 0.5 * (column[-1] - column[0] + 1.0)
    aside = (column - 0.5 * (column[0] + column[-1])) / half
    flanks = (np.abs(aside) > _FLANK[0]) & (np.abs(aside) < _FLANK[1])
    arch = np.sqrt(1.0 - np.minimum(aside**2, 1.0))
    # ellipse of the trunk's width; a patient who lies turned leans, so the line through both flanks may rise
    terms = np.column_stack([np.ones_like(arch), aside, arch])
    for _ in range(2):  # the second time without folds of the skin
        if flanks.sum() < _LEAST_POINTS:
            return None
        fitted, *_ = np.linalg.lstsq(terms[flanks], smooth[flanks], rcond=None)
        flanks = flanks & (np.abs(terms @ fitted - smooth) < _FOLD_MM)
    hull = _hull(column.astype(float), smooth)  # the furrow between the muscles is no dent
    level = hull - fitted[1] * aside
    flat = np.count_nonzero((level > level.max() - _FLAT_MM) & (hull - smooth < _CONTACT_MM))
    round_mm = 2.0 * half * np.sqrt(2.0 * _FLAT_MM / max(fitted[2], 1.0))
    part = float(np.clip((flat / round_mm - _ROUND) / (_FLATTENED - _ROUND), 0.0, 1.0))
    fade = np.clip((_MIDDLE[1] - np.abs(aside)) / (_MIDDLE[1] - _MIDDLE[0]), 0.0, 1.0)
    gain = np.clip(terms @ fitted - hull - _MODEL_MM, 0.0, _MOST_OUT_MM) * part * fade * fade * (3.0 - 2.0 * fade)
    wanted, flank = np.zeros_like(line), np.zeros_like(line)
    wanted[column] = gain
    outer = np.abs(aside)
    flank[column] = np.clip((outer - _MIDDLE[1]) / 0.1, 0.0, 1.0) * np.clip((0.98 - outer) / 0.1, 0.0, 1.0)
    return wanted, flank


def _hull(x: FloatArray, y: FloatArray) -> FloatArray:
    """Upper convex hull of a line y(x) at every x, by the monotone chain."""
    kept: list[int] = []
    for i in range(len(x)):
        while len(kept) > 1:
            a, b = kept[-2], kept[-1]
            if (x[b] - x[a]) * (y[i] - y[a]) < (y[b] - y[a]) * (x[i] - x[a]):
                break
            kept.pop()
        kept.append(i)
    return np.asarray(np.interp(x, x[kept], y[kept]))


def _anchor_rows(hu: NDArray[np.int16], skin: FloatArray) -> FloatArray:
    """Row behind which tissue moves [shape=(z, x)]: a little behind the hindmost bone within reach, smooth."""
    rows = hu.shape[1]
    bone = np.zeros_like(skin)
    for k, plane in enumerate(hu):
        dense = plane > _BONE_HU
        found = dense.any(axis=0)
        bone[k, found] = rows - 1 - dense[::-1, found].argmax(axis=0)
    base = np.where(np.isfinite(skin), skin - _DEEP_MM, 0.0)
    stays = np.maximum(bone + _OVER_BONE_MM, base)
    near = ndimage.grey_dilation(stays, size=(2 * _BESIDE_BONE_MM + 1,) * 2)
    soft = ndimage.gaussian_filter(near, 0.5 * _BESIDE_BONE_MM)
    return np.asarray(np.minimum(np.maximum(stays, soft), np.where(np.isfinite(skin), skin, rows)))


def _stretched(
    plane: NDArray[np.int16], anchor: FloatArray, room: FloatArray, moved: FloatArray, more: int
) -> NDArray[np.int16]:
    """One plane [shape=(y + more, x)] with what lies behind the anchor stretched, as linear between its rows."""
    rows = np.arange(plane.shape[0] + more, dtype=np.float64)[:, None]
    behind = np.maximum(rows - anchor, 0.0)
    stretch = 1.0 + moved / room
    source = np.where(behind > room * stretch, rows - moved, rows - behind + behind / stretch)
    still = moved == 0.0
    source[:, still] = rows
    low = np.clip(np.floor(source).astype(int), 0, plane.shape[0] - 2)
    part = np.clip(source - low, 0.0, 1.0)
    column = np.arange(plane.shape[1])
    values = (1.0 - part) * plane[low, column] + part * plane[low + 1, column]
    values[source > plane.shape[0] - 1] = -1000.0
    return np.asarray(np.rint(values), dtype=np.int16)
