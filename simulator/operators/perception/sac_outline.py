"""Sac outline: middle and half axes of the sac in a press, whether the cord lies in it or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from simulator.interface.frame import Frame
from simulator.operators.perception.cord_detection import RING_MM, detect_canal
from simulator.operators.perception.images import Image
from simulator.operators.perception.sac_detection import DetectedSac, detect_sac

CLIP_HU = (-200.0, 1200.0)
RAYS = 48
EDGE_FRACTION = 0.72  # of the sac's brightness
SAC_MM = ((5.0, 11.0), (4.0, 9.0))  # half width and half depth of a sac, from and to
WIDER = 1.15  # a sac is wider than deep, however much of its sides the roots hide
OFF_MIDLINE_MM = 15.0
RING_TO_SAC = 1.25  # from the middle of the fluid about the cord to the edge of the sac


@dataclass(frozen=True, slots=True, kw_only=True)
class SacOutline:
    """The sac in a press: middle and half axes, pixels; whether a cord lies in it."""

    row: float
    column: float
    half_width: float
    half_depth: float
    holds_cord: bool = False


SacFinder = Callable[[Frame, float], SacOutline | None]
"""How the sac is found in a press, about the column of the midline."""


def outline_sac_by_brightness(frame: Frame, midline_column: float) -> SacOutline | None:
    """The sac without the cord, bright all over: below L1."""
    found = []
    for image in frame.hu:
        sac = detect_sac(image, frame.pixel_spacing_mm)
        if sac is not None and abs(sac.column - midline_column) * frame.pixel_spacing_mm < OFF_MIDLINE_MM:
            found.append(_measure_outline(image, frame.pixel_spacing_mm, sac))
    return _median_outline(found)


def outline_sac_by_cord(frame: Frame, midline_column: float) -> SacOutline | None:
    """The sac as a ring about the cord."""
    pixel = frame.pixel_spacing_mm
    seen = [detect_canal(image, pixel, midline_column) for image in frame.hu]
    wide, deep = (RING_TO_SAC * half_axis / pixel for half_axis in RING_MM)
    found = _median_outline(
        [SacOutline(row=s.row, column=s.column, half_width=wide, half_depth=deep) for s in seen if s is not None]
    )
    return None if found is None else replace(found, holds_cord=True)


def outline_sac_with_plan(
    find_sac: SacFinder, planning: Frame, press: Frame, midline_column: float
) -> SacOutline | None:
    """The sac in a press, or, where needle and collection hide it there, as the planning scan shows it at this place.

    Args:
        find_sac: such as `outline_sac_by_brightness`
        planning: a scan that reaches here
        press: what is looked at
        midline_column: of the press
    """
    seen = find_sac(press, midline_column)
    if seen is not None:
        return seen
    near = np.flatnonzero(
        np.abs(planning.z_mm - press.z_mm.mean()) <= 0.5 * np.ptp(press.z_mm) + press.slice_thickness_mm
    )
    if not near.size:
        return None
    part = replace(planning, hu=planning.hu[near], z_mm=planning.z_mm[near])
    x_mm, _, _ = press.position_mm(0, 0.0, midline_column)
    planned = find_sac(part, part.pixel_of(x_mm, 0.0)[1])
    if planned is None:
        return None
    x_mm, y_mm, _ = part.position_mm(0, planned.row, planned.column)
    row, column = press.pixel_of(x_mm, y_mm)
    scale = part.pixel_spacing_mm / press.pixel_spacing_mm
    return replace(
        planned, row=row, column=column, half_width=scale * planned.half_width, half_depth=scale * planned.half_depth
    )


def _measure_outline(image: Image, pixel: float, sac: DetectedSac) -> SacOutline:
    """Edges of the sac on rays from a point in it."""
    smooth = ndimage.gaussian_filter(np.clip(image, *CLIP_HU), 0.8 / pixel)
    radii = np.arange(0.0, 14.0, 0.25) / pixel
    angles = np.arange(RAYS) * 2.0 * np.pi / RAYS
    lines = ndimage.map_coordinates(
        smooth,
        [sac.row + radii[:, None] * np.sin(angles), sac.column + radii[:, None] * np.cos(angles)],
        order=1,
        mode="nearest",
    )
    dark = lines < EDGE_FRACTION * sac.hu
    ends = np.where(dark.any(axis=0), radii[dark.argmax(axis=0)], radii[-1])
    sideways, upright = np.abs(np.cos(angles)) > 0.85, np.abs(np.sin(angles)) > 0.85
    front, back = upright & (np.sin(angles) > 0.0), upright & (np.sin(angles) < 0.0)
    to_front, to_back = float(np.median(ends[front])), float(np.median(ends[back]))
    (narrow, wide), (shallow, deep) = ((low / pixel, high / pixel) for low, high in SAC_MM)
    half_depth = min(max(0.5 * (to_front + to_back), shallow), deep)
    half_width = max(float(np.median(ends[sideways])), WIDER * half_depth)
    return SacOutline(
        row=sac.row + 0.5 * (to_front - to_back),
        column=sac.column,
        half_width=min(max(half_width, narrow), wide),
        half_depth=half_depth,
    )


def _median_outline(found: list[SacOutline]) -> SacOutline | None:
    """The median of what the slices show."""
    if not found:
        return None
    row, column, wide, deep = np.median([(c.row, c.column, c.half_width, c.half_depth) for c in found], axis=0)
    return SacOutline(row=float(row), column=float(column), half_width=float(wide), half_depth=float(deep))
