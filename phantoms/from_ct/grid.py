"""The grid of a CT file in LPS, checked before voxels are read, and an oblique volume on a straight one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from phantoms.from_ct.image import CtFault
from phantoms.phantom import VoxelGrid
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import PatientPoint

MAX_VOXELS = 512 * 512 * 1500
AGAIN = "Export the file again"
_SIZE = (12, 2048)  # voxels along an axis
_SPACING_MM = (0.2, 6.0)
_ROUNDING = 0.005  # of a spacing in a header
_EXTENT_MM = (30.0, 2200.0)
_OBLIQUE_DEG, _MOST_OBLIQUE_DEG = 1.0, 40.0  # taken for straight; a stack along a disc is tilted by less
_BESIDE_MM, _STRETCHED = 1.0, 0.002  # of labels on the same voxels, by their header: rounding of an export


def check_shape(what: str, where: str, shape: tuple[int, ...]) -> None:
    """CtFault where a volume has too few or too many voxels along an axis or in all."""
    size = " x ".join(map(str, shape))
    if min(shape) < _SIZE[0] or max(shape) > _SIZE[1] or math.prod(shape) > MAX_VOXELS:
        most = f"{MAX_VOXELS / 1e6:.0f} million"
        fix = f"Crop or resample it to {_SIZE[0]}..{_SIZE[1]} voxels an axis and at most {most} in all"
        raise CtFault(what, where, f"a volume of {size} voxels cannot be used", fix)


def checked_grid(what: str, where: str, shape: tuple[int, ...], lps: FloatArray) -> VoxelGrid:
    """Grid with every axis ascending in LPS, of an array (i, j, k) whose affine to LPS is given.

    Raises:
        CtFault: the affine is no number, singular, sheared or oblique, or the voxels have no size of a CT's.
    """
    if lps.shape != (4, 4) or not np.isfinite(lps).all():
        raise CtFault(what, where, "the affine holds values that are no numbers", AGAIN)
    with np.errstate(over="ignore"):  # voxels of infinite size are refused below
        spacing = np.sqrt((lps[:3, :3] ** 2).sum(axis=0))
    if not (spacing > 0.0).all() or abs(np.linalg.det(lps[:3, :3] / np.where(spacing > 0, spacing, 1.0))) < 0.5:
        raise CtFault(what, where, "the affine is singular or sheared", AGAIN)
    text = " x ".join(f"{q:.4g}" for q in spacing)
    if spacing.min() < _SPACING_MM[0] * (1.0 - _ROUNDING) or spacing.max() > _SPACING_MM[1] * (1.0 + _ROUNDING):
        fix = f"Give voxels of {_SPACING_MM[0]:g} to {_SPACING_MM[1]:g} mm"
        raise CtFault(what, where, f"voxels of {text} mm cannot be used", fix)
    extent = spacing * shape
    if extent.min() < _EXTENT_MM[0] or extent.max() > _EXTENT_MM[1] or np.abs(lps[:3, 3]).max() > 1e5:
        text = " x ".join(f"{q:.0f}" for q in extent)
        raise CtFault(what, where, f"a volume of {text} mm is no trunk", "Check the voxel size of the export")
    axes = _axes(lps)
    if len(set(axes)) < 3 or oblique_deg(lps) > _MOST_OBLIQUE_DEG:
        fix = "Resample it to a grid along the patient's axes"
        raise CtFault(what, where, f"the axes are oblique by more than {_MOST_OBLIQUE_DEG:g} degrees", fix)
    if is_oblique(lps):
        straight = _around(shape, lps, spacing, axes)
        check_shape(what, where, straight.shape[::-1])
        return straight
    turned = [int(shape[axis]) for axis in axes]
    centre = lps[:3, :3] @ ((np.array(shape) - 1) / 2.0) + lps[:3, 3]
    x, y, z = (single(c - spacing[a] * (n - 1) / 2.0) for c, a, n in zip(centre, axes, turned, strict=True))
    sx, sy, sz = (single(spacing[axis]) for axis in axes)
    return VoxelGrid(origin_mm=PatientPoint(x, y, z), spacing_mm=(sx, sy, sz), shape=(turned[2], turned[1], turned[0]))


def oblique_deg(lps: FloatArray) -> float:
    """Greatest angle between an axis of a file and the patient's axis nearest to it."""
    direction = np.abs(lps[:3, :3]) / np.linalg.norm(lps[:3, :3], axis=0)
    return math.degrees(math.acos(min(float(direction.max(axis=0).min()), 1.0)))


