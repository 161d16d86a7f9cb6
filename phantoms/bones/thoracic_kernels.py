"""Kernels of the thoracic arch: steep spinous process, overlapping laminae, coronal joints, and the ribs' ends."""

from __future__ import annotations

import numpy as np

from phantoms.bones.bone_parts_kernels import FAR, lamina_distance, plate, spinous_distance
from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import clamp, cone, smooth_max, smooth_min

FACET_LEAN = 0.30  # a facet's top lies this much per mm farther in front: faces back and up (assumption)
FACET_GAP = 0.8  # mm on either side of the middle of the joint
FREE_X, FREE_Y, FREE_DROP = 50.0, 19.5, 15.0  # mm: where the last ribs enter the wall, and how far they fall to there
FREE_BOW = 6.0  # mm to the back of the straight line, half way (assumption)
RIB_RADIUS = 3.2  # mm of a rib's neck


@njit(cache=True, nogil=True, error_model="numpy")
def thoracic_arch_distance(x: float, y: float, z: float, w: np.record) -> float:
    """Tall thin pedicles, articular columns, laminae, transverse processes that point backwards, spinous process."""
    p = abs(x)
    xp = w.canal_half + 0.5 * w.pedicle_width
    zp = 0.5 * w.height - 0.5 * w.pedicle_height + 0.3
    flat = w.pedicle_height / w.pedicle_width
    r = 0.5 * w.pedicle_width
    back = w.canal_ap - 4.5
    # the table's angle is that of the pedicle's axis; its back end lies outside where it is positive
    shift = clamp(w.pedicle_tan, -0.1, 0.5) * 4.0
    d = cone((p, y, z), (xp - shift - 0.5, -5.0, zp), (xp + shift, back, zp), r, r, flat)
    if p < 34.0 and y > 2.0 and y < 30.0:
        t = clamp((zp + 1.0 - z) / (zp + 13.0), 0.0, 1.0)
        column = plate(p, y, w.canal_half + 3.4 - 1.2 * t, back + 1.2 + 3.0 * t, w.dorsal_wall_slope, 4.8, 2.8)
        column = smooth_max(column, max(z - zp - 2.0, -13.0 - z), 3.0)
        d = smooth_min(d, column, 3.0)
    if p < 22.0 and y > 4.0 and y < 40.0:
        d = smooth_min(d, lamina_distance(p, y, z, w), 3.0)
    if p < 14.0 and y > 8.0:
        d = smooth_min(d, spinous_distance(p, y, z, w), 4.0)
    if p > 7.0:
        tip = w.transverse_tip - 3.5 + (1.5 if x > 0.0 else -1.5) * w.joint_skew
        side = cone((p, y, z), (xp + 1.0, back + 1.5, zp - 2.0), (tip, w.transverse_y, zp - 1.0), 4.2, 3.6, 1.35)
        d = smooth_min(d, side, 3.5)
    return d


@njit(cache=True, nogil=True, error_model="numpy")
def thoracic_inferior_distance(x: float, y: float, z: float, w: np.record) -> float:
    """Disc frame of the disc below: a plate behind the joint that hangs from the lamina."""
    p = abs(x) - w.joint_x - (w.joint_skew if x > 0.0 else -w.joint_skew)
    q = y - w.joint_y + FACET_LEAN * z
    d = smooth_max(abs(q - FACET_GAP - 1.9) - 1.9, abs(p) - 4.6, 1.5)
    return smooth_max(d, abs(z - 1.5) - 8.5, 2.5)


@njit(cache=True, nogil=True, error_model="numpy")
def thoracic_superior_distance(x: float, y: float, z: float, w: np.record) -> float:
    """Disc frame of the disc above (w is the upper neighbour): a plate before the joint, standing on the pedicle."""
    p = abs(x) - w.joint_x - (w.joint_skew if x > 0.0 else -w.joint_skew)
    q = y - w.joint_y + FACET_LEAN * z
    d = smooth_max(abs(q + FACET_GAP + 1.7) - 1.7, abs(p) - 4.6 + 0.1 * max(z, 0.0), 1.5)
    return smooth_max(d, abs(z + 2.5) - 8.5, 2.5)


@njit(cache=True, nogil=True, error_model="numpy")
def partner_distance(x: float, y: float, z: float, w: np.record, upper: bool) -> float:
    """Disc frame of the joint below w: distance to where the joint's other partner and the gap between them lie."""
    p = abs(x) - w.joint_x - (w.joint_skew if x > 0.0 else -w.joint_skew)
    q = y - w.joint_y + FACET_LEAN * z
    if upper:  # the lower vertebra's process stands in front
        return float(max(max(q - FACET_GAP, -7.0 - q), max(abs(p) - 5.8, abs(z + 2.5) - 9.5)))
    return float(max(max(-FACET_GAP - q, q - 6.0), max(abs(p) - 5.8, abs(z - 2.0) - 8.5)))


@njit(cache=True, nogil=True, error_model="numpy")
def rib_end_distance(x: float, y: float, z: float, w: np.record) -> float:
    """Head, neck and tubercle of the rib that belongs to a vertebra, with both joint spaces open."""
    p = abs(x)
    if p < 8.0 or y < -16.0 or y > 28.0:
        return FAR
    head_x, head_z = 0.5 * w.width_upper + 3.2, w.rib_z
    if w.rib_free > 0.5:  # the last two ribs touch no transverse process
        mid_x, mid_y, mid_z = 0.5 * (head_x + FREE_X), 0.5 * (FREE_Y - 4.0) + FREE_BOW, head_z - 0.4 * FREE_DROP
        near = cone((p, y, z), (head_x, -4.0, head_z), (mid_x, mid_y, mid_z), RIB_RADIUS, 2.8, 1.5)
        return smooth_min(
            near, cone((p, y, z), (mid_x, mid_y, mid_z), (FREE_X, FREE_Y, head_z - FREE_DROP), 2.8, 2.9, 1.6), 2.5
        )
    tip_x, tip_y, tip_z = w.transverse_tip - 2.5, w.transverse_y - 8.4, 0.5 * w.height - 0.5 * w.pedicle_height - 0.5
    neck = cone((p, y, z), (head_x, -3.5, head_z), (tip_x, tip_y, tip_z), RIB_RADIUS, RIB_RADIUS, 1.4)
    return smooth_min(
        neck, cone((p, y, z), (tip_x, tip_y, tip_z), (tip_x + 6.0, tip_y + 1.5, tip_z - 2.0), 3.4, 3.2, 1.5), 2.0
    )
