"""Kernels of the shoulders and of the skull's base: what stands beside and above the spine in slices of the neck."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from phantoms.body.outline_kernels import cage_distance, muscle_tissue
from phantoms.body.tables_kernels import MUSCLE_FAT, S_C1, SHOULDER_P, SHOULDER_S, BodyArrays, BodyPlace
from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import (
    CORTICAL,
    MUSCLE,
    ORGAN,
    P_AIR,
    P_CORTICAL,
    P_FAT,
    P_NERVE,
    P_SPONGIOSA,
    SPONGIOSA,
    Paints,
    Voxel,
    between,
    clamp,
    cone,
    cover,
    denser,
    ellipsoid,
    material,
    noise,
    share,
    smooth_max,
    smooth_min,
    super_ellipse,
)

HEAD_V, HEAD_MM = -14.0, 22.5  # middle of the humerus' head behind the posterior wall, and its radius (assumption)
COLLAR_V = -66.0  # inner end of the collar bone (assumption)
FAR = 1000.0


@njit(cache=True, nogil=True, error_model="numpy")
def paint_shell(
    voxel: Voxel, distance: float, cortex: float, h: float, grain: float, materials: NDArray[np.float64]
) -> Voxel:
    """Bone with a cortex of some thickness, mm, about spongy bone; grain is the texture's noise."""
    spongy = material(materials, P_SPONGIOSA)
    shell = between(spongy, material(materials, P_CORTICAL), 0.5 + 0.08 * grain)
    deep = share(distance + cortex, max(h, 0.8))
    inner = denser(spongy, 45.0 * grain)
    label = SPONGIOSA if deep >= 0.5 else CORTICAL
    return cover(voxel, share(distance, h), between(shell, inner, deep), label)


