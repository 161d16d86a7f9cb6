"""What the bone of a CT says about its spinal canal: vertebrae along it, its centreline and the free space in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.interpolate import CubicSpline, UnivariateSpline

from phantoms.canal import Centreline
from phantoms.ct_body import Field
from phantoms.ct_bone import CtBone
from phantoms.ct_image import CtFault
from phantoms.levels import interspace

Array = NDArray[np.float64]

STEP_MM = 0.5
ANGLES = 120
CENTRE_V_MM = 8.0  # behind the posterior wall: inside every lumbar canal
_REACH_MM = 30.0
_CORE_MM = 6.0  # arches and processes are thinner than twice this
_WAVER_MM = 1.0
_STEEPEST = 1.2  # of the spine against the table, as dy/dz
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
        spinous_mm: [shape=(z, 2)] x and y of the line through the tips of the spinous processes at each plane of
            the bone's near grid
    """

    names: tuple[str, ...]
    centreline: Centreline
    body_s_mm: dict[str, float]
    height_mm: dict[str, float]
    body_centre_mm: dict[str, tuple[float, float, float]]
    disc_s_mm: dict[str, float]
    s_mm: Array
    free_mm: Array
    spinous_mm: Array


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
    cores = {name: core for i, name in enumerate(names) if (core := _core(bone, i + 1)) is not None}
    if len(cores) < 4:
        mend = "Give a CT that shows four vertebrae or more with their bodies, L3 and L4 among them"
        raise CtFault(what, "labels", f"only {len(cores)} vertebral bodies are found", mend)
    axis = _through(np.stack([core.mean(axis=0) for core in cores.values()]))
    lowest, highest = bone.near_grid.z_mm[[0, -1]]
    ends = {name: (core[:, 2].min() - _CORE_MM, core[:, 2].max() + _CORE_MM) for name, core in cores.items()}
    every = {name: _body(bone, core, axis) for name, core in cores.items()}
    bodies = {name: body for name, body in every.items() if ends[name][0] > lowest and ends[name][1] < highest}
    if len(bodies) < 4 or not {"L3", "L4"} <= set(bodies):
        mend = "Give a CT that shows L3, L4 and two more vertebrae whole"
        raise CtFault(what, "labels", f"only {', '.join(bodies) or 'none'} lie wholly in the image", mend)
    walls = _walls(bone, every)
    if len(walls) < 2 * len(bodies):
        mend = "Segment this very CT; the labels may be those of another"
        raise CtFault(what, "labels", "no canal is found behind the labelled vertebrae", mend)
    walls = _smooth(walls)
    line = Centreline.through(walls)
    line = Centreline.through(_midline(bone, line, walls))
    return _measured(bone, line, bodies, names)


@dataclass(frozen=True, slots=True)
class _Body:
    """A vertebral body: centre, unit vectors to the back and the head, height between the endplates."""

    centre: Array
    back: Array
    head: Array
    height: float


def _core(bone: CtBone, number: int) -> Array | None:
    """Points [shape=(n, 3)] of a vertebral body: what is left when everything thinner than 12 mm is worn away."""
    mask = bone.vertebra == number
    if not mask.any():
        return None
    box = ndimage.find_objects(mask.astype(np.uint8))[0]
    core = ndimage.distance_transform_edt(np.pad(mask[box], 1))[1:-1, 1:-1, 1:-1] > _CORE_MM
    parts, count = ndimage.label(core)
    if not count:
        return None
    core = parts == 1 + int(np.argmax(ndimage.sum_labels(core, parts, np.arange(1, count + 1))))
    index = np.argwhere(core) + np.array([part.start for part in box])
    return np.asarray(bone.near_grid.origin_mm) + index[:, ::-1]


def _body(bone: CtBone, core: Array, axis: CubicSpline) -> _Body:
    """Pose of a body: the line through the bodies' centres tells the tilt at first, then its own posterior wall."""
    slope = axis(core[:, 2].mean(), 1)
    tilt = float(np.clip(slope[1], -_STEEPEST, _STEEPEST))
    for turn in range(5):
        head = np.array([slope[0], tilt, 1.0])
        head /= np.linalg.norm(head)
        back = np.array([0.0, 1.0, 0.0]) - head[1] * head
        back /= np.linalg.norm(back)
        low, high = np.percentile((core - core.mean(axis=0)) @ head, [3.0, 97.0])
        body = _Body(core.mean(axis=0) + 0.5 * (low + high) * head, back, head, float(high - low) + 2.0 * _CORE_MM)
        heights = np.arange(-0.32, 0.33, 0.08) * body.height
        wall = np.stack([_wall(bone, body.centre + q * head, back) for q in heights])
        wall = wall[np.isfinite(wall).all(axis=1)]
        if turn == 4 or len(wall) < 5:
            break
        pairs = [(b - a)[1] / (b - a)[2] for i, a in enumerate(wall) for b in wall[i + 2 :] if (b - a)[2] > 1.0]
        if pairs:  # Theil and Sen's slope, which a ray into the basivertebral vein does not bend
            tilt = float(np.clip(0.5 * (tilt + np.median(pairs)), -_STEEPEST, _STEEPEST))
    return body


