"""Line integrals the slow way: closed forms of ellipses, Joseph's method, direct Fourier sums."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.ct.geometry import ScannerGeometry
from tests.physics.water_phantoms import Ellipse


def fan_ellipses(
    ellipses: Sequence[Ellipse],
    geometry: ScannerGeometry,
    isocenter_mm: tuple[float, float],
    *,
    cell_samples: int = 12,
    view_step: int = 1,
) -> NDArray[np.float64]:
    """Line integrals of ellipses, shape (basis, view, column), at Gauss nodes across each detector cell."""
    beta = (np.arange(0, geometry.views, view_step) * geometry.view_angle_rad)[:, None]
    out = np.zeros((3, beta.size, geometry.columns))
    nodes, weights = np.polynomial.legendre.leggauss(cell_samples)
    half_cell = geometry.column_angle_rad * geometry.active_fraction / 2
    for node, weight in zip(nodes, weights / 2, strict=True):
        gamma = geometry.column_angles_rad + node * half_cell
        theta = beta + gamma
        t = geometry.source_to_isocenter_mm * np.sin(gamma)
        nx, ny = -np.sin(theta), np.cos(theta)
        for ellipse in ellipses:
            a, b = ellipse.radii_mm
            x, y = ellipse.center_mm[0] - isocenter_mm[0], ellipse.center_mm[1] - isocenter_mm[1]
            support = (a * nx) ** 2 + (b * ny) ** 2
            offset = t - (x * nx + y * ny)
            chord = 2 * a * b * np.sqrt(np.maximum(support - offset**2, 0)) / support
            for basis, density in enumerate(ellipse.density):
                out[basis] += weight * density * chord
    return out


def joseph(
    image: NDArray[Any],
    first_mm: tuple[float, float],
    spacing_mm: float,
    origin_mm: tuple[float, float],
    direction: tuple[float, float],
) -> float:
    """Joseph's line integral through an image (y, x) whose first voxel's centre is first_mm (x, y)."""
    dx, dy = direction
    ny, nx = image.shape
    total = 0.0
    if abs(dx) >= abs(dy):
        for j in range(nx):
            u = (first_mm[0] + j * spacing_mm - origin_mm[0]) / dx
            f = (origin_mm[1] + u * dy - first_mm[1]) / spacing_mm
            i = math.floor(f)
            if 0 <= i < ny - 1:
                total += (1 - f + i) * image[i, j] + (f - i) * image[i + 1, j]
        return total * spacing_mm / abs(dx)
    for i in range(ny):
        u = (first_mm[1] + i * spacing_mm - origin_mm[1]) / dy
        f = (origin_mm[0] + u * dx - first_mm[0]) / spacing_mm
        j = math.floor(f)
        if 0 <= j < nx - 1:
            total += (1 - f + j) * image[i, j] + (f - j) * image[i, j + 1]
    return total * spacing_mm / abs(dy)


def central_slice(
    images: NDArray[Any], position_y: NDArray[Any], position_x: NDArray[Any], fy: float, fx: float
) -> NDArray[np.complex128]:
    """Fourier sum of images (basis, y, x) at one frequency, shape (basis,)."""
    wave = np.exp(-2j * math.pi * (fy * position_y[:, None] + fx * position_x))
    return np.asarray((images * wave).sum(axis=(1, 2)))


def resampled_rays(
    parallel: NDArray[Any], first: int, tap: NDArray[Any], weight: NDArray[Any], views: int
) -> NDArray[np.float64]:
    """What `projector_kernels.add_resampled_rays` adds, shape (basis, column, angle over 2 pi)."""
    _, bases, angles = parallel.shape
    out = np.zeros((bases, tap.shape[1], views))
    for side in range(2):
        for column, at in enumerate(tap[side]):
            if at < 0:
                continue
            for k in range(angles):
                for i, share in enumerate(weight[side, column]):
                    out[:, column, first + side * (views // 2) + k] += share * parallel[at + i, :, k]
    return out


def parallel_to_fan(rays: NDArray[Any], first_angle: NDArray[Any], weight: NDArray[Any]) -> NDArray[np.float64]:
    """Twin of `projector_kernels.parallel_to_fan`, not in place."""
    _, columns, views = rays.shape
    column = np.arange(columns)[:, None]
    at = (np.arange(views) + first_angle[:, None]) % views
    here, there = rays[:, column, at], rays[:, column, (at + 1) % views]
    return np.asarray(here + weight[:, None] * (there - here))
