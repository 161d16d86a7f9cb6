"""Projector: line integrals of the basis materials through one plane of the phantom.

Each voxel grid (the body, the finer box about the canal, what has been injected) is projected to parallel rays at
its own spacing, see `plane_transform`; the rays are added, and the fan's rays are interpolated from them. So no grid
is resampled to another, and the canal box enters through a smooth window that leaves no seam.

Beam width along z is that of the plane; cone angle and scatter are not modelled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from phantoms.phantom import BASES, Phantom, VoxelGrid
from simulator.ct import projector_kernels as kernels
from simulator.ct.body_extent import body_extent, check_fits
from simulator.ct.geometry import ScannerGeometry
from simulator.ct.plane_transform import InPlaneGrid, PlaneTransform, ProjectionAxis, plane_transform
from simulator.spatial.arrays import SingleArray
from simulator.spatial.frames import PatientPoint

WINDOW_EDGE_MM = 8.0
"""Depth over which the canal box replaces the body (a choice of this projector, not of the phantom)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DensityChange:
    """What has been added to, or taken from, the phantom since it was at rest.

    Attributes:
        grid: voxels whose planes coincide with the body's; in plane any spacing
        delta: signed densities that are added [shape=(basis, z, y, x), float32], in the units of `BASES`
        revision: ordinal of the change, for the caller's records; images depend on `delta` alone
    """

    grid: VoxelGrid
    delta: SingleArray
    revision: int

    def __post_init__(self) -> None:
        if self.delta.shape != (len(BASES), *self.grid.shape):
            raise ValueError(f"delta has shape {self.delta.shape}, its grid asks for {self.grid.shape}")


@dataclass(frozen=True, slots=True, eq=False)
class PlaneDensities:
    """Densities of one plane on one of the grids; what the grids of a plane hold adds up to the patient.

    Attributes:
        density: [shape=(basis, y, x), float32]
        first_mm: x, y of the centre of the first voxel
        spacing_mm: x, y from one voxel to the next
    """

    density: SingleArray
    first_mm: tuple[float, float]
    spacing_mm: tuple[float, float]


