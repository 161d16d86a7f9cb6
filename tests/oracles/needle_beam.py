"""Slow twins of the needle's mechanics: a beam in soft ground by finite differences, a steered path by small turns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def turn_share(rigidity: float, ground: float, length_mm: float, pieces: int = 4000) -> float:
    """Slope at the free end of a beam in soft ground whose entering end is held and turned by one radian.

    Minimises bending energy plus the ground's, both summed over pieces; the first two points are given.
    """
    step = length_mm / pieces
    y = np.zeros(pieces + 1)
    y[1] = step  # held at 0, turned by 1
    bend = np.zeros((pieces - 1, pieces + 1))
    for i in range(pieces - 1):
        bend[i, i : i + 3] = np.array([1.0, -2.0, 1.0]) / step**2
    weight = np.full(pieces + 1, ground * step)
    weight[[0, -1]] *= 0.5
    energy = rigidity * step * bend.T @ bend + np.diag(weight)
    free = slice(2, None)
    y[free] = np.linalg.solve(energy[free, free], -energy[free, :2] @ y[:2])
    return float((y[-1] - y[-2]) / step)


def arc_off_axis_mm(radius_mm: float, way_mm: float) -> float:
    """How far a path of constant curvature leads off its first direction."""
    return radius_mm * (1.0 - np.cos(way_mm / radius_mm))


def flipped_off_axis_mm(radius_mm: float, way_mm: float) -> float:
    """The same with the bevel turned half round at half the way: an arc, and its mirror image."""
    half = 0.5 * way_mm / radius_mm
    return float(radius_mm * (1.0 - np.cos(half)) + radius_mm * (1.0 - np.cos(half)))


def half_sine_shortening_mm(bow_mm: float, length_mm: float, pieces: int = 20_000) -> float:
    """Arc length less chord of a half sine, by its polygon."""
    x = np.linspace(0.0, length_mm, pieces + 1)
    y = bow_mm * np.sin(np.pi * x / length_mm)
    return float(np.hypot(np.diff(x), np.diff(y)).sum() - length_mm)


def buckling_load_n(rigidity: float, length_mm: float, pieces: int = 400) -> float:
    """Least axial load at which a column, clamped at one end and hinged at the other, finds a bent balance."""
    step = length_mm / pieces
    size = pieces - 1  # inner points: y = 0 at both ends, no slope at the clamp, no moment at the hinge
    fourth = np.zeros((size, size))
    second = np.zeros((size, size))
    for i in range(size):
        for offset, value in ((-2, 1.0), (-1, -4.0), (0, 6.0), (1, -4.0), (2, 1.0)):
            at = i + offset
            if at == -2:  # the mirror point behind the clamp
                fourth[i, 0] += value
            elif at == size + 1:  # the mirror point behind the hinge, with its sign turned
                fourth[i, size - 1] -= value
            elif 0 <= at < size:
                fourth[i, at] += value
        for offset, value in ((-1, 1.0), (0, -2.0), (1, 1.0)):
            if 0 <= i + offset < size:
                second[i, i + offset] += value
    loads: NDArray[np.complex128] = np.linalg.eigvals(np.linalg.solve(-second / step**2, rigidity * fourth / step**4))
    real = np.real(loads[np.abs(np.imag(loads)) < 1e-6])
    return float(real[real > 0.0].min())
