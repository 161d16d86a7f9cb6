"""What a steel tube takes from a ray's vertical sheet: the ellipse of a straight shaft, whose mean is tabled."""

from __future__ import annotations

import math
from typing import NamedTuple

from phantoms.compiled_kernels import njit
from simulator.ct.needle_chord_kernels import lost_at_nodes


class Slab(NamedTuple):
    """Heights between which intensities are averaged, mm."""

    low: float
    high: float


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
    fq = place - iq
    up = _tabled(table, ip, fp, iq, fq, (high - middle) / half)
    return half * (up - _tabled(table, ip, fp, iq, fq, (low - middle) / half))


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
