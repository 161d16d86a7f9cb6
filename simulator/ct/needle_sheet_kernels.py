"""What a steel tube takes from a ray's vertical sheet: the ellipse of a straight shaft, whose mean is tabled."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from phantoms.compiled_kernels import njit
from simulator.ct.needle_chord_kernels import lost_at_nodes

_ALIKE = 0.05
"""Move of a shaft's ellipse across half a cell, as a fraction of half its height, below which one sample serves."""


class Slab(NamedTuple):
    """Heights between which intensities are averaged, mm."""

    low: float
    high: float


@njit
def _tabled(table, ip, fp, iq, fq, u):  # type: ignore[no-untyped-def]
    """The shaft's table between its nodes, odd in u; in single precision."""
    last = table.shape[2] - 1
    place = abs(u) * np.float32(last)
    iu = np.uint64(min(int(place), last - 1))
    fu = place - np.float32(iu)
    one = np.uint64(1)
    here = table[ip, iq]
    across = table[ip, iq + 1]
    low = here[iu] + fq * (across[iu] - here[iu])
    high = here[iu + one] + fq * (across[iu + one] - here[iu + one])
    near = low + fu * (high - low)
    here = table[ip + 1, iq]
    across = table[ip + 1, iq + 1]
    low = here[iu] + fq * (across[iu] - here[iu])
    high = here[iu + one] + fq * (across[iu + one] - here[iu + one])
    value = near + fp * (low + fu * (high - low) - near)
    return value if u >= 0 else -value


@njit
def shaft_ellipse(tube, k, sheet, z_low, z_high):  # type: ignore[no-untyped-def]
    """Where a sheet cuts the endless shaft of piece k: as `_cut_piece`, without the ends."""
    segments, radius, _ = tube
    t, nx, ny = sheet
    an = segments[k, 3] * nx + segments[k, 4] * ny
    az = segments[k, 5]
    middle = segments[k, 2] + (t - segments[k, 0] * nx - segments[k, 1] * ny) / an * az
    q = math.sqrt(an * an + az * az)
    half = radius * q / abs(an)
    return max(z_low, middle - half), min(z_high, middle + half), middle, half, q


@njit
def _cut_piece(tube, k, sheet, slab):  # type: ignore[no-untyped-def]
    """Where a sheet cuts piece k.

    Returns the heights between which steel lies in the slab (low >= high: nowhere); how far along the shaft
    the cut stays from the piece's ends (negative: an end lies in the sheet); and of the ellipse the height of its
    centre, half its height, and the sine of the angle between ray and shaft.
    """
    segments, radius, _ = tube
    t, nx, ny = sheet
    z_low, z_high = slab
    az = segments[k, 5]
    length = segments[k, 6]
    an = segments[k, 3] * nx + segments[k, 4] * ny
    off = t - (segments[k, 0] * nx + segments[k, 1] * ny)
    far = an * length - off
    if min(-off, far) >= radius or max(-off, far) <= -radius:  # both ends on one side of the sheet
        return 0.0, 0.0, -1.0, 0.0, 1.0, 1.0
    rise = radius * math.sqrt(max(0.0, 1 - az * az))
    end_z = segments[k, 2] + length * az
    low = max(z_low, min(segments[k, 2], end_z) - rise)
    high = min(z_high, max(segments[k, 2], end_z) + rise)
    if abs(an) > 1e-9:
        s = off / an
        reach = radius * math.sqrt(max(0.0, 1 - an * an)) / abs(an)
        if s + reach < 0 or s - reach > length:
            return 0.0, 0.0, -1.0, 0.0, 1.0, 1.0
        low, high, middle, half, q = shaft_ellipse(tube, k, sheet, low, high)
        return low, high, min(s, length - s) - reach, middle, half, q
    if abs(off) > radius:
        return 0.0, 0.0, -1.0, 0.0, 1.0, 1.0
    return low, high, -1.0, 0.0, 1.0, 1.0


