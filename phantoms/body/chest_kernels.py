"""Kernels of the chest: its wall, lungs in their pleura, mediastinum, shoulder girdle muscles and blades."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from phantoms.body.blob_kernels import PERICARDIUM_MM, heart_distance, paint_heart
from phantoms.body.outline_kernels import along, cage_distance, muscle_tissue
from phantoms.body.tables_kernels import (
    CAGE_A,
    ERECTOR_A,
    ERECTOR_P,
    LOOSE_V,
    MUSCLE_FAT,
    S_T1,
    S_T4,
    S_T9,
    S_T12,
    SHOULDER_S,
    SPINOUS_V,
    BodyArrays,
    BodyPlace,
)
from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import (
    CORTICAL,
    MUSCLE,
    ORGAN,
    P_AIR,
    P_BLOOD,
    P_BOWEL,
    P_CORTICAL,
    P_FAT,
    P_LUNG,
    P_SPONGIOSA,
    SPONGIOSA,
    VESSEL,
    VISCERAL_FAT,
    Paints,
    Voxel,
    between,
    clamp,
    cover,
    denser,
    material,
    noise,
    share,
    smooth_max,
    super_ellipse,
)

HILUM_P, HILUM_V, HILUM_BELOW_T4 = 26.0, -22.0, 32.0  # mm beside the midline, behind the bodies' fronts, below T4
PLEURA_DEEP = 7.2  # mm from the cage's outer face to the lung


@njit(cache=True, nogil=True, error_model="numpy")
def diaphragm(u: float, v: float, cage: float, body: BodyArrays) -> float:
    """Arc length of the diaphragm: two domes, the right one higher, that fall to a recess along the wall."""
    recess = body.shape[S_T12] - 2.0 + 60.0 * clamp(-(v - 10.0) / 120.0, 0.0, 1.0)
    dome = body.shape[S_T9] - 4.0 + (8.0 if u < 0.0 else -4.0)
    floor = recess + (dome - recess) * (1.0 - math.exp(-max(-cage - PLEURA_DEEP - 1.0, 0.0) / 16.0))
    return float(max(floor, recess))


@njit(cache=True, nogil=True, error_model="numpy")
def lung_distance(u: float, v: float, s: float, cage: float, wobble: float, body: BodyArrays) -> float:
    """Distance to the lungs: within the cage, beside spine and mediastinum, above the diaphragm and its recess."""
    p = abs(u)
    front = along(body, s, LOOSE_V)
    # the mediastinum is narrow behind, where the lungs touch the spine's sides; before it they end at the heart
    heart = clamp((body.shape[S_T4] + 5.0 - s) / 40.0, 0.0, 1.0)
    behind = clamp((v - front + 12.0) / 18.0, 0.0, 1.0)
    before = clamp((front - v) / 30.0, 0.0, 1.0)
    hollow = (9.0 if u < 0.0 else 2.0) * math.sin(math.pi * before)  # the recess before the spine, deeper on the right
    inward = 17.0 + 3.0 * behind + 3.0 * heart * before - hollow + 2.0 * wobble
    if u > 0.0:  # the left lung lies on the aorta
        off = v - front + 9.0
        inward = max(inward, 17.0 + math.sqrt(max(225.0 - off * off, 0.0)))
    middle = 21.0 * clamp((v - 4.0) / 14.0, 0.0, 1.0)
    floor = diaphragm(u, v, cage, body)
    top = body.shape[S_T1] + 6.0
    lung = smooth_max(cage + PLEURA_DEEP, inward + 0.2 * middle - p, 8.0)
    lung = smooth_max(lung, PERICARDIUM_MM + 1.0 - heart_distance(u, v - front, s, body), 3.0)
    return smooth_max(smooth_max(lung, 0.6 * (floor - s), 4.0), 0.8 * (s - top), 6.0)


@njit(cache=True, nogil=True, error_model="numpy")
def lung_vessels(at: BodyPlace, front: float, texture: NDArray[np.float32], body: BodyArrays) -> float:
    """Part of the voxel that vessels of the lung take: they leave the hilum in all directions and taper outwards.

    A noise of the direction alone is large along rays from the hilum; the farther out, the more it must be to count, so
    that each ray narrows. A second one of finer directions are the branches.
    """
    x, y = abs(at.u) - HILUM_P + 3.0 * at.wobble, at.v - front - HILUM_V + 3.0 * at.wobble2
    z = at.s - body.shape[S_T4] + HILUM_BELOW_T4
    away = math.sqrt(x * x + y * y + z * z) + 4.0
    shift = 31.0 if at.u > 0.0 else 0.0
    x, y, z = x / away, y / away, z / away
    trunk = noise(texture, 26.0 * x + shift, 26.0 * y, 26.0 * z) - 1.15 - away / 75.0
    branch = noise(texture, 75.0 * x + shift, 75.0 * y, 75.0 * z) - 1.1 - away / 320.0 - 0.6 * math.exp(-away / 20.0)
    return float(clamp(max(0.09 * away * trunk, 0.035 * away * branch), 0.0, 0.95))


@njit(cache=True, nogil=True, error_model="numpy")
def paint_chest(voxel: Voxel, at: BodyPlace, paints: Paints, body: BodyArrays) -> Voxel:
    """Wall of muscle between and over the ribs, mediastinum with heart, great vessels and airways, lungs."""
    u, v, s, h, outline = at.u, at.v, at.s, at.h, at.outline
    wobble, wobble2 = at.wobble, at.wobble2
    texture, materials = paints.noise_texture, paints.material_table
    p = abs(u)
    shape = body.shape
    cage = cage_distance(u, v, s, body)
    fat = material(materials, P_FAT)
    front = along(body, s, LOOSE_V)
    grow = clamp((s - shape[S_T12] + 40.0) / 40.0, 0.0, 1.0)
    if cage < 13.0 and cage > -7.5 and (p > 20.0 or v < front - 10.0):
        wall = abs(cage + 3.4) - 3.2 + 6.0 * (1.0 - grow)  # intercostal muscles
        # latissimus, serratus and pectoral muscles over the ribs
        over = smooth_max(abs(cage - 6.5 - wobble) - 4.6, -outline - along(body, s, CAGE_A) * 3.0, 2.0)
        over = max(over, outline + 6.0) + 8.0 * (1.0 - grow)
        if min(wall, over) < h:
            lean = muscle_tissue(u, v, s, 0.8 * shape[MUSCLE_FAT], 1.4, paints)
            gap = 0.75 * share(abs(cage - 6.8 - 2.0 * wobble2) - 0.5, 1.0)
            voxel = cover(voxel, share(wall, h), lean, MUSCLE)
            voxel = cover(voxel, share(over, h), between(lean, fat, gap), MUSCLE)
    if p < 30.0 and v < front - 25.0 and cage > -14.0 and s > shape[S_T9] - 6.0 and s < shape[S_T4] + 22.0:
        plate = super_ellipse(u, cage + 5.0, 17.0 + 0.08 * (s - shape[S_T4]) + wobble, 5.5, 2.6)  # the breastbone
        shell = between(
            material(materials, P_SPONGIOSA), material(materials, P_CORTICAL), 0.35 * share(-plate - 1.0, 1.0)
        )
        voxel = cover(voxel, share(plate, h), shell, SPONGIOSA)
    if cage < -4.0 and s > shape[S_T12] - 6.0:  # the lungs' recess ends higher
        lung = lung_distance(u, v, s, cage, wobble, body)
        inside = cage + PLEURA_DEEP
        dome = shape[S_T9] + 6.0
        if s > dome - 40.0:
            soft = denser(fat, 10.0 * noise(texture, u / 3.0, v / 3.0, s / 3.0))
            crus = 0.3 * (front - v - 20.0) - 5.0 * wobble - 4.0 * wobble2
            above = max(dome - 24.0 - s, min(diaphragm(u, v, cage, body) + 2.0 - s, p - 20.0 + crus))
            voxel = cover(voxel, share(smooth_max(inside, above, 4.0), h), soft, VISCERAL_FAT)
            voxel = paint_mediastinum(voxel, at, front, paints, body)
        if lung < h:
            part = lung_vessels(at, front, texture, body) + 0.025 * clamp(1.0 - abs(v) / 90.0, 0.0, 1.0)
            air = between(material(materials, P_AIR), material(materials, P_LUNG), 0.55)
            stuff = between(air, material(materials, P_BLOOD), part)
            voxel = cover(voxel, share(lung, h), stuff, ORGAN)
    return voxel


@njit(cache=True, nogil=True, error_model="numpy")
def paint_mediastinum(voxel: Voxel, at: BodyPlace, front: float, paints: Paints, body: BodyArrays) -> Voxel:
    """Heart, aorta with its arch, cava, trachea and gullet."""
    u, v, s, h = at.u, at.v, at.s, at.h
    wobble, wobble2 = at.wobble, at.wobble2
    materials = paints.material_table
    shape = body.shape
    blood = material(materials, P_BLOOD)
    t4, t9 = shape[S_T4], shape[S_T9]
    voxel = paint_heart(voxel, at, front, paints, body)
    if s < t4 + 4.0:  # the descending aorta lies left of the bodies
        rise = clamp((s - t9) / 80.0, 0.0, 1.0)
        aorta = math.hypot(u - 17.0 - 5.0 * rise - wobble, v - front + 7.0 - 3.0 * rise) - 11.0 - 0.3 * wobble2
        voxel = cover(voxel, share(aorta, h), blood, VESSEL)
    arch = math.hypot(math.hypot(u - 8.0, 0.45 * (v - front + 32.0)) - 16.0, s - t4 - 4.0) - 11.0
    if u > -6.0:
        voxel = cover(voxel, share(arch, h), blood, VESSEL)
    if s > t4 - 30.0:
        cava = math.hypot(u + 24.0 - wobble, v - front + 52.0) - 8.5
        voxel = cover(voxel, share(cava, h), blood, VESSEL)
        for side in (-1.0, 1.0):
            branch = math.hypot(u - side * (14.0 + 0.25 * max(s - t4, 0.0)), v - front + 34.0) - 5.0
            if s > t4 + 6.0:
                voxel = cover(voxel, share(branch, h), blood, VESSEL)
    azygos = math.hypot(u + 6.0, v - front + 4.0) - 3.4
    if s < t4:
        voxel = cover(voxel, share(azygos, h), blood, VESSEL)
    gullet = super_ellipse(u - 3.0 - wobble, v - front + 10.0 + 8.0 * clamp((t4 - s) / 90.0, 0.0, 1.0), 8.0, 5.0, 2.2)
    voxel = cover(voxel, share(gullet, h), material(materials, P_BOWEL), ORGAN)
    split = max(t4 - 8.0 - s, 0.0)  # where the trachea parts into its bronchi
    if split < 30.0:
        airway = super_ellipse(abs(u) - 0.75 * split, v - front + 22.0 - 0.1 * split, 8.5 - 0.08 * split, 8.0, 2.2)
        voxel = cover(voxel, share(airway - 1.6, h), material(materials, P_BOWEL), ORGAN)
        voxel = cover(voxel, share(airway, h), material(materials, P_AIR), ORGAN)
    return voxel


@njit(cache=True, nogil=True, error_model="numpy")
def paint_girdle(voxel: Voxel, at: BodyPlace, paints: Paints, body: BodyArrays) -> Voxel:
    """Trapezius and rhomboids over the erector, the shoulder blades with the muscles that clothe them."""
    u, v, s, h, outline = at.u, at.v, at.s, at.h, at.outline
    wobble = at.wobble
    materials = paints.material_table
    p = abs(u)
    shape = body.shape
    fade = 12.0 * (1.0 - clamp((s - shape[S_T12]) / 30.0, 0.0, 1.0))
    out, width = along(body, s, ERECTOR_P), along(body, s, ERECTOR_A)
    tip = along(body, s, SPINOUS_V)
    reach = out + width + 45.0 * clamp((s - shape[S_T9]) / 70.0, 0.0, 1.0)
    slope = v - tip + 1.5 + 0.004 * max(p - 12.0, 0.0) ** 2 + 1.2 * wobble
    sheet = smooth_max(abs(slope - 1.5) - 2.6, p - reach, 4.0)
    sheet = max(max(sheet, outline + 4.5), 2.0 - p)
    if sheet + fade < h:
        lean = muscle_tissue(u, v, s, 0.7 * shape[MUSCLE_FAT], 1.2, paints)
        fat = material(materials, P_FAT)
        layer = 0.7 * share(abs(slope + 0.3) - 0.4, 1.0)
        voxel = cover(voxel, share(sheet + fade, h), between(lean, fat, layer), MUSCLE)
    high, low = shape[SHOULDER_S] - 20.0, shape[S_T9] + 42.0
    if s > low - 6.0 and s < high + 6.0 and p > 42.0:
        cage = cage_distance(u, v, s, body)
        rise = (s - low) / (high - low)
        inner, outer = 66.0 - 8.0 * rise, 82.0 + 46.0 * clamp(rise, 0.0, 1.0)
        blade = smooth_max(abs(cage - 10.0 - 1.5 * wobble) - 1.6, max(inner - p, p - outer), 1.5)
        blade = smooth_max(blade, max(low - s, s - high), 2.0)
        blade = max(blade, 4.0 - v)
        clothes = max(max(blade - 9.0, outline + 7.0), 1.0 - cage)
        if clothes < h:
            lean = muscle_tissue(u, v, s, 0.7 * shape[MUSCLE_FAT], 1.2, paints)
            voxel = cover(voxel, share(clothes, h), lean, MUSCLE)
        if blade < h:
            shell = between(material(materials, P_SPONGIOSA), material(materials, P_CORTICAL), 0.5)
            deep = share(blade + 1.1, 0.8)
            core = between(shell, material(materials, P_SPONGIOSA), deep)
            voxel = cover(voxel, share(blade, h), core, SPONGIOSA if deep >= 0.5 else CORTICAL)
    return voxel
