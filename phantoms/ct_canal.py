"""What the bone of a CT says about its spinal canal: vertebrae along it, its centreline and the free space in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.interpolate import CubicSpline

from phantoms.canal import Centreline
from phantoms.ct_body import Field
from phantoms.ct_bone import CtBone
from phantoms.ct_image import CtFault
from phantoms.levels import interspace, levels

Array = NDArray[np.float64]

STEP_MM = 0.5
ANGLES = 120
CENTRE_V_MM = 8.0  # behind the posterior wall: inside every lumbar canal
_REACH_MM = 30.0
_CORE_MM = 6.0  # arches and processes are thinner than twice this
_END_MM = 4.0  # from an endplate to where the posterior wall is taken


@dataclass(frozen=True, slots=True, kw_only=True)
class CanalMeasure:
    """The canal as the bone shows it, every [shape=(n,)] table at s_mm along the centreline.

    Attributes:
        names: vertebrae whose bodies lie wholly in the image, from the head down
        centreline: on the posterior walls, midway between the pedicles
        body_s_mm, height_mm: middle and height of each body along the centreline, by name
        body_centre_mm: centre of each body, x y z
        disc_s_mm: middle of each disc between bodies, by interspace
        s_mm: heights of the tables, ascending
        free_mm: [shape=(n, angle)] from (0, CENTRE_V_MM) to bone across the canal, angles from left towards the back;
            not above 30
        spinous_v_mm, spinous_u_mm: tip and middle of the spinous processes, between them a smooth line
    """

    names: tuple[str, ...]
    centreline: Centreline
    body_s_mm: dict[str, float]
    height_mm: dict[str, float]
    body_centre_mm: dict[str, tuple[float, float, float]]
    disc_s_mm: dict[str, float]
    s_mm: Array
    free_mm: Array
    spinous_v_mm: Array
    spinous_u_mm: Array


def sample(field: Field, points_mm: Array) -> Array:
    """A field at points [shape=(n, 3)], trilinear, the edge's value beyond it."""
    index = ((points_mm - field.origin_mm) / field.spacing_mm)[:, ::-1].T
    return np.asarray(ndimage.map_coordinates(field.values, index, order=1, mode="nearest", output=np.float64))


def measure_canal(bone: CtBone, names: tuple[str, ...], what: str) -> CanalMeasure:
    """Vertebrae and canal of a CT.

    Args:
        bone: its bone
        names: labelled vertebrae from the head down, as numbered in `CtBone.vertebra`
        what: the file, for messages

    Raises:
        CtFault: fewer than four vertebral bodies can be measured.
    """
    bodies = {name: b for i, name in enumerate(names) if (b := _body(bone, i + 1)) is not None}
    if len(bodies) < 4:
        mend = "Give a CT that shows four vertebrae or more, L3 and L4 among them, with their whole bodies"
        raise CtFault(what, "labels", f"only {len(bodies)} vertebral bodies lie wholly in the image", mend)
    axis = _through(np.stack([centre for centre, _, _ in bodies.values()]))
    walls = _walls(bone, bodies, axis)
    line = Centreline.through(walls)
    line = Centreline.through(_midline(bone, line, walls))
    return _measured(bone, line, bodies, names)


def _body(bone: CtBone, number: int) -> tuple[Array, float, float] | None:
    """Centre, lowest and highest z of a vertebral body; None where the image cuts it off.

    The body is what is left of a vertebra when everything thinner than 12 mm is worn away.
    """
    mask = bone.vertebra == number
    if not mask.any():
        return None
    box = ndimage.find_objects(mask.astype(np.uint8))[0]
    inside = ndimage.distance_transform_edt(np.pad(mask[box], 1))[1:-1, 1:-1, 1:-1]
    core = inside > _CORE_MM
    parts, count = ndimage.label(core)
    if not count:
        return None
    core = parts == 1 + int(np.argmax(ndimage.sum_labels(core, parts, np.arange(1, count + 1))))
    start = np.array([part.start for part in box])
    index = np.argwhere(core) + start
    low, high = index[:, 0].min() - _CORE_MM, index[:, 0].max() + _CORE_MM
    if low < 1 or high > mask.shape[0] - 2:
        return None
    origin = np.asarray(bone.near_grid.origin_mm)
    centre = origin + index.mean(axis=0)[::-1]
    return centre, float(origin[2] + low), float(origin[2] + high)


def _through(points: Array) -> CubicSpline:
    order = np.argsort(points[:, 2])
    return CubicSpline(points[order, 2], points[order, :2], bc_type="natural")


def _walls(bone: CtBone, bodies: dict[str, tuple[Array, float, float]], axis: CubicSpline) -> Array:
    """Posterior wall at the middle and near both endplates of each body, and half way across each disc."""
    points: list[Array] = []
    lower: Array | None = None
    for centre, low, high in bodies.values():
        slope = axis(centre[2], 1)
        head = np.array([slope[0], slope[1], 1.0])
        head /= np.linalg.norm(head)
        back = np.array([0.0, 1.0, 0.0]) - head[1] * head
        back /= np.linalg.norm(back)
        half = 0.5 * (high - low) * head[2] - _END_MM
        upper, middle, under = (_wall(bone, centre + q * head, back) for q in (half, 0.0, -half))
        if lower is not None:
            points.append(0.5 * (lower + upper))
        points.append(middle)
        lower = under
    return np.stack(points)


