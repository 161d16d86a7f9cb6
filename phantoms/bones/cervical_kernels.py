"""Kernels of the neck's bones: C3-C7 with uncinate lips, pillars and transverse foramina; axis and atlas."""

from __future__ import annotations

import math

import numpy as np

from phantoms.bones.bone_parts_kernels import lamina_distance, spinous_distance
from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import clamp, cone, ellipsoid, smooth_max, smooth_min, super_ellipse

PILLAR_OUT, PILLAR_BACK = 5.0, 4.0  # mm outside the canal's wall and behind the posterior wall line
PILLAR_COS, PILLAR_SIN = 0.75, 0.66  # facets slope down to the back by some 41 degrees (assumption, 40-45)
JOINT_GAP = 1.7  # mm between the pillars' facets
FORAMEN_RADIUS = 2.9  # mm; the foramen is 5.5 wide [TF15]
FORAMEN_BACK = -5.0  # mm behind the posterior wall: its back edge lies 2.2 mm before the canal [VACC94]
ATLAS_SLOPE = 0.35  # fall of the atlanto-axial joint per mm outwards (assumption)


@njit(cache=True, nogil=True, error_model="numpy")
def cervical_body_distance(x: float, y: float, z: float, w: np.record) -> float:
    """Body whose upper face rises at the sides as uncinate lips and whose lower face hangs down in front."""
    p = abs(x)
    t = clamp(z / w.height + 0.5, 0.0, 1.0)
    waist = 1.0 - (2.0 * t - 1.0) ** 2
    a = 0.5 * (w.width_lower + (w.width_upper - w.width_lower) * t) - 0.8 * waist
    depth = w.depth_lower + (w.depth_upper - w.depth_lower) * t - 1.2 * waist
    side = super_ellipse(x, y + 0.5 * depth, a, 0.5 * depth, 2.6)
    e = clamp((p - 0.62 * a) / (0.38 * a), 0.0, 1.0)
    back = clamp((y + 0.75 * depth) / (0.5 * depth), 0.0, 1.0)
    lip = (4.2 + w.lip) * e * e * (3.0 - 2.0 * e) * back
    up = z - 0.5 * w.height + 0.8 - lip
    bow = ((y + 0.5 * depth) / (0.5 * depth)) ** 2
    low = -z - 0.5 * w.height + 1.5 * (1.0 - min(bow, 1.0)) + 2.6 * e * back
    if w.lip > 0.0 and y < -0.5 * depth:
        side -= w.lip * (1.0 - waist) ** 6
    return smooth_max(side, max(up, low), 1.2)


@njit(cache=True, nogil=True, error_model="numpy")
def pillar_distance(p: float, y: float, z: float, w: np.record) -> float:
    """Articular pillar: an oval column cut by two planes that slope down to the back."""
    xm = w.canal_half + PILLAR_OUT
    column = super_ellipse(p - xm, y - PILLAR_BACK, 6.2, 6.8, 2.5)
    n = PILLAR_SIN * (y - PILLAR_BACK) + PILLAR_COS * (z + 0.5)
    half = 0.5 * ((w.height + w.disc_below) * PILLAR_COS - JOINT_GAP)
    low = -n - (half if w.fork > 0.5 else 0.4 * half)  # C7's lower facet is a plate behind T1's
    return smooth_max(column, max(n - half, low), 1.2)


@njit(cache=True, nogil=True, error_model="numpy")
def forked_process_distance(p: float, y: float, z: float, w: np.record) -> float:
    """Spinous process as a keel that forks."""
    if w.opened > 0.5:
        return 100.0
    tan = w.spinous_sin / w.spinous_cos
    y0, z0 = w.canal_ap + 3.0, w.spinous_root - 0.5
    fork = w.spinous_tip - 7.0 * w.fork
    half = 0.5 * w.spinous_height
    keel = cone((p, y, z), (0.0, y0, z0), (0.0, fork, z0 - tan * (fork - y0)), half, 0.85 * half, 2.0)
    tip_z = z0 - tan * (w.spinous_tip - y0) - 1.5
    tine = cone(
        (p, y, z), (1.2, fork - 2.0, z0 - tan * (fork - y0)), (4.6 * w.fork, w.spinous_tip, tip_z), 2.0, 2.3, 1.4
    )
    return smooth_min(keel, tine, 2.0)


@njit(cache=True, nogil=True, error_model="numpy")
def cervical_arch_distance(x: float, y: float, z: float, w: np.record) -> float:
    """C3-C7: pillars, oblique pedicles, both bars of the transverse process round the foramen, laminae, process."""
    p = abs(x) - (0.7 if x > 0.0 else -0.7) * w.joint_skew
    xm = w.canal_half + PILLAR_OUT
    r = 0.46 * w.pedicle_width
    d = pillar_distance(p, y, z, w)
    d = smooth_min(d, cone((p, y, z), (0.40 * w.width_lower, -5.0, 1.0), (xm - 1.0, 2.0, 1.5), r, r, 1.15), 2.0)
    if p > 5.0 and y < 12.0:
        hole = w.foramen_x
        tip = w.transverse_tip - 2.3
        front = cone((p, y, z), (0.42 * w.width_lower, -9.0, -1.5), (hole + 2.5, -10.0, -3.0), 1.9, 2.2, 1.3)
        bar = cone((p, y, z), (hole + 2.5, -10.0, -3.0), (tip, w.transverse_y, -4.0), 1.6, 2.4, 1.0)
        rear = cone((p, y, z), (xm + 1.0, 0.0, -1.0), (tip, w.transverse_y, -4.0), 2.4, 2.4, 1.2)
        d = smooth_min(d, smooth_min(smooth_min(front, bar, 1.0), rear, 2.0), 1.5)
        hollow = math.hypot(p - hole, y - FORAMEN_BACK) - FORAMEN_RADIUS
        d = smooth_max(d, -hollow, 0.8)
    if y > 4.0:
        d = smooth_min(d, lamina_distance(p, y, z, w), 2.0)
        if p < 14.0:
            if w.fork > 0.5:
                d = smooth_min(d, forked_process_distance(p, y, z, w), 2.5)
            else:
                d = smooth_min(d, spinous_distance(p, y, z, w), 3.0)
    return d


