"""Projector: line integrals of the basis materials through one plane of the phantom.

Each voxel grid (the body, the finer box about the canal, what has been injected) is transformed at its own
spacing; the central slices of its spectrum are the spectra of its parallel projections. There the detector
cell's aperture is applied and the voxel's box taken back, the grids are added, and one inverse transform
gives parallel rays, from which the fan's rays are interpolated. So no grid is resampled to another, and the
canal box enters through a smooth window that leaves no seam.

Beam width along z is that of the plane; cone angle and scatter are not modelled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from phantoms.phantom import BASES, Phantom, VoxelGrid
from simulator.ct import projector_kernels as kernels
from simulator.ct.body_extent import body_extent, check_fits
from simulator.ct.geometry import ScannerGeometry
from simulator.ct.gridding import FFT_WORKERS, apodisation, window_table
from simulator.ct.gridding_kernels import FrequencyRays, WindowTable
from simulator.ct.interpolation import cubic_taps
from simulator.spatial.arrays import SingleArray
from simulator.spatial.frames import PatientPoint

_WIDTH = kernels.WIDTH
_OVERSAMPLING = 2.0
_TABLE_STEPS = 4096
_RADIAL_STEP_MM = 0.25
_FADE_FROM = 0.75
"""Fraction of a grid's highest frequency from which it fades out, so that edges do not ring."""

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


