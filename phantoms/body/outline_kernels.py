"""Kernels of the body's outlines: skin, rib cage with its ribs, iliac wings; and muscle as a material.

All in curved coordinates (u, v, s) of the canal's centreline.
"""

from __future__ import annotations

import math

from phantoms.body.tables_kernels import (
    CAGE_A,
    CAGE_B,
    CAGE_V,
    CREST_S,
    HALF_DEPTH,
    HALF_WIDTH,
    S_T1,
    S_T12,
    SKIN_V,
    BodyArrays,
)
from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import (
    P_FAT,
    P_MUSCLE,
    Material,
    Paints,
    between,
    clamp,
    denser,
    material,
    noise,
    smooth_max,
    super_ellipse,
)

FAR = 1000.0
GUTTER = 0.42  # how steeply the cage's back recedes from the spine, mm per mm (assumption, after CT)
RIBS_SIDE = 18.0  # mm beside the midline, within which there are no ribs' shafts
RIB_DEEP = 3.3  # mm from the cage's outer face to the middle of its ribs


@njit(cache=True, nogil=True, error_model="numpy")
def along(body: BodyArrays, s: float, column: float) -> float:
    """One table at arc length s."""
    g = clamp((s - body.s_start) / body.s_step, 0.0, body.tables.shape[0] - 1.001)
    i = int(g)
    f = g - i
    c = int(column)
    return float(body.tables[i, c] * (1.0 - f) + body.tables[i + 1, c] * f)


@njit(cache=True, nogil=True, error_model="numpy")
def outline_distance(u: float, v: float, s: float, body: BodyArrays) -> float:
    """Distance to the skin's outer face.

    A super-ellipse, fuller over the back muscles, with a midline furrow.
    """
    p = abs(u)
    depth, width = along(body, s, HALF_DEPTH), along(body, s, HALF_WIDTH)
    behind = v - along(body, s, SKIN_V) + depth
    if behind > 0.0:
        fuller = 3.0 * math.exp(-(((p - 38.0) / 22.0) ** 2)) - 1.5 * math.exp(-((u / 9.0) ** 2)) + 1.348
        depth += fuller * clamp((width - 70.0) / 40.0, 0.0, 1.0)
    return super_ellipse(u, behind, width, depth, 2.35)


@njit(cache=True, nogil=True, error_model="numpy")
def cage_distance(u: float, v: float, s: float, body: BodyArrays) -> float:
    """Distance to the rib cage's outer face, hollowed behind into the gutters beside the spine."""
    p = abs(u)
    a = along(body, s, CAGE_A)
    d = super_ellipse(u, v - along(body, s, CAGE_V), a, along(body, s, CAGE_B), 2.4)
    gutter = 0.92 * (v - along(body, s, CAGE_V) - along(body, s, CAGE_B) + 13.0 - GUTTER * (min(p, 60.0) - 31.0))
    return smooth_max(d, gutter, 10.0)


@njit(cache=True, nogil=True, error_model="numpy")
def rib_distance(u: float, v: float, s: float, cage: float, body: BodyArrays) -> float:
    """Distance to the nearest rib's shaft: a flat bar in the cage's wall that sinks towards the front."""
    deep = abs(cage + RIB_DEEP)
    if deep > 8.0:
        return FAR
    turn = math.atan2(abs(u) / along(body, s, CAGE_A), (v - along(body, s, CAGE_V)) / along(body, s, CAGE_B))
    least = FAR
    for n in range(body.ribs.shape[0]):
        top, drop, first, last, half = body.ribs[n]
        if s > top + 14.0 or s < top - drop - 14.0:
            continue
        part = clamp((turn - first) / (math.pi - first), 0.0, 1.0)
        rise = abs(s - top + drop * math.sin(0.5 * math.pi * part)) / 2.3
        if rise > 9.0:
            continue
        d = math.hypot(deep, rise) - half
        least = min(least, max(max(d, 90.0 * (first - turn)), 90.0 * (turn - last)))
    return least


@njit(cache=True, nogil=True, error_model="numpy")
def outer_bone_distance(u: float, v: float, s: float, body: BodyArrays) -> float:
    """Distance to the ribs' shafts and the iliac wings."""
    p = abs(u)
    least = FAR
    if p > RIBS_SIDE and s < body.shape[S_T1] + 25.0 and s > body.shape[S_T12] - 75.0:
        least = rib_distance(u, v, s, cage_distance(u, v, s, body), body)
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
def muscle_tissue(u: float, v: float, s: float, fat: float, size: float, paints: Paints) -> Material:
    """Muscle marbled with fat: thin sheets (zero sets of noise, long along fibres) gated by a slow mask."""
    texture, materials = paints.noise_texture, paints.material_table
    a, b = 0.80 * abs(u) + 0.60 * v, 0.80 * v - 0.60 * abs(u)  # streaks fan out from the lamina
    sheet = abs(noise(texture, u * 0.03 + a / (0.55 * size), b / (1.5 * size), s / (4.0 * size))) / 0.50
    sheet = clamp(1.0 - sheet, 0.0, 1.0)
    bundle = abs(noise(texture, 41.0 + a / (1.1 * size), u * 0.05 + b / (2.6 * size), s / (7.0 * size))) / 0.24
    bundle = clamp(1.0 - bundle, 0.0, 1.0)  # fewer and longer: between the bundles of fibres
    fine = noise(texture, u / 0.35 + 17.0, v / 0.35, s / 2.0)
    slow = noise(texture, u / (2.2 * size) + 31.0, v / (2.2 * size) + 7.0, s / (9.0 * size) + 3.0)
    gate = clamp(0.8 * slow + 3.2 * fat - 0.85, 0.0, 1.6)
    part = gate * (0.45 * sheet * sheet + 0.50 * bundle * bundle + 0.22 * clamp(fine - 0.4, 0.0, 1.0)) + 0.03 * gate
    # the tabulated muscle holds its own fat: what is between the streaks is leaner, so that the mean is kept
    lean = denser(material(materials, P_MUSCLE), 9.0 + 6.0 * fine + 4.0 * slow)
    return between(lean, material(materials, P_FAT), clamp(part, 0.0, 0.9))
