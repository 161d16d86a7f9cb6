"""Kernels of tubes: muscles and vessels that run along the spine, each a row of stations in a table of data."""

from __future__ import annotations

from phantoms.body.outline_kernels import muscle_tissue
from phantoms.body.tables_kernels import (
    MUSCLE_FAT,
    TUBE_COS,
    TUBE_HALF_U,
    TUBE_HALF_V,
    TUBE_LABEL,
    TUBE_MARBLING,
    TUBE_MATERIAL,
    TUBE_POWER,
    TUBE_REACH,
    TUBE_SIDE,
    TUBE_SIN,
    TUBE_U,
    TUBE_V,
    BodyArrays,
    BodyPlace,
)
from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import P_MUSCLE, Paints, Voxel, clamp, cover, material, share, super_ellipse


@njit(cache=True, nogil=True, error_model="numpy")
def tube_distance(tube: int, station: int, part: float, q: float, at: BodyPlace, body: BodyArrays) -> float:
    """Distance to one tube's wall, at part of the way from one station to the next; q is u towards its own side."""
    one, next_one = body.tubes[station, tube], body.tubes[station + 1, tube]
    a = one[TUBE_HALF_U] + part * (next_one[TUBE_HALF_U] - one[TUBE_HALF_U])
    if a < 0.5:
        return 1000.0
    x = q - one[TUBE_U] - part * (next_one[TUBE_U] - one[TUBE_U])
    y = at.v - one[TUBE_V] - part * (next_one[TUBE_V] - one[TUBE_V])
    if abs(x) > one[TUBE_REACH] or abs(y) > one[TUBE_REACH]:
        return 1000.0
    b = one[TUBE_HALF_V] + part * (next_one[TUBE_HALF_V] - one[TUBE_HALF_V])
    cos, sin = one[TUBE_COS], one[TUBE_SIN]
    # nothing is an ellipse: the wobble of the place moves the wall by up to a ninth of a half width
    x, y = cos * x + sin * y, cos * y - sin * x
    scale = clamp(a / 9.0, 0.3, 1.0)
    return super_ellipse(x, y, a + scale * at.wobble, b + scale * at.wobble2, one[TUBE_POWER])


@njit(cache=True, nogil=True, error_model="numpy")
def paint_tubes(voxel: Voxel, at: BodyPlace, paints: Paints, body: BodyArrays) -> Voxel:
    """All tubes that run here, in the order of their table."""
    g = clamp((at.s - body.s_start) / body.s_step, 0.0, body.tubes.shape[0] - 1.001)
    station = int(g)
    part = g - station
    for tube in range(body.tubes.shape[1]):
        kind = body.tube_kinds[tube]
        q = abs(at.u) if kind[TUBE_SIDE] == 0.0 else kind[TUBE_SIDE] * at.u
        distance = tube_distance(tube, station, part, q, at, body)
        if distance >= at.h:
            continue
        row = int(kind[TUBE_MATERIAL])
        stuff = material(paints.material_table, row)
        if row == P_MUSCLE:
            marbling = kind[TUBE_MARBLING] * body.shape[MUSCLE_FAT]
            stuff = muscle_tissue(at.u, at.v, at.s, marbling, 1.5, paints)
        voxel = cover(voxel, share(distance, at.h), stuff, kind[TUBE_LABEL])
    return voxel
