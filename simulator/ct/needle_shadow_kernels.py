"""Inner loop of the needle's shadow: which rays cross the steel, and the mean of what it lets through.

A ray's vertical sheet cuts a straight shaft in an ellipse, whose mean is tabled (`needle_sheet_kernels`); where an end
or a joint lies in the sheet, chords are summed at nodes (`needle_chord_kernels`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import njit, prange
from simulator.ct.needle_chord_kernels import HeightNodes, Sheet, SteelPieces, SteelTable
from simulator.ct.needle_sheet_kernels import Slab, lost_in_cell, lost_in_sheet

_ACROSS = 0.22
"""Sine of the angle between sheet and shaft above which a joint counts as none: the ellipse then reaches 4.4 radii
along the shaft at most, 2 mm, over which a bend of 600 mm radius moves it by less than a hundredth of a millimetre."""


class FanRays(NamedTuple):
    """The fan of one view.

    Attributes:
        source_radius: from the source to the isocentre, mm
        column_angles: at the centres of the cells [shape=(column,), float64]
        cell_sine, cell_cosine: of the fan angles at which a cell is sampled, the middle one at its centre
            [shape=(column, sample), float64]
    """

    source_radius: float
    column_angles: NDArray[np.float64]
    cell_sine: NDArray[np.float64]
    cell_cosine: NDArray[np.float64]


class SteelTransmission(NamedTuple):
    """What remains of a ray behind steel.

    Attributes:
        filter_log: -log of what the bow-tie lets through [shape=(column,), float32]
        steel: fraction that remains [shape=(path, steel), float32]
        shaft: its integral minus 1 over the scaled height u of a sheet whose longest chord is 2 outer_radius / q
            [shape=(path, q, u), float32]
        path_step: step of -log(signal) along the first axis of both tables
        steel_step: step of the steel's length, mm
    """

    filter_log: NDArray[np.float32]
    steel: NDArray[np.float32]
    shaft: NDArray[np.float32]
    path_step: float
    steel_step: float


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def project_needle(
    pieces: SteelPieces,
    averaged: Slab,
    rays: FanRays,
    height_nodes: HeightNodes,
    remains: SteelTransmission,
    touched: NDArray[np.int64],
    signal: NDArray[np.float32],
) -> None:
    """Multiply the signal (view, column) by the tube's mean transmission in a slab.

    The pieces are seen from the isocentre. touched (view,) counts the rays that changed.
    """
    # A parallel loop takes arrays and numbers, but no tuples of them
    segments, outer_radius, bore_radius = pieces
    z_low, z_high = averaged
    source_radius, column_angles, cell_sine, cell_cosine = rays
    nodes, node_weights = height_nodes
    filter_log, steel_table, shaft_table, path_step, steel_step = remains
    views, columns = signal.shape
    count = segments.shape[0]
    samples = cell_sine.shape[1]
    centre = samples // 2
    thickness = z_high - z_low
    paths = steel_table.shape[0]
    pitch = column_angles[1] - column_angles[0]
    half_cell = 0.5 * source_radius * pitch
    for v in prange(views):
        touched[v] = 0
        tube = SteelPieces(segments, outer_radius, bore_radius)
        slab = Slab(z_low, z_high)
        heights = HeightNodes(nodes, node_weights)
        steel = SteelTable(steel_table, steel_step)
        beta = v * 2 * math.pi / views
        cb = math.cos(beta)
        sb = math.sin(beta)
        first = np.empty(count, np.int64)
        last = np.empty(count, np.int64)
        start = columns
        stop = 0
        for k in range(count):
            az = segments[k, 5]
            rise = outer_radius * math.sqrt(max(0.0, 1 - az * az))
            s0 = 0.0
            s1 = segments[k, 6]
            if abs(az) > 1e-9:
                at_low = (z_low - rise - segments[k, 2]) / az
                at_high = (z_high + rise - segments[k, 2]) / az
                s0 = max(s0, min(at_low, at_high))
                s1 = min(s1, max(at_low, at_high))
            elif segments[k, 2] + rise < z_low or segments[k, 2] - rise > z_high:
                s1 = -1.0
            first[k] = 0
            last[k] = -1
            if s1 < s0:
                continue
            smallest = 1e9
            largest = -1e9
            for end in range(2):
                s = s0 if end == 0 else s1
                x = segments[k, 0] + s * segments[k, 3]
                y = segments[k, 1] + s * segments[k, 4]
                depth = source_radius + cb * x + sb * y
                angle = math.atan2(-sb * x + cb * y, depth)
                margin = 1.1 * outer_radius / depth
                smallest = min(smallest, angle - margin)
                largest = max(largest, angle + margin)
            first[k] = max(0, int((smallest - column_angles[0]) / pitch - 1))
            last[k] = min(columns - 1, int((largest - column_angles[0]) / pitch + 2))
            start = min(start, first[k])
            stop = max(stop, last[k] + 1)
        cut = np.empty(4 * count, np.float64)
        near = np.empty(count, np.int64)
        crossed = np.empty(count, np.int64)
        for c in range(start, stop):
            path = min(max(float(filter_log[c] - math.log(signal[v, c])) / path_step, 0.0), paths - 1.001)
            ip = int(path)
            fp = path - ip
            candidates = 0
            for k in range(count):
                if first[k] <= c <= last[k]:
                    near[candidates] = k
                    candidates += 1
            if candidates == 0:
                continue
            sine = cell_sine[c, centre]
            cosine = cell_cosine[c, centre]
            t = source_radius * sine
            nx = -(sb * cosine + cb * sine)
            ny = cb * cosine - sb * sine
            shaft = -1
            for j in range(candidates):
                k = near[j]
                an = segments[k, 3] * nx + segments[k, 4] * ny
                if abs(an) < _ACROSS:
                    break
                s = (t - segments[k, 0] * nx - segments[k, 1] * ny) / an
                if s < 0 or s >= segments[k, 6]:
                    continue
                reach = (outer_radius * math.sqrt(1 - an * an) + half_cell) / abs(an)
                if (k > 0 or s > reach) and (k < count - 1 or segments[k, 6] - s > reach):
                    shaft = k
                break
            if shaft >= 0:  # one shaft crosses the whole cell
                total = lost_in_cell(
                    tube, shaft, source_radius, sb, cb, cell_sine[c], cell_cosine[c], slab, shaft_table, ip, fp
                )
                if total != 0.0:
                    signal[v, c] *= 1 + total / thickness
                    touched[v] += 1
                continue
            total = 0.0
            for i in range(samples):
                sine = cell_sine[c, i]
                cosine = cell_cosine[c, i]
                t = source_radius * sine
                nx = -(sb * cosine + cb * sine)
                ny = cb * cosine - sb * sine
                total += lost_in_sheet(
                    tube, near, candidates, crossed, cut, Sheet(t, nx, ny), slab, heights, steel, shaft_table, ip, fp
                )
            if total != 0.0:
                signal[v, c] *= 1 + total / (samples * thickness)
                touched[v] += 1