@njit(cache=True, nogil=True, error_model="numpy")
def axis_body_distance(x: float, y: float, z: float, w: np.record) -> float:
    """Body of the axis with the dens, and the shoulders that carry the atlas."""
    p = abs(x)
    side = super_ellipse(x, y + 0.5 * w.depth_lower, 0.5 * w.width_lower, 0.5 * w.depth_lower, 2.5)
    low = -z - 0.5 * w.height + 1.5 * (1.0 - min((y / (0.5 * w.depth_lower) + 1.0) ** 2, 1.0))
    d = smooth_max(side, max(z - 0.5 * w.height + 3.0, low), 2.0)
    tip = 0.5 * w.height + 14.0
    dens = cone((x, y, z), (0.0, -6.8, 2.0), (0.0, -6.2, tip - 5.0), 5.2, 4.9, 1.0)
    d = smooth_min(
        d, smooth_min(dens, cone((x, y, z), (0.0, -6.2, tip - 5.0), (0.0, -5.8, tip - 3.5), 4.9, 4.0, 1.0), 1.0), 3.0
    )
    shoulder = ellipsoid(p - 14.5, y + 4.0, z - 3.5, 8.5, 8.5, 8.5)
    shoulder = smooth_max(shoulder, z - 0.5 * w.height - 0.2 + ATLAS_SLOPE * (p - 17.5), 1.0)
    return smooth_min(d, shoulder, 2.5)


@njit(cache=True, nogil=True, error_model="numpy")
def axis_arch_distance(x: float, y: float, z: float, w: np.record) -> float:
    """Thick partes, lower pillars, laminae and the large forked process of the axis."""
    p = abs(x)
    xm = w.canal_half + PILLAR_OUT
    d = cone((p, y, z), (13.0, -3.0, 2.0), (xm, 6.0, -4.0), 5.0, 4.6, 1.1)
    column = super_ellipse(p - xm, y - PILLAR_BACK - 1.5, 6.0, 6.5, 2.5)
    n = PILLAR_SIN * (y - PILLAR_BACK) + PILLAR_COS * (z + 4.5)
    half = 0.5 * ((w.height + w.disc_below - 8.0) * PILLAR_COS - JOINT_GAP)
    d = smooth_min(d, smooth_max(column, max(n - half, -n - half), 1.2), 2.5)
    side = cone((p, y, z), (xm, -2.0, -2.0), (w.transverse_tip - 2.5, w.transverse_y, -5.0), 4.0, 2.5, 1.2)
    d = smooth_min(d, side, 2.0)
    d = smooth_max(d, FORAMEN_RADIUS - math.hypot(p - w.foramen_x, y - FORAMEN_BACK), 0.8)
    if y > 4.0:
        d = smooth_min(d, lamina_distance(p, y, z, w), 2.5)
        d = smooth_min(d, forked_process_distance(p, y, z, w), 3.0)
    return d


@njit(cache=True, nogil=True, error_model="numpy")
def atlas_distance(x: float, y: float, z: float, w: np.record) -> float:
    """A ring: lateral masses, anterior arch before the dens, posterior arch with its tubercle, transverse processes."""
    p = abs(x)
    radius = 0.5 * (w.canal_ap + 3.2 + 16.0)
    ring = math.hypot(p, y - (w.canal_ap + 3.2 - radius)) - radius
    front = ring if y < 0.0 else 100.0
    behind = ring if y > 0.0 else 100.0
    d = super_ellipse(front, z - 0.5, 2.8, 5.5, 2.2) if front < 20.0 else 100.0
    if behind < 20.0:
        d = smooth_min(d, super_ellipse(behind, z + 0.5, 2.9, 4.2, 2.2), 1.0)
    d = smooth_min(d, ellipsoid(p, y - w.spinous_tip + 3.0, z, 4.0, 4.5, 4.0), 2.0)
    mass = ellipsoid(p - w.canal_half - 6.0, y + 5.0, z, 8.0, 10.0, 11.0)
    bowl = 13.0 - math.sqrt((p - 13.0) ** 2 + 0.6 * (y + 5.0) ** 2 + (z - 18.0) ** 2)  # for the condyle
    fall = -6.8 - ATLAS_SLOPE * (p - 17.5) - z
    d = smooth_min(d, smooth_max(mass, max(bowl, fall), 1.0), 2.0)
    wing = cone(
        (p, y, z), (w.canal_half + 7.0, -4.0, 0.0), (w.transverse_tip - 4.0, w.transverse_y, -1.0), 5.5, 4.0, 1.2
    )
    d = smooth_min(d, wing, 2.5)
    return smooth_max(d, FORAMEN_RADIUS + 0.4 - math.hypot(p - w.foramen_x, y + 3.0), 0.8)
