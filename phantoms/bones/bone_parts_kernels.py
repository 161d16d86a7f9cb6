"""Kernels of the parts that vertebrae of several regions share: body, lamina, spinous process, plates, frames."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import clamp, cone, smooth_max, super_ellipse

FAR = 1000.0
OPENED = 9.0  # mm from the midline to where laminae were cut in a laminectomy (assumption)
DORSAL_WALL_ROUND = 2.2  # mm2, as in canal_kernels
SPUR_FOOT, SPUR_TIP, SPUR_DROPS = 2.6, 1.0, 1.0  # mm: radii, and how far the tip lies below the endplate (assumed)
LUMBAR, SACRUM, THORACIC, CERVICAL, AXIS, ATLAS = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0
"""Values of the field `kind`."""
LUMBAR_JOINT, THORACIC_JOINT, NO_JOINT = 0.0, 1.0, 2.0
"""Values of the field `joint_kind`, of the facet joints below."""


@njit(cache=True, nogil=True, error_model="numpy")
def to_frame(x: float, y: float, z: float, frame: NDArray[np.float64]) -> tuple[float, float, float]:
    """Coordinates (left, back, head) of a world point in a rigid frame."""
    dx, dy, dz = x - frame[0, 0], y - frame[0, 1], z - frame[0, 2]
    return (
        dx * frame[1, 0] + dy * frame[1, 1] + dz * frame[1, 2],
        dx * frame[2, 0] + dy * frame[2, 1] + dz * frame[2, 2],
        dx * frame[3, 0] + dy * frame[3, 1] + dz * frame[3, 2],
    )


@njit(cache=True, nogil=True, error_model="numpy")
def plate(x: float, y: float, cx: float, cy: float, slope: float, half_length: float, half_thickness: float) -> float:
    """Distance in a plane to a bar with rounded corners that falls by `slope` per mm to the side."""
    n = math.sqrt(1.0 + slope * slope)
    a, b = abs((x - cx) - slope * (y - cy)) / n, abs((y - cy) + slope * (x - cx)) / n
    r = 0.45 * min(half_length, half_thickness)
    qa, qb = a - half_length + r, b - half_thickness + r
    return min(max(qa, qb), 0.0) + math.sqrt(max(qa, 0.0) ** 2 + max(qb, 0.0) ** 2) - r


@njit(cache=True, nogil=True, error_model="numpy")
def body_distance(x: float, y: float, z: float, w: np.record) -> float:
    """Vertebral body: waisted super-elliptic cylinder, back wall flat to concave, endplates dished, rims lipped."""
    t = clamp(z / w.height + 0.5, 0.0, 1.0)
    waist = 1.0 - (2.0 * t - 1.0) ** 2
    half_width = 0.5 * (w.width_lower + (w.width_upper - w.width_lower) * t) - w.waist_side * waist
    depth = w.depth_lower + (w.depth_upper - w.depth_lower) * t - w.waist_front * waist
    back = 1.26 * math.exp(-((x / 9.0) ** 2)) if y > -0.5 * depth else 0.0
    yy = y + 0.5 * depth - back
    power = 2.0 if yy < 0.0 else 3.0  # an ellipse in front, square at the back
    side = super_ellipse(x, yy, half_width, 0.5 * depth, power)
    rho2 = min((x / half_width) ** 2 + (yy / (0.5 * depth)) ** 2, 1.0)
    dish = (1.0 - rho2) ** 0.7
    low = -(z - 0.6 * math.sin(4.0 * rho2)) - 0.5 * w.height + 2.4 * w.dish * dish
    if w.lip > 0.0 and yy < 0.25 * depth:  # osteophytes: the rims grow outwards, not into the canal
        side -= w.lip * (1.0 - waist) ** 6 * (0.6 + 0.4 * math.sin(5.0 * math.atan2(x, yy) + w.s))
    return smooth_max(side, max(z - 0.5 * w.height + 1.6 * w.dish * dish, low), 2.2)


@njit(cache=True, nogil=True, error_model="numpy")
def lamina_front(z: float, w: np.record) -> float:
    """How far behind the posterior wall the laminae's front lies on the midline.

    Lean 0.25 q + 0.75 q2, measured on CT; where laminae overlap it is reached over their upper part (assumption).
    """
    q = (w.lamina_top - z) / w.lamina_height
    if w.lean_part > 0.99:
        q = clamp(q, 0.0, 1.3)
        return float(w.canal_ap + w.lamina_rise * (0.25 * q + 0.75 * q * q))
    q = clamp((q - 0.16) / (w.lean_part - 0.16), 0.0, 1.0)
    return float(w.canal_ap + w.lamina_rise * q * (1.5 - 0.5 * q))


@njit(cache=True, nogil=True, error_model="numpy")
def lamina_distance(p: float, y: float, z: float, w: np.record) -> float:
    """Laminae: a roof-shaped plate, upright above and swept back below.

    Its upper edge is bevelled behind and its lower one in front where laminae overlap.
    """
    ridge = w.dorsal_wall_slope * (math.sqrt(p * p + DORSAL_WALL_ROUND) - math.sqrt(DORSAL_WALL_ROUND))
    front = lamina_front(z, w) - ridge
    flat = 1.0 / math.sqrt(1.0 + w.dorsal_wall_slope * w.dorsal_wall_slope)
    half = 0.5 * w.lamina_thickness * (0.75 + 0.25 * clamp((w.lamina_top - z) / 10.0, 0.0, 1.6))
    mid = front + half / flat
    sheet = abs(y - mid) * flat - half
    # shingled laminae are bevelled: the upper edge falls to the back, the lower one rises to the front
    top = z - (w.lamina_top - 1.2 + 0.10 * p) + w.bevel * max(y - mid + half, 0.0)
    bottom = (w.lamina_top - w.lamina_height + w.notch + w.flare * p) - z + w.bevel * max(mid + 0.4 * half - y, 0.0)
    d = smooth_max(smooth_max(sheet, max(top, bottom), 3.0), p - w.lamina_side, 3.0)
    return d if w.opened < 0.5 else smooth_max(d, OPENED - p, 1.5)


@njit(cache=True, nogil=True, error_model="numpy")
def spinous_distance(p: float, y: float, z: float, w: np.record) -> float:
    """Spinous process: a rounded hatchet along its slope, thin in the middle, thick along its lower and hind edge."""
    if w.opened > 0.5:
        return FAR
    y0, z0 = w.canal_ap + 4.0, w.spinous_root
    back = w.spinous_cos * (y - y0) - w.spinous_sin * (z - z0)
    up = w.spinous_sin * (y - y0) + w.spinous_cos * (z - z0)
    length = (w.spinous_tip - y0) / w.spinous_cos
    t = clamp(back / length, 0.0, 1.0)
    half_height = w.spinous_height + (w.spinous_tip_height - w.spinous_height) * t
    zc = up + 2.0 + 1.5 * t + 1.2 * math.sin(3.0 * t)
    thick = 2.3 + 2.6 * (1.0 - t) ** 3 + 2.0 * t**4 + 1.8 * clamp(-zc / half_height, 0.0, 1.0) ** 2
    # the hind edge bows, its corners are the rounder the higher the blade, and the upper edge is hollow (after CT)
    corner = clamp(0.68 * half_height, 4.0, 7.0)
    bow = 3.0 * t * t * clamp(zc / half_height, -1.0, 1.2) ** 2
    hollow = 1.4 * math.sin(math.pi * t) * clamp(zc / 3.0, 0.0, 1.0)
    q1, q2 = abs(back - 0.5 * length) - 0.5 * length + corner + bow, abs(zc) + hollow - half_height + corner
    flat = min(max(q1, q2), 0.0) + math.sqrt(max(q1, 0.0) ** 2 + max(q2, 0.0) ** 2) - corner
    if w.lean_part < 0.99:  # a steep process begins behind the laminae's front
        flat = smooth_max(flat, lamina_front(z, w) + 0.8 - y, 1.5)
    return smooth_max(flat, p - thick, 3.0)


@njit(cache=True, nogil=True, error_model="numpy")
def spur_distance(x: float, y: float, z: float, w: np.record) -> float:
    """A spur from the hind edge of the lower endplate to the dura, blunt at its foot and pointed at its tip."""
    edge = -0.5 * w.height
    foot, tip = (0.6 * w.spur_aside, -3.0, edge + 2.4), (w.spur_aside, w.spur_reach, edge - SPUR_DROPS)
    return float(cone((x, y, z), foot, tip, SPUR_FOOT, SPUR_TIP, 1.0))
