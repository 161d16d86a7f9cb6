"""The body in a CT: a mask parted from table, mat and arms, worked out on a grid of 3 mm."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from simulator.spatial.arrays import FloatArray

COARSE_MM = 3  # mm, for morphology
_SOLID_HU = -220.0  # fat and all that is denser; mats and blankets are lighter, and gaps under them blur with them
_MAT_MM = 9.0  # half the thickness of what is no part of the body
_SHALLOW_GAP_MM = 15.0
_LIMB_MM, _LIMB_APART = 20.0, 0.3  # half the thickness of an arm's core, and the part of planes in which it lies apart


def coarse_means(volume: NDArray[Any]) -> NDArray[np.float32]:
    """Means of cubes of 3 mm; the last cubes repeat the edge."""
    pad = [(0, -n % COARSE_MM) for n in volume.shape]
    full = np.pad(volume, pad, mode="edge")
    nz, ny, nx = (n // COARSE_MM for n in full.shape)
    return np.asarray(full.reshape(nz, COARSE_MM, ny, COARSE_MM, nx, COARSE_MM).mean(axis=(1, 3, 5)), dtype=np.float32)


def refine_mask(mask: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """A coarse mask on the 1 mm grid."""
    for axis in range(3):
        mask = np.repeat(mask, COARSE_MM, axis=axis)
    return np.asarray(mask[: shape[0], : shape[1], : shape[2]])


def grow_mask(mask: NDArray[np.bool_], steps: int) -> NDArray[np.bool_]:
    """A mask grown by so many voxels to every side."""
    return np.asarray(ndimage.binary_dilation(mask, iterations=steps))


def find_body(coarse: NDArray[np.float32]) -> NDArray[np.bool_]:
    """The body on the 3 mm grid: the largest piece in 3-D, parted from table and mat, with its gas filled.

    Gas is filled first, for the belly's wall over it may be thin; what lies shallow under a surface is no gas but a
    gap under a mat. Then everything thinner than 18 mm is worn away, and mats with it.
    """
    solid = np.pad(coarse > _SOLID_HU, ((2, 2), (0, 0), (0, 0)), mode="edge")  # the body goes on beyond the planes
    body = largest_piece(ndimage.binary_opening(solid, iterations=2)[2:-2])
    filled = body.copy()
    for plane in filled:
        plane[:] = ndimage.binary_fill_holes(plane)
    holes, count = ndimage.label(filled & ~body)
    if count:
        deep = ndimage.maximum(_depth(filled), holes, np.arange(count + 1)) > _SHALLOW_GAP_MM
        deep[0] = False
        body |= deep[holes]
    core = _depth(body) > _MAT_MM
    body = largest_piece(ndimage.distance_transform_edt(~core, sampling=COARSE_MM) <= _MAT_MM)
    for plane in body:
        plane[:] = ndimage.binary_fill_holes(plane)
    return _without_limbs(body)


def _without_limbs(body: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The trunk without arms that touch it: thick pieces of their own that lie apart from it in many planes."""
    cores, count = ndimage.label(_depth(body) > _LIMB_MM)
    if count < 2:
        return body
    trunk = 1 + int(np.argmax(np.bincount(cores.ravel())[1:]))
    nearest = ndimage.distance_transform_edt(cores == 0, return_distances=False, return_indices=True)
    owner = np.where(body, cores[tuple(nearest)], 0)
    for piece in range(1, count + 1):
        limb, rest = owner == piece, body & (owner != piece)
        planes = np.flatnonzero(limb.any(axis=(1, 2)))
        apart = [not (ndimage.binary_dilation(limb[k]) & rest[k]).any() for k in planes]
        if piece != trunk and len(planes) and np.mean(apart) > _LIMB_APART:
            body = rest
    return largest_piece(body)


def _depth(mask: NDArray[np.bool_]) -> FloatArray:
    """Distance of a coarse mask's voxels to what is outside, mm; the body goes on beyond the first and last plane."""
    padded = np.pad(np.pad(mask, ((4, 4), (0, 0), (0, 0)), mode="edge"), ((0, 0), (1, 1), (1, 1)))
    return np.asarray(ndimage.distance_transform_edt(padded, sampling=COARSE_MM)[4:-4, 1:-1, 1:-1])


def largest_piece(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest connected piece of a mask."""
    parts, count = ndimage.label(mask)
    if not count:
        return mask
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    return np.asarray(parts == int(sizes.argmax()))
