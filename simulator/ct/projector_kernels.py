"""Inner loops of the projector: spectrum of a plane on rays through its origin, parallel rays, and fan rays."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import njit, prange
from simulator.ct.gridding_kernels import FrequencyRays, WindowTable

WIDTH = 6
"""Cells under the interpolation window along one axis."""


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def central_slices(
    grid: NDArray[np.float32],
    rays: FrequencyRays,
    window: WindowTable,
    response: NDArray[np.float32],
    out: NDArray[np.complex64],
) -> None:
    """Interpolate a half spectrum of three bases along rays into `out` (f, 3, angle).

    grid has shape (my, (mx // 2 + 1 + 2 * WIDTH) * 6): columns from -WIDTH on, in each the real and imaginary
    parts of the bases in turn. Sample f of angle k lies at f * (step_row[k], step_column[k]) in cells of the grid,
    step_column >= 0. It is conjugated, multiplied by response[k, f] and turned by f * turn[k] radians. Zero
    responses give zero; what `out` holds beyond the responses is left.
    """
    # A parallel loop takes arrays and numbers, but no tuples of them
    step_y, step_x, turn = rays
    weight_table, table_steps = window
    rows = grid.shape[0]
    angles, frequencies = response.shape
    for k in prange(angles):
        sums = np.empty(WIDTH * 6, np.float32)
        row = np.empty(WIDTH, np.int64)
        wy = np.empty(WIDTH, np.float32)
        turn_re = math.cos(turn[k])
        turn_im = math.sin(turn[k])
        now_re = 1.0
        now_im = 0.0
        for f in range(frequencies):
            gain = response[k, f]
            if gain == 0.0:
                out[f, 0, k] = out[f, 1, k] = out[f, 2, k] = 0.0
            else:
                x = step_x[k] * f
                y = step_y[k] * f
                first_x = math.floor(x) - WIDTH // 2 + 1
                first_y = math.floor(y) - WIDTH // 2 + 1
                start = np.uint64((first_x + WIDTH) * 6)
                for i in range(WIDTH):
                    at = first_y + i
                    if at < 0:
                        at += rows
                    if at >= rows:
                        at -= rows
                    row[i] = at
                    wy[i] = weight_table[int(abs(y - (first_y + i)) * table_steps + 0.5)]
                # The window's rows side by side, so that each sum is stored once
                r0, r1, r2 = np.uint64(row[0]), np.uint64(row[1]), np.uint64(row[2])
                r3, r4, r5 = np.uint64(row[3]), np.uint64(row[4]), np.uint64(row[5])
                w0, w1, w2, w3, w4, w5 = wy[0], wy[1], wy[2], wy[3], wy[4], wy[5]
                for lane in range(np.uint64(WIDTH * 6)):
                    at_lane = start + lane
                    sums[lane] = (
                        w0 * grid[r0, at_lane]
                        + w1 * grid[r1, at_lane]
                        + w2 * grid[r2, at_lane]
                        + w3 * grid[r3, at_lane]
                        + w4 * grid[r4, at_lane]
                        + w5 * grid[r5, at_lane]
                    )
                a_re = b_re = c_re = np.float32(0)
                a_im = b_im = c_im = np.float32(0)
                for j in range(WIDTH):
                    w = weight_table[int(abs(x - (first_x + j)) * table_steps + 0.5)]
                    a_re += w * sums[6 * j]
                    a_im += w * sums[6 * j + 1]
                    b_re += w * sums[6 * j + 2]
                    b_im += w * sums[6 * j + 3]
                    c_re += w * sums[6 * j + 4]
                    c_im += w * sums[6 * j + 5]
                u = np.float32(now_re * gain)
                v = np.float32(now_im * gain)
                out[f, 0, k] = complex(a_re * u + a_im * v, a_re * v - a_im * u)
                out[f, 1, k] = complex(b_re * u + b_im * v, b_re * v - b_im * u)
                out[f, 2, k] = complex(c_re * u + c_im * v, c_re * v - c_im * u)
            was_re = now_re
            now_re = was_re * turn_re - now_im * turn_im
            now_im = was_re * turn_im + now_im * turn_re


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def add_resampled_rays(
    parallel: NDArray[np.float32],
    first: int,
    sample: NDArray[np.int32],
    sample_weight: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Interpolate parallel rays (t, basis, angle) at the columns' distances from the isocentre and add them to `out`.

    `sample` and `sample_weight` hold the first of the taps, negative where there is no sample, and the taps, of
    t [0] and -t [1], shapes (2, column) and (2, column, tap). out (basis, column, angle over 2 pi): `first` is the
    place of the given angles among those over pi; from pi on they are the rays at -t.
    """
    _, bases, angles = parallel.shape
    columns = out.shape[1]
    half_turn = out.shape[2] // 2
    taps = sample_weight.shape[2]
    for c in prange(columns):
        for side in range(2):
            at = sample[side, c]
            if at >= 0:
                start = first + side * half_turn
                for b in range(bases):
                    to = out[b, c, start : start + angles]
                    for tap in range(taps):
                        weight = sample_weight[side, c, tap]
                        line = parallel[at + tap, b]
                        for k in range(angles):
                            to[k] += weight * line[k]


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def parallel_to_fan(
    rays: NDArray[np.float32],
    first_angle: NDArray[np.int32],
    angle_weight: NDArray[np.float32],
) -> None:
    """Interpolate resampled parallel rays (basis, column, angle over 2 pi) to fan rays (basis, column, view), in place.

    Column c of view v lies between the angles v + first_angle[c] and the next.
    """
    bases, columns, views = rays.shape
    for job in prange(bases * columns):
        b = job // columns
        c = job - b * columns
        line = rays[b, c]
        turn = first_angle[c] % views
        # The angles from the first view's on, once round and one more
        ahead = np.empty(views + 1, np.float32)
        ahead[: views - turn] = line[turn:]
        ahead[views - turn : views] = line[:turn]
        ahead[views] = line[turn]
        weight = angle_weight[c]
        for v in range(views):
            line[v] = ahead[v] + weight * (ahead[v + 1] - ahead[v])