@dataclass(frozen=True, slots=True)
class PlaneTransform:
    """Adds the projections' spectrum of images on one in-plane grid; see `_transform`."""

    shape: tuple[int, int]
    padded: tuple[int, int]
    deapodise: SingleArray
    rays: FrequencyRays
    response: SingleArray
    window: WindowTable = field(repr=False)

    def add(self, images: SingleArray, out: NDArray[np.complex64]) -> None:
        """Add the spectra of the images (basis, y, x) to `out` (basis, angle, f)."""
        half = _half_spectrum(images * self.deapodise, self.padded)
        kernels.add_central_slices(
            half.view(np.float32).reshape(len(half), -1),
            self.rays,
            self.window,
            self.response,
            out,
        )


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
        self._angles = geometry.views // 2
        self._samples = 2 * math.ceil(geometry.field_radius_mm / _RADIAL_STEP_MM) + 8
        self._samples = 2 * scipy.fft.next_fast_len(self._samples // 2, real=True)
        self._body = self._transform(body.grid, rows.start, columns.start, _size(rows), _size(columns))
        canal = phantom.canal.grid
        self._canal = self._transform(canal, 0, 0, canal.shape[1], canal.shape[2])
        self._canal_window = _window(canal, canal.origin_mm, canal.shape[1:], canal.spacing_mm)
        grid = body.grid
        corner = PatientPoint(
            grid.origin_mm[0] + columns.start * grid.spacing_mm[0],
            grid.origin_mm[1] + rows.start * grid.spacing_mm[1],
            0.0,
        )
        self._body_window = _window(canal, corner, (_size(rows), _size(columns)), grid.spacing_mm)
        self._body_corner = corner
        self._prepare_fan()
        self._changes: tuple[VoxelGrid, PlaneTransform] | None = None

    def line_integrals(self, plane: int, change: DensityChange | None = None) -> SingleArray:
        """Line integrals through one plane, averaged over the detector cell.

        Returns:
            [shape=(basis, view, column), float32] mm of water, mm of bone, mm mg/mL of iodine.
        """
        spectrum = np.zeros((len(BASES), self._angles, self._samples // 2 + 1), np.complex64)
        body, canal = self._body_and_canal(plane)
        if canal is not None:
            self._canal.add(canal, spectrum)
        self._body.add(body, spectrum)
        delta = self.change_plane(plane, change)
        if change is not None and delta is not None:
            self._change_transform(change.grid).add(delta, spectrum)
        return self._fan_lines(spectrum)

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

    def _fan_lines(self, spectrum: NDArray[np.complex64]) -> SingleArray:
        """Line integrals (basis, view, column) from the spectra of the parallel projections."""
        rays = scipy.fft.irfft(spectrum, n=self._samples, axis=2, workers=FFT_WORKERS)
        shape = len(BASES), self._geometry.views, self._geometry.columns
        resampled, out = np.empty(shape, np.float32), np.empty(shape, np.float32)
        kernels.resample_rays(rays, self._tap, self._tap_weight, resampled)
        kernels.parallel_to_fan(resampled, self._first_angle, self._angle_weight, out)
        return out

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
            self._changes = grid, self._transform(grid, 0, 0, grid.shape[1], grid.shape[2])
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

    def _transform(self, grid: VoxelGrid, row: int, column: int, ny: int, nx: int) -> PlaneTransform:
        """Prepare an in-plane grid of ny x nx voxels whose first voxel is [row, column] of `grid`."""
        sx, sy = grid.spacing_mm[:2]
        my, mx = (2 * scipy.fft.next_fast_len(max(n, 2 * _WIDTH), real=True) for n in (ny, nx))
        theta = np.arange(self._angles) * math.pi / self._angles
        sine, cosine = np.sin(theta), np.cos(theta)
        frequency = np.arange(self._samples // 2 + 1) / (self._samples * _RADIAL_STEP_MM)
        limit = min(0.5 / sx, 0.5 / sy)
        frequency = frequency[frequency < limit]
        # The direction of the rays' normal is (-sin, cos) in x, y; the half spectrum holds x >= 0, so the
        # opposite point is read and conjugated.
        fx, fy = frequency * sine[:, None], -frequency * cosine[:, None]
        aperture = np.sinc(frequency * self._geometry.cell_at_isocenter_mm)
        box = np.sinc(fx * sx) * np.sinc(fy * sy)
        fade = np.clip((frequency / limit - _FADE_FROM) / (1 - _FADE_FROM), 0, 1)
        response = aperture / box * np.cos(0.5 * math.pi * fade) ** 2 * (sx * sy / _RADIAL_STEP_MM)
        # The sample in the middle of the image, as seen from the isocentre
        x = grid.origin_mm[0] + (column + nx // 2) * sx - self.isocenter_mm[0]
        y = grid.origin_mm[1] + (row + ny // 2) * sy - self.isocenter_mm[1]
        step = frequency[1]
        middle = self._samples // 2 * _RADIAL_STEP_MM
        turn = -2 * math.pi * step * (cosine * y - sine * x + middle)
        deapodise = 1 / np.outer(apodisation(_WIDTH, _OVERSAMPLING, my, ny), apodisation(_WIDTH, _OVERSAMPLING, mx, nx))
        return PlaneTransform(
            shape=(ny, nx),
            padded=(my, mx),
            deapodise=deapodise.astype(np.float32),
            rays=FrequencyRays(
                step_row=-cosine * step * my * sy,
                step_column=sine * step * mx * sx,
                turn=turn,
            ),
            response=np.ascontiguousarray(response, dtype=np.float32),
            window=WindowTable(values=window_table(_WIDTH, _OVERSAMPLING, _TABLE_STEPS), steps=_TABLE_STEPS),
        )

    def _prepare_fan(self) -> None:
        """Where each column reads the parallel rays: between which angles, and at which taps along t."""
        angles = self._geometry.column_angles_rad
        turns = angles / self._geometry.view_angle_rad
        first = np.floor(turns).astype(np.int32)
        t = self._geometry.source_to_isocenter_mm * np.sin(angles)
        place = np.stack([t, -t]) / _RADIAL_STEP_MM + self._samples // 2
        at = np.clip(np.floor(place).astype(np.int32) - 1, 0, self._samples - 4)
        self._first_angle = first
        self._angle_weight = (turns - first).astype(np.float32)
        self._tap = at
        self._tap_weight = np.ascontiguousarray(cubic_taps(place - at - 1), dtype=np.float32)


def _half_spectrum(images: SingleArray, padded: tuple[int, int]) -> NDArray[np.complex64]:
    """Transform of images (basis, y, x), padded to (my, mx), about their middle sample.

    Returns:
        columns from -WIDTH to mx / 2 + WIDTH [shape=(my, mx // 2 + 1 + 2 * WIDTH, basis)]
    """
    bases, ny, nx = images.shape
    hy, hx = ny // 2, nx // 2
    my, mx = padded
    # What lies before the middle goes to the end of the period. Rows of padding need no transform along x.
    rows = np.zeros((ny, mx, bases), np.float32)
    flat = np.moveaxis(images, 0, 2)
    rows[:, : nx - hx] = flat[:, hx:]
    rows[:, mx - hx :] = flat[:, :hx]
    along_x = scipy.fft.rfft(rows, axis=1, workers=FFT_WORKERS)
    half = np.zeros((my, along_x.shape[1] + 2 * _WIDTH, bases), np.complex64)
    half[: ny - hy, _WIDTH:-_WIDTH] = along_x[hy:]
    half[my - hy :, _WIDTH:-_WIDTH] = along_x[:hy]
    half = np.asarray(scipy.fft.fft(half, axis=0, workers=FFT_WORKERS, overwrite_x=True), np.complex64)
    # Beyond its ends the spectrum of a real image goes on as its own conjugate
    inside = half[:, _WIDTH:-_WIDTH]
    mirror = -np.arange(my) % my
    np.conj(inside[mirror, _WIDTH:0:-1], out=half[:, :_WIDTH])
    np.conj(inside[mirror, -2 : -2 - _WIDTH : -1], out=half[:, -_WIDTH:])
    return half


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