def _through(points: Array) -> CubicSpline:
    order = np.argsort(points[:, 2])
    return CubicSpline(points[order, 2], points[order, :2], bc_type="natural")


def _walls(bone: CtBone, bodies: dict[str, _Body]) -> Array:
    """Posterior wall at the middle of each body and near its endplates [shape=(n, 3)], from the head down."""
    points: list[Array] = []
    for body in bodies.values():
        half = 0.5 * body.height - _END_MM
        points += [_wall(bone, body.centre + q * body.head, body.back) for q in (half, 0.0, -half)]
    walls = np.stack(points)
    return walls[np.isfinite(walls).all(axis=1)]


def _smooth(walls: Array) -> Array:
    """Points every 6 mm of height on a smooth line through the wall points, which may waver by 1 mm about it."""
    walls = walls[np.argsort(walls[:, 2])]
    apart = np.concatenate([[True], np.diff(walls[:, 2]) > 2.0])  # edges of neighbours may be level
    z = walls[apart, 2]
    tolerance = len(z) * _WAVER_MM**2
    x, y = (UnivariateSpline(z, walls[apart, k], k=3, s=tolerance) for k in (0, 1))
    heights = np.arange(z[0], z[-1] + 0.1, 6.0)
    return np.column_stack([x(heights), y(heights), heights])


def _wall(bone: CtBone, start: Array, back: Array) -> Array:
    """Where rays to the back leave the body, the median over 12 mm across."""
    t = np.arange(0.0, 40.0, 0.25)
    across = np.arange(-6.0, 6.1, 2.0)
    exits = []
    for u in across:
        values = sample(bone.near, start + np.array([u, 0.0, 0.0]) + t[:, None] * back)
        out = np.flatnonzero((values[:-1] < 0.0) & (values[1:] >= 0.0) & (t[:-1] > 5.0))
        exits.append(t[out[0]] if len(out) else np.nan)
    if np.isnan(exits).all():
        return np.full(3, np.nan)
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
    for i, (origin, left, back, _) in enumerate(line.frames(s_mm)):
        ray = np.cos(angle)[:, None, None] * left + np.sin(angle)[:, None, None] * back
        points = origin + CENTRE_V_MM * back + t[:, None] * ray
        values = sample(bone.near, points.reshape(-1, 3)).reshape(len(angle), len(t))
        hit = values <= 0.0
        first = np.where(hit.any(axis=1), hit.argmax(axis=1), len(t) - 1)
        before = values[np.arange(len(angle)), np.maximum(first - 1, 0)]
        result[i] = np.clip(t[first] - 0.25 + np.clip(before, 0.0, 0.25), 0.0, _REACH_MM)
    return result


def _triple(point: Array) -> tuple[float, float, float]:
    return float(point[0]), float(point[1]), float(point[2])


def _along(line: Centreline, point: Array) -> float:
    """Arc length of the nearest point of the centreline."""
    s = float(np.interp(point[2], line.z_mm, line.samples[:, 6]))
    for _ in range(8):
        origin, _, _, head = line.frame(s)
        s += float((point - origin) @ head)
    return s


def _measured(bone: CtBone, line: Centreline, bodies: dict[str, _Body], names: tuple[str, ...]) -> CanalMeasure:
    body_s = {name: _along(line, body.centre) for name, body in bodies.items()}
    height = {name: body.height for name, body in bodies.items()}
    kept = tuple(bodies)
    discs = {}
    for a, b in pairwise(kept):
        discs[interspace(a, b)] = 0.5 * (body_s[a] - 0.5 * height[a] + body_s[b] + 0.5 * height[b])
    s = np.arange(np.floor(min(body_s.values())) - 45.0, max(body_s.values()) + 60.0, STEP_MM)
    angle = 2.0 * np.pi * np.arange(ANGLES) / ANGLES
    free = _free(bone, line, s, angle)
    return CanalMeasure(
        names=kept,
        centreline=line,
        body_s_mm=body_s,
        height_mm=height,
        body_centre_mm={name: _triple(body.centre) for name, body in bodies.items()},
        disc_s_mm=discs,
        s_mm=s,
        free_mm=free,
        spinous_mm=_spinous(bone, len(names), bone.near_grid.z_mm),
    )


def _spinous(bone: CtBone, count: int, z_mm: Array) -> Array:
    """x and y of the spinous processes' tips at each height [shape=(n, 2)], linear between the tips."""
    origin = np.asarray(bone.near_grid.origin_mm)
    tips = []
    for number in range(1, count + 1):
        index = np.argwhere((bone.vertebra == number) & (bone.near.values < 0.0))
        if len(index):
            points = origin + index[:, ::-1]
            tips.append(points[points[:, 1] > points[:, 1].max() - 4.0].mean(axis=0) + np.array([0.0, 2.0, 0.0]))
    rows = np.array(sorted(tips, key=lambda tip: float(tip[2])))
    return np.column_stack([np.interp(z_mm, rows[:, 2], rows[:, k]) for k in (0, 1)])
