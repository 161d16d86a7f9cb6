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
    FLAT_V,
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
    smooth_min,
    super_ellipse,
)

FAR = 1000.0
GUTTER = 0.42  # how steeply the cage's back recedes from the spine, mm per mm (assumption, after CT)
FLANKS = 0.05  # by which a pressed belly is wider in front (assumption: its section stays within 1 %)
PRESSED_ROUND_MM = 16.0  # of the bend from the flat of the belly to the flank (assumption)
RIBS_SIDE = 18.0  # mm beside the midline, within which there are no ribs' shafts
BACK_P, BACK_V, JOINT_P, JOINT_V, SPINE_P, SPINE_V = 48.0, 29.0, 58.0, 1.0, 118.0, -40.0
"""Iliac wing: its end behind, where it leaves the sacroiliac joint in front, its end in front, mm (assumed)."""
FAT_OF_MARBLING = 0.65  # share of fat in a muscle of marbling 1 (assumption)
LEANER_HU = 14.0  # by which muscle between its fat is denser than the tabulated one (assumption)
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

    A super-ellipse, fuller over the back muscles, with a midline furrow, pressed flat where a prone body lies.
    """
    p = abs(u)
    depth, width = along(body, s, HALF_DEPTH), along(body, s, HALF_WIDTH)
    behind = v - along(body, s, SKIN_V) + depth
    if behind > 0.0:
        fuller = 3.0 * math.exp(-(((p - 38.0) / 22.0) ** 2)) - 1.5 * math.exp(-((u / 9.0) ** 2)) + 1.348
        depth += fuller * clamp((width - 70.0) / 40.0, 0.0, 1.0)
    else:  # what is pressed flat in front goes to the flanks
        width *= 1.0 + FLANKS * clamp(-behind / (0.7 * depth), 0.0, 1.0)
    outline = super_ellipse(u, behind, width, depth, 2.35)
    if behind > 0.0:
        return outline
    return smooth_max(outline, along(body, s, FLAT_V) - v, PRESSED_ROUND_MM)


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
        top, drop, first, last, half, steeper = body.ribs[n]
        if s > top + 14.0 or s < top - drop - steeper - 14.0:
            continue
        part = clamp((turn - first) / (math.pi - first), 0.0, 1.0)
        rise = abs(s - top + drop * math.sin(0.5 * math.pi * part) + steeper * part * part) / 2.3
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
    """Distance to the iliac wing: a thick part that stands beside the ala, and a bowed plate that thins out sideways.

    Drop is the depth below its crest.
    """
    if p < 30.0 or drop < -15.0:
        return 1000.0
    crest = 0.012 * (p - 88.0) ** 2 - drop
    ax, ay, bx, by, cx, cy = BACK_P, BACK_V, JOINT_P, JOINT_V, SPINE_P, SPINE_V
    # beside the ala: a little hollow towards the sacrum, so that the joint is curved
    t = clamp(((p - ax) * (bx - ax) + (v - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2), 0.0, 1.0)
    hollow = 2.0 * math.sin(math.pi * t)
    back = math.hypot(p - ax - t * (bx - ax) - 0.94 * hollow, v - ay - t * (by - ay) - 0.34 * hollow) - 6.0 + 1.5 * t
    t = clamp(((p - bx) * (cx - bx) + (v - by) * (cy - by)) / ((cx - bx) ** 2 + (cy - by) ** 2), 0.0, 1.0)
    bow = 7.0 * math.sin(math.pi * t)
    d = math.hypot(p - bx - t * (cx - bx) - 0.55 * bow, v - by - t * (cy - by) - 0.83 * bow)
    lip = 1.5 * math.exp(min(crest, 0.0) / 6.0)
    plate = d - 2.6 - 2.0 * (1.0 - t) ** 3 - 2.2 * t**4 - lip
    return smooth_max(smooth_min(back, plate, 6.0), crest, 5.0)


@njit(cache=True, nogil=True, error_model="numpy")
def muscle_tissue(u: float, v: float, s: float, fat: float, size: float, paints: Paints) -> Material:
    """Muscle marbled with fat: sheets between its bundles (about zeros of noise, long along fibres), wider in patches.

    Marbling `fat` of 1 would be fat by `FAT_OF_MARBLING`; the sheets' width follows it, so that the mean does too.
    """
    texture, materials = paints.noise_texture, paints.material_table
    a, b = 0.80 * abs(u) + 0.60 * v, 0.80 * v - 0.60 * abs(u)  # streaks fan out from the lamina
    slow = noise(texture, u / (2.2 * size) + 31.0, v / (2.2 * size) + 7.0, s / (9.0 * size) + 3.0)
    local = FAT_OF_MARBLING * fat * max(1.0 + 0.55 * slow, 0.1)
    sheet = abs(noise(texture, u * 0.03 + a / (0.55 * size), b / (1.5 * size), s / (4.0 * size)))
    sheet = 1.0 - sheet / (1.5 * local + 1e-3)
    bundle = abs(noise(texture, 41.0 + a / (1.1 * size), u * 0.05 + b / (2.6 * size), s / (7.0 * size)))
    bundle = 1.0 - bundle / (1.1 * local + 1e-3)  # fewer and longer
    streak = clamp(max(sheet, bundle), 0.0, 1.0)
    part = 0.25 * local + 0.85 * streak * math.sqrt(clamp(2.2 * local, 0.25, 1.0))
    fine = noise(texture, u / 0.35 + 17.0, v / 0.35, s / 2.0)
    # the tabulated muscle holds its own fat: what is between the streaks is leaner
    lean = denser(material(materials, P_MUSCLE), LEANER_HU + 6.0 * fine)
    return between(lean, material(materials, P_FAT), clamp(part, 0.0, 0.95))
