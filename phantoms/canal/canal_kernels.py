"""Kernels of the canal: its coordinates, the dural sac, roots, cord, and the distances to what lies in it.

`CanalArrays` only bundles bare arrays so that signatures stay readable; `phantoms.canal.canal_tables` makes it. Canal
coordinates (u, v, s) of a point: u to the left, v behind the posterior wall line, s along it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import njit, prange
from phantoms.paint_kernels import (
    Paints,
    clamp,
    ellipsoid,
    noise,
    smooth_max,
    turned,
)

# Columns of CanalArrays.tables; floats, because numba compiles a function anew for every integer constant.
SAC_U, SAC_V, SAC_HALF_AP, SAC_HALF_WIDTH, DORSAL_WALL_APEX, DORSAL_WALL_SLOPE = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0
FLAVUM_THICKNESS, FLAVUM_REACH, HALF_WIDTH, FRONT, CSF_IODINE = 6.0, 7.0, 8.0, 9.0, 10.0
COLLECTION_THICKNESS, COLLECTION_IODINE, CORD_HALF_AP = 11.0, 12.0, 13.0
CORD_HALF_WIDTH, CORD_V, INTERLAMINAR_WINDOW, COLLECTION_BEHIND, CORD_U = 14.0, 15.0, 16.0, 17.0, 18.0
VENTRAL_THICKNESS, VENTRAL_IODINE = 19.0, 20.0
TABLE_COLUMNS = 21
DURA_THICKNESS = 0.35  # mm; lumbar 0.30-0.40 (reference section 4)
DORSAL_WALL_ROUND = 2.2  # mm2; rounds the ridge of the dorsal wall so that its apex is no crease
FAR = 1000.0
CLEAR_SIDES = 1.5  # mm inside the sac's wall: where a collection that lies behind alone ends at the sides
VENTRAL_GAP = 0.8  # mm between the wall and the sac before any fluid came, which it fills as well
BEHIND_FLAVUM = 8.0  # mm behind the dorsal wall, where nothing of the canal is left


class CanalArrays(NamedTuple):
    """Bare arrays of a canal model; shapes and units are those of `phantoms.canal.model.CanalModel`."""

    line: np.ndarray
    line_start: float
    line_step: float
    tables: np.ndarray
    s_start: float
    s_step: float
    sac: np.ndarray
    sac_start: np.ndarray
    sac_step: np.ndarray
    roots: np.ndarray
    root_span: np.ndarray
    strands: np.ndarray
    foramina: np.ndarray
    perineural_leaks: np.ndarray
    settling: float
    paints: Paints


class Place(NamedTuple):
    """A point in the patient's frame (x, y, z) and in the canal's coordinates (u, v, s), mm."""

    x: float
    y: float
    z: float
    u: float
    v: float
    s: float


class DuralDistances(NamedTuple):
    """Signed distances of a point to the dural sac, the nearest exiting root and the nearest root sleeve, mm."""

    sac: float
    root: float
    sleeve: float


@njit(cache=True, nogil=True, error_model="numpy")
def locate(x: float, y: float, z: float, canal: CanalArrays) -> tuple[float, float, float]:
    """Canal coordinates (u, v, s) of a point: Newton's method for the nearest point of the centreline."""
    line = canal.line
    last = line.shape[0] - 2
    per_mm = 1.0 / canal.line_step
    t = z
    for _ in range(3):
        g = (t - canal.line_start) * per_mm
        i = int(min(max(g, 0.0), last))
        f = g - i
        cx = line[i, 0] + f * (line[i + 1, 0] - line[i, 0])
        cy = line[i, 1] + f * (line[i + 1, 1] - line[i, 1])
        dx = line[i, 2] + f * (line[i + 1, 2] - line[i, 2])
        dy = line[i, 3] + f * (line[i + 1, 3] - line[i, 3])
        ddx = line[i, 4] + f * (line[i + 1, 4] - line[i, 4])
        ddy = line[i, 5] + f * (line[i + 1, 5] - line[i, 5])
        along = (x - cx) * dx + (y - cy) * dy + (z - t)
        slope = min(-(dx * dx + dy * dy + 1.0) + (x - cx) * ddx + (y - cy) * ddy, -0.2)
        t -= along / slope
    g = (t - canal.line_start) * per_mm
    i = int(min(max(g, 0.0), last))
    f = g - i
    cx = line[i, 0] + f * (line[i + 1, 0] - line[i, 0])
    cy = line[i, 1] + f * (line[i + 1, 1] - line[i, 1])
    dx = line[i, 2] + f * (line[i + 1, 2] - line[i, 2])
    dy = line[i, 3] + f * (line[i + 1, 3] - line[i, 3])
    s = line[i, 6] + f * (line[i + 1, 6] - line[i, 6])
    # axes: tangent (dx, dy, 1) / n; v is the world's y made orthogonal to it; u = v x tangent
    n2 = dx * dx + dy * dy + 1.0
    vx, vy, vz = -dx * dy, n2 - dy * dy, -dy
    m = 1.0 / math.sqrt(vx * vx + vy * vy + vz * vz)
    ux, uy, uz = vy - vz * dy, vz * dx - vx, vx * dy - vy * dx
    qx, qy, qz = x - cx, y - cy, z - t
    turn = line[i, 7] + f * (line[i + 1, 7] - line[i, 7])
    u, v = turned((qx * ux + qy * uy + qz * uz) * (m / math.sqrt(n2)), (qx * vx + qy * vy + qz * vz) * m, turn)
    return u, v, s


