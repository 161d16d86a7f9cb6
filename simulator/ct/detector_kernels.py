"""Inner loops of the detector: polychromatic transmission, and quantum noise with log and water correction.

The generator is Philox 2x32 with 10 rounds (Salmon et al. 2011, doi 10.1145/2063384.2063405); logarithm, sine
and cosine are single-precision minimax polynomials (the Cephes library's coefficients), several times faster
than libm and the same on every machine.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import float32, njit, prange, uint32, uint64


@njit
def _philox(counter_low, counter_high, key):  # type: ignore[no-untyped-def]
    for _ in range(10):
        product = uint64(0xD256D193) * uint64(counter_low)
        high = uint32(product >> uint64(32))
        counter_low = uint32(high ^ key ^ counter_high)
        counter_high = uint32(product)
        key = uint32(key + uint32(0x9E3779B9))
    return counter_low, counter_high


@njit
def _log(x):  # type: ignore[no-untyped-def]
    bits = np.float32(x).view(np.int32)
    exponent = (bits - np.int32(0x3F3504F3)) >> np.int32(23)
    f = np.int32(bits - (exponent << np.int32(23))).view(np.float32) - float32(1)
    z = f * f
    p = float32(7.0376836292e-2)
    p = p * f + float32(-1.1514610310e-1)
    p = p * f + float32(1.1676998740e-1)
    p = p * f + float32(-1.2420140846e-1)
    p = p * f + float32(1.4249322787e-1)
    p = p * f + float32(-1.6668057665e-1)
    p = p * f + float32(2.0000714765e-1)
    p = p * f + float32(-2.4999993993e-1)
    p = p * f + float32(3.3333331174e-1)
    return f * z * p - float32(0.5) * z + f + float32(exponent) * float32(0.69314718056)


@njit
def _sine_cosine(turns):  # type: ignore[no-untyped-def]
    quarter = np.int32(turns * float32(4) + float32(0.5))
    t = (turns - float32(quarter) * float32(0.25)) * float32(6.283185307)
    z = t * t
    s = t + t * z * (float32(-1.6666654611e-1) + z * (float32(8.3321608736e-3) + z * float32(-1.9515295891e-4)))
    c = (
        float32(1)
        - float32(0.5) * z
        + z
        * z
        * (float32(4.166664568298827e-2) + z * (float32(-1.388731625493765e-3) + z * float32(2.443315711809948e-5)))
    )
    odd = (quarter & np.int32(1)) != 0
    sine = c if odd else s
    cosine = s if odd else c
    sine = -sine if (quarter & np.int32(2)) != 0 else sine
    cosine = -cosine if ((quarter + np.int32(1)) & np.int32(2)) != 0 else cosine
    return sine, cosine


@njit
def _exp(x):  # type: ignore[no-untyped-def]
    """exp(x) for x <= 0, relative error below 3e-7; zero from -87 down."""
    x = max(x, float32(-87.0))
    n = np.int32(x * float32(1.4426950409) - float32(0.5))
    f = x - float32(n) * float32(0.693359375) - float32(n) * float32(-2.12194440e-4)
    p = float32(1.9875691500e-4)
    p = p * f + float32(1.3981999507e-3)
    p = p * f + float32(8.3334519073e-3)
    p = p * f + float32(4.1665795894e-2)
    p = p * f + float32(1.6666665459e-1)
    p = p * f + float32(5.0000001201e-1)
    p = p * f * f + f + float32(1)
    return p * np.int32((n + np.int32(127)) << np.int32(23)).view(np.float32)


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def transmission(
    lines: NDArray[np.float32],
    mu: NDArray[np.float32],
    share: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Signal behind the line integrals (basis, view, column) as a share of the signal in air.

    mu has shape (basis, bin), share (bin, column); the shares of a column sum to 1.
    """
    _, views, columns = lines.shape
    bins = mu.shape[1]
    for v in prange(views):
        a = lines[0, v]
        b = lines[1, v]
        c = lines[2, v]
        total = np.zeros(columns, np.float32)
        for e in range(bins):
            ma = mu[0, e]
            mb = mu[1, e]
            mc = mu[2, e]
            for i in range(columns):
                total[i] += share[e, i] * _exp(min(-(ma * a[i] + mb * b[i] + mc * c[i]), float32(0)))
        for i in range(columns):
            out[v, i] = total[i]


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def add_weighted(
    planes: NDArray[np.float32], chosen: NDArray[np.int64], weights: NDArray[np.float32], out: NDArray[np.float32]
) -> None:
    """Add the chosen planes (plane, view, column), each times its weight, to out (view, column)."""
    for v in prange(out.shape[0]):
        row = out[v]
        for i in range(chosen.size):
            values = planes[chosen[i], v]
            weight = weights[i]
            for c in range(row.size):
                row[c] += weight * values[c]


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def measure(
    mean: NDArray[np.float32],
    scatter: NDArray[np.float32],
    scatter_amount: np.float32,
    scatter_left: np.float32,
    beam_on: NDArray[np.float32],
    noisy: bool,
    key: np.uint32,
    slice_index: np.uint32,
    quantum_variance: NDArray[np.float32],
    electronic_variance: NDArray[np.float32],
    floor: NDArray[np.float32],
    water: NDArray[np.float32],
    beyond: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Add noise to the transmission (view, column), take the log, and correct for water: mm of water.

    Variance of a reading of column c: (t + s) (q0 + q1 p) + electronic, with t the transmission, p = -log t, q =
    quantum_variance (2, c), and s = scatter_amount times scatter (node, c), whose nodes lie evenly over the
    rotation. Of s, the share scatter_left stays in the signal. beam_on (view) is the tube's output over what it is
    set to: fewer quanta make more noise, and a view of 0 reads 0. water (order + 1, c) holds polynomial
    coefficients, highest order first; above p = beyond[0, c] the path goes on as a straight line of slope
    beyond[1, c]. One generator call, counted by (view, column of the left half), gives the normals of that column
    and of its twin in the right half.
    """
    views, columns = mean.shape
    half = columns // 2
    order = water.shape[0]
    nodes = scatter.shape[0]
    for v in prange(views):
        if beam_on[v] <= float32(0):
            for c in range(columns):
                out[v, c] = float32(0)
            continue
        # Many loops over few arrays each: only such become vector instructions
        signal = mean[v]
        value = np.empty(columns, np.float32)
        stray = np.empty(columns, np.float32)
        at = v * nodes / views
        node = int(at)
        here = scatter[node]
        there = scatter[(node + 1) % nodes]
        there_share = float32(at - node) * scatter_amount
        here_share = scatter_amount - there_share
        for c in range(columns):
            stray[c] = here_share * here[c] + there_share * there[c]
        less = float32(1) / beam_on[v]
        if noisy:
            first = uint32(v * half)
            for c in range(half):
                low, high = _philox(first + uint32(c), uint32(slice_index), uint32(key))
                u = (float32(np.int32(low >> uint32(8))) + float32(1)) * float32(1 / 16777216.0)
                turns = float32(np.int32(high >> uint32(8))) * float32(1 / 16777216.0)
                radius = math.sqrt(float32(-2) * _log(u))
                sine, cosine = _sine_cosine(turns)
                value[c] = radius * sine
                value[c + half] = radius * cosine
            constant = quantum_variance[0]
            slope = quantum_variance[1]
            for c in range(columns):
                t = max(signal[c], float32(1e-30))
                quantum = (t + stray[c]) * (constant[c] - slope[c] * _log(t))
                variance = quantum * less + electronic_variance[c] * less * less
                value[c] = t + math.sqrt(variance) * value[c]
        else:
            for c in range(columns):
                value[c] = max(signal[c], float32(1e-30))
        for c in range(columns):
            value[c] += scatter_left * stray[c]
        for c in range(columns):
            value[c] = -_log(max(value[c], floor[c] * less))
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


@njit(cache=True, nogil=True)
def elementary(values: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    """log(x), exp(-x), sine and cosine of x turns, shape (4, n) with 0 < x < 1; for tests."""
    for i in range(values.size):
        out[0, i] = _log(values[i])
        out[1, i] = _exp(-values[i] * float32(80))
        out[2, i], out[3, i] = _sine_cosine(values[i])
