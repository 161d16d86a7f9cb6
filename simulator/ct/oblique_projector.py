"""Oblique projector: line integrals through planes that lean with the gantry, cut from the same volumes.

Each grid (body, canal box, what was injected) is sampled on the leaning plane by a cubic in y and z, at its own
spacing; columns stay columns, since the gantry leans about x. From there the beam goes the way of `projector`. Beyond
the phantom's ends the body goes on as its last plane (assumption), so that a plane that leaves them shows no edge.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from phantoms.phantom import BASES, BasisVolume, VoxelGrid
from simulator.ct.bore_fit import leaning_radius_mm
from simulator.ct.interpolation import cubic_taps
from simulator.ct.oblique_cut import ObliqueCut
from simulator.ct.plane_transform import PlaneTransform
from simulator.ct.projector import WINDOW_EDGE_MM, DensityChange, Projector
from simulator.spatial.arrays import FloatArray, SingleArray
from simulator.spatial.frames import PatientPoint

ALONG_MM = 40.0
"""Planes reach so far to either side of the pivot: half a press, and a patient who moves."""

_PLANE_MM = 1.0
_FINE = 8


class ObliqueProjector(Projector):
    """Line integrals through leaning planes of the phantom that another projector has upright.

    Attributes:
        cut: where the planes lie
        plane_z_mm: places of the planes along the gantry's axis [shape=(plane,)]
    """

    def __init__(self, upright: Projector, cut: ObliqueCut) -> None:
        """Prepare the grids; ValueError if the leaning body is wider than the scanner's field."""
        self.cut = cut
        self._phantom, self._geometry = upright._phantom, upright._geometry
        self._rows, self._columns = upright._rows, upright._columns
        self._axis = upright._axis
        self.isocenter_mm = upright.isocenter_mm
        self.radius_mm = leaning_radius_mm(self._phantom.body, self.isocenter_mm, cut.tilt_deg)
        if self.radius_mm > self._geometry.field_radius_mm:
            raise ValueError(
                f"the body reaches {self.radius_mm:.0f} mm from the isocentre at a tilt of {cut.tilt_deg:g} degrees; "
                f"the scanner's field ends at {self._geometry.field_radius_mm:.0f} mm"
            )
        self.spacing_mm = _PLANE_MM
        self.plane_z_mm = np.arange(-ALONG_MM, ALONG_MM + 0.5 * _PLANE_MM, _PLANE_MM)
        body, canal = self._phantom.body, self._phantom.canal
        first, last = upright._rows.start, upright._rows.stop - 1
        self._body_grid = self._leaning_grid(body.grid, first, last, upright._columns.start, upright._columns.stop - 1)
        self._canal_grid = self._leaning_grid(canal.grid, 0, canal.grid.shape[1] - 1, 0, canal.grid.shape[2] - 1)
        self._body = self._transform(self._body_grid, 0, 0, self._body_grid.shape[1:], whole_field=True)
        self._canal = self._transform(self._canal_grid, 0, 0, self._canal_grid.shape[1:])
        self._changes = None
        self._cut_change: DensityChange | None = None
        self._cut_planes: dict[int, SingleArray | None] = {}
        self._prepare_fan()

    def _leaning_grid(self, grid: VoxelGrid, first: int, last: int, left: int, right: int) -> VoxelGrid:
        """In-plane grid at the spacing of a volume's grid that holds its rows and columns in every plane."""
        sx, sy, _ = grid.spacing_mm
        y_range = (grid.origin_mm[1] + (first - 0.5) * sy, grid.origin_mm[1] + (last + 0.5) * sy)
        low, high = self.cut.heights_mm(y_range, (-ALONG_MM, ALONG_MM))
        count = math.ceil((high - low) / sy) + 1
        return VoxelGrid(
            origin_mm=PatientPoint(grid.origin_mm[0] + left * sx, low, 0.0),
            spacing_mm=(sx, sy, _PLANE_MM),
            shape=(1, count, right - left + 1),
        )

    def _heights_mm(self, grid: VoxelGrid) -> FloatArray:
        return np.asarray(grid.origin_mm[1] + grid.spacing_mm[1] * np.arange(grid.shape[1]), np.float64)

    def _body_and_canal(self, plane: int) -> tuple[SingleArray, SingleArray | None]:
        """Densities of one leaning plane in the body's grid and in the canal box, which takes the body's place."""
        along = float(self.plane_z_mm[plane])
        volume = self._phantom.body
        y, z = self.cut.to_patient_yz(self._heights_mm(self._body_grid), along)
        z = np.clip(z, volume.grid.z_mm[0], volume.grid.z_mm[-1])
        body = _sampled(volume, y, z, self._columns)
        rows = self._canal_share(self._canal_grid, along)
        if not rows.any():
            return body, None
        box = self._phantom.canal
        y, z = self.cut.to_patient_yz(self._heights_mm(self._canal_grid), along)
        canal = _sampled(box, y, z, slice(0, box.grid.shape[2]))
        body *= 1 - np.outer(self._canal_share(self._body_grid, along), self._across(self._body_grid)).astype(
            np.float32
        )
        canal *= np.outer(rows, self._across(self._canal_grid)).astype(np.float32)
        return body, canal

    def _across(self, grid: VoxelGrid) -> FloatArray:
        """Mean fraction of the canal box along the columns of a grid."""
        box = self._phantom.canal.grid
        low = box.origin_mm[0] - 0.5 * box.spacing_mm[0]
        high = low + box.shape[2] * box.spacing_mm[0]
        step = grid.spacing_mm[0]
        at = grid.origin_mm[0] + step * (np.arange(grid.shape[2])[:, None] + _offsets())
        edge = min(WINDOW_EDGE_MM, (high - low) / 4)
        return np.asarray(_smooth(np.minimum(at - low, high - at) / edge).mean(axis=1))

    def _canal_share(self, grid: VoxelGrid, along_mm: float) -> FloatArray:
        """Mean fraction of the canal box along the rows of a leaning grid: smooth towards every face of the box."""
        canal = self._phantom.canal
        box, step = canal.grid, grid.spacing_mm[1]
        fine = (self._heights_mm(grid)[:, None] + step * _offsets()).ravel()
        y, z = self.cut.to_patient_yz(fine, along_mm)
        z_mm, sy = box.z_mm, box.spacing_mm[1]
        first, stop = np.zeros(len(z_mm)), np.full(len(z_mm), float(box.shape[1]))
        if canal.rows is not None:
            # A box that follows a curve holds, between planes, what all planes about the place hold
            first, stop = canal.rows[:, 0].astype(np.float64), canal.rows[:, 1].astype(np.float64)
            about = np.clip(np.arange(len(z_mm))[:, None] + np.arange(-2, 3), 0, len(z_mm) - 1)
            first, stop = first[about].max(axis=1), stop[about].min(axis=1)
        low = box.origin_mm[1] + (np.interp(z, z_mm, first) - 0.5) * sy
        high = box.origin_mm[1] + (np.interp(z, z_mm, stop) - 0.5) * sy
        edge = min(WINDOW_EDGE_MM, float((high - low).min()) / 4)
        half = 0.5 * box.spacing_mm[2]
        depth = np.minimum.reduce([y - low, high - y, z - (z_mm[0] - half), (z_mm[-1] + half) - z]) / edge
        return np.asarray(_smooth(depth).reshape(-1, _FINE).mean(axis=1))

    def change_plane(self, plane: int, change: DensityChange | None) -> SingleArray | None:
        """The change's densities in one leaning plane, shape (basis, row, x), or None where there is none."""
        if change is None:
            return None
        # A press asks for every plane, to know whether it is the one that is kept
        if self._cut_change is not change:
            self._cut_change, self._cut_planes = change, {}
        if plane not in self._cut_planes:
            self._cut_planes[plane] = self._sample_change(plane, change)
        return self._cut_planes[plane]

    def _sample_change(self, plane: int, change: DensityChange) -> SingleArray | None:
        grid = change.grid
        leaning = self._change_grid(grid)
        y, z = self.cut.to_patient_yz(self._heights_mm(leaning), float(self.plane_z_mm[plane]))
        row, row_taps = _taps(y, grid.origin_mm[1], grid.spacing_mm[1])
        level, level_taps = _taps(z, grid.origin_mm[2], grid.spacing_mm[2])
        out = np.zeros((len(BASES), len(y), grid.shape[2]), np.float32)
        for i in range(4):
            for k in range(4):
                held = (row[:, i] >= 0) & (row[:, i] < grid.shape[1])
                held &= (level[:, k] >= 0) & (level[:, k] < grid.shape[0])
                weight = (row_taps[:, i] * level_taps[:, k])[held].astype(np.float32)
                out[:, held] += change.delta[:, level[held, k], row[held, i]] * weight[:, None]
        return out if out.any() else None

    def _change_grid(self, grid: VoxelGrid) -> VoxelGrid:
        return self._leaning_grid(grid, -1, grid.shape[1], 0, grid.shape[2] - 1)

    def _change_transform(self, grid: VoxelGrid) -> PlaneTransform:
        if self._changes is None or self._changes[0] != grid:
            leaning = self._change_grid(grid)
            self._changes = grid, self._transform(leaning, 0, 0, leaning.shape[1:])
        return self._changes[1]


