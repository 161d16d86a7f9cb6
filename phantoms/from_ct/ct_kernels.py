"""Kernels of a patient made from a CT: fields between voxels, HU to basis densities, derived canal parts over them.

`CtArrays` only bundles bare arrays; `phantoms.from_ct.patient` makes it. A field is values[z, y, x], the centre of its
first voxel and its spacing.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phantoms.canal.canal_kernels import (
    DORSAL_WALL_APEX,
    FAR,
    FLAVUM_THICKNESS,
    HALF_WIDTH,
    CanalArrays,
    DuralDistances,
    Place,
    find_place,
    locate,
    root_distance,
    sac_distance,
    table,
)
from phantoms.canal.canal_paint_kernels import paint_dural, paint_epidural
from phantoms.compiled_kernels import njit
from phantoms.fluid.perineural_leak_kernels import find_zone, paint_perineural_leak
from phantoms.paint_kernels import (
    AIR,
    CORTICAL,
    DISC,
    INTERSPINOUS,
    MUSCLE,
    ORGAN,
    P_AIR,
    P_SKIN,
    SKIN,
    SPONGIOSA,
    SUBCUTANEOUS_FAT,
    SUPRASPINOUS,
    VISCERAL_FAT,
    between,
    clamp,
    cover,
    material,
    share,
)
from phantoms.voxels.referenced_kernels import referenced
from phantoms.voxels.voxelize_kernels import CountScale, GridArrays, VoxelArrays

BONE_FREE = 0.2  # mm that bone keeps from the dura and from roots, as in the synthetic patient
CORTEX = 1.2  # mm of bone that is called cortical
BONE_BLEND = 3.0  # mm over which soft tissue's composition turns into that of bone of the same HU
SKIN_THICKNESS = 2.0  # mm (assumption)
TABLE_MARGIN = 3.0  # mm at the ends of the canal's tables where nothing is derived
FAT_HU = -30.0
GAS_HU = -300.0
SKIN_BLUR = 6.0  # mm under the skin that are called fat even where they look like muscle (assumption)
DEEP_FAT = 22.0  # mm under the skin: fat in front of the spine is visceral from here on (assumption)


Array = NDArray[np.float64]


class FieldArrays(NamedTuple):
    """A quantity on a regular grid [z, y, x]: values, centre of the first voxel, and the spacing of all axes."""

    values: NDArray[np.float32]
    origin: Array
    step: float


class RowSpan(NamedTuple):
    """Rows of a grid that one call fills: the first, and the one after the last."""

    start: int
    stop: int


class SoftTissue(NamedTuple):
    """What the labels of soft tissue are told from, on the grid of 1 mm.

    Attributes:
        hu: [shape=(z, y, x)]; muscle: the compartments of muscle there; origin: centre of the first voxel
        discs: [shape=(n, 2)] ends of the discs along the canal
        front_y: [shape=(z,)] where the abdomen begins
    """

    hu: NDArray[np.int16]
    muscle: NDArray[np.bool_]
    origin: Array
    discs: Array
    front_y: Array


class CtArrays(NamedTuple):
    """Bare arrays of a CT patient: bone near the spine and far from it, skin, soft tissue labels, HU to densities."""

    near: FieldArrays
    far: FieldArrays
    skin: FieldArrays
    soft: NDArray[np.uint8]
    soft_origin: Array
    spinous: Array
    spinous_z: float
    soft_hu: Array
    soft_density: Array
    bone_hu: Array
    bone_density: Array


@njit(cache=True, nogil=True, error_model="numpy")
def trilinear(field: FieldArrays, x: float, y: float, z: float) -> float:
    """A field at a point; beyond its grid the value of its edge."""
    values, origin, step = field.values, field.origin, field.step
    nz, ny, nx = values.shape
    a = clamp((z - origin[2]) / step, 0.0, nz - 1.0)
    b = clamp((y - origin[1]) / step, 0.0, ny - 1.0)
    c = clamp((x - origin[0]) / step, 0.0, nx - 1.0)
    k, j, i = min(int(a), nz - 2), min(int(b), ny - 2), min(int(c), nx - 2)
    a, b, c = a - k, b - j, c - i
    low = (values[k, j, i] * (1.0 - c) + values[k, j, i + 1] * c) * (1.0 - b)
    low += (values[k, j + 1, i] * (1.0 - c) + values[k, j + 1, i + 1] * c) * b
    high = (values[k + 1, j, i] * (1.0 - c) + values[k + 1, j, i + 1] * c) * (1.0 - b)
    high += (values[k + 1, j + 1, i] * (1.0 - c) + values[k + 1, j + 1, i + 1] * c) * b
    return float(low * (1.0 - a) + high * a)


@njit(cache=True, nogil=True, error_model="numpy")
def near_spine(x: float, y: float, ct: CtArrays) -> bool:
    """Whether a point lies in the box about the spine."""
    c = (x - ct.near.origin[0]) / ct.near.step
    b = (y - ct.near.origin[1]) / ct.near.step
    return bool(c >= 0.0 and b >= 0.0 and c <= ct.near.values.shape[2] - 1.0 and b <= ct.near.values.shape[1] - 1.0)


@njit(cache=True, nogil=True, error_model="numpy")
def seen_bone(x: float, y: float, z: float, ct: CtArrays) -> float:
    """Distance to the bone that the CT shows."""
    if near_spine(x, y, ct):
        return trilinear(ct.near, x, y, z)
    return trilinear(ct.far, x, y, z)


@njit(cache=True, nogil=True, error_model="numpy")
def in_canal(u: float, v: float, s: float, canal: CanalArrays) -> bool:
    """Whether parts of the canal are derived here."""
    end = canal.s_start + canal.s_step * (canal.tables.shape[0] - 1)
    return abs(u) < 52.0 and v > -26.0 and v < 36.0 and s > canal.s_start + TABLE_MARGIN and s < end - TABLE_MARGIN


@njit(cache=True, nogil=True, error_model="numpy")
def may_be_epidural(u: float, v: float, s: float, canal: CanalArrays) -> bool:
    """Whether fat, flavum or collection can be here: not far before, behind or beside the canal and its foramina."""
    if v < -6.0 or abs(u) > table(canal, s, HALF_WIDTH) + 22.0:
        return False
    return v < table(canal, s, DORSAL_WALL_APEX) + 9.0


@njit(cache=True, nogil=True, error_model="numpy")
def along_line(hu: float, nodes: Array, densities: Array) -> tuple[float, float, float]:
    """Basis densities on a piecewise linear line; beyond its ends those of the end."""
    n = nodes.shape[0]
    hu = clamp(hu, nodes[0], nodes[n - 1])
    i = 0
    while i < n - 2 and hu > nodes[i + 1]:
        i += 1
    t = (hu - nodes[i]) / (nodes[i + 1] - nodes[i])
    return (
        densities[i, 0] + t * (densities[i + 1, 0] - densities[i, 0]),
        densities[i, 1] + t * (densities[i + 1, 1] - densities[i, 1]),
        densities[i, 2] + t * (densities[i + 1, 2] - densities[i, 2]),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def soft_label(x: float, y: float, z: float, ct: CtArrays) -> float:
    """Label of the nearest voxel of soft tissue."""
    nz, ny, nx = ct.soft.shape
    k = int(clamp(math.floor(z - ct.soft_origin[2] + 0.5), 0.0, nz - 1.0))
    j = int(clamp(math.floor(y - ct.soft_origin[1] + 0.5), 0.0, ny - 1.0))
    i = int(clamp(math.floor(x - ct.soft_origin[0] + 0.5), 0.0, nx - 1.0))
    return float(ct.soft[k, j, i])


@njit(cache=True, nogil=True, error_model="numpy")
def midline_label(
    x: float, y: float, z: float, v: float, s: float, label: float, ct: CtArrays, canal: CanalArrays
) -> float:
    """Ligaments of the midline: between the spinous processes, and over their tips."""
    n = ct.spinous.shape[0]
    g = clamp(z - ct.spinous_z, 0.0, n - 1.001)
    i = int(g)
    f = g - i
    tip_x = ct.spinous[i, 0] * (1.0 - f) + ct.spinous[i + 1, 0] * f
    tip_y = ct.spinous[i, 1] * (1.0 - f) + ct.spinous[i + 1, 1] * f
    across, behind = abs(x - tip_x), y - tip_y
    if across < 4.5 and behind > -1.0 and behind < 3.0:
        return SUPRASPINOUS
    roof = table(canal, s, DORSAL_WALL_APEX) + table(canal, s, FLAVUM_THICKNESS) + 2.0
    if across < 3.5 and behind <= -1.0 and v > roof:
        return INTERSPINOUS
    return label


@njit(cache=True, nogil=True, error_model="numpy")
def tissue_at(
    x: float, y: float, z: float, h: float, hu: float, ct: CtArrays, canal: CanalArrays
) -> tuple[float, float, float, float]:
    """Water, cortical bone, iodine and label of a voxel of size h mm about a point where the CT shows `hu`."""
    materials = canal.paints.material_table
    air = material(materials, P_AIR)
    skin = trilinear(ct.skin, x, y, z)
    if skin > 0.5 * h:
        return air[0], air[1], air[2], AIR
    bone = seen_bone(x, y, z, ct)
    part = clamp(0.5 - bone / BONE_BLEND, 0.0, 1.0)
    stuff = along_line(hu, ct.soft_hu, ct.soft_density)
    if part > 0.0:
        stuff = between(stuff, along_line(hu, ct.bone_hu, ct.bone_density), part)
    label = soft_label(x, y, z, ct)
    sac, root, sleeve, inside = FAR, FAR, FAR, False
    at = Place(x, y, z, 0.0, 0.0, 0.0)
    voxel = (stuff[0], stuff[1], stuff[2], label)
    if near_spine(x, y, ct):
        at = find_place(x, y, z, canal)
        u, v, s = at.u, at.v, at.s
        label = midline_label(x, y, z, v, s, label, ct, canal)
        voxel = (stuff[0], stuff[1], stuff[2], label)
        inside = in_canal(u, v, s, canal)
        if inside:
            sac = sac_distance(u, v, s, canal)
            root, sleeve = root_distance(at, canal)
            if bone > -2.0 * h and may_be_epidural(u, v, s, canal):
                voxel = paint_epidural(voxel, at, h, sac, canal)
            if bone > -2.0 * h and canal.perineural_leaks.shape[0] > 0:
                voxel = paint_perineural_leak(voxel, at, h, canal)
            bone = max(bone, BONE_FREE - min(sac, min(root, sleeve)))
    if bone < 0.5 * h:
        voxel = cover(voxel, share(bone, h), stuff, CORTICAL if bone > -CORTEX else SPONGIOSA)
    if inside:
        voxel = paint_dural(voxel, at, h, DuralDistances(sac, root, sleeve), canal)
    if skin > -SKIN_THICKNESS - h:
        voxel = cover(voxel, share(-skin - SKIN_THICKNESS, h), material(materials, P_SKIN), SKIN)
        voxel = cover(voxel, share(-skin, h), air, AIR)
    return voxel


@njit(cache=True, nogil=True, error_model="numpy")  # threads outside: half the compilation of prange
def voxelize(
    output: VoxelArrays,
    densities: NDArray[np.float32],
    grid: GridArrays,
    scale: CountScale,
    subplanes: int,
    span: RowSpan,
    hu: NDArray[np.float32],
    ct: CtArrays,
    canal: CanalArrays,
) -> None:
    """Fill some rows of the voxels and of their densities [z, y, x, basis] of a block with HU [z, y, x].

    Each plane is the mean of `subplanes` planes within it where parts of the canal are derived.
    """
    ct, canal = referenced(ct), referenced(canal)
    counts, label = output.counts, output.label
    origin, spacing = grid.origin, grid.spacing
    offset, step = scale.offset, scale.step
    row_start = span.start
    nz, _, nx = label.shape
    rows = span.stop - span.start
    for kj in range(nz * rows):
        k, j = kj // rows, row_start + kj % rows
        y = origin[1] + j * spacing[1]
        for i in range(nx):
            x = origin[0] + i * spacing[0]
            w, b, c = 0.0, 0.0, 0.0
            best = -1.0
            parts = subplanes
            if parts > 1:  # the CT itself has no detail within a plane
                u, v, s = locate(x, y, origin[2] + k * spacing[2], canal)
                if not in_canal(u, v, s, canal):
                    parts = 1
            for q in range(parts):
                z = origin[2] + k * spacing[2] + ((q + 0.5) / parts - 0.5) * spacing[2]
                voxel = tissue_at(x, y, z, spacing[0], float(hu[k, j, i]), ct, canal)
                w += voxel[0]
                b += voxel[1]
                c += voxel[2]
                best = max(best, voxel[3])
            w, b, c = w / parts, b / parts, c / parts
            densities[k, j, i, 0], densities[k, j, i, 1], densities[k, j, i, 2] = w, b, c
            label[k, j, i] = int(best)
            counts[0, k, j, i] = int(clamp(math.floor((w - offset[0]) / step[0] + 0.5), 0.0, 65535.0))
            counts[1, k, j, i] = int(clamp(math.floor((b - offset[1]) / step[1] + 0.5), 0.0, 65535.0))
            counts[2, k, j, i] = int(clamp(math.floor((c - offset[2]) / step[2] + 0.5), 0.0, 65535.0))


@njit(cache=True, nogil=True, error_model="numpy")
def soft_labels(out: NDArray[np.uint8], span: RowSpan, seen: SoftTissue, ct: CtArrays, canal: CanalArrays) -> None:
    """Label of the 1 mm voxels of some rows as soft tissue: fat, muscle with its fat, organ or disc."""
    ct, canal = referenced(ct), referenced(canal)
    hu, muscle, origin = seen.hu, seen.muscle, seen.origin
    discs, front_y = seen.discs, seen.front_y
    row_start = span.start
    nz, _, nx = out.shape
    rows = span.stop - span.start
    for kj in range(nz * rows):
        k, j = kj // rows, row_start + kj % rows
        y, z = origin[1] + j, origin[2] + k
        for i in range(nx):
            x = origin[0] + i
            skin = trilinear(ct.skin, x, y, z)
            if skin > 0.0:
                out[k, j, i] = int(AIR)
                continue
            value = hu[k, j, i]
            label = MUSCLE
            if value < GAS_HU:
                label = ORGAN
            elif value < FAT_HU and not muscle[k, j, i]:
                label = VISCERAL_FAT if y < front_y[k] and skin < -DEEP_FAT else SUBCUTANEOUS_FAT
            elif y < front_y[k] and skin < -DEEP_FAT:
                label = ORGAN
            elif skin > -SKIN_BLUR:  # the skin itself, blurred by the CT's voxels
                label = SUBCUTANEOUS_FAT
            if value > 20.0 and near_spine(x, y, ct):
                u, v, s = locate(x, y, z, canal)
                if v < 1.0 and v > -38.0 and abs(u) < 26.0:
                    for d in range(discs.shape[0]):
                        if s > discs[d, 0] and s < discs[d, 1]:
                            label = DISC
            out[k, j, i] = int(label)


@njit(cache=True, nogil=True, error_model="numpy")
def bone_points(out: Array, points: Array, ct: CtArrays, canal: CanalArrays) -> None:
    """Distance to bone, kept clear of dura and roots."""
    ct, canal = referenced(ct), referenced(canal)
    for n in range(points.shape[0]):
        x, y, z = points[n, 0], points[n, 1], points[n, 2]
        bone = seen_bone(x, y, z, ct)
        if near_spine(x, y, ct):
            at = find_place(x, y, z, canal)
            u, v, s = at.u, at.v, at.s
            if in_canal(u, v, s, canal):
                root, sleeve = root_distance(at, canal)
                bone = max(bone, BONE_FREE - min(sac_distance(u, v, s, canal), min(root, sleeve)))
        out[n] = bone


@njit(cache=True, nogil=True, error_model="numpy")
def skin_points(out: Array, points: Array, ct: CtArrays) -> None:
    """Distance to the skin."""
    ct = referenced(ct)
    for n in range(points.shape[0]):
        out[n] = trilinear(ct.skin, points[n, 0], points[n, 1], points[n, 2])


@njit(cache=True, nogil=True, error_model="numpy")
def label_points(out: NDArray[np.uint8], points: Array, ct: CtArrays, canal: CanalArrays) -> None:
    """Tissue at each point."""
    ct, canal = referenced(ct), referenced(canal)
    for n in range(points.shape[0]):
        out[n] = int(tissue_at(points[n, 0], points[n, 1], points[n, 2], 1e-3, 0.0, ct, canal)[3])


@njit(cache=True, nogil=True, error_model="numpy")
def zone_points(out: NDArray[np.uint8], points: Array, ct: CtArrays, canal: CanalArrays) -> None:
    """ZoneLabel of the epidural space of each point; bone is outside."""
    ct, canal = referenced(ct), referenced(canal)
    for n in range(points.shape[0]):
        x, y, z = points[n, 0], points[n, 1], points[n, 2]
        out[n] = 0
        if not near_spine(x, y, ct):
            continue
        at = find_place(x, y, z, canal)
        u, v, s = at.u, at.v, at.s
        if not in_canal(u, v, s, canal):
            continue
        sac = sac_distance(u, v, s, canal)
        root, sleeve = root_distance(at, canal)
        zone = find_zone(at, DuralDistances(sac, root, sleeve), canal)
        if zone > 0 and root > 0.0 and max(seen_bone(x, y, z, ct), BONE_FREE - sac) > 0.0:
            out[n] = zone
