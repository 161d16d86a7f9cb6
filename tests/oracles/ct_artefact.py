"""The needle's artefact the slow way: a parallel-beam twin of the reference's table, ray by ray.

Nothing of the product's geometry, gridding or look-up tables is used: parallel rays, exact polychromatic
transmission, plain filtered backprojection at a few points.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.ct.spectrum import Beam

_RAY_MM = 0.25
_RAYS = 1280


def rod_in_ellipse(
    beam: Beam,
    *,
    diameter_mm: float,
    length_mm: float,
    radii_mm: tuple[float, float],
    heights: tuple[NDArray[Any], NDArray[Any]],
    cell: tuple[NDArray[Any], NDArray[Any]],
    views: int = 580,
) -> NDArray[np.float64]:
    """mm of water (view, ray) behind a water ellipse with a steel rod along y from the origin, tip first.

    heights: z of the samples from the rod's axis, and their weights in the slice (the rest of it sees no steel).
    cell: places of the samples across a detector cell in mm, and their weights. Intensities are averaged.
    """
    a, b = radii_mm
    water_per_mm, steel_per_mm = beam.mu_per_mm[0], beam.steel_per_mm
    path = np.linspace(0, 3000, 3001)  # what a rod in a thin slice leaves is far beyond any patient
    log = -np.log(np.exp(-path[:, None] * water_per_mm) @ beam.signal)
    half = np.sqrt(np.maximum((diameter_mm / 2) ** 2 - heights[0] ** 2, 0))
    rays = (np.arange(_RAYS) - _RAYS // 2) * _RAY_MM
    out = np.empty((views, _RAYS))
    for view in range(views):
        sine, cosine = math.sin(math.pi * view / views), math.cos(math.pi * view / views)
        intensity = np.zeros(_RAYS)
        for place, share in zip(*cell, strict=True):
            t = rays + place
            reach = (a * sine) ** 2 + (b * cosine) ** 2
            water = 2 * a * b * np.sqrt(np.maximum(reach - t**2, 0)) / reach
            behind = np.exp(-water[:, None] * water_per_mm)
            plain = behind @ beam.signal
            low, high = _span(t * cosine, sine, np.zeros(1), np.full(1, length_mm))
            left, right = _span(-t * sine, cosine, -half[:, None], half[:, None])
            steel = np.maximum(np.minimum(high, right) - np.maximum(low, left), 0)
            hit = np.flatnonzero(steel.max(axis=0) > 0)
            for weight, chord in zip(heights[1], steel[:, hit], strict=True):
                shadowed = behind[hit] * np.exp(-chord[:, None] * (steel_per_mm - water_per_mm))
                plain[hit] += weight * (shadowed - behind[hit]) @ beam.signal
            intensity += share * plain
        out[view] = np.interp(-np.log(intensity), log, path)
    return out


def _span(origin: NDArray[Any], slope: float, low: NDArray[Any], high: NDArray[Any]) -> tuple[NDArray, NDArray]:
    """Between which u the points origin + u slope lie in low..high; empty spans are inverted."""
    if abs(slope) < 1e-12:
        inside = (origin >= low) & (origin <= high)
        return np.where(inside, -1e9, 1e9), np.where(inside, 1e9, -1e9)
    u, v = (low - origin) / slope, (high - origin) / slope
    return np.minimum(u, v), np.maximum(u, v)


def backprojected_hu(paths: NDArray[Any], response: Any, points_mm: NDArray[Any]) -> NDArray[np.float64]:
    """HU at points (n, 2); response(f per mm) multiplies the ramp."""
    views = paths.shape[0]
    samples = 4 * _RAYS
    lag = np.minimum(np.arange(samples), samples - np.arange(samples))
    h = np.where(lag % 2 == 1, -1 / (math.pi * np.maximum(lag, 1) * _RAY_MM) ** 2, 0.0)
    h[0] = 1 / (4 * _RAY_MM**2)
    gain = np.fft.rfft(h).real * _RAY_MM * response(np.fft.rfftfreq(samples, _RAY_MM))
    filtered = np.fft.irfft(np.fft.rfft(paths, samples, axis=1) * gain, samples, axis=1)
    rays = (np.arange(_RAYS) - _RAYS // 2) * _RAY_MM
    total = np.zeros(len(points_mm))
    for view in range(views):
        angle = math.pi * view / views
        t = -points_mm[:, 0] * math.sin(angle) + points_mm[:, 1] * math.cos(angle)
        total += np.interp(t, rays, filtered[view, :_RAYS])
    return 1000 * (total * math.pi / views - 1)
