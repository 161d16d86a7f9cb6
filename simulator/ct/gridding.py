"""Fourier gridding shared by projector and reconstruction: the interpolation window and its apodisation."""

from __future__ import annotations

import math

import numpy as np

from simulator.spatial.arrays import FloatArray, SingleArray

FFT_WORKERS = 2
"""Fixed, so that transforms are split alike, and round alike, on every machine."""


def window_shape(width: int, oversampling: float) -> float:
    """Kaiser-Bessel shape parameter for a window of `width` cells (Beatty et al. 2005, equation 5)."""
    return math.pi * math.sqrt((width / oversampling) ** 2 * (oversampling - 0.5) ** 2 - 0.8)


def window_table(width: int, oversampling: float, steps: int) -> SingleArray:
    """The window at distances 0, 1 / steps, ... of a cell; zero beyond half the width."""
    distance = np.arange(width * steps // 2 + 2 * steps) / steps
    inside = np.sqrt(np.maximum(0.0, 1 - (2 * distance / width) ** 2))
    values = np.where(distance <= width / 2, np.i0(window_shape(width, oversampling) * inside), 0.0)
    return values.astype(np.float32)


def apodisation(width: int, oversampling: float, period: int, count: int) -> FloatArray:
    """By how much gridding with the window multiplies `count` central samples of `period`, shape (count,)."""
    position = (np.arange(count) - count // 2) / period
    argument = (math.pi * width * position) ** 2 - window_shape(width, oversampling) ** 2
    root = np.sqrt(argument + 0j)
    return np.asarray(width * np.sinc(root / math.pi).real, dtype=np.float64)
