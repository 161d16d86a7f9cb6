"""Kernels of the lumbar arch, the lumbar facet joints and the sacrum.

Each vertebra has three rigid frames (rows origin, left, back, head): its own body, the disc above and the disc
below. Facet joints live in the frames of the discs, so that both partners of a joint share one cylinder.
"""

from __future__ import annotations

import math

import numpy as np

from phantoms.bones.bone_parts_kernels import lamina_distance, plate, spinous_distance
from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import clamp, cone, ellipsoid, smooth_max, smooth_min

JOINT_GAP = 1.3  # mm of cartilage and joint space between the two processes


@njit(cache=True, nogil=True, error_model="numpy")
def lumbar_arch_distance(x: float, y: float, z: float, w: np.record) -> float:
    """Pedicles, partes interarticulares as oblique plates, laminae, spinous and transverse processes."""
    p = abs(x)
    xp = w.canal_half + 0.5 * w.pedicle_width
    zp = 0.5 * w.height - 0.5 * w.pedicle_height + 0.3
    flat = w.pedicle_height / w.pedicle_width
    lean = w.pedicle_tan
    r = 0.5 * w.pedicle_width
    d = cone((p, y, z), (xp - 6.0 * lean - 1.0, -6.0, zp), (xp + 5.2 * lean + 0.6, 13.0, zp), r, 0.94 * r, flat)
    if p > 2.0 and p < 34.0 and y < 36.0 and y > 4.0:
        # pars: an oblique plate from the back of the pedicle down to the root of the inferior articular process
        t = clamp((zp + 2.0 - z) / (zp + 18.0), 0.0, 1.0)
        cx = xp - 0.5 + t * (w.joint_x - 1.8 - xp)
        cy = 14.2 + 3.6 * t * t
        pars = plate(p, y, cx, cy, 0.62 + 0.25 * t, 5.4 + 0.2 * t, 3.5 + 0.4 * t)
        pars = smooth_max(pars, max(z - zp - 3.5, -16.5 - z), 3.0)
        d = smooth_min(d, pars, 3.5)
    if p < 22.0 and y > 6.0 and y < 44.0:
        d = smooth_min(d, lamina_distance(p, y, z, w), 3.5)
    if p < 14.0 and y > 8.0:
        d = smooth_min(d, spinous_distance(p, y, z, w), 4.0)
    if p > 12.0 and (z > -14.0 or w.wing > 0.5):
        tip = w.transverse_tip - 2.0 + (1.5 if x > 0.0 else -1.5) * w.joint_skew
        side = cone((p, y, z), (xp + 1.0, 9.5, zp - 1.5), (tip, w.transverse_y, zp - 0.5), 3.0, 1.7, 1.9)
        d = smooth_min(d, side, 3.5)
        if w.wing > 0.5:  # grown into the sacrum's ala, wider on the left
            end = 41.0 + (3.0 if x > 0.0 else 0.0)
            d = smooth_min(d, cone((p, y, z), (xp + 3.0, 4.0, 3.0), (end, -3.0, -15.0), 8.0, 10.0, 1.6), 5.0)
    return d


@njit(cache=True, nogil=True, error_model="numpy")
def joint_place(x: float, y: float, w: np.record) -> tuple[float, float]:
    """Place in a facet joint's own axes (outwards, back), turned as this side's joint is turned."""
    sign = 1.0 if x > 0.0 else -1.0
    turn = w.joint_turn_left if x > 0.0 else w.joint_turn_right
    p, q = abs(x) - w.joint_x - sign * w.joint_skew, y - w.joint_y
    n = 1.0 / math.sqrt(1.0 + turn * turn)
    return n * (p + turn * q), n * (q - turn * p)


@njit(cache=True, nogil=True, error_model="numpy")
def lumbar_inferior_distance(x: float, y: float, z: float, w: np.record) -> float:
    """Disc frame of the disc below: the convex partner, a cylinder about the joint axis cut flat behind."""
    p, q = joint_place(x, y, w)
    up = clamp((z - w.joint_z - 3.0) / 9.0, 0.0, 1.0)  # fades into the lamina above
    d = math.sqrt((p + up) ** 2 + (q - up) ** 2) - w.joint_r + 2.2 * up
    d = smooth_max(d, -0.50 * p + 0.87 * q - 2.4 + 1.2 * up, 2.0)
    d = smooth_max(d, -0.93 * p - 0.37 * q - 3.4, 2.0)
    d = smooth_max(d, abs(z - w.joint_z - 1.5) - 10.0 + 0.25 * max(-p - q, 0.0), 5.0)
    # its root: a plate that widens towards the midline and carries the process
    root = plate(p, q, -2.2, 1.6, 0.75, 4.2, 3.0)
    root = smooth_max(root, abs(z - w.joint_z - 6.0) - 7.0, 3.0)
    return smooth_min(d, root, 2.5)


@njit(cache=True, nogil=True, error_model="numpy")
def lumbar_superior_distance(x: float, y: float, z: float, w: np.record) -> float:
    """Disc frame of the disc above (w is the upper neighbour).

    The concave partner, a crescent and its root, grown where the joint is worn.
    """
    p, q = joint_place(x, y, w)
    r = math.sqrt(p * p + q * q)
    u = 0.80 * p - 0.60 * q  # towards front and side
    hollow = w.joint_r + JOINT_GAP
    wall = 3.4 + w.joint_grow
    d = smooth_max(math.sqrt((p - 2.0) ** 2 + (q + 1.8) ** 2) - hollow - wall, hollow - r, 0.8)
    d = smooth_max(d, 3.0 - u, 2.5)
    d = smooth_min(d, ellipsoid(p - 9.6, q - 2.2, z - w.joint_z + 4.0, 3.2, 4.2, 6.0), 2.5)  # mammillary process
    d = smooth_max(d, hollow - r, 0.8)
    d = smooth_max(d, abs(z - w.joint_z + 2.5) - 11.0 - w.joint_grow + 0.15 * (r - w.joint_r), 4.0)
    foot = cone((p + 2.5, q + w.joint_y, z), (6.0, 13.0, -13.5), (7.5, 14.0, -8.0), 5.0, 4.0, 1.0)
    return smooth_min(d, smooth_max(foot, hollow - r, 0.8), 4.0)


@njit(cache=True, nogil=True, error_model="numpy")
def sacral_distance(x: float, y: float, z: float, w: np.record) -> float:
    """What the first sacral segment has instead of an arch with free processes.

    Alae, fused laminae, crest.
    """
    p = abs(x)
    d = cone((p, y, z), (18.0, -12.0, 0.0), (46.0, 2.0, -10.0), 13.0, 11.0, 1.1)
    d = smooth_min(d, cone((p, y, z), (22.0, -4.0, -2.0), (w.canal_half + 5.0, 14.0, -6.0), 9.0, 6.0, 1.3), 4.0)
    if p < 30.0:
        d = smooth_min(d, lamina_distance(p, y, z, w), 4.0)
        d = smooth_min(d, spinous_distance(p, y, z, w), 4.0)
    tunnel = smooth_max(max(0.5 - y, y - w.canal_ap), p - w.canal_half, 2.0)
    return smooth_max(d, -tunnel, 1.0)