@njit(cache=True, nogil=True, error_model="numpy")
def shoulder_bone(p: float, v: float, s: float, hp: float, hs: float) -> float:
    """Distance to the head of the humerus, the upper shoulder blade with its spine, coracoid, and the collar bone."""
    head = ellipsoid(p - hp, v - HEAD_V, s - hs, HEAD_MM, HEAD_MM + 0.5, HEAD_MM)
    arm = smooth_min(
        head, cone((p, v, s), (hp + 4.0, HEAD_V, hs - 14.0), (hp + 9.0, HEAD_V + 2.0, hs - 70.0), 13.0, 10.5, 1.0), 6.0
    )
    blade = cone((p, v, s), (hp - 29.0, HEAD_V + 4.0, hs - 1.0), (hp - 44.0, HEAD_V + 16.0, hs - 3.0), 11.0, 5.0, 1.5)
    ax, ay, bx, by = hp - 40.0, HEAD_V + 14.0, 66.0, 37.0
    t = clamp(((p - ax) * (bx - ax) + (v - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2), 0.0, 1.0)
    bow = 5.0 * math.sin(math.pi * t)
    plate = math.hypot(p - ax - t * (bx - ax), v - ay - t * (by - ay) - bow) - 1.7 - 2.2 * (1.0 - t) ** 2
    plate = smooth_max(plate, max(s - hs - 12.0, hs - 34.0 - s), 2.0)
    blade = smooth_min(blade, plate, 4.0)
    ridge = cone((p, v, s), (76.0, 39.0, hs + 2.0), (hp - 8.0, 27.0, hs + 19.0), 2.6, 4.2, 1.6)
    roof = cone((p, v, s), (hp - 8.0, 27.0, hs + 19.0), (hp + 9.0, 2.0, hs + 28.0), 4.6, 6.0, 0.7)
    blade = smooth_min(blade, smooth_min(ridge, roof, 3.0), 3.0)
    hook = cone((p, v, s), (hp - 36.0, HEAD_V + 2.0, hs + 10.0), (hp - 26.0, HEAD_V - 26.0, hs + 13.0), 6.0, 4.6, 1.2)
    blade = smooth_max(
        smooth_min(blade, hook, 4.0), HEAD_MM + 2.4 - math.hypot(math.hypot(p - hp, v - HEAD_V), s - hs), 1.0
    )
    collar = cone((p, v, s), (20.0, COLLAR_V, hs - 16.0), (62.0, COLLAR_V + 4.0, hs + 6.0), 8.0, 5.6, 0.9)
    collar = smooth_min(
        collar, cone((p, v, s), (62.0, COLLAR_V + 4.0, hs + 6.0), (hp - 12.0, -4.0, hs + 28.0), 5.6, 6.0, 0.8), 3.0
    )
    return min(min(arm, blade), collar)


@njit(cache=True, nogil=True, error_model="numpy")
def paint_shoulder(voxel: Voxel, at: BodyPlace, paints: Paints, body: BodyArrays) -> Voxel:
    """Deltoid, cuff, trapezius and pectoral muscles, and the bones that they move; the right shoulder hangs lower."""
    u, v, s, h, outline = at.u, at.v, at.s, at.h, at.outline
    wobble = at.wobble
    texture, materials = paints.noise_texture, paints.material_table
    p = abs(u)
    hp, hs = body.shape[SHOULDER_P], body.shape[SHOULDER_S] + (3.0 if u > 0.0 else -3.0)
    if p < 16.0 or s > hs + 80.0 or s < hs - 75.0:
        return voxel
    deltoid = ellipsoid(p - hp - 2.0, v - HEAD_V + 1.0, s - hs + 12.0, 34.0, 37.0, 52.0)
    deltoid = max(
        deltoid, 25.0 + 1.5 * wobble - math.hypot(p - hp, v - HEAD_V)
    )  # a plane of fat parts it from the cuff
    cuff = cone((p, v, s), (hp - 16.0, HEAD_V + 8.0, hs - 2.0), (72.0, 34.0, hs - 10.0), 17.0, 11.0, 1.9)
    trapezius = cone((p, v, s), (18.0, 30.0, hs + 70.0), (hp - 24.0, 22.0, hs + 24.0), 15.0, 10.0, 1.5)
    levator = cone((p, v, s), (27.0, 8.0, hs + 66.0), (68.0, 34.0, hs + 16.0), 9.0, 7.0, 1.5)
    chest = cone((p, v, s), (hp - 10.0, HEAD_V - 26.0, hs - 16.0), (34.0, COLLAR_V - 4.0, hs - 30.0), 10.0, 9.0, 3.4)
    muscle = min(min(deltoid, cuff), min(min(trapezius, levator), chest)) + 0.8 * wobble
    muscle = max(muscle, outline + 6.0)
    bone = shoulder_bone(p, v, s, hp, hs) if p > 56.0 or v < COLLAR_V + 16.0 else FAR
    if muscle < h or bone < h:
        muscle = max(muscle, 1.0 - cage_distance(u, v, s, body))
        lean = muscle_tissue(u, v, s, 0.8 * body.shape[MUSCLE_FAT], 1.3, paints)
        voxel = cover(voxel, share(muscle, h), lean, MUSCLE)
        if bone < h:
            grain = noise(texture, u / 0.35, v / 0.35, s / 0.6)
            voxel = paint_shell(voxel, bone, 1.3, h, grain, materials)
    return voxel


@njit(cache=True, nogil=True, error_model="numpy")
def paint_skull(voxel: Voxel, at: BodyPlace, paints: Paints, body: BodyArrays) -> Voxel:
    """Occiput with the foramen magnum and the cerebellum above it, condyles, clivus, mastoid and styloid processes."""
    u, v, s, h, outline = at.u, at.v, at.s, at.h, at.outline
    wobble = at.wobble
    texture, materials = paints.noise_texture, paints.material_table
    z = s - body.shape[S_C1]
    if z < -14.0:
        return voxel
    p = abs(u)
    fossa = ellipsoid(u, v - 14.0, z - 52.0, 58.0 + wobble, 44.0, 40.0)
    bowl = max(abs(fossa + 2.6) - 2.8, z - 52.0)
    bowl = smooth_max(bowl, 1.0 - super_ellipse(u, v - 8.0, 14.5, 17.5, 2.2), 2.0)
    condyle = ellipsoid(p - 15.0, v + 5.0, z - 18.5, 7.5, 11.5, 12.0)
    clivus = ellipsoid(u, v + 14.0, z - 24.0, 12.0, 6.5, 13.0)
    mastoid = cone((p, v, z), (54.0, 0.0, 24.0), (53.0, -3.0, 2.0), 11.0, 4.5, 1.0) + 0.6 * wobble
    bone = smooth_min(smooth_min(bowl, condyle, 4.0), min(clivus, mastoid), 4.0)
    bone = min(bone, cone((p, v, z), (39.0, -14.0, 20.0), (36.0, -24.0, -12.0), 2.6, 1.2, 1.0))
    if fossa < 0.0:
        brain = denser(material(materials, P_NERVE), 3.0 * noise(texture, u / 2.0, v / 2.0, s / 2.0))
        voxel = cover(voxel, share(fossa + 5.4, h), brain, ORGAN)
    if bone < h and outline < -4.0:
        grain = noise(texture, u / 0.35, v / 0.35, s / 0.6)
        voxel = paint_shell(voxel, bone, 1.5, h, grain, materials)
        # air cells of the mastoid
        cells = max(mastoid + 2.5, 0.2 - noise(texture, u / 0.5, v / 0.5, s / 0.5))
        hollow = between(material(materials, P_AIR), material(materials, P_FAT), 0.3)
        voxel = cover(voxel, 0.9 * share(max(cells, 8.0 - z), h), hollow, ORGAN)
    return voxel