def _wall(bone: CtBone, start: Array, back: Array) -> Array:
    """Where rays to the back leave the body, the median over 12 mm across."""
    t = np.arange(0.0, 40.0, 0.25)
    across = np.arange(-6.0, 6.1, 2.0)
    exits = []
    for u in across:
        values = sample(bone.near, start + np.array([u, 0.0, 0.0]) + t[:, None] * back)
        out = np.flatnonzero((values[:-1] < 0.0) & (values[1:] >= 0.0) & (t[:-1] > 5.0))
        exits.append(t[out[0]] if len(out) else np.nan)
    return np.asarray(start + np.nanmedian(exits) * back)


def _midline(bone: CtBone, line: Centreline, walls: Array) -> Array:
    """Wall points moved sideways to lie midway between the pedicles, smooth along the spine."""
    s = np.interp(walls[:, 2], line.z_mm, line.samples[:, 6])
    heights = np.arange(s.min(), s.max(), 1.0)
    left, right = (_free(bone, line, heights, np.array([angle]))[:, 0] for angle in (0.0, np.pi))
    seen = (left < 18.0) & (right < 18.0)
    if seen.sum() < 4:
        return walls
    shift = np.interp(s, heights[seen], ndimage.gaussian_filter1d(0.5 * (left - right)[seen], 5.0))
    moved = walls.copy()
    moved[:, 0] += shift
    return moved


def _free(bone: CtBone, line: Centreline, s_mm: Array, angle: Array) -> Array:
    """Distance from the canal's middle to bone in the section at each s [shape=(s, angle)]."""
    t = np.arange(0.0, _REACH_MM + 0.01, 0.25)
    result = np.empty((len(s_mm), len(angle)))
    for i, s in enumerate(s_mm):
        origin, left, back, _ = line.frame(float(s))
        ray = np.cos(angle)[:, None, None] * left + np.sin(angle)[:, None, None] * back
        points = origin + CENTRE_V_MM * back + t[:, None] * ray
        values = sample(bone.near, points.reshape(-1, 3)).reshape(len(angle), len(t))
        hit = values <= 0.0
        first = np.where(hit.any(axis=1), hit.argmax(axis=1), len(t) - 1)
        before = values[np.arange(len(angle)), np.maximum(first - 1, 0)]
        result[i] = np.minimum(t[first] - 0.25 + np.clip(before, 0.0, 0.25), _REACH_MM)
    return np.maximum(result, 0.0)


def _measured(
    bone: CtBone, line: Centreline, bodies: dict[str, tuple[Array, float, float]], names: tuple[str, ...]
) -> CanalMeasure:
    def along(z: float) -> float:
        return float(np.interp(z, line.z_mm, line.samples[:, 6]))

    body_s, height = {}, {}
    for name, (centre, low, high) in bodies.items():
        origin, _, _, head = line.frame(along(centre[2]))
        body_s[name] = along(centre[2]) + float((centre - origin) @ head)
        height[name] = (high - low) * float(head[2])
    kept = tuple(bodies)
    discs = {}
    for a, b in zip(kept[:-1], kept[1:], strict=True):
        discs[interspace(a, b)] = 0.5 * (body_s[a] - 0.5 * height[a] + body_s[b] + 0.5 * height[b])
    s = np.arange(np.floor(min(body_s.values())) - 25.0, max(body_s.values()) + 60.0, STEP_MM)
    angle = 2.0 * np.pi * np.arange(ANGLES) / ANGLES
    free = _free(bone, line, s, angle)
    tip, side = _spinous(bone, line, names, s)
    return CanalMeasure(
        names=kept,
        centreline=line,
        body_s_mm=body_s,
        height_mm=height,
        body_centre_mm={name: (float(c[0]), float(c[1]), float(c[2])) for name, (c, _, _) in bodies.items()},
        disc_s_mm=discs,
        s_mm=s,
        free_mm=free,
        spinous_v_mm=tip,
        spinous_u_mm=side,
    )


def _spinous(bone: CtBone, line: Centreline, names: tuple[str, ...], s: Array) -> tuple[Array, Array]:
    """Tip and side of the spinous processes: the last voxels to the back of each vertebra."""
    origin = np.asarray(bone.near_grid.origin_mm)
    found = []
    for number in range(1, len(names) + 1):
        index = np.argwhere((bone.vertebra == number) & (bone.near.values < 0.0))
        if len(index) < 500:
            continue
        points = origin + index[:, ::-1]
        last = points[points[:, 1] > points[:, 1].max() - 4.0].mean(axis=0)
        at = float(np.interp(last[2], line.z_mm, line.samples[:, 6]))
        frame = line.frame(at)
        along = at + float((last - frame[0]) @ frame[3])
        frame = line.frame(along)
        v = float((last - frame[0]) @ frame[2]) + 2.0
        if v > 25.0:
            found.append((along, v, float((last - frame[0]) @ frame[1])))
    rows = np.array(sorted(found))
    if len(rows) < 2:
        typical = levels()["L3"].canal_ap_mm + 35.0
        return np.full_like(s, typical), np.zeros_like(s)
    return np.interp(s, rows[:, 0], rows[:, 1]), np.interp(s, rows[:, 0], rows[:, 2])
