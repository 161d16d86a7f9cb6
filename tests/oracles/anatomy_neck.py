"""Plain-numpy twins of what vertebrae share, of the neck's bones, and of the lungs: for many points at once."""

from __future__ import annotations

import numpy as np

from phantoms.body import blob_kernels as blob
from phantoms.body import chest_kernels as chest
from phantoms.bones import bone_parts_kernels as parts
from phantoms.bones import cervical_kernels as neck
from tests.oracles.anatomy_geometry import super_ellipse
from tests.oracles.anatomy_solids import smooth_max


def lamina_front(z, w):
    """How far behind the posterior wall the laminae's front lies on the midline, from its two polynomials."""
    q = (w["lamina_top"] - z) / w["lamina_height"]
    if w["lean_part"] > 0.99:
        return w["canal_ap"] + w["lamina_rise"] * np.polyval([0.75, 0.25, 0.0], np.clip(q, 0.0, 1.3))
    part = np.interp(q, [0.16, w["lean_part"]], [0.0, 1.0])
    return w["canal_ap"] + w["lamina_rise"] * np.polyval([-0.5, 1.5, 0.0], part)


def lamina(p, y, z, w):
    """A plate between two parallel roofs, cut above, below and at the sides."""
    fall = w["dorsal_wall_slope"]
    steep = np.hypot(1.0, fall)
    front = lamina_front(z, w) - fall * (np.sqrt(p**2 + parts.DORSAL_WALL_ROUND) - np.sqrt(parts.DORSAL_WALL_ROUND))
    thick = w["lamina_thickness"] * np.interp(w["lamina_top"] - z, [0.0, 16.0], [0.75, 1.15])
    back = front + thick * steep
    sheet = np.maximum(front - y, y - back) / steep
    before = np.clip(0.5 * (front + back) + 0.2 * thick - y, 0.0, None)
    behind = np.clip(y - 0.5 * (front + back) + 0.5 * thick, 0.0, None)
    top = z - (w["lamina_top"] - 1.2 + 0.10 * p) + w["bevel"] * behind
    bottom = w["lamina_top"] - w["lamina_height"] + w["notch"] + w["flare"] * p - z + w["bevel"] * before
    cut = smooth_max(smooth_max(sheet, np.maximum(top, bottom), 3.0), p - w["lamina_side"], 3.0)
    return cut if w["opened"] < 0.5 else smooth_max(cut, parts.OPENED - p, 1.5)


def pillar(p, y, z, w):
    """An oval column between two parallel facets."""
    column = np.array([super_ellipse(a, b, 6.2, 6.8, 2.5) for a, b in zip(
        p - w["canal_half"] - neck.PILLAR_OUT, y - neck.PILLAR_BACK, strict=True)])  # fmt: skip
    normal = np.array([neck.PILLAR_SIN, neck.PILLAR_COS])
    height = np.stack([y - neck.PILLAR_BACK, z + 0.5], axis=-1) @ normal
    half = 0.5 * (neck.PILLAR_COS * (w["height"] + w["disc_below"]) - neck.JOINT_GAP)
    foot = half if w["fork"] > 0.5 else 0.4 * half
    return smooth_max(column, np.maximum(height - half, -height - foot), 1.2)


def cervical_body(x, y, z, w):
    """A super-elliptic cylinder with lips beside its upper face and a lower face that hangs down in front."""
    p = np.abs(x)
    level = np.clip(z / w["height"], -0.5, 0.5)
    waist = 1.0 - 4.0 * level**2

    def between(low, high):
        return 0.5 * (low + high) + level * (high - low)

    a = 0.5 * between(w["width_lower"], w["width_upper"]) - 0.8 * waist
    b = 0.5 * (between(w["depth_lower"], w["depth_upper"]) - 1.2 * waist)
    side = np.array([super_ellipse(*each, 2.6) for each in zip(x, y + b, a, b, strict=True)])
    out = np.clip((p / a - 0.62) / 0.38, 0.0, 1.0)
    back = np.clip((y + 1.5 * b) / b, 0.0, 1.0)
    lip = (4.2 + w["lip"]) * (3.0 * out**2 - 2.0 * out**3) * back
    upper = z - 0.5 * w["height"] + 0.8 - lip
    lower = -z - 0.5 * w["height"] + 1.5 * np.clip(1.0 - ((y + b) / b) ** 2, 0.0, None) + 2.6 * out * back
    worn = np.where((w["lip"] > 0.0) & (y < -b), w["lip"] * (1.0 - waist) ** 6, 0.0)
    return smooth_max(side - worn, np.maximum(upper, lower), 1.2)


def heart_surface(u, v, s, blobs):
    """The ellipsoids of the table joined with a fillet of 8 mm; each by its own quadric in its turned axes."""
    union = np.full(len(u), 1000.0)
    for row in blobs:
        axes = np.array([[row[6], row[7], 0.0], [-row[7], row[6], 0.0], [0.0, 0.0, 1.0]])
        place = axes @ (np.stack([u, v, s]) - row[:3, None])
        halves = row[3:6, None]
        k0, k1 = np.linalg.norm(place / halves, axis=0), np.linalg.norm(place / halves**2, axis=0)
        union = -smooth_max(-union, -k0 * (k0 - 1.0) / (k1 + 1e-9), 8.0)
    outside = (np.abs(u) > blob.HEART_SIDE) | (v > 0.0) | (v < blob.HEART_FRONT)
    return np.where(outside | (np.abs(s - blobs[0, 2]) > blob.HEART_TALL), 1000.0, union)


def lung(u, v, s, cage, wobble, front, shape, blobs):
    """Within the cage, beside mediastinum and heart, above the diaphragm; `shape` holds the levels' s."""
    p, left = np.abs(u), u > 0.0
    heart = np.clip((shape["T4"] + 5.0 - s) / 40.0, 0.0, 1.0)
    behind = np.clip((v - front + 12.0) / 18.0, 0.0, 1.0)
    before = np.clip((front - v) / 30.0, 0.0, 1.0)
    inward = 17.0 + 3.0 * behind + 3.0 * heart * before
    inward += 2.0 * wobble - np.where(left, 2.0, 9.0) * np.sin(np.pi * before)
    aorta = 17.0 + np.sqrt(np.clip(15.0**2 - (v - front + 9.0) ** 2, 0.0, None))
    inward = np.where(left, np.maximum(inward, aorta), inward)
    inward = inward + 4.2 * np.clip((v - 4.0) / 14.0, 0.0, 1.0)
    recess = shape["T12"] - 2.0 + 60.0 * np.clip((10.0 - v) / 120.0, 0.0, 1.0)
    dome = shape["T9"] - 4.0 + np.where(left, -4.0, 8.0)
    rise = 1.0 - np.exp(-np.clip(-cage - chest.PLEURA_DEEP - 1.0, 0.0, None) / 16.0)
    floor = np.maximum(recess + (dome - recess) * rise, recess)
    within = smooth_max(cage + chest.PLEURA_DEEP, inward - p, 8.0)
    within = smooth_max(within, blob.PERICARDIUM_MM + 1.0 - heart_surface(u, v - front, s, blobs), 3.0)
    return smooth_max(smooth_max(within, 0.6 * (floor - s), 4.0), 0.8 * (s - shape["T1"] - 6.0), 6.0)