def _offsets() -> FloatArray:
    return (np.arange(_FINE) + 0.5) / _FINE - 0.5


def _smooth(depth: FloatArray) -> FloatArray:
    depth = np.clip(depth, 0, 1)
    return np.asarray(depth - np.sin(2 * math.pi * depth) / (2 * math.pi))


def _taps(at_mm: FloatArray, first_mm: float, step_mm: float) -> tuple[NDArray[np.int64], FloatArray]:
    """Indices of the four samples about each place, and their weights [shape=(n, 4)]."""
    place = (at_mm - first_mm) / step_mm
    base = np.floor(place).astype(np.int64)
    return base[:, None] + np.arange(-1, 3), cubic_taps(place - base)


def _sampled(volume: BasisVolume, y_mm: FloatArray, z_mm: FloatArray, columns: slice) -> SingleArray:
    """Densities of a volume along leaning rows [shape=(basis, row, x)]; 0 before its first row and behind its last."""
    grid = volume.grid
    row, row_taps = _taps(y_mm, grid.origin_mm[1], grid.spacing_mm[1])
    level, level_taps = _taps(z_mm, grid.origin_mm[2], grid.spacing_mm[2])
    level = np.clip(level, 0, grid.shape[0] - 1)
    held = (row[:, 1] >= -1) & (row[:, 1] <= grid.shape[1] - 1)
    row = np.clip(row, 0, grid.shape[1] - 1)
    out = np.zeros((len(BASES), len(y_mm), columns.stop - columns.start), np.float32)
    for i in range(4):
        for k in range(4):
            weight = (row_taps[:, i] * level_taps[:, k]).astype(np.float32)
            out += volume.counts[:, level[:, k], row[:, i], columns] * weight[:, None]
    out *= volume.step.astype(np.float32)[:, None, None]
    out += volume.offset.astype(np.float32)[:, None, None]
    out[:, ~held] = 0.0
    return out
