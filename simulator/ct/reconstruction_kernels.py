"""Inner loops of the reconstruction: fan to parallel, filter, gridding, folding."""

from __future__ import annotations

import math

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def rebin(
    fan: NDArray[np.float32],
    first_view: NDArray[np.int32],
    view_weight: NDArray[np.float32],
    order: NDArray[np.int32],
    sample: NDArray[np.int32],
    sample_weight: NDArray[np.float32],
    gain: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Interpolate fan rays (slice, view, column) to parallel rays (slice, angle over pi, t).

    The columns of a view and those of the opposite view interleave; `order` sorts both by t, and sample r
    lies at sample_weight[r] between the sorted rays sample[r] and the next. gain is 0 outside the detector.
    """
    slices, views, columns = fan.shape
    angles = views // 2
    samples = out.shape[2]
    for job in prange(slices * angles):
        s = job // angles
        k = job - s * angles
        both = np.empty(2 * columns, np.float32)
        ordered = np.empty(2 * columns, np.float32)
        for c in range(columns):
            b0 = k + first_view[c]
            if b0 < 0:
                b0 += views
            b1 = b0 + 1
            if b1 >= views:
                b1 -= views
            both[c] = fan[s, b0, c] + view_weight[c] * (fan[s, b1, c] - fan[s, b0, c])
            b0 = k + angles + first_view[c]
            if b0 >= views:
                b0 -= views
            b1 = b0 + 1
            if b1 >= views:
                b1 -= views
            both[columns + c] = fan[s, b0, c] + view_weight[c] * (fan[s, b1, c] - fan[s, b0, c])
        for i in range(2 * columns):
            ordered[i] = both[order[i]]
        for r in range(samples):
            a = ordered[sample[r]]
            out[s, k, r] = gain[r] * (a + sample_weight[r] * (ordered[sample[r] + 1] - a))


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def filter_spectra(
    spectrum: NDArray[np.complex64],
    response: NDArray[np.float32],
    turn: NDArray[np.float64],
    out: NDArray[np.float32],
) -> None:
    """Filter (slice, angle, f), turn by f * turn[angle] radians, interleave to (angle, f, 2 * slice)."""
    slices, angles, _ = spectrum.shape
    frequencies = response.size
    for k in prange(angles):
        turn_re = math.cos(turn[k])
        turn_im = math.sin(turn[k])
        now_re = 1.0
        now_im = 0.0
        for f in range(frequencies):
            re = np.float32(now_re) * response[f]
            im = np.float32(now_im) * response[f]
            for s in range(slices):
                value = spectrum[s, k, f]
                out[k, f, 2 * s] = value.real * re - value.imag * im
                out[k, f, 2 * s + 1] = value.real * im + value.imag * re
            was_re = now_re
            now_re = was_re * turn_re - now_im * turn_im
            now_im = was_re * turn_im + now_im * turn_re


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def grid_three(
    spectrum: NDArray[np.float32],
    step_row: NDArray[np.float64],
    step_column: NDArray[np.float64],
    table: NDArray[np.float32],
    table_steps: int,
    pad: int,
    out: NDArray[np.float32],
) -> None:
    """Spread the polar samples of three slices (angle, f, 6) over a half plane, in fixed chunks of angles.

    The window is four cells wide. out has shape (chunk, m, (m // 2 + 1 + 2 * pad) * 6); in row i, cell
    pad + j holds frequency (i, j), i modulo m. The number of chunks is the array's, never that of threads.
    """
    angles, frequencies, _ = spectrum.shape
    chunks, m, _ = out.shape
    for chunk in prange(chunks):
        plane = out[chunk]
        plane[:] = np.float32(0)
        wx = np.empty(4, np.float32)
        values = np.empty(24, np.float32)
        for k in range(chunk * angles // chunks, (chunk + 1) * angles // chunks):
            for f in range(frequencies):
                x = step_row[k] * f
                y = step_column[k] * f
                fx = math.floor(x)
                fy = math.floor(y)
                ix = fx - 1
                start = np.uint64((fy - 1 + pad) * 6)
                jx = int((x - fx) * table_steps + 0.5)
                jy = int((y - fy) * table_steps + 0.5)
                wx[0] = table[table_steps + jx]
                wx[1] = table[jx]
                wx[2] = table[table_steps - jx]
                wx[3] = table[2 * table_steps - jx]
                w0 = table[table_steps + jy]
                w1 = table[jy]
                w2 = table[table_steps - jy]
                w3 = table[2 * table_steps - jy]
                for s in range(6):
                    value = spectrum[k, f, s]
                    values[s] = w0 * value
                    values[6 + s] = w1 * value
                    values[12 + s] = w2 * value
                    values[18 + s] = w3 * value
                for a in range(4):
                    i = ix + a
                    if i < 0:
                        i += m
                    at = np.uint64(i)
                    w = wx[a]
                    for lane in range(np.uint64(24)):
                        plane[at, start + lane] += w * values[lane]


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def fold(grid: NDArray[np.float32], pad: int, out: NDArray[np.complex64]) -> None:
    """Add the chunks, and what fell beyond the half plane as its conjugate; out (slice, m, m // 2 + 1)."""
    chunks, m, _ = grid.shape
    slices = out.shape[0]
    for i in prange(m):
        mirror = (m - i) % m
        for j in range(m // 2 + 1):
            for s in range(slices):
                re = np.float32(0)
                im = np.float32(0)
                for c in range(chunks):
                    re += grid[c, i, 2 * (slices * (j + pad) + s)]
                    im += grid[c, i, 2 * (slices * (j + pad) + s) + 1]
                if j <= pad:
                    for c in range(chunks):
                        re += grid[c, mirror, 2 * (slices * (pad - j) + s)]
                        im -= grid[c, mirror, 2 * (slices * (pad - j) + s) + 1]
                out[s, i, j] = complex(re, im)
