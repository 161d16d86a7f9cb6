"""Walls of the canal of a real patient: laminae, front, pedicles, the flavum, and the room for the sac between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from phantoms.from_ct.bony_canal import ANGLES, CENTRE_V_MM, STEP_MM, CanalMeasure
from simulator.spatial.arrays import FloatArray

_SAC_CLEAR_MM = 0.5  # the sac keeps from bone
_WINDOW_MM = 2.0  # where bone recedes so far behind the line of the laminae, there is none
_LAMINA_SPACING_MM = 24.0  # gaps between laminae are shorter, laminae are not much further apart
_FLAVUM_ABOVE_MM, _FLAVUM_BELOW_MM = 6.0, 1.5  # the flavum reaches under the lamina above, to the edge of that below
_STEEPEST_WALL = 0.8  # mm per mm along the canal
_FARTHEST_WALL_MM = 6.0  # from the dura: the dorsal space is 2-6 mm deep (reference section 3)


def odd_samples(length_mm: float) -> int:
    """Samples of a table in a length, odd."""
    return 2 * round(0.5 * length_mm / STEP_MM) + 1


def _turn(degrees: float) -> int:
    return round(degrees / 360.0 * ANGLES)


def laminae(measure: CanalMeasure) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """First bone behind the canal on the midline, the line of the laminae's fronts, and where there is a gap in it."""
    middle, few = _turn(90.0), _turn(9.0)
    angle = 2.0 * np.pi * np.arange(ANGLES) / ANGLES
    fan = slice(middle - few, middle + few + 1)
    lamina = CENTRE_V_MM + (measure.free_mm[:, fan] * np.sin(angle[fan])).min(axis=1)
    lamina = ndimage.median_filter(lamina, odd_samples(2.0), mode="nearest")
    buried = measure.free_mm[:, fan].min(axis=1) <= 0.0  # the section's middle is itself in bone
    lamina[buried] = np.nan
    known = np.isfinite(lamina)
    lamina = np.interp(measure.s_mm, measure.s_mm[known], lamina[known])
    baseline = ndimage.grey_opening(lamina, odd_samples(_LAMINA_SPACING_MM), mode="nearest")
    baseline = ndimage.gaussian_filter1d(baseline, odd_samples(4.0))
    return lamina, baseline, lamina > baseline + _WINDOW_MM


def canal_front(measure: CanalMeasure) -> FloatArray:
    """v of the canal's front: bone where there is a body, and a line from body to body across the discs."""
    middle, few = _turn(270.0), _turn(9.0)
    front = CENTRE_V_MM - np.median(measure.free_mm[:, middle - few : middle + few + 1], axis=1)
    seen = np.abs(front) < 3.0
    if not seen.any():
        return np.zeros_like(front)
    front = np.interp(measure.s_mm, measure.s_mm[seen], front[seen])
    return np.asarray(np.clip(ndimage.gaussian_filter1d(front, odd_samples(3.0)), -2.0, 3.0))


