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
    canal_distance,
    flavum_distance,
    foramen_distance,
    roof_depth,
    table,
)
from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import COLLECTION, P_CSF, Voxel, clamp, cover, material, noise, share

RAGGED = 1.1  # mm for a whole unit of noise (assumption: such fluid is uneven)
LATERAL, FORAMINAL = 2, 4


@njit(cache=True, nogil=True, error_model="numpy")
def spill_distance(
    x: float, y: float, z: float, u: float, v: float, s: float, canal: CanalArrays
) -> tuple[float, float]:
    """Distance to fluid along a root, and the iodine of the nearest such fluid; beyond 12 mm of any, far and none.

    It has no part in the flavum.
    """
    nearest, iodine = FAR, 0.0
    spills = canal.spills
    for p in range(spills.shape[0]):
        bound = math.sqrt((x - spills[p, 0, 0]) ** 2 + (y - spills[p, 0, 1]) ** 2 + (z - spills[p, 0, 2]) ** 2)
        if bound > spills[p, 0, 3] + 12.0:
            continue
        for k in range(1, spills.shape[1] - 1):
            ax, ay, az = spills[p, k, 0], spills[p, k, 1], spills[p, k, 2]
            dx, dy, dz = spills[p, k + 1, 0] - ax, spills[p, k + 1, 1] - ay, spills[p, k + 1, 2] - az
            t = ((x - ax) * dx + (y - ay) * dy + (z - az) * dz) / (dx * dx + dy * dy + dz * dz)
            t = clamp(t, 0.0, 1.0)
            d = math.sqrt((x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2 + (z - az - t * dz) ** 2)
            d -= spills[p, k, 3] + t * (spills[p, k + 1, 3] - spills[p, k, 3])
            if d < nearest:
                nearest, iodine = d, spills[p, k, 4] + t * (spills[p, k + 1, 4] - spills[p, k, 4])
    if nearest < 3.0:
        nearest += RAGGED * noise(canal.tile, u / 0.5 + 33.0, v / 0.5, s / 0.6)
        nearest = max(nearest, -flavum_distance(u, s, roof_depth(u, v, s, canal), canal))
    return nearest, iodine


@njit(cache=True, nogil=True, error_model="numpy")
def paint_spill(
    voxel: Voxel, x: float, y: float, z: float, u: float, v: float, s: float, h: float, canal: CanalArrays
) -> Voxel:
    """Fluid along a root, over fat and muscle; bone, sleeve and root come later."""
    distance, iodine = spill_distance(x, y, z, u, v, s, canal)
    if distance > h:
        return voxel
    tile = canal.tile
    patchy = clamp(0.95 + 0.10 * noise(tile, u / 0.9, v / 0.9, s / 1.4), 0.5, 1.1)
    fluid = material(canal.palette, P_CSF)
    fluid = (fluid[0], fluid[1], fluid[2] + patchy * iodine)
    return cover(voxel, share(distance, max(h, min(1.0, 2.0 * h))), fluid, COLLECTION)


@njit(cache=True, nogil=True, error_model="numpy")
def zone_of(u: float, v: float, s: float, sac: float, sleeve: float, canal: CanalArrays) -> int:
    """Zone of the epidural space (1 dorsal, 2 lateral, 3 ventral, 4 foraminal, 0 outside); bone is not looked at."""
    if sac <= 0.0 or sleeve <= 0.0:
        return 0
    depth = roof_depth(u, v, s, canal)
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
def zone_at(
    x: float, y: float, z: float, u: float, v: float, s: float, sac: float, sleeve: float, canal: CanalArrays
) -> int:
    """As `zone_of`, and epidural wherever fluid along a root lies, for it leads to the sleeve."""
    zone = zone_of(u, v, s, sac, sleeve, canal)
    if zone > 0 or canal.spills.shape[0] == 0 or min(sac, sleeve) <= 0.0:
        return zone
    if spill_distance(x, y, z, u, v, s, canal)[0] > 0.0:
        return 0
    return FORAMINAL if abs(u) > table(canal, s, HALF_WIDTH) else LATERAL