class Projector:
    """Line integrals through the planes of one phantom, in one scanner.

    Attributes:
        isocenter_mm: x, y of the isocentre: the centre of the body's bounding box, or of the smallest circle about a
            body that would not fit so
        radius_mm: greatest distance of the body from the isocentre
        plane_z_mm: centres of the planes [shape=(plane,)]
        spacing_mm: distance of the planes
    """

    def __init__(self, phantom: Phantom, geometry: ScannerGeometry) -> None:
        """Prepare the grids; ValueError if the body is wider than the scanner's field."""
        self._phantom = phantom
        self._geometry = geometry
        body = phantom.body
        rows, columns, self.isocenter_mm, self.radius_mm = body_extent(body, geometry.field_radius_mm)
        check_fits(phantom, geometry)
        self.plane_z_mm = body.grid.z_mm
        self.spacing_mm = body.grid.spacing_mm[2]
        self._rows, self._columns = rows, columns
        column_mm = geometry.source_to_isocenter_mm * np.sin(geometry.column_angles_rad)
        self._axis = ProjectionAxis(
            angles=geometry.views // 2,
            column_mm=column_mm,
            aperture_mm=geometry.cell_at_isocenter_mm,
            radius_mm=max(geometry.field_radius_mm, float(np.abs(column_mm).max())),
        )
        shape = _size(rows), _size(columns)
        self._body = self._transform(body.grid, rows.start, columns.start, shape, whole_field=True)
        canal = phantom.canal.grid
        self._canal = self._transform(canal, 0, 0, canal.shape[1:])
        self._canal_window = _window(canal, canal.origin_mm, canal.shape[1:], canal.spacing_mm)
        grid = body.grid
        corner = PatientPoint(
            grid.origin_mm[0] + columns.start * grid.spacing_mm[0],
            grid.origin_mm[1] + rows.start * grid.spacing_mm[1],
            0.0,
        )
        self._body_window = _window(canal, corner, shape, grid.spacing_mm)
        self._body_corner = corner
        self._prepare_fan()
        self._changes: tuple[VoxelGrid, PlaneTransform] | None = None

    def line_integrals(self, plane: int, change: DensityChange | None = None) -> SingleArray:
        """Line integrals through one plane, averaged over the detector cell.

        Returns:
            [shape=(basis, view, column), float32] mm of water, mm of bone, mm mg/mL of iodine.
        """
        body, canal = self._body_and_canal(plane)
        lines = np.zeros((len(BASES), self._geometry.columns, self._geometry.views), np.float32)
        self._body.add(body, lines)
        if canal is not None:
            self._canal.add(canal, lines)
        delta = self.change_plane(plane, change)
        if change is not None and delta is not None:
            self._change_transform(change.grid).add(delta, lines)
        kernels.parallel_to_fan(lines, self._first_angle, self._angle_weight)
        return np.moveaxis(lines, 1, 2)

    def densities(self, plane: int, change: DensityChange | None = None) -> list[PlaneDensities]:
        """Densities of one plane on the grids that hold them: body, canal box, what was added."""
        body, canal = self._body_and_canal(plane)
        corner, box = self._body_corner, self._phantom.canal.grid
        held = [_on_grid(body, self._phantom.body.grid, corner)]
        if canal is not None:
            held.append(_on_grid(canal, box, box.origin_mm))
        delta = self.change_plane(plane, change)
        if change is not None and delta is not None:
            held.append(_on_grid(delta, change.grid, change.grid.origin_mm))
        return held

    def _body_and_canal(self, plane: int) -> tuple[SingleArray, SingleArray | None]:
        """Densities of one plane in the body's grid and in the canal box, which takes the body's place."""
        body = self._phantom.body.plane(plane)[:, self._rows, self._columns]
        canal_fraction, canal = self._canal_plane(float(self.plane_z_mm[plane]))
        if canal_fraction <= 0:
            return body, None
        canal_window, body_window = self._windows(plane)
        body *= 1 - canal_fraction * body_window
        canal *= canal_window
        return body, canal

    def _windows(self, plane: int) -> tuple[SingleArray, SingleArray]:
        """Fraction of the canal box in its own voxels and in the body's; of a curved box plane by plane."""
        canal = self._phantom.canal
        if canal.rows is None:
            return self._canal_window, self._body_window
        grid, body = canal.grid, self._phantom.body.grid
        near = np.abs(grid.z_mm - self.plane_z_mm[plane]) < 0.5 * (grid.spacing_mm[2] + self.spacing_mm)
        first, stop = int(canal.rows[near, 0].max()), int(canal.rows[near, 1].min())
        x_mm, y_mm, z_mm = grid.origin_mm
        origin = PatientPoint(x_mm, y_mm + first * grid.spacing_mm[1], z_mm)
        held = VoxelGrid(origin_mm=origin, spacing_mm=grid.spacing_mm, shape=(1, stop - first, grid.shape[2]))
        shape = _size(self._rows), _size(self._columns)
        return (
            _window(held, grid.origin_mm, grid.shape[1:], grid.spacing_mm),
            _window(held, self._body_corner, shape, body.spacing_mm),
        )

    def change_plane(self, plane: int, change: DensityChange | None) -> SingleArray | None:
        """The change's densities in one plane, shape (basis, y, x), or None where there is none.

        Raises:
            ValueError: the change's planes do not coincide with the body's.
        """
        if change is None:
            return None
        grid = change.grid
        offset = (self.plane_z_mm[plane] - grid.origin_mm[2]) / self.spacing_mm
        if abs(grid.spacing_mm[2] - self.spacing_mm) > 1e-6 or abs(offset - round(offset)) > 1e-3:
            raise ValueError(
                f"planes of the change (first {grid.origin_mm[2]} mm, every {grid.spacing_mm[2]} mm) do not "
                f"coincide with the body's (first {self.plane_z_mm[0]} mm, every {self.spacing_mm} mm)"
            )
        index = round(offset)
        if not 0 <= index < grid.shape[0] or not change.delta[:, index].any():
            return None
        return np.ascontiguousarray(change.delta[:, index], dtype=np.float32)

    def _change_transform(self, grid: VoxelGrid) -> PlaneTransform:
        if self._changes is None or self._changes[0] != grid:
            self._changes = grid, self._transform(grid, 0, 0, grid.shape[1:])
        return self._changes[1]

    def _canal_plane(self, z_mm: float) -> tuple[float, SingleArray]:
        """Fraction of the plane's thickness that the canal box covers, and its densities times that fraction."""
        canal = self._phantom.canal
        low, high = z_mm - self.spacing_mm / 2, z_mm + self.spacing_mm / 2
        half = canal.grid.spacing_mm[2] / 2
        z = canal.grid.z_mm
        overlap = np.clip(np.minimum(z + half, high) - np.maximum(z - half, low), 0, None) / self.spacing_mm
        overlap[overlap < 1e-6] = 0
        total = np.zeros((len(BASES), *canal.grid.shape[1:]), np.float32)
        for index in np.flatnonzero(overlap):
            total += np.float32(overlap[index]) * canal.plane(int(index))
        return min(1.0, float(overlap.sum())), total

    def _transform(
        self, grid: VoxelGrid, row: int, column: int, shape: tuple[int, int], *, whole_field: bool = False
    ) -> PlaneTransform:
        """Prepare an in-plane grid of so many voxels, of which the first is [row, column] of `grid`."""
        sx, sy = grid.spacing_mm[:2]
        x_mm = grid.origin_mm[0] + column * sx - self.isocenter_mm[0]
        y_mm = grid.origin_mm[1] + row * sy - self.isocenter_mm[1]
        return plane_transform(
            InPlaneGrid(first_mm=(x_mm, y_mm), spacing_mm=(sx, sy), shape=shape), self._axis, whole_field=whole_field
        )

    def _prepare_fan(self) -> None:
        """Between which angles each column reads the parallel rays."""
        turns = self._geometry.column_angles_rad / self._geometry.view_angle_rad
        self._first_angle = np.floor(turns).astype(np.int32)
        self._angle_weight = (turns - self._first_angle).astype(np.float32)


