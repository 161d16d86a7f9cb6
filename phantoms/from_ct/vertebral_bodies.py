"""Vertebral bodies in the bone of a CT: their cores, poses and posterior walls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.interpolate import CubicSpline

from phantoms.from_ct.body import Field
from phantoms.from_ct.bone import CtBone
from phantoms.morphometry import morphometry
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.levels import Region, Vertebra

_CORE_MM, _CORE_OF_NECK_MM = 6.0, 3.2  # half of what arches are thinner than; bodies of the neck are 11 mm high
_CORE_BELOW_NECK_MM = {Vertebra.T1: 4.0, Vertebra.T2: 5.0, Vertebra.T3: 5.0}  # 14 to 16 mm

_LARGE_PART = 0.3  # of the largest piece
_STEEPEST = 1.2  # of the spine against the table, as dy/dz


def sample(field: Field, points_mm: FloatArray) -> FloatArray:
    """A field at points [shape=(n, 3)], trilinear, the edge's value beyond it."""
    index = ((points_mm - np.asarray(field.origin_mm)) / field.spacing_mm)[:, ::-1].T
    return np.asarray(ndimage.map_coordinates(field.values, index, order=1, mode="nearest", output=np.float64))


def core_mm(name: Vertebra) -> float:
    """How much is worn off a vertebra from all sides until its body alone is left."""
    return _CORE_OF_NECK_MM if name.region is Region.CERVICAL else _CORE_BELOW_NECK_MM.get(name, _CORE_MM)


@dataclass(frozen=True, slots=True)
class VertebralBody:
    """A vertebral body: centre, unit vectors to the back and the head, height between the endplates."""

    centre: FloatArray
    back: FloatArray
    head: FloatArray
    height: float


def find_core(bone: CtBone, number: int, name: Vertebra) -> FloatArray | None:
    """Points [shape=(n, 3)] of a vertebral body: what is left when everything thinner than 12 mm is worn away.

    In the neck and just below it less is worn away. Articular pillars, which are as thick, lie beside what is looked
    at.

    A body that the image's first or last plane cuts goes on beyond it, up to the height that the table gives; one that
    is cut at both ends is none. The axis ends at that height too: what stands above it is the dens.
    """
    worn = core_mm(name)
    mask = bone.vertebra == number
    if not mask.any():
        return None
    box = ndimage.find_objects(mask.astype(np.uint8))[0]
    height = morphometry()[name].anterior.body_height_post_mm
    low, high = (round(height) * end for end in (box[0].start == 0, box[0].stop == mask.shape[0]))
    whole = np.pad(np.pad(mask[box], ((low, high), (0, 0), (0, 0)), mode="edge"), 1)
    core = ndimage.distance_transform_edt(whole)[1:-1, 1:-1, 1:-1] > worn
    if name.region is Region.CERVICAL:
        core &= _amid(whole[1:-1, 1:-1, 1:-1], name)
    parts, count = ndimage.label(core)
    if not count:
        return None
    core = parts == _part_of_body(core, parts, count, name)
    index = np.argwhere(core) + np.array([part.start for part in box]) - np.array([low, 0, 0])
    first, last = index[:, 0].min(), index[:, 0].max()
    below, above = first < worn, last >= mask.shape[0] - worn
    if below and above:
        return None
    most = max(height - 2.0 * worn, 4.0)
    topped = above or name == Vertebra.C2
    kept = index[:, 0] >= last - most if below else index[:, 0] <= first + most if topped else slice(None)
    return np.asarray(np.asarray(bone.near_grid.origin_mm) + index[kept][:, ::-1])


def _amid(mask: NDArray[np.bool_], name: Vertebra) -> NDArray[np.bool_]:
    """Columns [shape=(1, 1, x)] no farther from a vertebra's middle than a body of the neck is wide to the side."""
    middle = float(np.argwhere(mask.any(axis=(0, 1))).mean())
    return np.asarray(
        np.abs(np.arange(mask.shape[2]) - middle) <= 0.5 * morphometry()[name].anterior.body_width_lower_mm
    )[None, None]


def _part_of_body(core: NDArray[np.bool_], parts: NDArray[np.int32], count: int, name: Vertebra) -> int:
    """Number of the piece that is the body: the largest, in the neck the foremost of the large ones."""
    numbers = np.arange(1, count + 1)
    size = ndimage.sum_labels(core, parts, numbers)
    if name.region is not Region.CERVICAL:
        return int(numbers[np.argmax(size)])
    y = np.array([place[1] for place in ndimage.center_of_mass(core, parts, numbers)])
    return int(numbers[np.argmin(np.where(size >= _LARGE_PART * size.max(), y, np.inf))])


def pose_body(bone: CtBone, name: Vertebra, core: FloatArray, axis: CubicSpline) -> VertebralBody:
    """Pose of a body: the line through the bodies' centres tells the tilt at first, then its own posterior wall."""
    slope = axis(core[:, 2].mean(), 1)
    tilt = float(np.clip(slope[1], -_STEEPEST, _STEEPEST))
    for turn in range(5):
        head = np.array([slope[0], tilt, 1.0])
        head /= np.linalg.norm(head)
        back = np.array([0.0, 1.0, 0.0]) - head[1] * head
        back /= np.linalg.norm(back)
        low, high = np.percentile((core - core.mean(axis=0)) @ head, [3.0, 97.0])
        body = VertebralBody(
            core.mean(axis=0) + 0.5 * (low + high) * head, back, head, float(high - low) + 2.0 * core_mm(name)
        )
        heights = np.arange(-0.32, 0.33, 0.08) * body.height
        wall = np.stack([find_posterior_wall(bone, body.centre + q * head, back) for q in heights])
        wall = wall[np.isfinite(wall).all(axis=1)]
        if turn == 4 or len(wall) < 5:
            break
        pairs = [(b - a)[1] / (b - a)[2] for i, a in enumerate(wall) for b in wall[i + 2 :] if (b - a)[2] > 1.0]
        if pairs:  # Theil and Sen's slope, which a ray into the basivertebral vein does not bend
            tilt = float(np.clip(0.5 * (tilt + np.median(pairs)), -_STEEPEST, _STEEPEST))
    return body


def interpolate_axis(points: FloatArray) -> CubicSpline:
    """Natural cubic spline x(z), y(z) through points [shape=(n, 3)]."""
    order = np.argsort(points[:, 2])
    return CubicSpline(points[order, 2], points[order, :2], bc_type="natural")


def find_posterior_wall(bone: CtBone, start: FloatArray, back: FloatArray) -> FloatArray:
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
