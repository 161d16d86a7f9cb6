"""Kernels of blobs: ellipsoids of the heart, each a row in a table of data, with grooves of fat between them."""

from __future__ import annotations

from phantoms.body.tables_kernels import (
    BLOB_COS,
    BLOB_HALF_S,
    BLOB_HALF_U,
    BLOB_HALF_V,
    BLOB_MATERIAL,
    BLOB_S,
    BLOB_SIN,
    BLOB_U,
    BLOB_V,
    BodyArrays,
    BodyPlace,
)
from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import (
    ORGAN,
    P_FAT,
    VISCERAL_FAT,
    Paints,
    Voxel,
    cover,
    denser,
    ellipsoid,
    material,
    share,
    smooth_min,
)

HEART_SIDE, HEART_FRONT, HEART_TALL = 80.0, -112.0, 70.0  # mm, beyond which the heart does not reach
PERICARDIUM_MM = 2.5  # of fat about the heart (assumption)
FAR = 1000.0


@njit(cache=True, nogil=True, error_model="numpy")
def blob_distance(u: float, v: float, s: float, n: int, body: BodyArrays) -> float:
    """Distance to one blob; v counts from the fronts of the bodies."""
    row = body.blobs[n]
    x, y = u - row[BLOB_U], v - row[BLOB_V]
    x, y = row[BLOB_COS] * x + row[BLOB_SIN] * y, row[BLOB_COS] * y - row[BLOB_SIN] * x
    return ellipsoid(x, y, s - row[BLOB_S], row[BLOB_HALF_U], row[BLOB_HALF_V], row[BLOB_HALF_S])


@njit(cache=True, nogil=True, error_model="numpy")
def heart_distance(u: float, v: float, s: float, body: BodyArrays) -> float:
    """Distance to the heart's surface, its blobs joined with a fillet; v counts from the fronts of the bodies."""
    if abs(u) > HEART_SIDE or v > 0.0 or v < HEART_FRONT or abs(s - body.blobs[0, BLOB_S]) > HEART_TALL:
        return FAR
    least = FAR
    for n in range(body.blobs.shape[0]):
        least = smooth_min(least, blob_distance(u, v, s, n, body), 8.0)
    return least


@njit(cache=True, nogil=True, error_model="numpy")
def paint_heart(voxel: Voxel, at: BodyPlace, front: float, paints: Paints, body: BodyArrays) -> Voxel:
    """The heart in its fat: walls and chambers, and fat in the grooves where two of them meet at the surface."""
    v = at.v - front
    whole = heart_distance(at.u, v, at.s, body) + at.wobble
    if whole > PERICARDIUM_MM + at.h:
        return voxel
    materials = paints.material_table
    voxel = cover(voxel, share(whole - PERICARDIUM_MM, at.h), material(materials, P_FAT), VISCERAL_FAT)
    nearest, second, owner = FAR, FAR, 0
    for n in range(body.blobs.shape[0]):
        d = blob_distance(at.u, v, at.s, n, body)
        if d < nearest:
            nearest, second, owner = d, nearest, n
        elif d < second:
            second = d
    groove = min(1.6 + 0.5 * at.wobble2 - 0.5 * (second - nearest), whole + 9.0)
    stuff = denser(material(materials, int(body.blobs[owner, BLOB_MATERIAL])), -4.0 * at.wobble2)
    return cover(voxel, share(max(whole, groove), at.h), stuff, ORGAN)