@njit(cache=True, nogil=True, error_model="numpy")
def find_place(x: float, y: float, z: float, canal: CanalArrays) -> Place:
    """A point of the patient with its canal coordinates."""
    u, v, s = locate(x, y, z, canal)
    return Place(x, y, z, u, v, s)


@njit(cache=True, nogil=True, error_model="numpy")
def table(canal: CanalArrays, s: float, column: float) -> float:
    """One tabulated parameter at arc length s, linear between samples and constant beyond the ends."""
    g = clamp((s - canal.s_start) / canal.s_step, 0.0, canal.tables.shape[0] - 1.001)
    i = int(g)
    f = g - i
    c = int(column)
    return float(canal.tables[i, c] * (1.0 - f) + canal.tables[i + 1, c] * f)


@njit(cache=True, nogil=True, error_model="numpy")
def polygon_distance(u: float, v: float, polygon_u: NDArray[np.float64], polygon_v: NDArray[np.float64]) -> float:
    """Signed distance to a closed polygon, negative inside (nearest edge; sign by crossings)."""
    n = polygon_u.shape[0]
    least = 1e12
    inside = False
    j = n - 1
    for i in range(n):
        au, av, bu, bv = polygon_u[j], polygon_v[j], polygon_u[i], polygon_v[i]
        du, dv = bu - au, bv - av
        t = clamp(((u - au) * du + (v - av) * dv) / (du * du + dv * dv + 1e-18), 0.0, 1.0)
        eu, ev = u - au - t * du, v - av - t * dv
        least = min(least, eu * eu + ev * ev)
        if (av > v) != (bv > v) and u < au + (v - av) / (bv - av) * du:
            inside = not inside
        j = i
    return -math.sqrt(least) if inside else math.sqrt(least)


@njit(cache=True, parallel=True, nogil=True, error_model="numpy")
def fill_sac_lattice(
    out: NDArray[np.float32],
    start: NDArray[np.float64],
    step: NDArray[np.float64],
    outline_u: NDArray[np.float64],
    outline_v: NDArray[np.float64],
) -> None:
    """out[s, v, u] = signed distance to the outline of its section; outlines are (section, vertex)."""
    for k in prange(out.shape[0]):
        for j in range(out.shape[1]):
            for i in range(out.shape[2]):
                u, v = start[2] + i * step[2], start[1] + j * step[1]
                out[k, j, i] = polygon_distance(u, v, outline_u[k], outline_v[k])


@njit(cache=True, nogil=True, error_model="numpy")
def sac_distance(u: float, v: float, s: float, canal: CanalArrays) -> float:
    """Signed distance to the dural sac's outer face; beyond its lattice an upper bound."""
    sac = canal.sac
    nk, nj, ni = sac.shape
    a = clamp((s - canal.sac_start[0]) / canal.sac_step[0], 0.0, nk - 1.001)
    gv, gu = (v - canal.sac_start[1]) / canal.sac_step[1], (u - canal.sac_start[2]) / canal.sac_step[2]
    b, c = clamp(gv, 0.0, nj - 1.001), clamp(gu, 0.0, ni - 1.001)
    k, j, i = int(a), int(b), int(c)
    a, fb, fc = a - k, b - j, c - i
    low = (sac[k, j, i] * (1 - fc) + sac[k, j, i + 1] * fc) * (1 - fb)
    low += (sac[k, j + 1, i] * (1 - fc) + sac[k, j + 1, i + 1] * fc) * fb
    high = (sac[k + 1, j, i] * (1 - fc) + sac[k + 1, j, i + 1] * fc) * (1 - fb)
    high += (sac[k + 1, j + 1, i] * (1 - fc) + sac[k + 1, j + 1, i + 1] * fc) * fb
    beyond = math.hypot((gv - b) * canal.sac_step[1], (gu - c) * canal.sac_step[2])
    return float(low * (1 - a) + high * a + beyond)