@njit
def lost_on_shaft(table, ip, fp, low, high, middle, half, q):  # type: ignore[no-untyped-def]
    """What an endless shaft takes between two heights of its ellipse, integrated over z."""
    place = q * (table.shape[1] - 1)
    iq = min(int(place), table.shape[1] - 2)
    fq = np.float32(place - iq)
    part = np.float32(fp)
    up = _tabled(table, ip, part, iq, fq, np.float32((high - middle) / half))
    return half * (up - _tabled(table, ip, part, iq, fq, np.float32((low - middle) / half)))


@njit
def lost_in_cell(  # type: ignore[no-untyped-def]
    tube, k, source_radius, sb, cb, cell_sine, cell_cosine, slab, table, ip, fp
):
    """What the endless shaft of piece k takes from a cell's mean sheet, integrated over z.

    Across a cell the ellipse keeps its size and moves along z as its derivative says: by the cell's angle of a
    milliradian the rest is less than a thousandth of a millimetre. Where all of it stays in the slab, or none, the
    move is of no consequence.
    """
    segments, radius, _ = tube
    z_low, z_high = slab
    samples = cell_sine.size
    centre = samples // 2
    sine = cell_sine[centre]
    cosine = cell_cosine[centre]
    nx = -(sb * cosine + cb * sine)
    ny = cb * cosine - sb * sine
    ax = segments[k, 3]
    ay = segments[k, 4]
    az = segments[k, 5]
    an = ax * nx + ay * ny
    inverse = 1 / an
    s = (source_radius * sine - segments[k, 0] * nx - segments[k, 1] * ny) * inverse
    # The normal turns with the fan's angle: its derivative is (-ny, nx)
    turned = source_radius * cosine + segments[k, 0] * ny - segments[k, 1] * nx
    slope = az * (turned - s * (ay * nx - ax * ny)) * inverse
    middle = segments[k, 2] + s * az
    q = math.sqrt(an * an + az * az)
    half = radius * q * abs(inverse)
    angle = cell_sine[samples - 1] * cosine - cell_cosine[samples - 1] * sine
    move = abs(slope * angle)
    reach = half + move
    if middle + reach <= z_low or middle - reach >= z_high:
        return 0.0
    place = q * (table.shape[1] - 1)
    iq = min(int(place), table.shape[1] - 2)
    fq = np.float32(place - iq)
    part = np.float32(fp)
    if middle - reach >= z_low and middle + reach <= z_high:
        return 2 * half * _tabled(table, ip, part, iq, fq, np.float32(1))
    total = 0.0
    per_half = 1 / half
    first, stop = (centre, centre + 1) if move < _ALIKE * half else (0, samples)
    for i in range(first, stop):
        at = middle + slope * (cell_sine[i] * cosine - cell_cosine[i] * sine)
        up = min(max((z_high - at) * per_half, -1.0), 1.0)
        down = min(max((z_low - at) * per_half, -1.0), 1.0)
        total += _tabled(table, ip, part, iq, fq, np.float32(up)) - _tabled(table, ip, part, iq, fq, np.float32(down))
    return half * total / (stop - first)


@njit
def lost_in_sheet(  # type: ignore[no-untyped-def]
    tube, near, candidates, crossed, cut, sheet, slab, heights, steel, shaft_table, ip, fp
):
    """What the pieces near[:candidates] take from one sheet, integrated over z; crossed and cut are work space."""
    found = 0
    slack = middle = 0.0
    half = q = 1.0
    for j in range(candidates):
        low, high, free, at, extent, sine = _cut_piece(tube, near[j], sheet, slab)
        if low < high:
            crossed[found] = near[j]
            cut[2 * found] = low
            cut[2 * found + 1] = high
            found += 1
            slack, middle, half, q = free, at, extent, sine
    if found == 0:
        return 0.0
    if found == 1 and slack >= 0:
        return lost_on_shaft(shaft_table, ip, fp, cut[0], cut[1], middle, half, q)
    return lost_at_nodes(tube, crossed, cut, found, sheet, heights, steel, ip, fp)
