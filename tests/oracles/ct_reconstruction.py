"""Reconstruction the slow way: interpolation ray by ray, and backprojection by direct sums."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.ct.geometry import ScannerGeometry


def rebin(fan: NDArray[Any], geometry: ScannerGeometry, r: NDArray[Any]) -> NDArray[np.float64]:
    """Parallel rays (angle over pi, r) from one fan (view, column): linear in angle, then in distance."""
    views = geometry.views
    gamma = geometry.column_angles_rad
    t = geometry.source_to_isocenter_mm * np.sin(gamma)
    column = np.arange(geometry.columns)
    out = np.zeros((views // 2, r.size))
    both = np.concatenate([t, -t])
    order = np.argsort(both, kind="stable")
    for k in range(views // 2):
        rays = []
        for turn in (0, views // 2):
            place = k + turn - gamma / geometry.view_angle_rad
            first = np.floor(place).astype(int)
            share = place - first
            rays.append((1 - share) * fan[first % views, column] + share * fan[(first + 1) % views, column])
        values = np.concatenate(rays)[order]
        out[k] = np.interp(r, both[order], values, left=0, right=0)
    return out


def kernel(
    f_per_mm: NDArray[Any], f50_per_mm: float, geometry: ScannerGeometry, limit_per_mm: float
) -> NDArray[np.float64]:
    """The system's Gaussian over what cell and interpolation pass, each from its samples in space; fivefold at most.

    From 0.87 of the limit on it fades out as a raised cosine.
    """
    gap = geometry.source_to_isocenter_mm * geometry.column_angle_rad / 2
    fine = (np.arange(4000) + 0.5) / 4000 - 0.5
    cell = np.cos(2 * math.pi * f_per_mm[:, None] * fine * geometry.cell_at_isocenter_mm).mean(axis=1)
    tent = 4 * (0.5 - np.abs(fine))  # from one ray over the next, a gap on either side
    between = (tent * np.cos(2 * math.pi * f_per_mm[:, None] * fine * 2 * gap)).mean(axis=1)
    fade = np.clip((f_per_mm / limit_per_mm - 0.87) / 0.13, 0, 1)
    return np.asarray(
        2 ** -((f_per_mm / f50_per_mm) ** 2) / np.maximum(cell * between, 0.2) * (1 + np.cos(np.pi * fade)) / 2
    )


def backproject(
    parallel: NDArray[Any],
    r: NDArray[Any],
    f50_per_mm: float,
    points_mm: NDArray[Any],
    frequencies: int,
    geometry: ScannerGeometry,
    limit_per_mm: float,
) -> NDArray[np.float64]:
    """Filtered backprojection at points (n, 2), by direct sums over the first `frequencies` samples."""
    angles, samples = parallel.shape
    step = r[1] - r[0]
    lag = np.minimum(np.arange(samples), samples - np.arange(samples))
    h = np.where(lag % 2 == 1, -1 / (math.pi * np.maximum(lag, 1) * step) ** 2, 0.0)
    h[0] = 1 / (4 * step**2)
    ramp = np.fft.rfft(h).real * step
    f = np.fft.rfftfreq(samples, step)
    response = ramp * kernel(f, f50_per_mm, geometry, limit_per_mm)
    response[frequencies:] = 0
    spectrum = (np.fft.rfft(parallel, axis=1) * response)[:, :frequencies]
    out = np.zeros(len(points_mm))
    for k in range(angles):
        theta = k * math.pi / angles
        t = -points_mm[:, 0] * math.sin(theta) + points_mm[:, 1] * math.cos(theta) - r[0]
        wave = np.exp(2j * math.pi * t[:, None] * f[:frequencies])
        terms = (wave * spectrum[k]).real
        out += (2 * terms.sum(axis=1) - terms[:, 0]) / samples
    return out * math.pi / angles


def fold(grid: NDArray[Any], pad: int) -> NDArray[np.complex128]:
    """Half planes (slice, row, column from -pad on): what fell beyond comes back conjugated."""
    m = grid.shape[1]
    out = grid[:, :, pad : pad + m // 2 + 1].astype(np.complex128)
    mirror = (-np.arange(m)) % m
    for j in range(pad + 1):
        out[:, :, j] += np.conj(grid[:, mirror, pad - j])
    return out


def grid(
    spectrum: NDArray[Any],
    step_row: NDArray[Any],
    step_column: NDArray[Any],
    window: Any,
    pad: int,
    shape: tuple[int, int],
) -> NDArray[np.complex128]:
    """Spread polar samples (slice, angle, f) over cyclic rows and columns from -pad on; window(distance) in cells."""
    out = np.zeros((spectrum.shape[0], *shape), np.complex128)
    for k in range(spectrum.shape[1]):
        for f in range(spectrum.shape[2]):
            x, y = step_row[k] * f, step_column[k] * f
            for i in range(math.floor(x) - 1, math.floor(x) + 3):
                for j in range(math.floor(y) - 1, math.floor(y) + 3):
                    out[:, i % shape[0], j + pad] += window(abs(x - i)) * window(abs(y - j)) * spectrum[:, k, f]
    return out
