"""Kernels of the muscles about the spine, from the neck's nape to the iliac wings."""

from __future__ import annotations

import math

from phantoms.body.outline_kernels import along, muscle_tissue, wing_distance
from phantoms.body.tables_kernels import (
    CREST_S,
    ERECTOR_A,
    ERECTOR_B,
    ERECTOR_P,
    ERECTOR_V,
    MUSCLE_FAT,
    S_L2,
    S_T12,
    SPINOUS_V,
    BodyArrays,
    BodyPlace,
)
from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import (
    LIGAMENT,
    MUSCLE,
    P_FAT,
    P_LIGAMENT,
    Paints,
    Voxel,
    between,
    clamp,
    cover,
    material,
    noise,
    share,
    smooth_max,
    super_ellipse,
)

STREAKS = 3.3  # size of the streaks of the back's muscles, after their correlation length on CT


@njit(cache=True, nogil=True, error_model="numpy")
def paint_back(voxel: Voxel, at: BodyPlace, paints: Paints, body: BodyArrays) -> Voxel:
    """Muscles of the iliac wing, erector spinae and multifidus with the septa between them, and the fascia."""
    u, v, s, h = at.u, at.v, at.s, at.h
    wobble, wobble2 = at.wobble, at.wobble2
    texture, materials = paints.noise_texture, paints.material_table
    p = abs(u)
    fat_part = body.shape[MUSCLE_FAT]
    tip = along(body, s, SPINOUS_V)
    drop = body.shape[CREST_S] - s
    if drop > -5.0 and p > 30.0:  # iliacus and gluteus medius clothe the wing
        clothed = wing_distance(p, v, drop) - 13.0 * clamp((drop + 2.0) / 22.0, 0.0, 1.0) - 2.0 * wobble
        clothed = smooth_max(clothed, p - 118.0, 5.0)
        if clothed < h:
            voxel = cover(voxel, share(clothed, h), muscle_tissue(u, v, s, fat_part, 1.5, paints), MUSCLE)
    if v < 2.0:
        return voxel
    top = v - (tip + 1.0 + 3.5 * math.exp(-(((p - 32.0) / 16.0) ** 2)) - 0.010 * max(p - 30.0, 0.0) ** 2)
    out, mid = along(body, s, ERECTOR_P), along(body, s, ERECTOR_V)
    width, thick = along(body, s, ERECTOR_A), along(body, s, ERECTOR_B)
    chest = clamp((s - body.shape[S_T12] + 10.0) / 45.0, 0.0, 1.0)
    if p > out + width + 10.0:
        return voxel
    # in the chest it thins out sideways to an edge on the ribs, in the loins its edge is blunt
    wedge = 2.5 - 0.65 * chest
    top += chest * 0.011 * max(p - 20.0, 0.0) ** 2
    erector = smooth_max(
        super_ellipse(p - out, v - mid, width + 6.0 * chest + wobble, thick + wobble2, wedge), top, 5.0
    )
    erector = smooth_max(erector, 4.0 - v + 0.12 * p, 4.0)
    erector = smooth_max(erector, 3.0 - p, 2.0)
    if erector < 2.0:
        size = width / 38.0
        lean_in = 0.97 * (p - 12.0 * math.sqrt(size)) - 0.26 * (v - mid - 3.0)
        multifidus = super_ellipse(lean_in, v - mid - 3.0, 13.0 * size + 1.6 * wobble, 0.83 * thick, 2.2)
        within = clamp(0.5 - multifidus / 3.0, 0.0, 1.0)
        deep = math.exp(-(((v - 25.0) / 7.0) ** 2)) * within  # fat gathers deep and medial
        # more towards the sacrum than in the chest, most in multifidus ([PDFF20], [SI23])
        level = 0.60 + 0.50 * clamp((body.shape[S_L2] + 20.0 - s) / 100.0, 0.0, 1.0)
        marbling = fat_part * level * (0.9 + within * (0.35 + 1.2 * deep))
        lean = muscle_tissue(u, v, s, marbling, STREAKS, paints)
        fatty = between(lean, material(materials, P_FAT), 0.85)
        strength = clamp(0.75 + 0.7 * noise(texture, u / 3.0 + 1.0, v / 3.0 + 4.0, s / 7.0), 0.0, 1.0)
        septum = share(abs(multifidus + 2.0 * wobble2) - 0.45, 1.4)
        plane = 0.93 * (p - out - 0.29 * width) - 0.35 * (v - mid - 5.0) + 2.0 * wobble  # longissimus | iliocostalis
        septum = max(septum, 0.8 * share(max(abs(plane) - 0.4, mid - 4.0 - v), 1.4))
        rim = (
            0.9
            * share(abs(erector + 1.8) - 0.5, 1.2)
            * clamp(0.3 + noise(texture, u / 4.0, v / 4.0, s / 9.0), 0.0, 1.0)
        )
        lean = between(lean, fatty, strength * max(septum, rim))
        voxel = cover(voxel, share(erector, h), lean, MUSCLE)
        if v > 30.0:
            fascia = between(material(materials, P_LIGAMENT), material(materials, P_FAT), 0.3)
            voxel = cover(voxel, share(abs(erector) - 0.45, max(h, 0.8)), fascia, LIGAMENT)
    return voxel
