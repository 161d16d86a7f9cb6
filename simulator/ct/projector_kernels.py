"""Inner loops of the projector: spectrum of a plane on rays through its origin, and parallel to fan rays."""

from __future__ import annotations

import math

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray


@njit(cache=True, parallel=True, fastmath={"contract"}, error_model="numpy")
def add_central_slices(
    grid: NDArray[np.complex64],
    step_y: NDArray[np.float64],
    step_x: NDArray[np.float64],
    turn: NDArray[np.float64],
    weight_table: NDArray[np.float32],
    table_steps: int,
    width: int,
    response: NDArray[np.float32],
    out: NDArray[np.complex64],
) -> None:
    """Interpolate a half spectrum (basis, my, mx // 2 + 1) along rays and add it to `out` (basis, angle, f).

    Sample f of angle k lies at f * (step_y[k], step_x[k]) in cells of the grid, step_x >= 0. It is conjugated,
    multiplied by response[k, f] and turned by f * turn[k] radians. Zero responses are skipped.
    """
    bases, rows, half = grid.shape
    columns = 2 * (half - 1)
    angles, frequencies = response.shape
    for k in prange(angles):
        wx = np.empty(width, np.float32)
        wy = np.empty(width, np.float32)
        row = np.empty(width, np.int64)
        row_conj = np.empty(width, np.int64)
        re = np.empty(bases, np.float32)
        im = np.empty(bases, np.float32)
        turn_re = math.cos(turn[k])
        turn_im = math.sin(turn[k])
        now_re = 1.0
        now_im = 0.0
        for f in range(frequencies):
            gain = response[k, f]
            if gain != 0.0:
                x = step_x[k] * f
                y = step_y[k] * f
                first_x = int(math.floor(x)) - width // 2 + 1
                first_y = int(math.floor(y)) - width // 2 + 1
                for i in range(width):
                    wx[i] = weight_table[int(abs(x - (first_x + i)) * table_steps + 0.5)]
                    wy[i] = weight_table[int(abs(y - (first_y + i)) * table_steps + 0.5)]
                    row[i] = (first_y + i + 2 * rows) % rows
                    row_conj[i] = (rows - row[i]) % rows
                for b in range(bases):
                    re[b] = np.float32(0)
                    im[b] = np.float32(0)
                if first_x >= 0 and first_x + width <= half:
                    for b in range(bases):
                        for i in range(width):
                            part_re = np.float32(0)
                            part_im = np.float32(0)
                            for j in range(width):
                                value = grid[b, row[i], first_x + j]
                                part_re += wx[j] * value.real
                                part_im += wx[j] * value.imag
                            re[b] += wy[i] * part_re
                            im[b] += wy[i] * part_im
                else:  # the missing half is the conjugate of the other
                    for b in range(bases):
                        for i in range(width):
                            for j in range(width):
                                at = first_x + j
                                if 0 <= at < half:
                                    value = grid[b, row[i], at]
                                    re[b] += wy[i] * wx[j] * value.real
                                    im[b] += wy[i] * wx[j] * value.imag
                                else:
                                    at = -at if at < 0 else columns - at
                                    value = grid[b, row_conj[i], at]
                                    re[b] += wy[i] * wx[j] * value.real
                                    im[b] -= wy[i] * wx[j] * value.imag
                rot_re = np.float32(now_re * gain)
                rot_im = np.float32(now_im * gain)
                for b in range(bases):
                    out[b, k, f] += complex(re[b] * rot_re + im[b] * rot_im, re[b] * rot_im - im[b] * rot_re)
            was_re = now_re
            now_re = was_re * turn_re - now_im * turn_im
            now_im = was_re * turn_im + now_im * turn_re


@njit(cache=True, parallel=True, fastmath={"contract"}, error_model="numpy")
def parallel_to_fan(
    parallel: NDArray[np.float32],
    first_angle: NDArray[np.int32],
    angle_weight: NDArray[np.float32],
    sample: NDArray[np.int32],
    sample_weight: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Interpolate parallel rays (basis, angle over pi, t) to fan rays (basis, view, column).

    Column c of view v lies between the angles v + first_angle[c] and the next; beyond pi the ray is the
    opposite one, at -t. `sample` and `sample_weight` hold the four cubic taps of t [0] and -t [1], shapes
    (2, column) and (2, column, 4).
    """
    bases, angles, _ = parallel.shape
    views, columns = out.shape[1:]
    for v in prange(views):
        for b in range(bases):
            for c in range(columns):
                k = v + first_angle[c]
                if k < 0:
                    k += 2 * angles
                if k >= 2 * angles:
                    k -= 2 * angles
                n = k + 1
                if n >= 2 * angles:
                    n -= 2 * angles
                side = 0
                if k >= angles:
                    side = 1
                    k -= angles
                at = sample[side, c]
                here = np.float32(0)
                for i in range(4):
                    here += sample_weight[side, c, i] * parallel[b, k, at + i]
                side = 0
                if n >= angles:
                    side = 1
                    n -= angles
                at = sample[side, c]
                there = np.float32(0)
                for i in range(4):
                    there += sample_weight[side, c, i] * parallel[b, n, at + i]
                out[b, v, c] = here + angle_weight[c] * (there - here)
