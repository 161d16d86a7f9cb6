"""Spread seen: where an injection went, judged from a press just before it and one after it.

The pictures are laid on each other and subtracted; what is new and what is gone count alike, since a mixture is darker
than a dense collection and brighter than fat. Where the change lies against the sac tells the compartment: brightness
does not, as contrast dilutes in a collection. A thread may be a vein or a little contrast in a narrow space: what has
gone a moment later was in a vein.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from simulator.interface.frame import Frame
from simulator.operators.perception.cord_detection import RING_MM, detect_canal
from simulator.operators.perception.sac_detection import detect_sac

Image = NDArray[np.float32]
Kind = Literal["epidural", "intrathecal", "subdural", "thread", "muscular", "absent"]

HALF_MM = 40.0  # of the square about the canal in which a change is looked for
SHIFT_MM = 3.0  # that a breath may have moved the back between two presses
BLUR_MM = 0.7
LEAST_HU, NOISES = 70.0, 5.0  # of a change, and of its noise
OF_THE_PEAK, PEAK_PERCENT = 0.2, 99.9  # what is less is the blur of what is more
LEAST_MM2 = 2.5  # of one patch in one slice; specks of noise are smaller
OF_THE_LARGEST = 0.04  # patches that are smaller than this are edges that did not fit
CLIP_HU = (-200.0, 1200.0)
RAYS = 48
EDGE_SHARE = 0.72  # of the sac's brightness
SAC_MM = ((5.0, 11.0), (4.0, 9.0))  # half width and half depth of a sac, from and to
WIDER = 1.15  # a sac is wider than deep, however much of its sides the roots hide
INSIDE = 0.95  # of the sac's radius: in it
NEAREST_PERCENT = 5.0  # of a change's area: its nearest part
FILM_MM, FILM_IN = 5.0, 0.35  # width of the picture of a film under the dura, and how much of it lies in the sac
# what fills the sac lies about its middle and sinks to its front; what dents the sac from behind lies behind its middle
FILLS_IN, FILLS_BEFORE_MM = 0.45, 2.6  # share in the sac, and how far behind the sac's middle the change's may lie
BEHIND_MM, BEHIND_FROM_MM = 5.5, 3.5  # the sac's back edge, of a change's middle and of its nearest part: muscle
BESIDE_MM = 12.0  # the sac, of a change's nearest part: beyond any foramen
THREAD_MM, THREAD_MM2 = 6.0, 150.0  # width and area of a vein's picture at most; a little in a narrow space has no more
LEFT = 0.35  # of a change that a vein keeps for a few seconds at most


@dataclass(frozen=True, slots=True, kw_only=True)
class SacOutline:
    """The sac in a press: middle and half axes, pixels."""

    row: float
    column: float
    half_width: float
    half_depth: float


SacFinder = Callable[[Frame, float], SacOutline | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastSpread:
    """What a change looks like.

    Attributes:
        area_mm2: of all slices
        amount: area times change, mm2 HU
        in_sac: share of the area within the sac
        behind_mm: of the change's middle, behind the sac's back edge
        from_sac_mm: of its nearest part
        width_mm: of its largest patch, across its long way
    """

    kind: Kind
    area_mm2: float
    amount: float
    in_sac: float
    behind_mm: float
    from_sac_mm: float
    width_mm: float


def outline_sac_by_brightness(frame: Frame, midline_column: float) -> SacOutline | None:
    """The sac without the cord, bright all over: below L1."""
    found = []
    for image in frame.hu:
        sac = detect_sac(image, frame.pixel_spacing_mm)
        if sac is not None and abs(sac.column - midline_column) * frame.pixel_spacing_mm < 15.0:
            found.append(_measured(image, frame.pixel_spacing_mm, sac.row, sac.column, sac.hu))
    return _middle(found)


def outline_sac_by_cord(frame: Frame, midline_column: float) -> SacOutline | None:
    """The sac as a ring about the cord."""
    pixel = frame.pixel_spacing_mm
    seen = [detect_canal(image, pixel, midline_column) for image in frame.hu]
    wide, deep = (1.25 * side / pixel for side in RING_MM)
    return _middle(
        [SacOutline(row=s.row, column=s.column, half_width=wide, half_depth=deep) for s in seen if s is not None]
    )


def outline_sac_with_plan(find: SacFinder, planning: Frame, press: Frame, midline_column: float) -> SacOutline | None:
    """The sac in a press, or, where needle and collection hide it there, as the planning scan shows it at this place.

    Args:
        find: such as `outline_sac_by_brightness`
        planning: a scan that reaches here
        press: what is looked at
        midline_column: of the press
    """
    seen = find(press, midline_column)
    if seen is not None:
        return seen
    near = np.flatnonzero(
        np.abs(planning.z_mm - press.z_mm.mean()) <= 0.5 * np.ptp(press.z_mm) + press.slice_thickness_mm
    )
    if not near.size:
        return None
    part = replace(planning, hu=planning.hu[near], z_mm=planning.z_mm[near])
    x_mm, _, _ = press.position_mm(0, 0.0, midline_column)
    planned = find(part, part.pixel_of(x_mm, 0.0)[1])
    if planned is None:
        return None
    x_mm, y_mm, _ = part.position_mm(0, planned.row, planned.column)
    row, column = press.pixel_of(x_mm, y_mm)
    scale = part.pixel_spacing_mm / press.pixel_spacing_mm
    return SacOutline(
        row=row, column=column, half_width=scale * planned.half_width, half_depth=scale * planned.half_depth
    )


def classify_spread(before: Frame, after: Frame, canal: SacOutline) -> ContrastSpread:
    """Judge one press after an injection against one before it, of the same slices and the same needle."""
    pixel = before.pixel_spacing_mm
    change, noise_hu = subtract_presses(before, after, canal)
    half = round(HALF_MM / pixel)
    rows, columns = np.indices(change.shape[1:], dtype=np.float64)
    top, left = _corner(before, canal, half)
    down = (rows + top - canal.row) * pixel
    across = (columns + left - canal.column) * pixel
    wide, deep = canal.half_width * pixel, canal.half_depth * pixel
    radius = np.hypot(across / wide, down / deep)
    least_hu = max(LEAST_HU, NOISES * noise_hu, OF_THE_PEAK * float(np.percentile(np.abs(change), PEAK_PERCENT)))
    mask = np.stack([_patches(np.abs(image) > least_hu, pixel) for image in change])
    area = float(mask.sum()) * pixel**2
    if area == 0.0:
        return ContrastSpread(
            kind="absent", area_mm2=0.0, amount=0.0, in_sac=0.0, behind_mm=0.0, from_sac_mm=0.0, width_mm=0.0
        )
    everywhere = np.broadcast_to(radius, mask.shape)[mask]
    away_mm = np.broadcast_to(np.hypot(across, down), mask.shape)[mask] * (1.0 - 1.0 / np.maximum(everywhere, 1e-6))
    in_sac = float((everywhere < INSIDE).mean())
    middle_behind = float(-np.broadcast_to(down, mask.shape)[mask].mean())
    nearest = float(np.percentile(away_mm, NEAREST_PERCENT))
    width = _width_mm(mask, pixel)
    kind: Kind = "epidural"
    if nearest > BESIDE_MM or (middle_behind - deep > BEHIND_MM and nearest > BEHIND_FROM_MM):
        kind = "muscular"
    elif width < FILM_MM and in_sac > FILM_IN:
        kind = "subdural"
    elif in_sac > FILLS_IN and middle_behind < FILLS_BEFORE_MM:
        kind = "intrathecal"
    elif width < THREAD_MM and area < THREAD_MM2:
        kind = "thread"
    return ContrastSpread(
        kind=kind,
        area_mm2=area,
        amount=float(np.abs(change)[mask].sum()) * pixel**2,
        in_sac=in_sac,
        behind_mm=middle_behind - deep,
        from_sac_mm=nearest,
        width_mm=width,
    )


def washes_out(first: ContrastSpread, second: ContrastSpread) -> bool:
    """Whether a change has gone from one press to the next, as blood carries it away."""
    return first.area_mm2 > 0.0 and second.amount < LEFT * first.amount


def subtract_presses(before: Frame, after: Frame, canal: SacOutline) -> tuple[Image, float]:
    """After less before about the canal [shape=(slice, row, column)] HU, and the noise of that."""
    pixel = before.pixel_spacing_mm
    half = round(HALF_MM / pixel)
    top, left = _corner(before, canal, half)
    window = (slice(None), slice(top, top + 2 * half), slice(left, left + 2 * half))
    old = before.hu[window]
    moved = _moved(np.clip(old, *CLIP_HU), np.clip(after.hu[window], *CLIP_HU), round(SHIFT_MM / pixel))
    new = ndimage.shift(after.hu, (0.0, -moved[0], -moved[1]), order=1, mode="nearest")[window]
    change = ndimage.gaussian_filter(new - old, (0.0, BLUR_MM / pixel, BLUR_MM / pixel))
    noise_hu = 1.4826 * float(np.median(np.abs(change - np.median(change))))
    return np.asarray(change, np.float32), noise_hu


def _corner(frame: Frame, canal: SacOutline, half: int) -> tuple[int, int]:
    """First row and column of the square about the canal."""
    rows, columns = frame.hu.shape[1:]
    top = min(max(round(canal.row) - half, 0), rows - 2 * half)
    return top, min(max(round(canal.column) - half, 0), columns - 2 * half)


def _moved(old: Image, new: Image, reach: int) -> tuple[float, float]:
    """Shift of the new picture in rows and columns, in parts of a pixel, that makes the two most alike."""
    inner = (slice(None), slice(reach, -reach), slice(reach, -reach))
    fixed = ndimage.gaussian_filter(old, (0.0, 1.0, 1.0))[inner]
    loose = ndimage.gaussian_filter(new, (0.0, 1.0, 1.0))
    cost = np.empty((2 * reach + 1, 2 * reach + 1))
    for dr in range(-reach, reach + 1):
        for dc in range(-reach, reach + 1):
            part = loose[
                :,
                reach + dr : loose.shape[1] - reach + dr,
                reach + dc : loose.shape[2] - reach + dc,
            ]
            cost[dr + reach, dc + reach] = np.minimum(np.abs(part - fixed)[:, ::2, ::2], 300.0).mean()
    row, column = np.unravel_index(int(cost.argmin()), cost.shape)
    fine = []
    for line, at in ((cost[:, column], int(row)), (cost[row], int(column))):
        part_of_pixel = 0.0
        if 0 < at < len(line) - 1:
            low, mid, high = line[at - 1], line[at], line[at + 1]
            bend = low - 2.0 * mid + high
            part_of_pixel = 0.5 * float(low - high) / float(bend) if bend > 0.0 else 0.0
        fine.append(at - reach + part_of_pixel)
    return fine[0], fine[1]


def _patches(mask: NDArray[np.bool_], pixel: float) -> NDArray[np.bool_]:
    """Patches large enough to be no noise."""
    labels, count = ndimage.label(mask)
    if not count:
        return mask
    sizes = ndimage.sum_labels(mask, labels, range(1, count + 1)) * pixel**2
    keep = (sizes >= LEAST_MM2) & (sizes >= OF_THE_LARGEST * sizes.max())
    return np.asarray(np.isin(labels, np.flatnonzero(keep) + 1))


def _width_mm(mask: NDArray[np.bool_], pixel: float) -> float:
    """Twice the largest distance from a pixel of a change to its edge: wide for a pool, little for a thread."""
    padded = np.pad(mask, ((0, 0), (1, 1), (1, 1)))
    return 2.0 * pixel * max(float(ndimage.distance_transform_edt(image).max()) for image in padded)


def _measured(image: Image, pixel: float, row: float, column: float, hu: float) -> SacOutline:
    """Edges of the sac on rays from a point in it."""
    smooth = ndimage.gaussian_filter(np.clip(image, *CLIP_HU), 0.8 / pixel)
    radii = np.arange(0.0, 14.0, 0.25) / pixel
    angles = np.arange(RAYS) * 2.0 * np.pi / RAYS
    lines = ndimage.map_coordinates(
        smooth,
        [row + radii[:, None] * np.sin(angles), column + radii[:, None] * np.cos(angles)],
        order=1,
        mode="nearest",
    )
    dark = lines < EDGE_SHARE * hu
    ends = np.where(dark.any(axis=0), radii[dark.argmax(axis=0)], radii[-1])
    sideways, upright = np.abs(np.cos(angles)) > 0.85, np.abs(np.sin(angles)) > 0.85
    front, back = upright & (np.sin(angles) > 0.0), upright & (np.sin(angles) < 0.0)
    to_front, to_back = float(np.median(ends[front])), float(np.median(ends[back]))
    (narrow, wide), (shallow, deep) = ((low / pixel, high / pixel) for low, high in SAC_MM)
    half_depth = min(max(0.5 * (to_front + to_back), shallow), deep)
    half_width = max(float(np.median(ends[sideways])), WIDER * half_depth)
    return SacOutline(
        row=row + 0.5 * (to_front - to_back),
        column=column,
        half_width=min(max(half_width, narrow), wide),
        half_depth=half_depth,
    )


def _middle(found: list[SacOutline]) -> SacOutline | None:
    """The median of what the slices show."""
    if not found:
        return None
    row, column, wide, deep = np.median([(c.row, c.column, c.half_width, c.half_depth) for c in found], axis=0)
    return SacOutline(row=float(row), column=float(column), half_width=float(wide), half_depth=float(deep))
