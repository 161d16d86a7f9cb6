"""Slow plain-numpy twins of the geometric kernels, by dense sampling and brute force."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline

from phantoms.canal.canal_model import CanalModel
from simulator.spatial.canal_transform import CanalTransform


def curved_by_search(points, line: CanalTransform):
    """(u, v, s) of each point: nearest of densely interpolated centreline points, refined twice."""
    out = np.empty_like(points)
    z_all = line.z_mm
    curve = CubicSpline(z_all, line.samples[:, :2])
    for n, point in enumerate(points):
        low, high = z_all[0], z_all[-1]
        for _ in range(5):
            z = np.linspace(low, high, 2001)
            x, y = curve(z).T
            distance = (x - point[0]) ** 2 + (y - point[1]) ** 2 + (z - point[2]) ** 2
            best = int(np.argmin(distance))
            low, high = z[max(best - 2, 0)], z[min(best + 2, len(z) - 1)]
        s = float(np.interp(z[best], z_all, line.samples[:, 6]))
        origin, left, back, _ = line.frame(s)
        out[n] = (point - origin) @ left, (point - origin) @ back, s
    return out


def sac_outline(model: CanalModel, s):
    """Outline of the sac at one arc length, (u, v) of many points, linear between the tables' samples."""
    row = np.array([np.interp(s, model.s_mm, column) for column in model.sac.radius_mm.T])
    dense = np.linspace(0.0, 2.0 * np.pi, 1441)
    angle = 2.0 * np.pi * np.arange(len(row) + 1) / len(row)
    u, v = np.append(row, row[0]) * np.cos(angle), np.append(row, row[0]) * np.sin(angle)
    u, v = np.interp(dense, angle, u), np.interp(dense, angle, v)
    return model.at(model.sac.u_mm, s) + u, model.at(model.sac.v_mm, s) + v


def sac_surface(model: CanalModel, s_low, s_high, step=0.2):
    """World points of the sac's outer face, dense in three dimensions."""
    points = []
    for s in np.arange(s_low, s_high, step):
        u, v = sac_outline(model, s)
        points.append(model.centreline.from_canal_coordinates(u[::4], v[::4], np.full(len(u[::4]), s)))
    return np.concatenate(points)


def polygon_distance(u, v, polygon_u, polygon_v):
    """Signed distance to a closed polygon: nearest of densely sampled edges, sign by the winding angle."""
    t = np.linspace(0.0, 1.0, 400)[:, None]
    pu = polygon_u + t * (np.roll(polygon_u, -1) - polygon_u)
    pv = polygon_v + t * (np.roll(polygon_v, -1) - polygon_v)
    distance = np.sqrt(((pu - u) ** 2 + (pv - v) ** 2).min())
    turn = np.angle(
        (np.roll(polygon_u - u, -1) + 1j * np.roll(polygon_v - v, -1)) / (polygon_u - u + 1j * (polygon_v - v))
    )
    return -distance if abs(turn.sum()) > np.pi else distance


def roots_distance(point, model: CanalModel):
    """Distance to the nearest exiting root: nearest of densely sampled axis points minus the radius there."""
    least = np.inf
    for root in model.nerves.roots:
        world = model.centreline.from_canal_coordinates(*root.uvs_mm.T)
        t = np.linspace(0, len(world) - 1, 6000)
        index = np.arange(len(world))
        axis = np.column_stack([np.interp(t, index, world[:, k]) for k in range(3)])
        radius = np.interp(t, index, root.radius_mm)
        least = min(least, float((np.linalg.norm(axis - point, axis=1) - radius).min()))
    return least


def ellipse_distance(x, y, a, b):
    """Signed distance to an ellipse by dense sampling."""
    t = np.linspace(0.0, 2.0 * np.pi, 20001)
    distance = np.hypot(a * np.cos(t) - x, b * np.sin(t) - y).min()
    return -distance if (x / a) ** 2 + (y / b) ** 2 < 1.0 else distance


def strands_distance(u, v, s, model: CanalModel):
    """Distance to the nearest strand of the cauda equina within the cross-section."""
    distances = []
    for k in range(model.nerves.strands.shape[1]):
        su, sv, radius = (np.interp(s, model.s_mm, model.nerves.strands[:, k, q]) for q in range(3))
        if radius > 0.05:
            distances.append(np.hypot(u - su, v - sv) - radius)
    return min(distances, default=1000.0)


def noise(tile, x, y, z):
    """Trilinear look-up in a periodic tile."""
    n = len(tile)
    result = 0.0
    ix, iy, iz = (int(np.floor(q)) for q in (x, y, z))
    for dz in (0, 1):
        for dy in (0, 1):
            for dx in (0, 1):
                weight = (1 - abs(x - ix - dx)) * (1 - abs(y - iy - dy)) * (1 - abs(z - iz - dz))
                result += weight * tile[(iz + dz) % n, (iy + dy) % n, (ix + dx) % n]
    return result


def super_ellipse(x, y, a, b, power):
    """Value over gradient of |x/a|^n + |y/b|^n = 1."""
    ax, ay = abs(x) / a + 1e-6, abs(y) / b + 1e-6
    r = (ax**power + ay**power) ** (1.0 / power)
    gradient = np.hypot((ax / r) ** (power - 1.0) / a, (ay / r) ** (power - 1.0) / b)
    return (r - 1.0) / gradient


def perineural_leak_distance(point, model: CanalModel):
    """Distance to smooth fluid along roots: nearest of densely interpolated balls, and the iodine there."""
    best = (1000.0, 0.0)
    for spill in model.fluid.perineural_leaks:
        fine = np.linspace(0.0, len(spill.radius_mm) - 1.0, 4001)
        whole = np.arange(len(spill.radius_mm), dtype=float)
        axis = model.centreline.from_canal_coordinates(*spill.uvs_mm.T)
        nodes = np.column_stack([np.interp(fine, whole, q) for q in axis.T])
        away = np.linalg.norm(nodes - point, axis=1) - np.interp(fine, whole, spill.radius_mm)
        near = int(away.argmin())
        if away[near] < best[0]:
            best = float(away[near]), float(np.interp(fine[near], whole, spill.iodine_mg_per_ml))
    return best
