"""The grid of a CT file in LPS, checked before voxels are read, and Hounsfield units filled in slice by slice."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phantoms.from_ct.image import CtFault
from phantoms.phantom import VoxelGrid
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import PatientPoint

MAX_VOXELS = 512 * 512 * 1500
HU_MEND = "Give Hounsfield units: air -1000, water 0 (apply the rescale slope and intercept of the DICOM files)"
AGAIN = "Export the file again"
_SIZE = (12, 2048)  # voxels along an axis
_SPACING_MM = (0.2, 6.0)
_EXTENT_MM = (30.0, 2200.0)
_OBLIQUE_DEG = 1.0
_HU_RANGE = (-1024, 8191)
_SOFT_SHARE = 0.02
_LARGEST = 1e9  # of a value that a scale may give


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
    spacing = np.sqrt((lps[:3, :3] ** 2).sum(axis=0))
    if not (spacing > 0.0).all() or abs(np.linalg.det(lps[:3, :3] / np.where(spacing > 0, spacing, 1.0))) < 0.5:
        raise CtFault(what, where, "the affine is singular or sheared", AGAIN)
    text = " x ".join(f"{q:.4g}" for q in spacing)
    if spacing.min() < _SPACING_MM[0] or spacing.max() > _SPACING_MM[1]:
        fix = f"Give voxels of {_SPACING_MM[0]:g} to {_SPACING_MM[1]:g} mm"
        raise CtFault(what, where, f"voxels of {text} mm cannot be used", fix)
    extent = spacing * shape
    if extent.min() < _EXTENT_MM[0] or extent.max() > _EXTENT_MM[1] or np.abs(lps[:3, 3]).max() > 1e5:
        text = " x ".join(f"{q:.0f}" for q in extent)
        raise CtFault(what, where, f"a volume of {text} mm is no trunk", "Check the voxel size of the export")
    direction = np.abs(lps[:3, :3] / spacing)
    if direction.max(axis=0).min() < math.cos(math.radians(_OBLIQUE_DEG)):
        fix = "Resample it to a grid along the patient's axes"
        raise CtFault(what, where, f"the axes are oblique by more than {_OBLIQUE_DEG:g} degree", fix)
    axes = _axes(lps)
    turned = [int(shape[axis]) for axis in axes]
    centre = lps[:3, :3] @ ((np.array(shape) - 1) / 2.0) + lps[:3, 3]
    x, y, z = (single(c - spacing[a] * (n - 1) / 2.0) for c, a, n in zip(centre, axes, turned, strict=True))
    sx, sy, sz = (single(spacing[axis]) for axis in axes)
    return VoxelGrid(origin_mm=PatientPoint(x, y, z), spacing_mm=(sx, sy, sz), shape=(turned[2], turned[1], turned[0]))


def single(value: float) -> float:
    """A length in the precision of a NIfTI header, so that a CT that was written is read as the same."""
    return float(np.float32(value))


def check_same_grid(what: str, labels: VoxelGrid, ct: VoxelGrid) -> None:
    """CtFault where labels do not lie on the grid of their CT; a tenth of a voxel is let pass."""
    fix = "Segment this very CT, or resample the labels to it (nearest neighbour)"
    if labels.shape != ct.shape:
        text = " and ".join(" x ".join(map(str, grid.shape[::-1])) for grid in (labels, ct))
        raise CtFault(what, "header, dim", f"labels and CT have {text} voxels", fix)
    first = np.subtract(labels.origin_mm, ct.origin_mm)
    last = first + np.subtract(labels.spacing_mm, ct.spacing_mm) * ct.shape[::-1]
    apart = float(np.abs([first, last]).max())
    if apart > 0.1 * min(ct.spacing_mm):
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


class HuCheck:
    """What slices of Hounsfield units must be, looked at one by one and judged at the end; none of them is held.

    Args:
        what: the file, for messages
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._ends = np.inf, -np.inf
        self._soft = 0

    def look(self, raw: NDArray[Any], slope: float, intercept: float) -> FloatArray:
        """Hounsfield units of a slice as stored [shape=(j, i)]; a CtFault names values that are no numbers."""
        low, high = float(raw.min()), float(raw.max())
        if not (math.isfinite(low) and math.isfinite(high)):
            bad = int(raw.size - np.isfinite(raw).sum())
            text = f"{bad} voxels of one slice are no numbers"
            raise CtFault(self._what, "voxels", text, "Replace them by -1024 (air)")
        low, high = sorted((low * slope + intercept, high * slope + intercept))
        if max(-low, high) > _LARGEST:
            raise CtFault(self._what, "voxels", f"values from {low:.4g} to {high:.4g} are no CT", HU_MEND)
        self._ends = min(self._ends[0], low), max(self._ends[1], high)
        hu: FloatArray = np.clip(np.rint(raw.astype(np.float64) * slope + intercept), *_HU_RANGE)
        self._soft += int(((hu > -200) & (hu < 200)).sum())
        return hu

    def finish(self, voxels: int) -> None:
        """CtFault where this many voxels hold no body in air."""
        low, high = self._ends
        if low > -300.0 or high < 200.0:
            text = f"values from {low:.4g} to {high:.4g} are no CT of a body in air"
            raise CtFault(self._what, "voxels", text, HU_MEND)
        if self._soft < _SOFT_SHARE * voxels:
            raise CtFault(self._what, "voxels", "hardly a voxel is soft tissue (-200..200 HU)", HU_MEND)


class HuSlices:
    """Hounsfield units of a volume, filled in slice by slice; what they are is checked at the end.

    Attributes:
        hu: [shape=(z, y, x), int16], ascending in LPS
    """

    def __init__(self, what: str, grid: VoxelGrid, lps: FloatArray) -> None:
        self.hu = np.empty(grid.shape, dtype=np.int16)
        self._slices = lps_view(self.hu, lps)
        self._check = HuCheck(what)

    def put(self, k: int, raw: NDArray[Any], slope: float, intercept: float) -> None:
        """Take slice k of the file [shape=(j, i)] as stored; a CtFault names values that are no numbers."""
        self._slices[k] = self._check.look(raw, slope, intercept)

    def finished(self) -> NDArray[np.int16]:
        """The volume, read-only.

        Raises:
            CtFault: it holds no body in air.
        """
        self._check.finish(self.hu.size)
        self.hu.setflags(write=False)
        return self.hu
