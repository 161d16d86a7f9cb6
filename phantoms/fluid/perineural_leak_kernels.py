"""Kernels of fluid that has run along a root: its distance, its paint, and the zone that it opens."""

from __future__ import annotations

import math

from phantoms.canal.canal_kernels import (
    FAR,
    HALF_WIDTH,
    SAC_HALF_AP,
    SAC_HALF_WIDTH,
    SAC_U,
    SAC_V,
    CanalArrays,
    DuralDistances,
    Place,
    canal_distance,
    dorsal_wall_depth,
    flavum_distance,
    foramen_distance,
    table,
)
from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import COLLECTION, P_CSF, Voxel, clamp, cover, material, noise, share

RAGGED = 1.1  # mm for a whole unit of noise (assumption: such fluid is uneven)
LATERAL, FORAMINAL = 2, 4


@njit(cache=True, nogil=True, error_model="numpy")
def perineural_leak_distance(at: Place, canal: CanalArrays) -> tuple[float, float]:
    """Distance to fluid along a root, and the iodine of the nearest such fluid; beyond 12 mm of any, far and none.

    It has no part in the flavum.
    """
    x, y, z, u, v, s = at.x, at.y, at.z, at.u, at.v, at.s
    nearest, iodine = FAR, 0.0
    leaks = canal.perineural_leaks
    for p in range(leaks.shape[0]):
        bound = math.sqrt((x - leaks[p, 0, 0]) ** 2 + (y - leaks[p, 0, 1]) ** 2 + (z - leaks[p, 0, 2]) ** 2)
        if bound > leaks[p, 0, 3] + 12.0:
            continue
        for k in range(1, leaks.shape[1] - 1):
            ax, ay, az = leaks[p, k, 0], leaks[p, k, 1], leaks[p, k, 2]
            dx, dy, dz = leaks[p, k + 1, 0] - ax, leaks[p, k + 1, 1] - ay, leaks[p, k + 1, 2] - az
            t = ((x - ax) * dx + (y - ay) * dy + (z - az) * dz) / (dx * dx + dy * dy + dz * dz)
            t = clamp(t, 0.0, 1.0)
            d = math.sqrt((x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2 + (z - az - t * dz) ** 2)
            d -= leaks[p, k, 3] + t * (leaks[p, k + 1, 3] - leaks[p, k, 3])
            if d < nearest:
                nearest, iodine = d, leaks[p, k, 4] + t * (leaks[p, k + 1, 4] - leaks[p, k, 4])
    if nearest < 3.0:
        nearest += RAGGED * noise(canal.paints.noise_texture, u / 0.5 + 33.0, v / 0.5, s / 0.6)
        nearest = max(nearest, -flavum_distance(u, s, dorsal_wall_depth(u, v, s, canal), canal))
    return nearest, iodine


@njit(cache=True, nogil=True, error_model="numpy")
def paint_perineural_leak(voxel: Voxel, at: Place, h: float, canal: CanalArrays) -> Voxel:
    """Fluid along a root, over fat and muscle; bone, sleeve and root come later."""
    u, v, s = at.u, at.v, at.s
    distance, iodine = perineural_leak_distance(at, canal)
    if distance > h:
        return voxel
    texture = canal.paints.noise_texture
    patchy = clamp(0.95 + 0.10 * noise(texture, u / 0.9, v / 0.9, s / 1.4), 0.5, 1.1)
    fluid = material(canal.paints.material_table, P_CSF)
    fluid = (fluid[0], fluid[1], fluid[2] + patchy * iodine)
    return cover(voxel, share(distance, max(h, min(1.0, 2.0 * h))), fluid, COLLECTION)


@njit(cache=True, nogil=True, error_model="numpy")
def canal_zone(u: float, v: float, s: float, sac: float, sleeve: float, canal: CanalArrays) -> int:
    """Zone of the epidural space (1 dorsal, 2 lateral, 3 ventral, 4 foraminal, 0 outside); bone is not looked at."""
    if sac <= 0.0 or sleeve <= 0.0:
        return 0
    depth = dorsal_wall_depth(u, v, s, canal)
    if canal_distance(u, v, s, depth, canal) <= 0.0:
        across = abs(u - table(canal, s, SAC_U)) / table(canal, s, SAC_HALF_WIDTH)
        behind = (v - table(canal, s, SAC_V)) / table(canal, s, SAC_HALF_AP)
        if behind > 0.0 and behind >= across:
            return 1
        if behind < 0.0 and -behind >= across:
            return 3
        return 2
    if abs(u) > table(canal, s, HALF_WIDTH) and foramen_distance(u, v, s, canal) <= 0.0:
        return 4 if flavum_distance(u, s, depth, canal) > 0.0 else 0
    return 0


@njit(cache=True, nogil=True, error_model="numpy")
def find_zone(at: Place, near: DuralDistances, canal: CanalArrays) -> int:
    """As `canal_zone`, and epidural wherever fluid along a root lies, for it leads to the sleeve."""
    sac, sleeve = near.sac, near.sleeve
    zone = canal_zone(at.u, at.v, at.s, sac, sleeve, canal)
    if zone > 0 or canal.perineural_leaks.shape[0] == 0 or min(sac, sleeve) <= 0.0:
        return zone
    if perineural_leak_distance(at, canal)[0] > 0.0:
        return 0
    return FORAMINAL if abs(at.u) > table(canal, at.s, HALF_WIDTH) else LATERAL
