"""Phantoms of ellipses whose line integrals have a closed form, for tests of the scanner.

Voxels hold the exact mean of what they cover along x and a fine mean along y, so that edges have no
staircase.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from phantoms.phantom import BasisVolume, Label, Landmarks, Leak, Phantom, VoxelGrid
from simulator.vocabulary.anatomy import Laterality, LeakPattern


@dataclass(frozen=True)
class Ellipse:
    """An elliptic cylinder along z that adds `density` (water, bone, iodine) to what it lies in."""

    center_mm: tuple[float, float]
    radii_mm: tuple[float, float]
    density: tuple[float, float, float]
    z_mm: tuple[float, float] = (-np.inf, np.inf)


def coverage(ellipse: Ellipse, x_mm: NDArray[Any], y_mm: NDArray[Any], spacing_mm: float) -> NDArray[Any]:
    """Share of each voxel (y, x) that the ellipse covers: exact along x, midpoints along y."""
    fine = 16
    offsets = ((np.arange(fine) + 0.5) / fine - 0.5) * spacing_mm
    (cx, cy), (ax, ay) = ellipse.center_mm, ellipse.radii_mm
    share = np.zeros((y_mm.size, x_mm.size))
    for offset in offsets:
        root = 1 - ((y_mm + offset - cy) / ay) ** 2
        half = ax * np.sqrt(np.maximum(root, 0))[:, None]
        low = np.maximum(x_mm - spacing_mm / 2, cx - half)
        high = np.minimum(x_mm + spacing_mm / 2, cx + half)
        share += np.clip(high - low, 0, None) / spacing_mm / fine
    return share


def _volume(grid: VoxelGrid, ellipses: Sequence[Ellipse]) -> BasisVolume:
    nz, ny, nx = grid.shape
    x = grid.origin_mm[0] + grid.spacing_mm[0] * np.arange(nx)
    y = grid.origin_mm[1] + grid.spacing_mm[1] * np.arange(ny)
    density = np.zeros((3, nz, ny, nx))
    thickness = grid.spacing_mm[2]
    for ellipse in ellipses:
        plane = coverage(ellipse, x, y, grid.spacing_mm[0])
        low = np.maximum(grid.z_mm - thickness / 2, ellipse.z_mm[0])
        high = np.minimum(grid.z_mm + thickness / 2, ellipse.z_mm[1])
        share = np.clip(high - low, 0, None) / thickness
        for basis, value in enumerate(ellipse.density):
            if value:
                density[basis] += value * share[:, None, None] * plane
    offset = density.min(axis=(1, 2, 3))
    step = np.maximum(density.max(axis=(1, 2, 3)) - offset, 1e-9) / 65535
    counts = np.rint((density - offset[:, None, None, None]) / step[:, None, None, None]).astype(np.uint16)
    label = np.where(density[0] > 0.5, Label.MUSCLE, Label.AIR).astype(np.uint8)
    for array in (counts, offset, step, label):
        array.flags.writeable = False
    return BasisVolume(grid=grid, counts=counts, offset=offset, step=step, label=label)


def ellipse_phantom(
    ellipses: Sequence[Ellipse],
    *,
    half_width_mm: tuple[float, float],
    planes: int = 12,
    center_mm: tuple[float, float] = (0.0, 0.0),
    first_z_mm: float = 0.0,
    canal_half_mm: float = 40.0,
    spacing_mm: float = 1.0,
) -> Phantom:
    """A phantom of ellipses on a 1 mm grid with a 0.5 mm box in its middle; `anatomy` is left out."""
    nx, ny = (2 * int(np.ceil(half / spacing_mm)) + 6 for half in half_width_mm)
    cx, cy = center_mm
    body = VoxelGrid(
        origin_mm=(cx - (nx - 1) / 2 * spacing_mm, cy - (ny - 1) / 2 * spacing_mm, first_z_mm),
        spacing_mm=(spacing_mm, spacing_mm, 1.0),
        shape=(planes, ny, nx),
    )
    fine = spacing_mm / 2
    n = int(2 * canal_half_mm / fine)
    canal = VoxelGrid(
        origin_mm=(cx - (n - 1) / 2 * fine, cy - (n - 1) / 2 * fine, first_z_mm),
        spacing_mm=(fine, fine, 1.0),
        shape=(planes, n, n),
    )
    return Phantom(
        name="ellipses",
        body=_volume(body, ellipses),
        canal=_volume(canal, ellipses),
        anatomy=cast(Any, None),
        landmarks=Landmarks(),
        levels=(),
        leak=Leak(pattern=LeakPattern.NONE, level=None, side=Laterality.BOTH, hole_mm=None),
        derived=(),
        identity=hashlib.sha256(repr((ellipses, body, canal)).encode()).hexdigest(),
    )


def water_cylinder(diameter_mm: float, **options: Any) -> Phantom:
    """A water cylinder about the origin."""
    radius = diameter_mm / 2
    water = Ellipse((0.0, 0.0), (radius, radius), (1.0, 0.0, 0.0))
    return ellipse_phantom([water], half_width_mm=(radius, radius), **options)