@njit(cache=True, nogil=True, error_model="numpy")
def root_distance(at: Place, canal: CanalArrays) -> tuple[float, float]:
    """Distances to the nearest exiting root and to the outer face of the nearest root sleeve."""
    x, y, z, u, s = at.x, at.y, at.z, at.u, at.s
    nearest, sleeve = FAR, FAR
    roots = canal.roots
    count = roots.shape[1]
    for r in range(roots.shape[0]):
        top, step, side = canal.root_span[r, 0], canal.root_span[r, 1], canal.root_span[r, 2]
        if side * u < -4.0 or s > top + 9.0 or s < top - step * count - 9.0:
            continue
        mid = int((top - s) / step)
        near = 5 if step > 1.4 else count  # a root that leaves nearly level is looked at as a whole
        for k in range(max(mid - near, 0), min(mid + near + 1, count - 1)):
            ax, ay, az = roots[r, k, 0], roots[r, k, 1], roots[r, k, 2]
            dx, dy, dz = roots[r, k + 1, 0] - ax, roots[r, k + 1, 1] - ay, roots[r, k + 1, 2] - az
            t = ((x - ax) * dx + (y - ay) * dy + (z - az) * dz) / (dx * dx + dy * dy + dz * dz)
            t = clamp(t, 0.0, 1.0)
            d = math.sqrt((x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2 + (z - az - t * dz) ** 2)
            d -= roots[r, k, 3] + t * (roots[r, k + 1, 3] - roots[r, k, 3])
            nearest = min(nearest, d)
            if roots[r, k, 4] + roots[r, k + 1, 4] > 0.0:
                sleeve = min(sleeve, d - roots[r, k, 4] - t * (roots[r, k + 1, 4] - roots[r, k, 4]))
    return nearest, sleeve


@njit(cache=True, nogil=True, error_model="numpy")
def strand_distance(u: float, v: float, s: float, canal: CanalArrays) -> float:
    """Distance to the nearest strand of the cauda equina, in the cross-section."""
    strands = canal.strands
    g = (s - canal.s_start) / canal.s_step
    if g < 0.0 or g > strands.shape[0] - 1.001:
        return FAR
    i = int(g)
    f = g - i
    least = FAR
    for k in range(strands.shape[1]):
        radius = strands[i, k, 2] * (1 - f) + strands[i + 1, k, 2] * f
        if radius <= 0.05:
            continue
        du = u - strands[i, k, 0] * (1 - f) - strands[i + 1, k, 0] * f
        dv = v - strands[i, k, 1] * (1 - f) - strands[i + 1, k, 1] * f
        least = min(least, math.sqrt(du * du + dv * dv) - radius)
    return least


@njit(cache=True, nogil=True, error_model="numpy")
def cord_distance(u: float, v: float, s: float, canal: CanalArrays) -> float:
    """Distance to the cord: nearest point of its elliptic section; far where there is no cord."""
    a, b = table(canal, s, CORD_HALF_WIDTH), table(canal, s, CORD_HALF_AP)
    if min(a, b) < 0.3:
        return FAR
    px, py = abs(u - table(canal, s, CORD_U)), abs(v - table(canal, s, CORD_V))
    tx, ty = 0.7071, 0.7071  # fixed point on the evolute: converges for every point in three or four rounds
    for _ in range(4):
        ex, ey = (a * a - b * b) * tx**3 / a, (b * b - a * a) * ty**3 / b
        rx, ry = a * tx - ex, b * ty - ey
        qx, qy = px - ex, py - ey
        r, q = math.hypot(rx, ry), math.hypot(qx, qy) + 1e-9
        tx, ty = clamp((qx * r / q + ex) / a, 0.0, 1.0), clamp((qy * r / q + ey) / b, 0.0, 1.0)
        n = math.hypot(tx, ty) + 1e-9
        tx, ty = tx / n, ty / n
    d = math.hypot(px - a * tx, py - b * ty)
    return -d if (px / a) ** 2 + (py / b) ** 2 < 1.0 else d


@njit(cache=True, nogil=True, error_model="numpy")
def dorsal_wall_depth(u: float, v: float, s: float, canal: CanalArrays) -> float:
    """Signed depth behind the canal's dorsal wall (front of lamina and flavum), negative in the canal."""
    slope = table(canal, s, DORSAL_WALL_SLOPE)
    x = u - table(canal, s, SAC_U)
    ridge = slope * (math.sqrt(x * x + DORSAL_WALL_ROUND) - math.sqrt(DORSAL_WALL_ROUND))
    return (v - table(canal, s, DORSAL_WALL_APEX) + ridge) / math.sqrt(1.0 + slope * slope)


@njit(cache=True, nogil=True, error_model="numpy")
def canal_distance(u: float, v: float, s: float, depth: float, canal: CanalArrays) -> float:
    """Distance to the wall of the canal: dorsal wall, posterior wall line, pedicles."""
    walls = smooth_max(depth, table(canal, s, FRONT) - v, 0.8)
    return smooth_max(walls, abs(u) - table(canal, s, HALF_WIDTH), 2.0)


@njit(cache=True, nogil=True, error_model="numpy")
def foramen_distance(u: float, v: float, s: float, canal: CanalArrays) -> float:
    """Distance to the nearest fat-filled foramen."""
    least = FAR
    for k in range(canal.foramina.shape[0]):
        f = canal.foramina[k]
        ds = s - f[2]
        du = u - f[0]
        if abs(ds) > f[5] + 6.0 or abs(du) > f[3] + 10.0:
            continue
        wobble = noise(canal.paints.noise_texture, u / 2.0 + 90.0, v / 2.0, s / 2.5)
        tilt = v - f[1] + f[6] * abs(du) + wobble
        least = min(least, ellipsoid(du, tilt, ds, f[3] + 1.5 * wobble, f[4] + wobble, f[5]))
    return least


@njit(cache=True, nogil=True, error_model="numpy")
def flavum_distance(u: float, s: float, depth: float, canal: CanalArrays) -> float:
    """Distance to the ligamentum flavum, a sheet behind the dorsal wall with a thin midline cleft."""
    thick = table(canal, s, FLAVUM_THICKNESS)
    if thick < 0.3:
        return FAR
    p = abs(u - table(canal, s, SAC_U))
    thick *= (1.0 - 0.75 * math.exp(-((p / 0.9) ** 2))) * clamp(1.25 - 0.035 * p, 0.5, 1.0)
    sheet = abs(depth - 0.5 * thick) - 0.5 * thick
    return smooth_max(sheet, p - table(canal, s, FLAVUM_REACH), 2.0)


@njit(cache=True, nogil=True, error_model="numpy")
def collection_distance(u: float, v: float, s: float, sac: float, wall: float, canal: CanalArrays) -> float:
    """Distance to the outside of the collection: a shell about the sac, thickest behind, within the canal.

    The share that lies behind alone is a pool on its back. The sac is not taken out but painted later: so no fat shows.
    """
    thick = table(canal, s, COLLECTION_THICKNESS)
    if thick < 0.05:
        return FAR
    behind = clamp((v - table(canal, s, SAC_V)) / table(canal, s, SAC_HALF_AP), -0.8, 1.0)
    ragged = 0.45 * noise(canal.paints.noise_texture, u, v, s / 1.6) * min(thick, 1.0)
    alone, back = table(canal, s, COLLECTION_BEHIND), max(behind, 0.0)
    depth = (1.0 - alone) * thick * (0.60 + 0.40 * behind)
    depth += alone * (thick * back * back - CLEAR_SIDES * (1.0 - back))
    shell = sac - depth - ragged
    return smooth_max(shell, wall + 0.2, 0.6)


@njit(cache=True, nogil=True, error_model="numpy")
def ventral_pool_distance(u: float, v: float, s: float, sac: float, wall: float, canal: CanalArrays) -> float:
    """Distance to fluid before the sac: a crescent that is thickest at the midline and ends at the sac's sides."""
    thick = table(canal, s, VENTRAL_THICKNESS)
    if thick < 0.05:
        return FAR
    before = clamp((table(canal, s, SAC_V) - v) / table(canal, s, SAC_HALF_AP), 0.0, 1.0)
    ragged = 0.45 * noise(canal.paints.noise_texture, u + 50.0, v, s / 1.6) * min(thick, 1.0)
    depth = (thick + VENTRAL_GAP) * before * before - CLEAR_SIDES * (1.0 - before)
    return smooth_max(sac - depth - ragged, wall + 0.2, 0.6)
