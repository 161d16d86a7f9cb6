"""VolumeGeometry: where the voxels of a volume lie, in LPS as DICOM and NRRD have it, and in RAS as NIfTI has it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from simulator.export.acquired_series import AcquiredSeries
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import TablePoint
from simulator.spatial.table_transform import gantry_tilt


class VoxelStep(NamedTuple):
    """From one voxel to the next, mm: along x of i, y of j and z of k; negative towards the right, front or feet."""

    x_mm: float
    y_mm: float
    z_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeGeometry:
    """Voxels of a volume whose axes are those of the patient, or lean with the gantry about x.

    Attributes:
        size: number of voxels along i, j, k; i counts fastest in a file
        step_mm: from one voxel to the next along x of i, y of j and z of k, in LPS; negative towards the right or front
        origin_mm: centre of the first voxel, in LPS
        tilt_deg: of the gantry; positive leans j and k to the head
    """

    size: tuple[int, int, int]
    step_mm: VoxelStep
    origin_mm: TablePoint
    tilt_deg: float = 0.0

    @property
    def directions_mm(self) -> FloatArray:
        """The steps along i, j and k in LPS, a row each [shape=(3, 3)]."""
        return np.asarray(np.diag(self.step_mm) @ np.asarray(gantry_tilt(math.radians(self.tilt_deg))).T)

    @property
    def ras_affine(self) -> FloatArray:
        """From voxel indices to RAS [shape=(4, 4), float64]."""
        affine = np.diag([-self.step_mm[0], -self.step_mm[1], self.step_mm[2], 1.0])
        if self.tilt_deg:
            affine[:3, :3] = np.diag([-1.0, -1.0, 1.0]) @ self.directions_mm.T
        affine[:3, 3] = -self.origin_mm[0], -self.origin_mm[1], self.origin_mm[2]
        return affine


def series_geometry(series: AcquiredSeries) -> VolumeGeometry:
    """Where the voxels of a series lie, its slices from the feet to the head."""
    pixel = series.pixel_spacing_mm
    return VolumeGeometry(
        size=(series.matrix, series.matrix, len(series.z_mm)),
        step_mm=VoxelStep(-pixel, -pixel, series.slice_spacing_mm),
        origin_mm=series.first_pixel_mm,
        tilt_deg=0.0 if series.tilt is None else series.tilt.tilt_deg,
    )
