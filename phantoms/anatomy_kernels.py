"""Kernels that answer questions about points: signed distances, tissue labels and zones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phantoms.body.body_kernels import BodyArrays, outline_distance
from phantoms.canal.canal_kernels import (
    CanalArrays,
    cord_distance,
    locate,
    root_distance,
    sac_distance,
    strand_distance,
)
from phantoms.compiled_kernels import njit
from phantoms.fluid.spill_kernels import zone_at
from phantoms.voxels.borrowed_kernels import borrowed, borrowed_body, borrowed_canal
from phantoms.voxels.scene_kernels import ALL_PARTS, bone_distance, metal_distance, tissue_at

POINT_MM = 1e-3  # a voxel so small that it holds one tissue


@njit(cache=True, nogil=True, error_model="numpy")
def canal_coordinates(out: NDArray[np.float64], points: NDArray[np.float64], canal: CanalArrays) -> None:
    """out[n, 3] = (u, v, s)."""
    canal = borrowed_canal(canal)
    for i in range(points.shape[0]):
        out[i, 0], out[i, 1], out[i, 2] = locate(points[i, 0], points[i, 1], points[i, 2], canal)


@njit(cache=True, nogil=True, error_model="numpy")
def dura(out: NDArray[np.float64], points: NDArray[np.float64], canal: CanalArrays) -> None:
    """Distance to the sac with its root sleeves."""
    canal = borrowed_canal(canal)
    for i in range(points.shape[0]):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        u, v, s = locate(x, y, z, canal)
        sleeve = root_distance(x, y, z, u, s, canal)[1]
        out[i] = min(sac_distance(u, v, s, canal), sleeve)


@njit(cache=True, nogil=True, error_model="numpy")
def neural(out: NDArray[np.float64], points: NDArray[np.float64], canal: CanalArrays) -> None:
    """Distance to the nearest of cord, strands and exiting roots."""
    canal = borrowed_canal(canal)
    for i in range(points.shape[0]):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        u, v, s = locate(x, y, z, canal)
        root = root_distance(x, y, z, u, s, canal)[0]
        out[i] = min(min(root, cord_distance(u, v, s, canal)), strand_distance(u, v, s, canal))


@njit(cache=True, nogil=True, error_model="numpy")
def cord(out: NDArray[np.float64], points: NDArray[np.float64], canal: CanalArrays) -> None:
    """Distance to the cord."""
    canal = borrowed_canal(canal)
    for i in range(points.shape[0]):
        u, v, s = locate(points[i, 0], points[i, 1], points[i, 2], canal)
        out[i] = cord_distance(u, v, s, canal)


@njit(cache=True, nogil=True, error_model="numpy")
def bone(
    out: NDArray[np.float64],
    points: NDArray[np.float64],
    vertebrae: NDArray[np.void],
    frames: NDArray[np.float64],
    canal: CanalArrays,
    body: BodyArrays,
) -> None:
    """Distance to bone, or to metal in it."""
    vertebrae, frames = borrowed(vertebrae), borrowed(frames)
    canal, body = borrowed_canal(canal), borrowed_body(body)
    for i in range(points.shape[0]):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        u, v, s = locate(x, y, z, canal)
        sac = sac_distance(u, v, s, canal)
        root, sleeve = root_distance(x, y, z, u, s, canal)
        near = min(root, sleeve)
        bone = bone_distance(x, y, z, u, v, s, sac, near, ALL_PARTS, vertebrae, frames, canal, body)[0]
        out[i] = min(bone, metal_distance(x, y, z, body))


@njit(cache=True, nogil=True, error_model="numpy")
def skin(out: NDArray[np.float64], points: NDArray[np.float64], canal: CanalArrays, body: BodyArrays) -> None:
    """Distance to the skin's outer face."""
    canal, body = borrowed_canal(canal), borrowed_body(body)
    for i in range(points.shape[0]):
        u, v, s = locate(points[i, 0], points[i, 1], points[i, 2], canal)
        out[i] = outline_distance(u, v, s, body)


@njit(cache=True, nogil=True, error_model="numpy")
def labels(
    out: NDArray[np.uint8],
    points: NDArray[np.float64],
    vertebrae: NDArray[np.void],
    frames: NDArray[np.float64],
    canal: CanalArrays,
    body: BodyArrays,
) -> None:
    """Tissue at each point."""
    vertebrae, frames = borrowed(vertebrae), borrowed(frames)
    canal, body = borrowed_canal(canal), borrowed_body(body)
    for i in range(points.shape[0]):
        voxel = tissue_at(points[i, 0], points[i, 1], points[i, 2], POINT_MM, vertebrae, frames, canal, body)
        out[i] = int(voxel[3])


@njit(cache=True, nogil=True, error_model="numpy")
def zones(
    out: NDArray[np.uint8],
    points: NDArray[np.float64],
    vertebrae: NDArray[np.void],
    frames: NDArray[np.float64],
    canal: CanalArrays,
    body: BodyArrays,
) -> None:
    """ZoneLabel of the epidural space of each point; bone is outside."""
    vertebrae, frames = borrowed(vertebrae), borrowed(frames)
    canal, body = borrowed_canal(canal), borrowed_body(body)
    for i in range(points.shape[0]):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        u, v, s = locate(x, y, z, canal)
        out[i] = 0
        if abs(u) > 52.0 or v < -26.0 or v > 36.0:
            continue
        sac = sac_distance(u, v, s, canal)
        root, sleeve = root_distance(x, y, z, u, s, canal)
        zone = zone_at(x, y, z, u, v, s, sac, sleeve, canal)
        if zone == 0 or root <= 0.0:
            continue
        if bone_distance(x, y, z, u, v, s, sac, min(root, sleeve), ALL_PARTS, vertebrae, frames, canal, body)[0] > 0.0:
            out[i] = zone
