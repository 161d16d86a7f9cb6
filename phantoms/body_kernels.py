"""Kernels of the body about the spine: skin, fat, muscle, midline ligaments, vessels, abdomen, ribs, ilia.

All in curved coordinates (u, v, s) of the canal's centreline. Only what a needle passes is anatomy; the
abdomen is there to attenuate and to look like one.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from phantoms.paint_kernels import (
    AIR,
    INTERSPINOUS,
    LIGAMENT,
    MUSCLE,
    ORGAN,
    P_AIR,
    P_BLOOD,
    P_BOWEL,
    P_FAT,
    P_KIDNEY,
    P_LIGAMENT,
    P_MUSCLE,
    P_SKIN,
    SKIN,
    SUBCUTANEOUS_FAT,
    SUPRASPINOUS,
    VESSEL,
    VISCERAL_FAT,
    Material,
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
    super_ellipse,
)

# Columns of BodyArrays.tables and entries of BodyArrays.shape.
SKIN_V, SPINOUS_V, FRONT_V, CANAL_V = 0.0, 1.0, 2.0, 3.0  # floats: see canal_kernels
HALF_WIDTH, HALF_DEPTH, MUSCLE_FAT, KIDNEY_S, BIFURCATION_S, CREST_S, RIB_S = range(7)

SKIN_THICKNESS = 2.0  # mm (assumption)


class BodyArrays(NamedTuple):
    """Bare arrays of the body: tables along s (mm) and single numbers, columns as above."""

    tables: np.ndarray
    s_start: float
    s_step: float
    shape: np.ndarray


@njit(cache=True, nogil=True, error_model="numpy")
def along(body: BodyArrays, s: float, column: float) -> float:
    """One table at arc length s."""
    g = clamp((s - body.s_start) / body.s_step, 0.0, body.tables.shape[0] - 1.001)
    i = int(g)
    f = g - i
    c = int(column)
    return body.tables[i, c] * (1.0 - f) + body.tables[i + 1, c] * f


@njit(cache=True, nogil=True, error_model="numpy")
def outline_distance(u: float, v: float, s: float, body: BodyArrays) -> float:
    """Distance to the skin's outer face.

    A super-ellipse, fuller over the back muscles, with a midline furrow.
    """
    p = abs(u)
    fuller = 3.0 * math.exp(-(((p - 38.0) / 22.0) ** 2)) - 1.5 * math.exp(-((u / 9.0) ** 2)) + 1.348
    depth = body.shape[HALF_DEPTH]
    behind = v - along(body, s, SKIN_V) + depth
    return super_ellipse(u, behind, body.shape[HALF_WIDTH], depth + (fuller if behind > 0.0 else 0.0), 2.35)


@njit(cache=True, nogil=True, error_model="numpy")
def outer_bone_distance(u: float, v: float, s: float, body: BodyArrays) -> float:
    """Distance to the last two ribs and the iliac wings."""
    p = abs(u)
    least = 1000.0
    ds = s - body.shape[RIB_S]
    if p > 18.0 and ds > -50.0 and ds < 60.0:
        rib = cone(p, v, ds, 26.0, 21.0, -2.0, 78.0, 26.0, -26.0, 3.2, 2.4, 1.8)
        eleventh = cone(p, v, ds, 26.0, 21.0, 28.0, 95.0, 16.0, 4.0, 3.4, 3.0, 1.8)
        least = min(rib, eleventh)
    return min(least, wing_distance(p, v, body.shape[CREST_S] - s))


@njit(cache=True, nogil=True, error_model="numpy")
def wing_distance(p: float, v: float, drop: float) -> float:
    """Distance to the iliac wing, a bowed plate that thins out to the side.

    Drop is the depth below its crest.
    """
    if p < 30.0 or drop < -15.0:
        return 1000.0
    ax, ay, bx, by = 46.0, 27.0, 118.0, -38.0
    t = clamp(((p - ax) * (bx - ax) + (v - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2), 0.0, 1.0)
    bow = 9.0 * math.sin(math.pi * t)
    d = math.hypot(p - ax - t * (bx - ax) - 0.67 * bow, v - ay - t * (by - ay) - 0.74 * bow)
    crest = 0.012 * (p - 88.0) ** 2 - drop
    lip = 1.5 * math.exp(min(crest, 0.0) / 6.0)
    return smooth_max(d - 2.6 - 5.0 * (1.0 - t) ** 3 - lip, crest, 5.0)


@njit(cache=True, nogil=True, error_model="numpy")
def muscle_tissue(
    u: float, v: float, s: float, fat: float, size: float, tile: NDArray[np.float32], palette: NDArray[np.float64]
) -> Material:
    """Muscle marbled with fat: thin sheets (zero sets of noise, long along fibres) gated by a slow mask."""
    a, b = 0.80 * abs(u) + 0.60 * v, 0.80 * v - 0.60 * abs(u)  # streaks fan out from the lamina
    sheet = abs(noise(tile, u * 0.03 + a / (0.55 * size), b / (1.5 * size), s / (4.0 * size))) / 0.45
    sheet = clamp(1.0 - sheet, 0.0, 1.0)
    fine = noise(tile, u / 0.35 + 17.0, v / 0.35, s / 2.0)
    slow = noise(tile, u / (2.2 * size) + 31.0, v / (2.2 * size) + 7.0, s / (9.0 * size) + 3.0)
    gate = clamp(0.9 * slow + 3.2 * fat - 1.05, 0.0, 1.6)
    part = gate * (0.37 * sheet * sheet + 0.22 * clamp(fine - 0.4, 0.0, 1.0)) + 0.03 * gate
    # the tabulated muscle holds its own fat: what is between the streaks is leaner, so that the mean is kept
    lean = denser(material(palette, P_MUSCLE), 8.0 + 5.0 * fine)
    return between(lean, material(palette, P_FAT), clamp(part, 0.0, 0.9))


@njit(cache=True, nogil=True, error_model="numpy")
def paint_abdomen(
    voxel: Voxel,
    u: float,
    v: float,
    s: float,
    h: float,
    outline: float,
    wobble: float,
    wobble2: float,
    tile: NDArray[np.float32],
    palette: NDArray[np.float64],
    body: BodyArrays,
) -> Voxel:
    """Bowel, kidneys, aorta, vena cava and their branches in visceral fat."""
    p = abs(u)
    shape = body.shape
    front = along(body, s, FRONT_V)
    fat = material(palette, P_FAT)
    inside = smooth_max(outline + 27.0, v - 10.0, 6.0)
    voxel = cover(
        voxel,
        share(inside, h),
        denser(fat, 8.0 * noise(tile, u / 3.0, v / 3.0, s / 3.0)),
        VISCERAL_FAT,
    )
    b = noise(tile, u / 6.0 + 9.0, v / 5.0 + 2.0, s / 6.0)
    place = smooth_max(v - front + 28.0 - 0.45 * p + 4.0 * wobble, outline + 27.0, 8.0)
    wall = denser(material(palette, P_BOWEL), 10.0 * noise(tile, u / 3.0, v / 3.0, s / 3.0))
    voxel = cover(voxel, share(smooth_max((0.38 - abs(b)) * 16.0, place, 4.0), h), wall, ORGAN)
    gas = smooth_max((1.25 - b) * 16.0, place + 8.0, 4.0)
    voxel = cover(voxel, share(gas, h), between(material(palette, P_AIR), wall, 0.12), ORGAN)
    # kidneys, the right one lower, each with a sinus of fat
    ks = s - shape[KIDNEY_S] - (6.0 if u > 0.0 else -6.0)
    kidney = ellipsoid(p - 67.0 + 0.12 * ks, v + 24.0, ks, 25.0 + wobble, 27.0, 52.0)
    voxel = cover(voxel, share(kidney, h), material(palette, P_KIDNEY), ORGAN)
    sinus = ellipsoid(p - 50.0 - 3.0 * wobble2, v + 32.0 + 2.0 * wobble, ks, 15.0, 6.0 + wobble2, 22.0)
    voxel = cover(voxel, share(max(sinus, kidney), h), denser(fat, 40.0 * clamp(wobble2, 0.0, 1.0)), VISCERAL_FAT)
    # great vessels: the aorta left of the midline to L4, the vena cava right of it to L5, then iliac pairs
    blood = material(palette, P_BLOOD)
    split = shape[BIFURCATION_S] - s
    if split < 0.0:
        aorta = math.hypot(u - 8.0 - wobble, v - front + 11.5 + 0.6 * wobble2) - 8.2 - 0.2 * wobble2
        voxel = cover(voxel, share(aorta, h), blood, VESSEL)
    else:
        spread = 4.0 + 0.45 * split
        artery = math.hypot(p - spread, v - front + 12.0 - 0.25 * split) - 5.0
        voxel = cover(voxel, share(artery, h), blood, VESSEL)
    low = max(split - 14.0, 0.0)
    cava_u = 15.0 + 0.25 * low
    x, y = u + cava_u, v - front + 8.5 - 0.3 * low
    cava = super_ellipse(0.96 * x + 0.28 * y, 0.96 * y - 0.28 * x + wobble, 11.5 + wobble2, 7.5, 2.2)
    voxel = cover(voxel, share(cava, h), blood, VESSEL)
    if low > 0.0:
        iliac = math.hypot(u - 0.6 * low + 6.0, y) - 5.5
        voxel = cover(voxel, share(iliac, h), blood, VESSEL)
    return voxel


@njit(cache=True, nogil=True, error_model="numpy")
def paint_back(
    voxel: Voxel,
    u: float,
    v: float,
    s: float,
    h: float,
    wobble: float,
    wobble2: float,
    tile: NDArray[np.float32],
    palette: NDArray[np.float64],
    body: BodyArrays,
) -> Voxel:
    """Psoas, quadratus, erector spinae and multifidus with the septa between them, and the fascia."""
    p = abs(u)
    fat_part = body.shape[MUSCLE_FAT]
    tip = along(body, s, SPINOUS_V)
    side = 0.6 if u > 0.0 else -0.4  # nobody is symmetric
    grow = clamp((100.0 - s) / 30.0, 0.0, 1.0)
    if v < 16.0 and grow > 0.0 and p < 72.0:
        psoas = super_ellipse(
            0.95 * (p - 35.0 + 0.05 * s) + 0.22 * (v + 11.0),
            v + 11.0 + side,
            max(12.0 + wobble - 0.04 * s, 3.0),
            max(17.5 + wobble2 - 0.04 * s, 4.0),
            2.3,
        )
        if psoas < h:
            lean = muscle_tissue(u, v, s, 0.75 * fat_part, 1.6, tile, palette)
            voxel = cover(voxel, share(psoas + 20.0 * (1.0 - grow), h), lean, MUSCLE)
    if abs(p - 62.0) < 30.0 and abs(v - 9.0) < 24.0:
        quadratus = super_ellipse(
            0.9 * (p - 62.0) + 0.43 * (v - 9.0),
            -0.43 * (p - 62.0) + 0.9 * (v - 9.0),
            17.0 + wobble,
            7.5 + wobble2,
            2.2,
        )
        if quadratus < h:
            voxel = cover(voxel, share(quadratus, h), muscle_tissue(u, v, s, fat_part, 1.5, tile, palette), MUSCLE)
    drop = body.shape[CREST_S] - s
    if drop > -5.0 and p > 30.0:  # iliacus and gluteus medius clothe the wing
        clothed = wing_distance(p, v, drop) - 13.0 * clamp((drop + 2.0) / 22.0, 0.0, 1.0) - 2.0 * wobble
        lean = muscle_tissue(u, v, s, fat_part, 1.5, tile, palette)
        voxel = cover(voxel, share(smooth_max(clothed, p - 118.0, 5.0), h), lean, MUSCLE)
    if v < 2.0:
        return voxel
    top = v - (tip + 1.0 + 3.5 * math.exp(-(((p - 32.0) / 16.0) ** 2)) - 0.010 * max(p - 30.0, 0.0) ** 2)
    erector = smooth_max(super_ellipse(p - 36.0, v - 33.0, 38.0 + wobble, 26.5 + wobble2, 2.5), top, 5.0)
    erector = smooth_max(erector, 4.0 - v + 0.12 * p, 4.0)
    erector = smooth_max(erector, 3.0 - p, 2.0)
    if erector < 2.0:
        multifidus = super_ellipse(0.97 * (p - 12.0) - 0.26 * (v - 36.0), v - 36.0, 13.0 + 1.6 * wobble, 22.0, 2.2)
        within = clamp(0.5 - multifidus / 3.0, 0.0, 1.0)
        deep = math.exp(-(((v - 25.0) / 7.0) ** 2)) * within  # fat gathers deep and medial
        marbling = fat_part * (1.0 + 0.55 * deep) + 0.12 * within
        lean = muscle_tissue(u, v, s, marbling, 1.3, tile, palette)
        fatty = between(lean, material(palette, P_FAT), 0.85)
        strength = clamp(0.6 + 0.8 * noise(tile, u / 3.0 + 1.0, v / 3.0 + 4.0, s / 7.0), 0.0, 1.0)
        septum = share(abs(multifidus + 2.0 * wobble2) - 0.35, 1.4)
        plane = 0.93 * (p - 47.0) - 0.35 * (v - 38.0) + 2.0 * wobble
        septum = max(septum, 0.7 * share(max(abs(plane) - 0.3, 30.0 - v), 1.4))
        lean = between(lean, fatty, strength * septum)
        voxel = cover(voxel, share(erector, h), lean, MUSCLE)
        if v > 30.0:
            fascia = between(material(palette, P_LIGAMENT), material(palette, P_FAT), 0.3)
            voxel = cover(voxel, share(abs(erector) - 0.45, max(h, 0.8)), fascia, LIGAMENT)
    return voxel


@njit(cache=True, nogil=True, error_model="numpy")
def paint_midline(
    voxel: Voxel,
    u: float,
    v: float,
    s: float,
    h: float,
    wobble: float,
    tile: NDArray[np.float32],
    palette: NDArray[np.float64],
    body: BodyArrays,
) -> Voxel:
    """Interspinous ligament with its fatty borders, supraspinous ligament, anterior longitudinal ligament."""
    p = abs(u)
    tip, canal = along(body, s, SPINOUS_V), along(body, s, CANAL_V)
    fat, ligament = material(palette, P_FAT), material(palette, P_LIGAMENT)
    if p < 12.0 and v > canal:
        half = 1.5 + 1.7 * clamp((v - canal) / (tip - canal), 0.0, 1.0)
        between_spines = smooth_max(p - half - 0.7 * wobble, max(canal + 2.0 - v, v - tip + 1.0), 2.0)
        fibre = clamp(0.38 - 0.24 * noise(tile, u / 0.5, v / 1.5, s / 0.6), 0.05, 0.9)
        voxel = cover(voxel, share(between_spines, h), between(ligament, fat, fibre), INTERSPINOUS)
        if v > canal + 7.0 and v < tip - 4.0:
            voxel = cover(voxel, 0.7 * share(abs(p - half - 0.6 - 0.7 * wobble) - 0.4, h), fat, voxel[3])
        supraspinous = super_ellipse(u, v - tip - 0.9, 3.8 + 0.4 * wobble, 2.3, 2.2)
        voxel = cover(voxel, share(supraspinous, h), ligament, SUPRASPINOUS)
    front = along(body, s, FRONT_V)
    anterior = smooth_max(abs(v - front + 0.7) - 0.8, p - 9.0 - 2.0 * wobble, 2.0)
    return cover(voxel, share(anterior, h), ligament, LIGAMENT)


@njit(cache=True, nogil=True, error_model="numpy")
def paint_body(
    voxel: Voxel,
    u: float,
    v: float,
    s: float,
    h: float,
    tile: NDArray[np.float32],
    palette: NDArray[np.float64],
    body: BodyArrays,
) -> tuple[Voxel, float]:
    """Everything about the spine except bone, disc and the content of the canal.

    Returns the voxel and the outline.
    """
    outline = outline_distance(u, v, s, body)
    if outline > 1.5:
        return voxel, outline
    p = abs(u)
    wobble = 1.1 * noise(tile, u / 5.0 + 5.0, v / 5.0, s / 9.0 + 11.0)
    wobble2 = 0.9 * noise(tile, u / 3.5 + 55.0, v / 3.5, s / 8.0 + 1.0)
    fat = material(palette, P_FAT)
    lobules = denser(fat, 8.0 * noise(tile, u / 2.6, v / 2.6, s / 2.6))
    voxel = cover(voxel, 1.0, lobules, SUBCUTANEOUS_FAT)
    if outline > -45.0:
        septum = abs(noise(tile, u / 4.0 + 3.0, v / 1.6 + 13.0, s / 4.0)) * 4.0
        voxel = cover(voxel, share(septum - 0.15, 1.0), denser(fat, 22.0), SUBCUTANEOUS_FAT)
    if v < 12.0 and (v < -16.0 or p > 36.0):  # between them vertebra, foramen and psoas leave nothing
        voxel = paint_abdomen(voxel, u, v, s, h, outline, wobble, wobble2, tile, palette, body)
    if v < 34.0:
        # flank and front: three flat muscles; behind they thin out, under more fat, towards the quadratus
        back = max(v + 6.0, 0.0)
        deep = outline + 21.0 + 0.62 * back
        wall = smooth_max(abs(deep + wobble) - max(7.5 - 0.11 * back, 2.5), v - 25.0, 6.0)
        if wall < h:
            lean = muscle_tissue(u, v, s, 0.8 * body.shape[MUSCLE_FAT], 1.5, tile, palette)
            layer = 0.8 * share(abs(deep + 2.0 * wobble2) - 0.5, 1.0)
            voxel = cover(voxel, share(wall, h), between(lean, fat, layer), MUSCLE)
    voxel = paint_back(voxel, u, v, s, h, wobble, wobble2, tile, palette, body)
    voxel = paint_midline(voxel, u, v, s, h, wobble, tile, palette, body)
    voxel = cover(voxel, share(-outline - SKIN_THICKNESS, h), material(palette, P_SKIN), SKIN)
    return cover(voxel, share(-outline, h), material(palette, P_AIR), AIR), outline
