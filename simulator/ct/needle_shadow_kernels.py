"""Inner loops of the needle's shadow: chords of finite cylinders, averaged over cell and height.

A ray's vertical sheet cuts a straight shaft in an ellipse, whose mean is tabled; only where an end or a joint
lies in the sheet are chords summed at nodes.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import njit, prange

_ALIKE = 0.05
"""Move of a shaft's ellipse across half a cell, as a share of half its height, below which one sample serves."""


_ACROSS = 0.22
"""Sine of the angle between sheet and shaft above which a joint counts as none: the ellipse then reaches 4.4 radii
along the shaft at most, 2 mm, over which a bend of 600 mm radius moves it by less than a hundredth of a millimetre."""


@njit
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


@njit
def _tabled(table, ip, fp, iq, fq, u):  # type: ignore[no-untyped-def]
    """The shaft's table between its nodes, odd in u."""
    last = table.shape[2] - 1
    place = abs(u) * last
    iu = min(int(place), last - 1)
    fu = place - iu
    low = (1 - fq) * table[ip, iq, iu] + fq * table[ip, iq + 1, iu]
    low += fp * ((1 - fq) * table[ip + 1, iq, iu] + fq * table[ip + 1, iq + 1, iu] - low)
    high = (1 - fq) * table[ip, iq, iu + 1] + fq * table[ip, iq + 1, iu + 1]
    high += fp * ((1 - fq) * table[ip + 1, iq, iu + 1] + fq * table[ip + 1, iq + 1, iu + 1] - high)
    value = low + fu * (high - low)
    return value if u >= 0 else -value


@njit
def _lost_at_nodes(  # type: ignore[no-untyped-def]
    segments, near, cut, found, outer_radius, bore_radius, t, nx, ny, nodes, node_weights, table, ip, fp, steel_step
):
    """What the steel of several pieces, or of a piece's end, takes from a ray's sheet, integrated over z.

    cut holds the lower and upper faces of the pieces' extents along z; between them chords are smooth.
    """
    steels = table.shape[1]
    ends = 2 * found
    for a in range(1, ends):  # insertion sort of a few
        value = cut[a]
        b = a - 1
        while b >= 0 and cut[b] > value:
            cut[b + 1] = cut[b]
            b -= 1
        cut[b + 1] = value
    total = 0.0
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
                length = min(steel / steel_step, steels - 1.001)
                il = int(length)
                fl = length - il
                remains = (1 - fp) * ((1 - fl) * table[ip, il] + fl * table[ip, il + 1]) + fp * (
                    (1 - fl) * table[ip + 1, il] + fl * table[ip + 1, il + 1]
                )
                total += node_weights[q] * 0.5 * (high - low) * (remains - 1)
        low = high
    return total


@njit
def _ellipse(segments, k, t, nx, ny, z_low, z_high, radius):  # type: ignore[no-untyped-def]
    """Where the vertical sheet x nx + y ny = t cuts the endless shaft of piece k: as `_sheet`, without the ends."""
    an = segments[k, 3] * nx + segments[k, 4] * ny
    az = segments[k, 5]
    middle = segments[k, 2] + (t - segments[k, 0] * nx - segments[k, 1] * ny) / an * az
    q = math.sqrt(an * an + az * az)
    half = radius * q / abs(an)
    return max(z_low, middle - half), min(z_high, middle + half), middle, half, q


@njit
def _sheet(segments, k, t, nx, ny, z_low, z_high, radius):  # type: ignore[no-untyped-def]
    """Where the vertical sheet x nx + y ny = t cuts piece k.

    Returns the heights between which steel lies in the slab (low >= high: nowhere); how far along the shaft
    the cut stays from the piece's ends (negative: an end lies in the sheet); and of the ellipse the height of its
    centre, half its height, and the sine of the angle between ray and shaft.
    """
    az = segments[k, 5]
    length = segments[k, 6]
    an = segments[k, 3] * nx + segments[k, 4] * ny
    off = t - (segments[k, 0] * nx + segments[k, 1] * ny)
    rise = radius * math.sqrt(max(0.0, 1 - az * az))
    end_z = segments[k, 2] + length * az
    low = max(z_low, min(segments[k, 2], end_z) - rise)
    high = min(z_high, max(segments[k, 2], end_z) + rise)
    if abs(an) > 1e-9:
        s = off / an
        reach = radius * math.sqrt(max(0.0, 1 - an * an)) / abs(an)
        if s + reach < 0 or s - reach > length:
            return 0.0, 0.0, -1.0, 0.0, 1.0, 1.0
        low, high, middle, half, q = _ellipse(segments, k, t, nx, ny, low, high, radius)
        return low, high, min(s, length - s) - reach, middle, half, q
    if abs(off) > radius:
        return 0.0, 0.0, -1.0, 0.0, 1.0, 1.0
    return low, high, -1.0, 0.0, 1.0, 1.0


