"""The detector the slow way: Philox in Python integers, Box and Muller with libm, exponentials in float64."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MASK = 0xFFFFFFFF


def philox(counter_low: int, counter_high: int, key: int) -> tuple[int, int]:
    """Philox 2x32 with 10 rounds (Salmon et al. 2011, section 3.3)."""
    for _ in range(10):
        product = 0xD256D193 * counter_low
        counter_low, counter_high = (product >> 32) ^ key ^ counter_high, product & _MASK
        key = (key + 0x9E3779B9) & _MASK
    return counter_low, counter_high


def normal_pair(counter: int, slice_index: int, key: int) -> tuple[float, float]:
    """The two normal deviates of one call of the generator."""
    low, high = philox(counter, slice_index, key)
    radius = math.sqrt(-2 * math.log(((low >> 8) + 1) / 2**24))
    turn = 2 * math.pi * (high >> 8) / 2**24
    return radius * math.sin(turn), radius * math.cos(turn)


def transmission(lines: NDArray[Any], mu: NDArray[Any], share: NDArray[Any]) -> NDArray[np.float64]:
    """Twin of `detector_kernels.transmission`."""
    exponent = np.einsum("be,bvc->evc", mu.astype(np.float64), lines.astype(np.float64))
    return np.asarray((share[:, None, :] * np.exp(-exponent)).sum(axis=0))


def measure(
    mean: NDArray[Any],
    key: int,
    slice_index: int,
    quantum_variance: NDArray[Any],
    electronic_variance: NDArray[Any],
    floor: NDArray[Any],
    water: NDArray[Any],
    beyond: NDArray[Any],
    *,
    stray: NDArray[Any] | float = 0.0,
    stray_left: float = 0.0,
    beam_on: NDArray[Any] | float = 1.0,
) -> NDArray[np.float64]:
    """Twin of `detector_kernels.measure` with noise; stray is scatter of every reading, beam_on has one per view."""
    views, columns = mean.shape
    half = columns // 2
    normal = np.empty((views, columns))
    for v in range(views):
        for c in range(half):
            normal[v, c], normal[v, c + half] = normal_pair(v * half + c, slice_index, key)
    mean = mean.astype(np.float64)
    output = np.broadcast_to(np.asarray(beam_on, np.float64), (views,))[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        quanta = (mean + stray) * (quantum_variance[0] - quantum_variance[1] * np.log(mean)) / output
        noise = np.sqrt(quanta + electronic_variance / output**2) * normal
        value = np.maximum(mean + noise + stray_left * stray, floor / output)
    p = -np.log(value)
    q = np.minimum(p, beyond[0])
    path = np.zeros_like(q)
    with np.errstate(invalid="ignore"):
        for coefficient in water.astype(np.float64):
            path = path * q + coefficient
        return np.where(output > 0, path + beyond[1] * (p - q), 0.0)
