"""Inner loops of the reconstruction: filter, gridding, folding, HU."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import njit, prange
from simulator.ct.gridding_kernels import FrequencyRays, WindowTable


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def grid_three(
    spectrum: NDArray[np.complex64],
    response: NDArray[np.float32],
    rays: FrequencyRays,
    window: WindowTable,
    pad: int,
    out: NDArray[np.float32],
) -> None:
    """Filter the spectra of three slices (slice, angle, f), turn them by f * turn[angle], spread over a half plane.

    The window is four cells wide. out has shape (m + 2 * pad, (m // 2 + 1 + 2 * pad) * 6): row pad + i, cell
    pad + j holds the real and imaginary parts of the three slices at frequency (i, j), i modulo m, and the margins
    what falls beyond. The first half of the angles has i <= 0 and fills the lower rows, the second the upper ones:
    two parts that never meet, whatever the number of threads.
    """
    # A parallel loop takes arrays and numbers, but no tuples of them
    step_row, step_column, turn = rays
    table, steps = window
    table_steps = np.uint64(steps)
    slices, angles, _ = spectrum.shape
    frequencies = response.size
    m = out.shape[0] - 2 * pad
    lanes = np.uint64(8 * slices)  # a number known beforehand would be unrolled one by one, at twice the time
    for part in prange(2):
        if part == 0:
            first, stop, row_0 = 0, (angles + 1) // 2, m + pad
            out[m // 2 + pad :] = np.float32(0)
        else:
            first, stop, row_0 = (angles + 1) // 2, angles, pad
            out[: m // 2 + pad] = np.float32(0)
        wx = np.empty(4, np.float32)
        values = np.empty(24, np.float32)
        for k in range(first, stop):
            turn_re = math.cos(turn[k])
            turn_im = math.sin(turn[k])
            now_re = 1.0
            now_im = 0.0
            for f in range(frequencies):
                x = step_row[k] * f
                y = step_column[k] * f
                fx = math.floor(x)
                fy = math.floor(y)
                start = np.uint64((fy - 1 + pad) * 6)
                jx = np.uint64((x - fx) * table_steps + 0.5)
                jy = np.uint64((y - fy) * table_steps + 0.5)
                wx[0] = table[table_steps + jx]
                wx[1] = table[jx]
                wx[2] = table[table_steps - jx]
                wx[3] = table[2 * table_steps - jx]
                w0 = table[table_steps + jy]
                w1 = table[jy]
                w2 = table[table_steps - jy]
                w3 = table[2 * table_steps - jy]
                re = np.float32(now_re) * response[f]
                im = np.float32(now_im) * response[f]
                for s in range(slices):
                    value = spectrum[s, k, f]
                    real = value.real * re - value.imag * im
                    imaginary = value.real * im + value.imag * re
                    values[2 * s] = w0 * real
                    values[2 * s + 1] = w0 * imaginary
                    values[6 + 2 * s] = w1 * real
                    values[7 + 2 * s] = w1 * imaginary
                    values[12 + 2 * s] = w2 * real
                    values[13 + 2 * s] = w2 * imaginary
                    values[18 + 2 * s] = w3 * real
                    values[19 + 2 * s] = w3 * imaginary
                top = np.uint64(fx - 1 + row_0)
                for a in range(np.uint64(4)):
                    w = wx[a]
                    for lane in range(lanes):
                        out[top + a, start + lane] += w * values[lane]
                was_re = now_re
                now_re = was_re * turn_re - now_im * turn_im
                now_im = was_re * turn_im + now_im * turn_re


@njit(cache=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def fold(grid: NDArray[np.complex64], pad: int) -> None:
    """Add what fell into the margins of `grid_three`'s plane where it belongs, in place.

    grid is its output as complex numbers (m + 2 * pad, m // 2 + 1 + 2 * pad, slice). Rows are cyclic; what fell
    left of the first column belongs to the opposite frequency, conjugated.
    """
    m = grid.shape[0] - 2 * pad
    for i in range(pad):
        for j in range(grid.shape[1]):  # loops: sums of whole rows would compile for seconds
            for s in range(grid.shape[2]):
                grid[m + i, j, s] += grid[i, j, s]
                grid[pad + i, j, s] += grid[m + pad + i, j, s]
    for i in range(m // 2 + 1):
        mirror = (m - i) % m
        for j in range(pad + 1):
            for s in range(grid.shape[2]):
                here = np.conj(grid[pad + mirror, pad - j, s])
                there = np.conj(grid[pad + i, pad - j, s])
                grid[pad + i, pad + j, s] += here
                if mirror != i:
                    grid[pad + mirror, pad + j, s] += there


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def to_hu(
    upper: NDArray[np.float32], lower: NDArray[np.float32], scale: NDArray[np.float32], out: NDArray[np.float32]
) -> None:
    """Middle of the transformed rows (row, column modulo m, slice), scaled, as HU (slice, row, column).

    upper and lower hold the rows above and below the middle.
    """
    slices, size, _ = out.shape
    half = size // 2
    m = upper.shape[1]
    for i in prange(size):
        row = upper[i] if i < half else lower[i - half]
        for j in range(half):
            for s in range(slices):
                out[s, i, j] = row[m - half + j, s] * scale[i, j] - np.float32(1000)
                out[s, i, half + j] = row[j, s] * scale[i, half + j] - np.float32(1000)