def canal_half_width(measure: CanalMeasure) -> FloatArray:
    """Half the greatest width of the canal, from pedicle to pedicle; a line across the foramina."""
    angle = 2.0 * np.pi * np.arange(ANGLES) / ANGLES
    across = measure.free_mm * np.cos(angle)
    low, high = _turn(30.0), _turn(15.0)
    left = np.concatenate([across[:, -low:], across[:, : high + 1]], axis=1)
    right = -across[:, ANGLES // 2 - high : ANGLES // 2 + low + 1]
    sides = []
    for side in (left, right):
        widest = np.percentile(side, 70.0, axis=1)
        closed = (side.max(axis=1) < 17.0) & (widest > 2.0)
        sides.append(np.interp(measure.s_mm, measure.s_mm[closed], widest[closed]) if closed.any() else widest)
    half = np.minimum(*sides) + 0.5 * np.abs(sides[0] - sides[1])
    return np.asarray(ndimage.gaussian_filter1d(half, odd_samples(3.0)))


def _polar(u: FloatArray, v: FloatArray) -> FloatArray:
    """Radii of an outline about the origin at even angles."""
    angle = 2.0 * np.pi * np.arange(ANGLES) / ANGLES
    return np.asarray(np.interp(angle, np.mod(np.arctan2(v, u), 2.0 * np.pi), np.hypot(u, v), period=2.0 * np.pi))


def recentre(
    outline: FloatArray, sac_v: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Outlines about the middle of their extent: its u and v, the radii, half width and half depth."""
    angle = 2.0 * np.pi * np.arange(ANGLES) / ANGLES
    u, v = outline * np.cos(angle), outline * np.sin(angle)
    ends = [(q.min(axis=1), q.max(axis=1)) for q in (u, v)]
    mid_u, mid_v = (0.5 * (a + b) for a, b in ends)
    half_u, half_v = (0.5 * (b - a) for a, b in ends)
    radii = np.stack([_polar(*row) for row in zip(u - mid_u[:, None], v - mid_v[:, None], strict=True)])
    return mid_u, sac_v + mid_v, radii, half_u, half_v


def shrink_within_bone(measure: CanalMeasure, outline: FloatArray, sac_v: FloatArray) -> FloatArray:
    """Outline of the sac (polar about its centre) shrunk to keep clear of bone, smooth along and around."""
    angle = 2.0 * np.pi * np.arange(ANGLES) / ANGLES
    limit = np.empty_like(outline)
    for i, free in enumerate(measure.free_mm):
        limit[i] = _polar(free * np.cos(angle), CENTRE_V_MM + free * np.sin(angle) - sac_v[i])
    limit = np.maximum(limit - _SAC_CLEAR_MM, 0.1)
    tight = np.minimum(outline, limit)
    tight = ndimage.minimum_filter(tight, size=(odd_samples(2.0), 5), mode=("nearest", "wrap"))
    smooth = ndimage.gaussian_filter(tight, sigma=(odd_samples(2.5) / 2, 2.5), mode=("nearest", "wrap"))
    return np.asarray(np.minimum(smooth, limit))


def dorsal_wall(
    s: FloatArray, lamina: FloatArray, gap: NDArray[np.bool_], back: FloatArray, flavum: FloatArray, depth: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Thickness of the flavum, and v of its front or the lamina's along the midline."""
    below, above = odd_samples(2.0 * _FLAVUM_BELOW_MM) // 2, odd_samples(2.0 * _FLAVUM_ABOVE_MM) // 2
    grown = gap.copy()
    for step in range(1, max(below, above) + 1):
        if step <= above:
            grown[step:] |= gap[:-step]
        if step <= below:
            grown[:-step] |= gap[step:]
    thick = flavum * ndimage.gaussian_filter1d(grown.astype(np.float64), 2.5)
    thick = np.minimum(thick, np.maximum(lamina - back - 0.3, 0.0))
    deepest = back + np.minimum(depth, _FARTHEST_WALL_MM)
    wall = np.minimum(lamina - thick, deepest)
    reach = np.arange(-40, 41)
    padded = np.pad(wall, 40, mode="edge")
    for k in reach:  # no steeper than a ligament can bridge, always on the canal's side
        wall = np.minimum(wall, padded[40 + k : 40 + k + len(wall)] + _STEEPEST_WALL * STEP_MM * abs(k))
    wall = np.maximum(ndimage.gaussian_filter1d(wall, 2.0), back + 0.2)
    return np.where(thick < 0.3, 0.0, thick), wall


def dorsal_wall_fall(measure: CanalMeasure, baseline: FloatArray) -> FloatArray:
    """Fall of the dorsal wall to the sides: a little flatter than the laminae, so that fat reaches them everywhere."""
    angle = 2.0 * np.pi * np.arange(ANGLES) / ANGLES
    u = measure.free_mm * np.cos(angle)
    v = CENTRE_V_MM + measure.free_mm * np.sin(angle)
    used = (np.abs(u) > 3.0) & (np.abs(u) < 12.0) & (angle > np.radians(20.0)) & (angle < np.radians(160.0))
    ridge = np.sqrt(u**2 + 2.2) - np.sqrt(2.2)
    falls = np.where(used, (baseline[:, None] - v) / np.maximum(ridge, 0.5), np.nan)
    slope = np.full(len(u), np.nan)
    enough = used.sum(axis=1) >= 6
    slope[enough] = np.nanpercentile(falls[enough], 45.0, axis=1)
    known = np.isfinite(slope)
    if not known.any():
        return np.full(len(u), 0.8)
    slope = np.interp(measure.s_mm, measure.s_mm[known], slope[known])
    return np.asarray(np.clip(ndimage.gaussian_filter1d(slope, odd_samples(4.0)), 0.55, 1.2))
