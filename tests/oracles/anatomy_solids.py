"""Plain-numpy twins of the bone's solids and of the loop that makes voxels."""

from __future__ import annotations

import numpy as np

from phantoms.spine import Spine
from phantoms.voxels import scene_kernels
from tests.oracles.anatomy_geometry import super_ellipse


def smooth_max(a, b, width):
    """Polynomial smooth maximum: equal to the maximum where a and b differ by more than the width."""
    h = np.clip(width - np.abs(a - b), 0.0, None) / width
    return np.maximum(a, b) + 0.25 * width * h**2


def smooth_min(a, b, width):
    return -smooth_max(-a, -b, width)


def cone(point, a, b, radius_a, radius_b, flat):
    """Tapered capsule: nearest point of the axis by dense sampling, z shrunk by `flat`."""
    scale = np.array([1.0, 1.0, 1.0 / flat])
    p, a, b = (np.asarray(q, dtype=float) * scale for q in (point, a, b))
    t = np.linspace(0.0, 1.0, 20001)[:, None]
    away = p - a - t * (b - a)
    distance = np.linalg.norm(away, axis=1)
    nearest = int(np.argmin(distance))
    gradient = np.sqrt(((away[nearest] * scale) ** 2).sum() + 0.04) / np.sqrt(distance[nearest] ** 2 + 0.04)
    return (distance[nearest] - (radius_a + t[nearest, 0] * (radius_b - radius_a))) / gradient


def body_distance(x, y, z, w):
    """Waisted super-elliptic cylinder with dished endplates."""
    t = np.clip(z / w["height"] + 0.5, 0.0, 1.0)
    waist = 1.0 - (2.0 * t - 1.0) ** 2
    half_width = 0.5 * np.interp(t, [0.0, 1.0], [w["width_lower"], w["width_upper"]]) - w["waist_side"] * waist
    depth = np.interp(t, [0.0, 1.0], [w["depth_lower"], w["depth_upper"]]) - w["waist_front"] * waist
    yy = y + 0.5 * depth - (1.26 * np.exp(-((x / 9.0) ** 2)) if y > -0.5 * depth else 0.0)
    side = super_ellipse(x, yy, half_width, 0.5 * depth, 2.0 if yy < 0.0 else 3.0)
    rho2 = min((x / half_width) ** 2 + (yy / (0.5 * depth)) ** 2, 1.0)
    dish = (1.0 - rho2) ** 0.7
    upper = z - 0.5 * w["height"] + 1.6 * w["dish"] * dish
    lower = -(z - 0.6 * np.sin(4.0 * rho2)) - 0.5 * w["height"] + 2.4 * w["dish"] * dish
    return smooth_max(side, max(upper, lower), 2.2)


def voxel_densities(spine: Spine, x, y, z, size, thickness):
    """Densities of one voxel: mean of as many planes within its thickness as its size goes into it."""
    planes = max(1, round(thickness / size))
    heights = z + ((np.arange(planes) + 0.5) / planes - 0.5) * thickness
    return np.mean([scene_kernels.tissue_at(x, y, height, size, spine.solids)[:3] for height in heights], axis=0)


def plate(x, y, cx, cy, slope, half_length, half_thickness):
    """Distance to a bar with rounded corners: nearest of dense points on its outline, sign by an inside test."""
    along = np.array([1.0, -slope]) / np.hypot(1.0, slope)
    across = np.array([slope, 1.0]) / np.hypot(1.0, slope)
    location = np.array([x - cx, y - cy])
    a, b = abs(location @ along), abs(location @ across)
    r = 0.45 * min(half_length, half_thickness)
    turn = np.linspace(0.0, 0.5 * np.pi, 4001)
    arc = np.column_stack([half_length - r + r * np.cos(turn), half_thickness - r + r * np.sin(turn)])
    t = np.linspace(0.0, 1.0, 4001)[:, None]
    side = np.array([half_length, 0.0]) * (1 - t) + np.array([half_length, half_thickness - r]) * t
    end = np.array([0.0, half_thickness]) * (1 - t) + np.array([half_length - r, half_thickness]) * t
    outline = np.concatenate([arc, side, end])
    distance = np.hypot(*(outline - [a, b]).T).min()
    corner = a > half_length - r and b > half_thickness - r
    inside = a < half_length and b < half_thickness
    if corner:
        inside = np.hypot(a - half_length + r, b - half_thickness + r) < r
    return -distance if inside else distance


def rib(u, v, s, cage, body):
    """Distance to the nearest rib: every rib's axis is followed in small steps of its angle."""
    from phantoms.body import tables_kernels as columns

    def table(column):
        at = body.s_start + body.s_step * np.arange(len(body.tables))
        return np.interp(s, at, body.tables[:, int(column)])

    turn = np.arctan2(abs(u) / table(columns.CAGE_A), (v - table(columns.CAGE_V)) / table(columns.CAGE_B))
    found = []
    for top, drop, first, last, half, steeper in body.ribs:
        if not first <= turn <= last:
            continue
        dense = np.linspace(first, last, 20001)
        part = (dense - first) / (np.pi - first)
        heights = top - drop * np.sin(0.5 * np.pi * part) - steeper * part**2
        height = heights[np.argmin(np.abs(dense - turn))]
        found.append(np.hypot(cage + 3.3, (s - height) / 2.3) - half)
    return min(found, default=1000.0)
