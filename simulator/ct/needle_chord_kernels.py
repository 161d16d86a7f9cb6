"""Chords of finite cylinders, summed at nodes along a ray's vertical sheet: where an end or a joint lies in it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import njit


class SteelPieces(NamedTuple):
    """The straight pieces of a steel tube, mm.

    Attributes:
        segments: start x, y, z, unit axis x, y, z and length of each [shape=(n, 7), float64]
        outer_radius, bore_radius: of the tube; a bore of 0 is filled
    """

    segments: NDArray[np.float64]
    outer_radius: float
    bore_radius: float


class Sheet(NamedTuple):
    """The vertical sheet x nx + y ny = t in which a ray lies."""

    t: float
    nx: float
    ny: float


class HeightNodes(NamedTuple):
    """Nodes and weights of a Gauss-Legendre rule over -1 to 1 [shape=(n,), float64 each]."""

    nodes: NDArray[np.float64]
    weights: NDArray[np.float64]


class SteelTable(NamedTuple):
    """Fraction of the signal that remains behind steel.

    Attributes:
        remains: [shape=(path, steel), float32] over -log(signal) before the steel, and the steel's length
        steel_step: step of the length, mm
    """

    remains: NDArray[np.float32]
    steel_step: float


@njit
def chord_length(wx, wy, wz, dx, dy, ax, ay, az, radius, length):  # type: ignore[no-untyped-def]
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
def lost_at_nodes(tube, near, cut, found, sheet, heights, steel, ip, fp):  # type: ignore[no-untyped-def]
    """What the steel of several pieces, or of a piece's end, takes from a ray's sheet, integrated over z.

    near[:found] are the pieces; the first half of cut holds the lower and upper faces of their extents along z, and
    between these chords are smooth; the second half is work space. ip and fp place the ray's -log(signal) in the table.
    """
    segments, outer_radius, bore_radius = tube
    t, nx, ny = sheet
    nodes, node_weights = heights
    table, steel_step = steel
    steels = table.shape[1]
    ends = 2 * found
    faces = cut[cut.size // 2 :]
    for a in range(ends):  # insertion sort of a few
        value = cut[a]
        b = a - 1
        while b >= 0 and faces[b] > value:
            faces[b + 1] = faces[b]
            b -= 1
        faces[b + 1] = value
    total = 0.0
    low = faces[0]
    for a in range(1, ends):
        high = faces[a]
        if high - low < 0.02 * outer_radius and a < ends - 1:
            continue
        for q in range(nodes.size):
            z = 0.5 * (low + high) + 0.5 * (high - low) * nodes[q]
            steel = 0.0
            for j in range(found):
                if z <= cut[2 * j] or z >= cut[2 * j + 1]:
                    continue
                k = near[j]
                wx = t * nx - segments[k, 0]
                wy = t * ny - segments[k, 1]
                wz = z - segments[k, 2]
                ax = segments[k, 3]
                ay = segments[k, 4]
                az = segments[k, 5]
                steel += chord_length(wx, wy, wz, ny, -nx, ax, ay, az, outer_radius, segments[k, 6])
                if bore_radius > 0:
                    steel -= chord_length(wx, wy, wz, ny, -nx, ax, ay, az, bore_radius, segments[k, 6])
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
