"""Inner loop of a measurement: quantum and electronic noise, logarithm, and water correction.

The generator is Philox 2x32 with 10 rounds (Salmon et al. 2011, doi 10.1145/2063384.2063405); two uniform numbers
become two normal deviates (Box and Muller 1958).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import float32, njit, prange, uint32, uint64
from simulator.ct.fast_functions_kernels import fast_log, fast_sine_cosine


class ScatterNodes(NamedTuple):
    """Scattered signal, at angles spread evenly over the rotation.

    Attributes:
        nodes: [shape=(node, column), float32] in the unit of the signal
        amount: how much of that there is
        residual_fraction: the part of it that the scanner's correction leaves in the signal
    """

    nodes: NDArray[np.float32]
    amount: np.float32
    residual_fraction: np.float32


class NoiseSource(NamedTuple):
    """What names the noise of one slice, and its variances.

    Attributes:
        is_on: without it nothing is drawn
        key, slice_index: the counters of the generator
        quantum_variance: [shape=(2, column), float32] q0 and q1 of (transmission + scatter) (q0 + q1 p)
        electronic_variance: [shape=(column,), float32]
        least_reading: [shape=(column,), float32] what a reading is clamped to, so that the logarithm is finite
    """

    is_on: bool
    key: np.uint32
    slice_index: np.uint32
    quantum_variance: NDArray[np.float32]
    electronic_variance: NDArray[np.float32]
    least_reading: NDArray[np.float32]


class WaterCorrection(NamedTuple):
    """From -log(signal) to mm of water, column by column.

    Attributes:
        coefficients: [shape=(order + 1, column), float32] of the polynomial, highest order first
        beyond: [shape=(2, column), float32] where it ends, and the slope of the straight line from there on
    """

    coefficients: NDArray[np.float32]
    beyond: NDArray[np.float32]


@njit
def _philox(counter_low, counter_high, key):  # type: ignore[no-untyped-def]
    for _ in range(10):
        product = uint64(0xD256D193) * uint64(counter_low)
        high = uint32(product >> uint64(32))
        counter_low = uint32(high ^ key ^ counter_high)
        counter_high = uint32(product)
        key = uint32(key + uint32(0x9E3779B9))
    return counter_low, counter_high


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def measure(
    mean: NDArray[np.float32],
    scattered: ScatterNodes,
    noise: NoiseSource,
    beam_on: NDArray[np.float32],
    correction: WaterCorrection,
    out: NDArray[np.float32],
) -> None:
    """Add noise to the transmission (view, column), take the log, and correct for water: mm of water.

    Variance of a reading of column c: (t + s) (q0 + q1 p) + electronic, with t the transmission, p = -log t, and s the
    scatter there. beam_on (view) is the tube's output over what it is set to: fewer quanta make more noise, and a view
    of 0 reads 0. One generator call, counted by (view, column of the left half), gives the normals of that column and
    of its twin in the right half.
    """
    # A parallel loop takes arrays and numbers, but no tuples of them
    scatter, scatter_amount, scatter_left = scattered
    noisy, key, slice_index, quantum_variance, electronic_variance, floor = noise
    water, beyond = correction
    views, columns = mean.shape
    half = columns // 2
    order = water.shape[0]
    nodes = scatter.shape[0]
    for v in prange(views):
        if beam_on[v] <= float32(0):
            for c in range(columns):
                out[v, c] = float32(0)
            continue
        # Many loops over few arrays each: such loops become vector instructions
        signal = mean[v]
        value = np.empty(columns, np.float32)
        stray = np.empty(columns, np.float32)
        at = v * nodes / views
        node = int(at)
        here = scatter[node]
        there = scatter[(node + 1) % nodes]
        there_fraction = float32(at - node) * scatter_amount
        here_fraction = scatter_amount - there_fraction
        for c in range(columns):
            stray[c] = here_fraction * here[c] + there_fraction * there[c]
        less = float32(1) / beam_on[v]
        if noisy:
            first = uint32(v * half)
            for c in range(half):
                low, high = _philox(first + uint32(c), uint32(slice_index), uint32(key))
                u = (float32(np.int32(low >> uint32(8))) + float32(1)) * float32(1 / 16777216.0)
                turns = float32(np.int32(high >> uint32(8))) * float32(1 / 16777216.0)
                radius = math.sqrt(float32(-2) * fast_log(u))
                sine, cosine = fast_sine_cosine(turns)
                value[c] = radius * sine
                value[c + half] = radius * cosine
            constant = quantum_variance[0]
            slope = quantum_variance[1]
            for c in range(columns):
                t = max(signal[c], float32(1e-30))
                quantum = (t + stray[c]) * (constant[c] - slope[c] * fast_log(t))
                variance = quantum * less + electronic_variance[c] * less * less
                value[c] = t + math.sqrt(variance) * value[c]
        else:
            for c in range(columns):
                value[c] = max(signal[c], float32(1e-30))
        for c in range(columns):
            value[c] += scatter_left * stray[c]
        for c in range(columns):
            value[c] = -fast_log(max(value[c], floor[c] * less))
        limit = beyond[0]
        beyond_limit = stray
        for c in range(columns):
            beyond_limit[c] = max(value[c] - limit[c], float32(0))
            value[c] = min(value[c], limit[c])
        path = out[v]
        for c in range(columns):
            path[c] = water[0, c]
        for k in range(1, order):
            coefficient = water[k]
            for c in range(columns):
                path[c] = path[c] * value[c] + coefficient[c]
        further = beyond[1]
        for c in range(columns):
            path[c] += further[c] * beyond_limit[c]


@njit(cache=True, nogil=True)
def philox(first: int, slice_index: int, key: int, out: NDArray[np.uint32]) -> None:
    """Raw generator output, shape (n, 2), for counters first, first + 1, ...; for tests of the generator."""
    for i in range(out.shape[0]):
        out[i, 0], out[i, 1] = _philox(uint32(first + i), uint32(slice_index), uint32(key))