def is_oblique(lps: FloatArray) -> bool:
    """Whether a file's axes are so far from the patient's that its voxels have to be resampled."""
    return oblique_deg(lps) > _OBLIQUE_DEG


def _around(shape: tuple[int, ...], lps: FloatArray, spacing: FloatArray, axes: tuple[int, int, int]) -> VoxelGrid:
    """Grid along the patient's axes about an oblique volume, with voxels of the same size."""
    corners = np.array([[(n - 1) * end for n, end in zip(shape, ends, strict=True)] for ends in np.ndindex(2, 2, 2)])
    places = corners @ lps[:3, :3].T + lps[:3, 3]
    sizes = [single(spacing[axis]) for axis in axes]
    counts = [math.ceil((places[:, k].max() - places[:, k].min()) / sizes[k]) + 1 for k in range(3)]
    x, y, z = (single(q) for q in places.min(axis=0))
    return VoxelGrid(
        origin_mm=PatientPoint(x, y, z),
        spacing_mm=(sizes[0], sizes[1], sizes[2]),
        shape=(counts[2], counts[1], counts[0]),
    )


def single(value: float) -> float:
    """A length in the precision of a NIfTI header, so that a CT that was written is read as the same."""
    return float(np.float32(value))


def check_same_grid(what: str, labels: VoxelGrid, ct: VoxelGrid) -> str | None:
    """A sentence where labels lie a little beside their CT's grid, None where they lie on it.

    Raises:
        CtFault: they lie on another grid.
    """
    fix = "Segment this very CT, or resample the labels to it (nearest neighbour)"
    if labels.shape != ct.shape:
        text = " and ".join(" x ".join(map(str, grid.shape[::-1])) for grid in (labels, ct))
        raise CtFault(what, "header, dim", f"labels and CT have {text} voxels", fix)
    first = np.subtract(labels.origin_mm, ct.origin_mm)
    last = first + np.subtract(labels.spacing_mm, ct.spacing_mm) * ct.shape[::-1]
    apart = float(np.abs([first, last]).max())
    if apart <= 0.1 * min(ct.spacing_mm):
        return None
    stretched = float(np.abs(np.divide(labels.spacing_mm, ct.spacing_mm) - 1.0).max())
    if np.abs(first).max() <= _BESIDE_MM and stretched <= _STRETCHED:
        return (
            f"{what}: its header places the labels up to {apart:.2g} mm beside the CT; they have the CT's voxels and "
            "are taken as lying on them"
        )
    raise CtFault(what, "header, affine", f"the labels' grid lies up to {apart:.3g} mm beside the CT's", fix)


def _axes(lps: FloatArray) -> tuple[int, int, int]:
    """Which array axis runs along x, y, z."""
    x, y, z = (int(q) for q in np.abs(lps[:3, :3]).argmax(axis=1))
    return x, y, z


def lps_view(volume: NDArray[Any], lps: FloatArray) -> NDArray[Any]:
    """View [k, j, i], in the order of a file's axes, of a volume [z, y, x] that ascends in LPS."""
    axes = _axes(lps)
    for row in range(3):
        if lps[row, axes[row]] < 0.0:
            volume = np.flip(volume, axis=2 - row)
    return np.transpose(volume, [2 - axes.index(axis) for axis in (2, 1, 0)])


def straightened(volume: NDArray[Any], lps: FloatArray, grid: VoxelGrid, *, order: int, outside: float) -> NDArray[Any]:
    """An oblique volume on a grid along the patient's axes [shape=(z, y, x), dtype of the volume].

    Args:
        volume: [shape=(k, j, i)] along the file's axes
        lps: affine from (i, j, k) to LPS
        grid: from `checked_grid`
        order: of the interpolation: 1 for Hounsfield units, 0 for labels
        outside: value where the file has none
    """
    inverse = np.linalg.inv(lps)
    steps = inverse[:3, :3] * np.asarray(grid.spacing_mm)
    start = inverse[:3, :3] @ np.asarray(grid.origin_mm) + inverse[:3, 3]
    out = np.empty(grid.shape, dtype=volume.dtype)
    ndimage.affine_transform(
        volume, steps[::-1, ::-1], start[::-1], output=out, order=order, mode="constant", cval=outside, prefilter=False
    )
    return out


def straightened_remark(what: str, lps: FloatArray) -> tuple[str, ...]:
    """What has to be said of a file whose axes are oblique."""
    if not is_oblique(lps):
        return ()
    return (f"{what}: its axes are oblique by {oblique_deg(lps):.1f} degrees, and it is resampled to the patient's",)
