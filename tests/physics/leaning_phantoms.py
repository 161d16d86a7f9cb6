"""A body of water with a rod of bone through it that leans about x, for tests of a tilted gantry."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from phantoms.phantom import BasisVolume, Label, Landmarks, Leak, Phantom, VoxelGrid
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import Laterality, LeakPattern

_FINE = 4


@dataclass(frozen=True)
class LeaningRod:
    """An endless rod through a point, whose head end leans to the front: the axis of a gantry tilted by as much."""

    lean_deg: float
    at_mm: tuple[float, float, float]
    radius_mm: float = 5.0
    bone: float = 0.6

    @property
    def axis(self) -> NDArray[np.float64]:
        lean = math.radians(self.lean_deg)
        return np.array([0.0, -math.sin(lean), math.cos(lean)])

    def density(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        away = points_mm - np.array(self.at_mm)
        along = away @ self.axis
        beside = np.linalg.norm(away - along[:, None] * self.axis, axis=1)
        return np.where(beside <= self.radius_mm, self.bone, 0.0)


def water(points_mm: NDArray[np.float64], radii_mm: tuple[float, float] = (60.0, 45.0)) -> NDArray[np.float64]:
    """Density of the body at points: an elliptic cylinder along z."""
    return np.where((points_mm[:, 0] / radii_mm[0]) ** 2 + (points_mm[:, 1] / radii_mm[1]) ** 2 <= 1.0, 1.0, 0.0)


def leaning_rod_phantom(rod: LeaningRod, planes: int = 61) -> Phantom:
    """The body with the rod, from z = -30 mm on in millimetres; the canal box lies about its middle."""
    first = -(planes - 1) / 2
    body = VoxelGrid(origin_mm=PatientPoint(-64.0, -49.0, first), spacing_mm=(1.0, 1.0, 1.0), shape=(planes, 99, 129))
    canal = VoxelGrid(
        origin_mm=PatientPoint(-24.75, -24.75, first), spacing_mm=(0.5, 0.5, 1.0), shape=(planes, 100, 100)
    )
    return Phantom(
        name="leaning rod",
        body=_volume(body, rod),
        canal=_volume(canal, rod),
        anatomy=cast(Any, None),
        landmarks=Landmarks(),
        levels=(),
        leak=Leak(pattern=LeakPattern.NONE, level=None, side=Laterality.BOTH, hole_mm=None),
        derived=(),
        identity=hashlib.sha256(repr((rod, planes)).encode()).hexdigest(),
    )


def _volume(grid: VoxelGrid, rod: LeaningRod) -> BasisVolume:
    """Means over voxels, by midpoints."""
    offsets = (np.arange(_FINE) + 0.5) / _FINE - 0.5
    axes = [
        grid.origin_mm[k] + grid.spacing_mm[k] * (np.arange(grid.shape[2 - k])[:, None] + offsets).ravel()
        for k in range(3)
    ]
    density = np.zeros((3, *grid.shape))
    for plane in range(grid.shape[0]):
        heights = axes[2][plane * _FINE : (plane + 1) * _FINE]
        for z in heights:
            y, x = np.meshgrid(axes[1], axes[0], indexing="ij")
            points = np.column_stack([x.ravel(), y.ravel(), np.full(x.size, z)])
            for basis, values in ((0, water(points)), (1, rod.density(points))):
                fine = values.reshape(grid.shape[1], _FINE, grid.shape[2], _FINE)
                density[basis, plane] += fine.mean(axis=(1, 3)) / _FINE
    offset = density.min(axis=(1, 2, 3))
    step = np.maximum(density.max(axis=(1, 2, 3)) - offset, 1e-9) / 65535
    counts = np.rint((density - offset[:, None, None, None]) / step[:, None, None, None]).astype(np.uint16)
    label = np.where(density[0] > 0.5, Label.MUSCLE, Label.AIR).astype(np.uint8)
    return BasisVolume(grid=grid, counts=counts, offset=offset, step=step, label=label)
