"""Kernels that answer questions about points: signed distances, tissue labels and zones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phantoms.body.body_kernels import outline_distance
from phantoms.canal.canal_kernels import (
    CanalArrays,
    DuralDistances,
    cord_distance,
    find_place,
    locate,
    root_distance,
    sac_distance,
    strand_distance,
)
from phantoms.compiled_kernels import njit
from phantoms.fluid.perineural_leak_kernels import find_zone
from phantoms.solids_kernels import Solids
from phantoms.voxels.referenced_kernels import referenced
from phantoms.voxels.scene_kernels import ALL_PARTS, bone_distance, metal_distance, tissue_at

POINT_MM = 1e-3  # a voxel so small that it holds one tissue


@njit(cache=True, nogil=True, error_model="numpy")
def canal_coordinates(out: NDArray[np.float64], points: NDArray[np.float64], canal: CanalArrays) -> None:
    """out[n, 3] = (u, v, s)."""
    canal = referenced(canal)
    for i in range(points.shape[0]):
        out[i, 0], out[i, 1], out[i, 2] = locate(points[i, 0], points[i, 1], points[i, 2], canal)


@njit(cache=True, nogil=True, error_model="numpy")
def dura(out: NDArray[np.float64], points: NDArray[np.float64], canal: CanalArrays) -> None:
    """Distance to the sac with its root sleeves."""
    canal = referenced(canal)
    for i in range(points.shape[0]):
        at = find_place(points[i, 0], points[i, 1], points[i, 2], canal)
        sleeve = root_distance(at, canal)[1]
        out[i] = min(sac_distance(at.u, at.v, at.s, canal), sleeve)


@njit(cache=True, nogil=True, error_model="numpy")
def neural(out: NDArray[np.float64], points: NDArray[np.float64], canal: CanalArrays) -> None:
    """Distance to the nearest of cord, strands and exiting roots."""
    canal = referenced(canal)
    for i in range(points.shape[0]):
        at = find_place(points[i, 0], points[i, 1], points[i, 2], canal)
        u, v, s = at.u, at.v, at.s
        root = root_distance(at, canal)[0]
        out[i] = min(min(root, cord_distance(u, v, s, canal)), strand_distance(u, v, s, canal))


@njit(cache=True, nogil=True, error_model="numpy")
def cord(out: NDArray[np.float64], points: NDArray[np.float64], canal: CanalArrays) -> None:
    """Distance to the cord."""
    canal = referenced(canal)
    for i in range(points.shape[0]):
        u, v, s = locate(points[i, 0], points[i, 1], points[i, 2], canal)
        out[i] = cord_distance(u, v, s, canal)


@njit(cache=True, nogil=True, error_model="numpy")
def bone(
    out: NDArray[np.float64],
    points: NDArray[np.float64],
    solids: Solids,
) -> None:
    """Distance to bone, or to metal in it."""
    solids = referenced(solids)
    canal = solids.canal
    for i in range(points.shape[0]):
        at = find_place(points[i, 0], points[i, 1], points[i, 2], canal)
        sac = sac_distance(at.u, at.v, at.s, canal)
        root, sleeve = root_distance(at, canal)
        bone = bone_distance(at, sac, min(root, sleeve), int(ALL_PARTS), solids)[0]
        out[i] = min(bone, metal_distance(at.x, at.y, at.z, solids.body))


@njit(cache=True, nogil=True, error_model="numpy")
def skin(out: NDArray[np.float64], points: NDArray[np.float64], solids: Solids) -> None:
    """Distance to the skin's outer face."""
    canal, body = referenced(solids.canal), referenced(solids.body)
    for i in range(points.shape[0]):
        u, v, s = locate(points[i, 0], points[i, 1], points[i, 2], canal)
        out[i] = outline_distance(u, v, s, body)


@njit(cache=True, nogil=True, error_model="numpy")
def labels(
    out: NDArray[np.uint8],
    points: NDArray[np.float64],
    solids: Solids,
) -> None:
    """Tissue at each point."""
    solids = referenced(solids)
    for i in range(points.shape[0]):
        voxel = tissue_at(points[i, 0], points[i, 1], points[i, 2], POINT_MM, solids)
        out[i] = int(voxel[3])


@njit(cache=True, nogil=True, error_model="numpy")
def zones(
    out: NDArray[np.uint8],
    points: NDArray[np.float64],
    solids: Solids,
) -> None:
    """ZoneLabel of the epidural space of each point; bone is outside."""
    solids = referenced(solids)
    canal = solids.canal
    for i in range(points.shape[0]):
        at = find_place(points[i, 0], points[i, 1], points[i, 2], canal)
        out[i] = 0
        if abs(at.u) > 52.0 or at.v < -26.0 or at.v > 36.0:
            continue
        sac = sac_distance(at.u, at.v, at.s, canal)
        root, sleeve = root_distance(at, canal)
        zone = find_zone(at, DuralDistances(sac, root, sleeve), canal)
        if zone == 0 or root <= 0.0:
            continue
        if bone_distance(at, sac, min(root, sleeve), int(ALL_PARTS), solids)[0] > 0.0:
            out[i] = zone
