"""Inner loops of the needle's shadow: chords of finite cylinders, averaged over cell and height."""

from __future__ import annotations

import math

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray


@njit(inline="always")
def _chord(wx, wy, wz, dx, dy, ax, ay, az, radius, length):  # type: ignore[no-untyped-def]
    """Length of the line w + u d (d horizontal, of unit length) in a cylinder from the origin along a."""
    da = dx * ax + dy * ay
    wa = wx * ax + wy * ay + wz * az
    ex = dx - da * ax
    ey = dy - da * ay
    ez = -da * az
    fx = wx - wa * ax
    fy = wy - wa * ay
    fz = wz - wa * az
    a = ex * ex + ey * ey + ez * ez
    b = ex * fx + ey * fy + ez * fz
    c = fx * fx + fy * fy + fz * fz - radius * radius
    low = -1e9
    high = 1e9
    if a > 1e-14:
        inside = b * b - a * c
        if inside <= 0:
            return 0.0
        root = math.sqrt(inside)
        low = (-b - root) / a
        high = (-b + root) / a
    elif c > 0:
        return 0.0
    if abs(da) > 1e-12:
        u0 = -wa / da
        u1 = (length - wa) / da
        low = max(low, min(u0, u1))
        high = min(high, max(u0, u1))
    elif wa < 0 or wa > length:
        return 0.0
    return max(0.0, high - low)


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def cast_shadow(
    segments: NDArray[np.float64],
    outer_radius: float,
    bore_radius: float,
    z_low: float,
    z_high: float,
    source_radius: float,
    column_angles: NDArray[np.float64],
    cell_offsets: NDArray[np.float64],
    cell_weights: NDArray[np.float64],
    nodes: NDArray[np.float64],
    node_weights: NDArray[np.float64],
    filter_log: NDArray[np.float32],
    table: NDArray[np.float32],
    path_step: float,
    steel_step: float,
    touched: NDArray[np.int64],
    signal: NDArray[np.float32],
) -> None:
    """Multiply the signal (view, column) by the tube's mean transmission in the slab z_low..z_high.

    segments (n, 7) hold start x y z, unit axis x y z and length, seen from the isocentre. The mean goes over
    the detector cell and over z: between the ends of every segment's extent in the ray's vertical sheet the
    chords of all segments add up at Gauss-Legendre nodes. touched (view,) counts the rays that changed.
    """
    views, columns = signal.shape
    count = segments.shape[0]
    thickness = z_high - z_low
    paths, steels = table.shape
    pitch = column_angles[1] - column_angles[0]
    for v in prange(views):
        touched[v] = 0
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
        cut = np.empty(2 * count, np.float64)
        near = np.empty(count, np.int64)
        for c in range(start, stop):
            total = 0.0
            hit = False
            path = min(max((-math.log(signal[v, c]) + filter_log[c]) / path_step, 0.0), paths - 1.001)
            ip = int(path)
            fp = path - ip
            for i in range(cell_offsets.size):
                angle = column_angles[c] + cell_offsets[i]
                theta = beta + angle
                t = source_radius * math.sin(angle)
                nx = -math.sin(theta)
                ny = math.cos(theta)
                found = 0
                for k in range(count):
                    if c < first[k] or c > last[k]:
                        continue
                    ax = segments[k, 3]
                    ay = segments[k, 4]
                    az = segments[k, 5]
                    length = segments[k, 6]
                    an = ax * nx + ay * ny
                    off = t - (segments[k, 0] * nx + segments[k, 1] * ny)
                    rise = outer_radius * math.sqrt(max(0.0, 1 - az * az))
                    end_z = segments[k, 2] + length * az
                    low = max(z_low, min(segments[k, 2], end_z) - rise)
                    high = min(z_high, max(segments[k, 2], end_z) + rise)
                    if abs(an) > 1e-9:
                        s = off / an
                        reach = outer_radius * math.sqrt(max(0.0, 1 - an * an)) / abs(an)
                        if s + reach < 0 or s - reach > length:
                            continue
                        middle = segments[k, 2] + s * az
                        half = outer_radius * math.sqrt(1 + (az / an) * (az / an))
                        low = max(low, middle - half)
                        high = min(high, middle + half)
                    elif abs(off) > outer_radius:
                        continue
                    if high <= low:
                        continue
                    near[found] = k
                    cut[2 * found] = low
                    cut[2 * found + 1] = high
                    found += 1
                if found == 0:
                    continue
                ends = 2 * found
                for a in range(1, ends):  # insertion sort: a straight needle has one pair
                    value = cut[a]
                    b = a - 1
                    while b >= 0 and cut[b] > value:
                        cut[b + 1] = cut[b]
                        b -= 1
                    cut[b + 1] = value
                low = cut[0]
                for a in range(1, ends):
                    high = cut[a]
                    if high - low < 0.02 * outer_radius and a < ends - 1:
                        continue
                    for q in range(nodes.size):
                        z = 0.5 * (low + high) + 0.5 * (high - low) * nodes[q]
                        steel = 0.0
                        for j in range(found):
                            k = near[j]
                            wx = t * nx - segments[k, 0]
                            wy = t * ny - segments[k, 1]
                            wz = z - segments[k, 2]
                            ax = segments[k, 3]
                            ay = segments[k, 4]
                            az = segments[k, 5]
                            steel += _chord(wx, wy, wz, ny, -nx, ax, ay, az, outer_radius, segments[k, 6])
                            if bore_radius > 0:
                                steel -= _chord(wx, wy, wz, ny, -nx, ax, ay, az, bore_radius, segments[k, 6])
                        if steel > 0:
                            hit = True
                            length = min(steel / steel_step, steels - 1.001)
                            il = int(length)
                            fl = length - il
                            remains = (1 - fp) * ((1 - fl) * table[ip, il] + fl * table[ip, il + 1]) + fp * (
                                (1 - fl) * table[ip + 1, il] + fl * table[ip + 1, il + 1]
                            )
                            share = node_weights[q] * 0.5 * (high - low) / thickness
                            total += cell_weights[i] * share * (remains - 1)
                    low = high
            if hit:
                signal[v, c] *= 1 + total
                touched[v] += 1