@njit
def _lost_on_shaft(table, ip, fp, low, high, middle, half, q):  # type: ignore[no-untyped-def]
    """What an endless shaft takes between two heights of its ellipse, integrated over z."""
    place = q * (table.shape[1] - 1)
    iq = min(int(place), table.shape[1] - 2)
    fq = place - iq
    up = _tabled(table, ip, fp, iq, fq, (high - middle) / half)
    return half * (up - _tabled(table, ip, fp, iq, fq, (low - middle) / half))


@njit
def _lost_in_sheet(  # type: ignore[no-untyped-def]
    segments, near, candidates, crossed, cut, outer_radius, bore_radius, t, nx, ny, z_low, z_high,
    nodes, node_weights, steel_table, shaft_table, ip, fp, steel_step,
):  # fmt: skip
    """What the pieces near[:candidates] take from one sheet, integrated over z; crossed and cut are work space."""
    found = 0
    slack = middle = 0.0
    half = q = 1.0
    for j in range(candidates):
        low, high, free, at, extent, sine = _sheet(segments, near[j], t, nx, ny, z_low, z_high, outer_radius)
        if low < high:
            crossed[found] = near[j]
            cut[2 * found] = low
            cut[2 * found + 1] = high
            found += 1
            slack, middle, half, q = free, at, extent, sine
    if found == 0:
        return 0.0
    if found == 1 and slack >= 0:
        return _lost_on_shaft(shaft_table, ip, fp, cut[0], cut[1], middle, half, q)
    return _lost_at_nodes(
        segments, crossed, cut, found, outer_radius, bore_radius, t, nx, ny, nodes, node_weights,
        steel_table, ip, fp, steel_step,
    )  # fmt: skip


@njit(cache=True, parallel=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def project_needle(
    segments: NDArray[np.float64],
    outer_radius: float,
    bore_radius: float,
    z_low: float,
    z_high: float,
    source_radius: float,
    column_angles: NDArray[np.float64],
    cell_sine: NDArray[np.float64],
    cell_cosine: NDArray[np.float64],
    nodes: NDArray[np.float64],
    node_weights: NDArray[np.float64],
    filter_log: NDArray[np.float32],
    steel_table: NDArray[np.float32],
    shaft_table: NDArray[np.float32],
    path_step: float,
    steel_step: float,
    touched: NDArray[np.int64],
    signal: NDArray[np.float32],
) -> None:
    """Multiply the signal (view, column) by the tube's mean transmission in the slab z_low..z_high.

    segments (n, 7) hold start x y z, unit axis x y z and length, seen from the isocentre. cell_sine and
    cell_cosine (column, sample) belong to the fan angles at which a cell is sampled, the middle one at its
    centre. steel_table (path, steel) holds the share that remains; shaft_table (path, q, u) its integral minus 1
    over the scaled height u of a sheet whose longest chord is 2 outer_radius / q. touched (view,) counts the rays
    that changed.
    """
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
            alike = False
            for j in range(candidates):
                k = near[j]
                an = segments[k, 3] * nx + segments[k, 4] * ny
                if abs(an) < _ACROSS:
                    break
                s = (t - segments[k, 0] * nx - segments[k, 1] * ny) / an
                if s < 0 or s >= segments[k, 6]:
                    continue
                travel = half_cell / abs(an)
                reach = outer_radius * math.sqrt(1 - an * an) / abs(an) + travel
                if (k > 0 or s > reach) and (k < count - 1 or segments[k, 6] - s > reach):
                    shaft = k
                    alike = travel * abs(segments[k, 5]) < _ALIKE * outer_radius
                break
            if shaft >= 0:  # one shaft crosses the whole cell, alike or not
                total = 0.0
                start_at, stop_at = (centre, centre + 1) if alike else (0, samples)
                for i in range(start_at, stop_at):
                    sine = cell_sine[c, i]
                    cosine = cell_cosine[c, i]
                    nx = -(sb * cosine + cb * sine)
                    ny = cb * cosine - sb * sine
                    low, high, middle, half, q = _ellipse(
                        segments, shaft, source_radius * sine, nx, ny, z_low, z_high, outer_radius
                    )
                    if low < high:
                        total += _lost_on_shaft(shaft_table, ip, fp, low, high, middle, half, q)
                if total != 0.0:
                    signal[v, c] *= 1 + total / ((stop_at - start_at) * thickness)
                    touched[v] += 1
                continue
            total = 0.0
            for i in range(samples):
                sine = cell_sine[c, i]
                cosine = cell_cosine[c, i]
                t = source_radius * sine
                nx = -(sb * cosine + cb * sine)
                ny = cb * cosine - sb * sine
                total += _lost_in_sheet(
                    segments, near, candidates, crossed, cut, outer_radius, bore_radius, t, nx, ny, z_low, z_high,
                    nodes, node_weights, steel_table, shaft_table, ip, fp, steel_step,
                )  # fmt: skip
            if total != 0.0:
                signal[v, c] *= 1 + total / (samples * thickness)
                touched[v] += 1
