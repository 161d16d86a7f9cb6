"""What the bone of a CT says about its spinal canal: vertebrae along it, its centreline and the free space in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import ndimage
from scipy.interpolate import UnivariateSpline

from phantoms.canal.centreline import curve_through
from phantoms.from_ct.bone import CtBone
from phantoms.from_ct.image import CtFault
from phantoms.from_ct.vertebral_bodies import (
    VertebralBody,
    core_mm,
    find_core,
    find_posterior_wall,
    interpolate_axis,
    pose_body,
    sample,
)
from simulator.spatial.arrays import FloatArray
from simulator.spatial.canal_transform import CanalTransform
from simulator.spatial.frames import PatientPoint, patient_point
from simulator.vocabulary.levels import Interspace, Vertebra

STEP_MM = 0.5
ANGLES = 120
CENTRE_V_MM = 8.0  # behind the posterior wall: inside every lumbar canal
_REACH_MM = 30.0
_WIDEST_MM = 32.0  # from pedicle to pedicle
_WAVER_MM = 1.0
_BESIDE_MM = 5.0
_LEAST_WALLS = 3  # points on posterior walls
_END_MM = 4.0  # from an endplate to where the posterior wall is taken


@dataclass(frozen=True, slots=True, kw_only=True)
class CanalMeasure:
    """The canal as the bone shows it, every [shape=(n,)] table at s_mm along the centreline.

    Attributes:
        names: vertebrae whose bodies are measured, from the head down
        cut: those of them that the image's first or last plane cuts; their far end is that of the table
        centreline: on the posterior walls, midway between the pedicles
        body_s_mm, height_mm: middle and height of each body along the centreline
        body_centre_mm: centre of each body
        disc_s_mm: middle of each disc between bodies
        s_mm: heights of the tables, ascending
        free_mm: [shape=(n, angle)] from (0, CENTRE_V_MM) to bone across the canal, angles from left towards the back;
            not above 30
        spinous_mm: [shape=(z, 2)] x and y of the line through the tips of the spinous processes at each plane of
            the bone's near grid
    """

    names: tuple[Vertebra, ...]
    cut: tuple[Vertebra, ...]
    centreline: CanalTransform
    body_s_mm: dict[Vertebra, float]
    height_mm: dict[Vertebra, float]
    body_centre_mm: dict[Vertebra, PatientPoint]
    disc_s_mm: dict[Interspace, float]
    s_mm: FloatArray
    free_mm: FloatArray
    spinous_mm: FloatArray


def measure_canal(
    bone: CtBone, names: tuple[Vertebra, ...], about: tuple[Vertebra, Vertebra], what: str
) -> CanalMeasure:
    """Vertebrae and canal of a CT.

    Args:
        bone: its bone
        names: labelled vertebrae from the head down, as numbered in `CtBone.vertebra`
        about: the two vertebrae between which the patient is to be treated
        what: the file, for messages

    Raises:
        CtFault: one of the two is not shown up to the disc between them, or there is no canal behind the bodies.
    """
    cores = {name: core for i, name in enumerate(names) if (core := find_core(bone, i + 1, name)) is not None}
    missing = [name for name in about if name not in cores]
    if len(cores) < 2 or missing:
        fix = "Give a CT that shows these two vertebrae up to the disc between them"
        raise CtFault(what, "labels", f"the body of {' and '.join(missing or about)} is not found", fix)
    axis = interpolate_axis(np.stack([core.mean(axis=0) for core in cores.values()]))
    bodies = {name: pose_body(bone, name, core, axis) for name, core in cores.items()}
    lowest, highest = bone.near_grid.z_mm[[0, -1]]
    ends = {name: (q[:, 2].min() - core_mm(name), q[:, 2].max() + core_mm(name)) for name, q in cores.items()}
    cut = [name for name, (low, high) in ends.items() if low < lowest or high > highest]
    bodies = _row_about(bodies, names, about[0])
    walls = _walls(bone, bodies)
    if len(walls) < _LEAST_WALLS:
        fix = "Segment this very CT; the labels may be those of another"
        raise CtFault(what, "labels", "no canal is found behind the labelled vertebrae", fix)
    walls = _smooth(walls)
    line = curve_through(walls)
    for _ in range(2):  # the second time from where pedicles are seen on both sides
        walls = _midline(bone, line, walls)
        line = curve_through(walls)
    return _measured(bone, line, bodies, tuple(name for name in cut if name in bodies), names)


def _row_about(
    bodies: dict[Vertebra, VertebralBody], names: tuple[Vertebra, ...], name: Vertebra
) -> dict[Vertebra, VertebralBody]:
    """Bodies that follow each other without a gap about one of them."""
    at = names.index(name)
    first = next((i + 1 for i in range(at, -1, -1) if names[i] not in bodies), 0)
    stop = next((i for i in range(at, len(names)) if names[i] not in bodies), len(names))
    return {one: bodies[one] for one in names[first:stop]}


def _walls(bone: CtBone, bodies: dict[Vertebra, VertebralBody]) -> FloatArray:
    """Posterior wall at the middle of each body and near its endplates [shape=(n, 3)], from the head down."""
    points: list[FloatArray] = []
    lowest, highest = bone.near_grid.z_mm[[0, -1]]
    for body in bodies.values():
        half = 0.5 * body.height - _END_MM
        ends = sorted((np.array([lowest, highest]) - body.centre[2]) / body.head[2])  # of what the image shows of it
        shown = np.clip([half, 0.0, -half], ends[0] + 1.0, ends[1] - 1.0)
        points += [find_posterior_wall(bone, body.centre + q * body.head, body.back) for q in shown]
    walls = np.stack(points)
    return walls[np.isfinite(walls).all(axis=1)]


def _smooth(walls: FloatArray) -> FloatArray:
    """Points every 6 mm of height on a smooth line through the wall points, which may waver by 1 mm about it.

    A point far beside the line through its neighbours is none of the wall: a ray may leave a body by a disc.
    """
    walls = walls[np.argsort(walls[:, 2])]
    while len(walls) > _LEAST_WALLS + 1:
        part = (walls[1:-1, 2] - walls[:-2, 2]) / np.maximum(walls[2:, 2] - walls[:-2, 2], 1e-6)
        between = walls[:-2, :2] + part[:, None] * (walls[2:, :2] - walls[:-2, :2])
        beside = np.linalg.norm(walls[1:-1, :2] - between, axis=1)
        if beside.max() < _BESIDE_MM:
            break
        walls = np.delete(walls, 1 + int(beside.argmax()), axis=0)
    apart = np.concatenate([[True], np.diff(walls[:, 2]) > 2.0])  # edges of neighbours may be level
    z = walls[apart, 2]
    tolerance = len(z) * _WAVER_MM**2
    bend = min(3, len(z) - 1)
    x, y = (UnivariateSpline(z, walls[apart, k], k=bend, s=tolerance) for k in (0, 1))
    heights = np.linspace(z[0], z[-1], max(4, 1 + int((z[-1] - z[0]) / 6.0)))
    return np.column_stack([x(heights), y(heights), heights])


def _midline(bone: CtBone, line: CanalTransform, walls: FloatArray) -> FloatArray:
    """Wall points moved sideways to lie midway between the pedicles, smooth along the spine."""
    s = np.interp(walls[:, 2], line.z_mm, line.samples[:, 6])
    heights = np.arange(s.min(), s.max(), 1.0)
    left, right = (_free(bone, line, heights, np.array([angle]))[:, 0] for angle in (0.0, np.pi))
    seen = (left + right < _WIDEST_MM) & (np.maximum(left, right) < _REACH_MM - 1.0)
    if seen.sum() < 4:
        return walls
    shift = np.interp(s, heights[seen], ndimage.gaussian_filter1d(0.5 * (left - right)[seen], 5.0))
    moved = walls.copy()
    moved[:, 0] += shift
    return moved


def _free(bone: CtBone, line: CanalTransform, s_mm: FloatArray, angle: FloatArray) -> FloatArray:
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


def _along(line: CanalTransform, point: FloatArray) -> float:
    """Arc length of the nearest point of the centreline."""
    s = float(np.interp(point[2], line.z_mm, line.samples[:, 6]))
    for _ in range(8):
        origin, _, _, head = line.frame(s)
        s += float((point - origin) @ head)
    return s


def _measured(
    bone: CtBone,
    line: CanalTransform,
    bodies: dict[Vertebra, VertebralBody],
    cut: tuple[Vertebra, ...],
    names: tuple[Vertebra, ...],
) -> CanalMeasure:
    body_s = {name: _along(line, body.centre) for name, body in bodies.items()}
    height = {name: body.height for name, body in bodies.items()}
    kept = tuple(bodies)
    discs = {}
    for a, b in pairwise(kept):
        discs[Interspace.between(a, b)] = 0.5 * (body_s[a] - 0.5 * height[a] + body_s[b] + 0.5 * height[b])
    s = np.arange(np.floor(min(body_s.values())) - 45.0, max(body_s.values()) + 60.0, STEP_MM)
    angle = 2.0 * np.pi * np.arange(ANGLES) / ANGLES
    free = _free(bone, line, s, angle)
    return CanalMeasure(
        names=kept,
        cut=cut,
        centreline=line,
        body_s_mm=body_s,
        height_mm=height,
        body_centre_mm={name: patient_point(body.centre) for name, body in bodies.items()},
        disc_s_mm=discs,
        s_mm=s,
        free_mm=free,
        spinous_mm=_spinous(bone, len(names), bone.near_grid.z_mm),
    )


def _spinous(bone: CtBone, count: int, z_mm: FloatArray) -> FloatArray:
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
