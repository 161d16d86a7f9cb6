"""Inner loops of the projector: spectrum of a plane on rays through its origin, and parallel to fan rays."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import njit, prange
from simulator.ct.gridding_kernels import FrequencyRays, WindowTable

WIDTH = 6
"""Cells under the interpolation window along one axis."""
VIEWS_AT_ONCE = 64


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def add_central_slices(
    grid: NDArray[np.float32],
    rays: FrequencyRays,
    window: WindowTable,
    response: NDArray[np.float32],
    out: NDArray[np.complex64],
) -> None:
    """Interpolate a half spectrum of three bases along rays and add it to `out` (3, angle, f).

    grid has shape (my, (mx // 2 + 1 + 2 * WIDTH) * 6): columns from -WIDTH on, in each the real and imaginary
    parts of the bases in turn. Sample f of angle k lies at f * (step_row[k], step_column[k]) in cells of the grid,
    step_column >= 0. It is conjugated, multiplied by response[k, f] and turned by f * turn[k] radians. Zero
    responses are skipped.
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
            if gain != 0.0:
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
                out[0, k, f] += complex(a_re * u + a_im * v, a_re * v - a_im * u)
                out[1, k, f] += complex(b_re * u + b_im * v, b_re * v - b_im * u)
                out[2, k, f] += complex(c_re * u + c_im * v, c_re * v - c_im * u)
            was_re = now_re
            now_re = was_re * turn_re - now_im * turn_im
            now_im = was_re * turn_im + now_im * turn_re


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def resample_rays(
    parallel: NDArray[np.float32],
    sample: NDArray[np.int32],
    sample_weight: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Interpolate parallel rays (basis, angle over pi, t) at the columns' distances from the isocentre.

    `sample` and `sample_weight` hold the first of four cubic taps, and the taps, of t [0] and -t [1], shapes
    (2, column) and (2, column, 4). out (basis, 2 * angle, column): angles from pi on are the rays at -t.
    """
    bases, angles, _ = parallel.shape
    columns = out.shape[2]
    for job in prange(bases * angles):
        b = job // angles
        k = job - b * angles
        line = parallel[b, k]
        for side in range(2):
            for c in range(columns):
                at = sample[side, c]
                out[b, k + side * angles, c] = (
                    sample_weight[side, c, 0] * line[at]
                    + sample_weight[side, c, 1] * line[at + 1]
                    + sample_weight[side, c, 2] * line[at + 2]
                    + sample_weight[side, c, 3] * line[at + 3]
                )


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def parallel_to_fan(
    rays: NDArray[np.float32],
    first_angle: NDArray[np.int32],
    angle_weight: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Interpolate resampled parallel rays (basis, angle over 2 pi, column) to fan rays (basis, view, column).

    Column c of view v lies between the angles v + first_angle[c] and the next.
    """
    # From view to view a column goes to the next angle: a ray is read once for two views, and a few views of all
    # columns stay in the nearest memory
    bases, views, columns = out.shape
    groups = (views + VIEWS_AT_ONCE - 1) // VIEWS_AT_ONCE
    for job in prange(bases * groups):
        b = job // groups
        first = (job - b * groups) * VIEWS_AT_ONCE
        last = min(first + VIEWS_AT_ONCE, views)
        for c in range(columns):
            weight = angle_weight[c]
            k = first + first_angle[c]
            if k < 0:
                k += views
            if k >= views:
                k -= views
            here = rays[b, np.uint64(k), np.uint64(c)]
            for v in range(first, last):
                k += 1
                if k >= views:
                    k -= views
                after = rays[b, np.uint64(k), np.uint64(c)]
                out[b, np.uint64(v), np.uint64(c)] = here + weight * (after - here)
                here = after