def _on_grid(density: SingleArray, grid: VoxelGrid, first_mm: PatientPoint) -> PlaneDensities:
    return PlaneDensities(density=density, first_mm=(first_mm[0], first_mm[1]), spacing_mm=grid.spacing_mm[:2])


def _size(span: slice) -> int:
    return int(span.stop - span.start)


def _window(
    box: VoxelGrid,
    first_mm: PatientPoint,
    shape: tuple[int, ...],
    spacing_mm: tuple[float, ...],
) -> SingleArray:
    """Mean fraction of the canal box in the voxels of an in-plane grid: 1 inside, 0 outside, smooth between.

    A mean, because the voxels' densities are means, and both are sharpened alike in `_transform`.
    """
    fine = (np.arange(16) + 0.5) / 16 - 0.5
    fraction = []
    for axis, count in ((1, shape[0]), (0, shape[1])):
        low = box.origin_mm[axis] - box.spacing_mm[axis] / 2
        high = low + box.shape[2 - axis] * box.spacing_mm[axis]
        edge = min(WINDOW_EDGE_MM, (high - low) / 4)
        at = first_mm[axis] + spacing_mm[axis] * (np.arange(count)[:, None] + fine)
        depth = np.clip(np.minimum(at - low, high - at) / edge, 0, 1)
        fraction.append((depth - np.sin(2 * math.pi * depth) / (2 * math.pi)).mean(axis=1))
    return np.outer(fraction[0], fraction[1]).astype(np.float32)
