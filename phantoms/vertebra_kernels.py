"""Kernels of the bony spine: one vertebra as a union of implicit solids, and the nearest of all.

Each vertebra has three rigid frames (rows origin, left, back, head): its own body, the disc above and the
disc below. Facet joints live in the frames of the discs, so that both partners of a joint share one cylinder.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from phantoms.paint_kernels import clamp, cone, ellipsoid, noise, smooth_max, smooth_min, super_ellipse

FAR = 1000.0
REACH_BELOW, REACH_ABOVE, REACH_SIDE, REACH_FRONT = 38.0, 28.0, 58.0, -48.0
JOINT_GAP = 1.5  # mm of cartilage and joint space between the two processes
SACRUM = 1.0  # value of the field `kind`


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
def body_distance(x: float, y: float, z: float, w: np.record) -> float:
    """Vertebral body: waisted super-elliptic cylinder, back wall flat to concave, endplates dished."""
    t = clamp(z / w.height + 0.5, 0.0, 1.0)
    waist = 1.0 - (2.0 * t - 1.0) ** 2
    half_width = 0.5 * (w.width_lower + (w.width_upper - w.width_lower) * t) - 3.2 * waist
    depth = w.depth_lower + (w.depth_upper - w.depth_lower) * t - 2.4 * waist
    back = 1.26 * math.exp(-((x / 9.0) ** 2)) if y > -0.5 * depth else 0.0
    yy = y + 0.5 * depth - back
    power = 2.25 if yy < 0.0 else 3.0  # round in front, square at the back
    side = super_ellipse(x, yy, half_width, 0.5 * depth, power)
    rho2 = min((x / half_width) ** 2 + (yy / (0.5 * depth)) ** 2, 1.0)
    dish = (1.0 - rho2) ** 0.7
    low = -(z - 0.6 * math.sin(4.0 * rho2)) - 0.5 * w.height + 2.4 * dish
    return smooth_max(side, max(z - 0.5 * w.height + 1.6 * dish, low), 2.2)


@njit(cache=True, nogil=True, error_model="numpy")
def lamina_distance(p: float, y: float, z: float, w: np.record) -> float:
    """Laminae: a roof-shaped plate, upright above and swept back below.

    Lean 0.25 q + 0.75 q2, measured on CT.
    """
    ridge = 0.80 * (math.sqrt(p * p + 2.2) - 1.48)
    q = clamp((w.lamina_top - z) / w.lamina_height, 0.0, 1.3)
    lean = w.lamina_rise * (0.25 * q + 0.75 * q * q)
    half = 0.5 * w.lamina_thickness * (0.75 + 0.25 * clamp((w.lamina_top - z) / 10.0, 0.0, 1.6))
    mid = w.canal_ap + lean - ridge + half / 0.8
    plate = abs(y - mid) * 0.77 - half
    top = z - (w.lamina_top - 1.2 + 0.10 * p)
    bottom = (w.lamina_top - w.lamina_height + 1.8 - 0.30 * p) - z
    return smooth_max(smooth_max(plate, max(top, bottom), 3.0), p - 14.0, 3.0)


@njit(cache=True, nogil=True, error_model="numpy")
def spinous_distance(p: float, y: float, z: float, w: np.record) -> float:
    """Spinous process: a rounded hatchet, thin in the middle, thick along its lower and hind edge."""
    y0, z0 = w.canal_ap + 4.0, w.spinous_root
    back = w.spinous_cos * (y - y0) - w.spinous_sin * (z - z0)
    up = w.spinous_sin * (y - y0) + w.spinous_cos * (z - z0)
    length = w.spinous_tip - y0
    t = clamp(back / length, 0.0, 1.0)
    half_height = w.spinous_height + 3.0 * t
    zc = up + 2.0 + 1.5 * t + 1.2 * math.sin(3.0 * t)
    thick = 2.3 + 2.6 * (1.0 - t) ** 3 + 2.0 * t**4 + 1.8 * clamp(-zc / half_height, 0.0, 1.0) ** 2
    q1, q2 = abs(back - 0.5 * length) - 0.5 * length + 4.0, abs(zc) - half_height + 4.0
    flat = min(max(q1, q2), 0.0) + math.sqrt(max(q1, 0.0) ** 2 + max(q2, 0.0) ** 2) - 4.0
    return smooth_max(flat, p - thick, 3.0)


@njit(cache=True, nogil=True, error_model="numpy")
def arch_distance(x: float, y: float, z: float, w: np.record) -> float:
    """Pedicles, partes interarticulares, laminae, spinous and transverse processes."""
    p = abs(x)
    xp = w.canal_half + 0.5 * w.pedicle_width
    zp = 0.5 * w.height - 0.5 * w.pedicle_height + 0.3
    flat = w.pedicle_height / w.pedicle_width
    lean = w.pedicle_tan
    r = 0.5 * w.pedicle_width
    d = cone(p, y, z, xp - 6.0 * lean - 1.0, -6.0, zp, xp + 5.2 * lean + 0.6, 13.0, zp, r, 0.94 * r, flat)
    if p > 4.0 and p < 34.0 and y < 34.0:
        # pars: from the back of the pedicle down to the root of the inferior articular process
        root_x = w.joint_x - 1.0
        d = smooth_min(d, cone(p, y, z, xp - 0.5, 13.5, zp - 1.0, root_x, 15.0, -10.0, 4.6, 3.8, 1.25), 4.0)
        d = smooth_min(d, cone(p, y, z, root_x, 15.0, -10.0, w.joint_x - 1.2, 17.5, -16.0, 3.8, 4.0, 1.1), 4.0)
    if p < 22.0 and y > 6.0 and y < 44.0:
        d = smooth_min(d, lamina_distance(p, y, z, w), 3.5)
    if p < 14.0 and y > 8.0:
        d = smooth_min(d, spinous_distance(p, y, z, w), 4.0)
    if p > 12.0 and z > -14.0:
        tip = w.transverse_tip - 2.0
        side = cone(p, y, z, xp + 1.0, 9.5, zp - 1.5, tip, w.transverse_y, zp - 0.5, 3.0, 1.7, 1.9)
        d = smooth_min(d, side, 3.5)
    return d


@njit(cache=True, nogil=True, error_model="numpy")
def inferior_process_distance(x: float, y: float, z: float, w: np.record) -> float:
    """Disc frame of the disc below: the convex partner, a cylinder about the joint axis cut flat behind."""
    p = abs(x) - w.joint_x - (w.joint_skew if x > 0.0 else -w.joint_skew)
    q = y - w.joint_y
    up = clamp((z - w.joint_z - 3.0) / 9.0, 0.0, 1.0)  # fades into the lamina above
    d = math.sqrt((p + up) ** 2 + (q - up) ** 2) - w.joint_r + 2.2 * up
    d = smooth_max(d, -0.50 * p + 0.87 * q - 3.2 + 1.2 * up, 2.5)
    d = smooth_max(d, -0.93 * p - 0.37 * q - 4.4, 2.5)
    return smooth_max(d, abs(z - w.joint_z - 1.5) - 10.0 + 0.25 * max(-p - q, 0.0), 5.0)


@njit(cache=True, nogil=True, error_model="numpy")
def superior_process_distance(x: float, y: float, z: float, w: np.record) -> float:
    """Disc frame of the disc above (w is the upper neighbour).

    The concave partner, a crescent and its root.
    """
    p = abs(x) - w.joint_x - (w.joint_skew if x > 0.0 else -w.joint_skew)
    q = y - w.joint_y
    r = math.sqrt(p * p + q * q)
    u = 0.80 * p - 0.60 * q  # towards front and side
    hollow = w.joint_r + JOINT_GAP
    d = smooth_max(math.sqrt((p - 2.4) ** 2 + (q + 1.8) ** 2) - hollow - 2.9, hollow - r, 0.8)
    d = smooth_max(d, -u - 0.5, 1.5)
    d = smooth_min(d, ellipsoid(p - 9.6, q - 2.2, z - w.joint_z + 4.0, 3.2, 4.2, 6.0), 2.5)  # mammillary process
    d = smooth_max(d, abs(z - w.joint_z + 2.5) - 11.0 + 0.15 * (r - w.joint_r), 4.0)
    foot = cone(p + 2.5, q + w.joint_y, z, 6.0, 13.0, -13.5, 7.5, 14.0, -8.0, 5.0, 4.0, 1.0)
    return smooth_min(d, smooth_max(foot, hollow - r, 0.8), 4.0)


@njit(cache=True, nogil=True, error_model="numpy")
def sacral_distance(x: float, y: float, z: float, w: np.record) -> float:
    """What the first sacral segment has instead of an arch with free processes.

    Alae, fused laminae, crest.
    """
    p = abs(x)
    d = cone(p, y, z, 18.0, -12.0, 0.0, 46.0, 2.0, -10.0, 13.0, 11.0, 1.1)
    d = smooth_min(d, cone(p, y, z, 22.0, -4.0, -2.0, w.canal_half + 5.0, 14.0, -6.0, 9.0, 6.0, 1.3), 4.0)
    if p < 30.0:
        d = smooth_min(d, lamina_distance(p, y, z, w), 4.0)
        d = smooth_min(d, spinous_distance(p, y, z, w), 4.0)
    tunnel = smooth_max(max(0.5 - y, y - w.canal_ap), p - w.canal_half, 2.0)
    return smooth_max(d, -tunnel, 1.0)


@njit(cache=True, nogil=True, error_model="numpy")
def vertebra_distance(
    x: float, y: float, z: float, w: np.record, above: np.record, frames: NDArray[np.float64]
) -> tuple[float, float]:
    """Distance to one vertebra and the thickness of its cortex there; far outside its box."""
    lx, ly, lz = to_frame(x, y, z, frames[0])
    below = REACH_BELOW if w.kind < 0.5 else 70.0
    if abs(lx) > REACH_SIDE or ly < REACH_FRONT or ly > w.spinous_tip + 12.0 or lz < -below or lz > REACH_ABOVE:
        return FAR, 1.0
    body, arch = FAR, FAR
    if ly < 14.0:
        body = body_distance(lx, ly, lz, w)
    if ly > -16.0:
        if w.kind < 0.5:
            arch = arch_distance(lx, ly, lz, w)
        if abs(lx) > 2.0 and abs(lx) < 38.0 and ly < 44.0:
            ux, uy, uz = to_frame(x, y, z, frames[1])
            if uz > -24.0 and uz < 18.0:
                arch = smooth_min(arch, superior_process_distance(ux, uy, uz, above), 3.0)
            dx, dy, dz = to_frame(x, y, z, frames[2])
            if w.kind < 0.5 and dz < 24.0 and dz > -20.0:
                arch = smooth_min(arch, inferior_process_distance(dx, dy, dz, w), 3.0)
    if w.kind > 0.5:
        arch = smooth_min(arch, sacral_distance(lx, ly, lz, w), 3.0)
    cortex = 0.45 if body <= arch else 1.15
    if arch < 4.0 and body < 4.0:
        cortex = 0.45 + 0.70 * clamp((body - arch) / 4.0 + 0.5, 0.0, 1.0)
    return smooth_min(body, arch, 3.0), cortex


@njit(cache=True, nogil=True, error_model="numpy")
def spine_distance(
    x: float,
    y: float,
    z: float,
    s: float,
    vertebrae: NDArray[np.void],
    frames: NDArray[np.float64],
    tile: NDArray[np.float32],
) -> tuple[float, float, int]:
    """Distance to the nearest vertebra, its cortex and its index; the point is warped by smooth noise.

    The warp (0.5 mm at 26 mm wavelength, 0.14 mm at 8 mm) makes every bone irregular and unlike its mirror
    image; it uses world coordinates, so that neighbours are warped alike and joints stay open.
    """
    distance, cortex, owner = FAR, 1.0, 0
    qx = x + 0.50 * noise(tile, x / 2.6, y / 2.4, z / 2.4) + 0.14 * noise(tile, x / 0.8 + 8.0, y / 0.8, z / 0.8)
    qy = y + 0.45 * noise(tile, x / 2.6 + 40.0, y / 2.4, z / 2.4)
    qy += 0.14 * noise(tile, x / 0.8 + 60.0, y / 0.8, z / 0.8)
    qz = z + 0.40 * noise(tile, x / 2.6 + 70.0, y / 2.6, z / 2.6)
    for i in range(vertebrae.shape[0]):
        w = vertebrae[i]
        rise = s - w.s
        if rise > REACH_ABOVE + 10.0 or rise < -(REACH_BELOW + 10.0) * (2.0 if w.kind > 0.5 else 1.0):
            continue
        above = vertebrae[max(i - 1, 0)]
        d, c = vertebra_distance(qx, qy, qz, w, above, frames[i])
        if d < distance:
            distance, cortex, owner = d, c, i
    return distance, cortex, owner
