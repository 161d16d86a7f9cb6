"""Hounsfield units and labels, filled in slice by slice as a file has them, checked, and turned to LPS."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phantoms.from_ct.grid import is_oblique, lps_view, straightened
from phantoms.from_ct.image import CtFault
from phantoms.phantom import VoxelGrid
from simulator.spatial.arrays import FloatArray

HU_MEND = "Give Hounsfield units: air -1000, water 0 (apply the rescale slope and intercept of the DICOM files)"
_HU_RANGE = (-1024, 8191)
_SOFT_SHARE = 0.02
_LARGEST = 1e9  # of a value that a scale may give


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
        hu: [shape=(z, y, x), int16], ascending in LPS; of an oblique file [k, j, i] along its own axes
    """

    def __init__(self, what: str, grid: VoxelGrid, lps: FloatArray, shape: tuple[int, int, int]) -> None:
        self._grid, self._lps = grid, lps
        self._oblique = is_oblique(lps)
        self.hu = np.empty(shape[::-1] if self._oblique else grid.shape, dtype=np.int16)
        self._slices = self.hu if self._oblique else lps_view(self.hu, lps)
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
        if self._oblique:
            self.hu = straightened(self.hu, self._lps, self._grid, order=1, outside=_HU_RANGE[0])
        self.hu.setflags(write=False)
        return self.hu


class LabelSlices:
    """Labels of a volume, filled in slice by slice and checked to be labels."""

    def __init__(self, what: str, grid: VoxelGrid, lps: FloatArray, shape: tuple[int, int, int]) -> None:
        self._what, self._grid, self._lps = what, grid, lps
        self._oblique = is_oblique(lps)
        self._labels = np.empty(shape[::-1] if self._oblique else grid.shape, dtype=np.uint8)
        self._slices = self._labels if self._oblique else lps_view(self._labels, lps)

    def put(self, k: int, values: NDArray[Any]) -> None:
        """Take slice k of the file [shape=(j, i)]; a CtFault names values that are no labels."""
        low, high = float(values.min()), float(values.max())
        if not (low >= 0.0 and high <= 255.0):
            fix = "Give one label volume of TotalSegmentator (task `total`) or VerSe"
            raise CtFault(self._what, "voxels", f"values from {low:.4g} to {high:.4g} are no labels", fix)
        if values.dtype.kind == "f":
            whole = np.rint(values)
            if np.abs(values - whole).max() > 1e-3:
                fix = "Save an integer array without a scale, one label volume of TotalSegmentator or VerSe"
                raise CtFault(self._what, "voxels", "the values are no whole numbers", fix)
            values = whole
        self._slices[k] = values

    def finished(self) -> NDArray[np.uint8]:
        """The volume [shape=(z, y, x), uint8]."""
        if self._oblique:
            return np.asarray(straightened(self._labels, self._lps, self._grid, order=0, outside=0))
        return self._labels
