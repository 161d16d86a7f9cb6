"""Photons followed one by one through an elliptic cylinder: an analogue Monte Carlo, slow and plain.

The cylinder is homogeneous and endless along z. A photon flies an exponential length, is absorbed or scatters, and is
followed until it is absorbed or has left; nothing is forced, split or weighted. Electrons deposit where they arise,
and fluorescence is left out (that of light elements has less than 5 keV).

A detector is small, and few of the photons that are followed meet it. `expected_on_arc` follows the same walk and
asks at each collision with which chance the photon would scatter towards one place drawn on the detector's arc and
reach it; the mean of that is what the walk itself would count there, with far less noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tests.oracles.photon_tables import ENERGIES_KEV, PhotonTable

_ELECTRON_KEV = 510.999
_LOWEST_KEV = float(ENERGIES_KEV[0])


@dataclass(frozen=True)
class Photons:
    """Photons as they leave; those that were absorbed have energy 0.

    Attributes:
        place_mm, direction: where and whither [shape=(photon, 3)]
        energy_kev, scattered: energy, and how often it was scattered [shape=(photon,)]
    """

    place_mm: NDArray[np.float64]
    direction: NDArray[np.float64]
    energy_kev: NDArray[np.float64]
    scattered: NDArray[np.int64]


def walk(
    table: PhotonTable,
    radii_mm: tuple[float, float],
    focus_mm: NDArray[Any],
    direction: NDArray[Any],
    energy_kev: NDArray[Any],
    seed: int,
) -> Photons:
    """Follow photons that start at the focus (3,), outside the cylinder, into unit directions (photon, 3)."""
    random = np.random.default_rng(seed)
    place = np.tile(np.asarray(focus_mm, np.float64), (len(direction), 1))
    way = np.array(direction, np.float64)
    energy = np.array(energy_kev, np.float64)
    scattered = np.zeros(len(direction), np.int64)
    _walk(
        place, way, energy, scattered, radii_mm[0], radii_mm[1], table.photoelectric_per_mm, table.incoherent_per_mm,
        table.coherent_per_mm, table.incoherent_half_sine, table.coherent_half_sine, random, table.incoherent_per_sr,
        table.coherent_per_sr, (0.0, 0.0, 0.0, 0.0), np.zeros((0, 6)),
    )  # fmt: skip
    return Photons(place_mm=place, direction=way, energy_kev=energy, scattered=scattered)


@dataclass(frozen=True)
class Target:
    """An arc about a focus at (-source_to_isocentre_mm, 0, 0), whose places are drawn evenly."""

    source_to_isocentre_mm: float
    source_to_detector_mm: float
    fan_rad: float
    height_mm: float


def expected_on_arc(
    table: PhotonTable,
    radii_mm: tuple[float, float],
    target: Target,
    direction: NDArray[Any],
    energy_kev: NDArray[Any],
    seed: int,
) -> NDArray[np.float64]:
    """Chances at each collision: fan angle, height, energy, photons per rad and mm times the arc, tan of the angle of
    incidence seen along z, scatterings [shape=(expected hit, 6)]."""
    focus = (-target.source_to_isocentre_mm, 0.0, 0.0)
    random = np.random.default_rng(seed)
    record = np.zeros((24 * len(direction), 6))
    place = np.tile(np.asarray(focus), (len(direction), 1))
    arc = (target.source_to_isocentre_mm, target.source_to_detector_mm, target.fan_rad, target.height_mm)
    kept = _walk(
        place, np.array(direction, np.float64), np.array(energy_kev, np.float64), np.zeros(len(direction), np.int64),
        radii_mm[0], radii_mm[1], table.photoelectric_per_mm, table.incoherent_per_mm, table.coherent_per_mm,
        table.incoherent_half_sine, table.coherent_half_sine, random, table.incoherent_per_sr, table.coherent_per_sr,
        arc, record,
    )  # fmt: skip
    if kept > len(record):
        raise RuntimeError("more collisions than there is room for")
    return record[:kept]


@njit
def _crossings(px, py, dx, dy, a, b):  # type: ignore[no-untyped-def]
    """At which lengths a line enters and leaves; 1 and 0 where it misses."""
    qa = (dx / a) ** 2 + (dy / b) ** 2
    qb = px * dx / a**2 + py * dy / b**2
    qc = (px / a) ** 2 + (py / b) ** 2 - 1.0
    inside = qb * qb - qa * qc
    if inside <= 0.0 or qa == 0.0:
        return 1.0, 0.0
    root = math.sqrt(inside)
    return (-qb - root) / qa, (-qb + root) / qa


@njit
def _turned(dx, dy, dz, cosine, turn):  # type: ignore[no-untyped-def]
    """The direction at this cosine from another, turned about it."""
    sine = math.sqrt(max(0.0, 1.0 - cosine * cosine))
    # two directions across: from whichever axis lies least along
    if abs(dz) < 0.9:
        ux, uy, uz = -dy, dx, 0.0
    else:
        ux, uy, uz = 0.0, -dz, dy
    length = math.sqrt(ux * ux + uy * uy + uz * uz)
    ux, uy, uz = ux / length, uy / length, uz / length
    vx, vy, vz = dy * uz - dz * uy, dz * ux - dx * uz, dx * uy - dy * ux
    c, s = sine * math.cos(turn), sine * math.sin(turn)
    x, y, z = cosine * dx + c * ux + s * vx, cosine * dy + c * uy + s * vy, cosine * dz + c * uz + s * vz
    length = math.sqrt(x * x + y * y + z * z)
    return x / length, y / length, z / length


@njit
def _at(table, energy):  # type: ignore[no-untyped-def]
    at = energy - _LOWEST_KEV
    low = min(max(int(at), 0), len(table) - 2)
    return table[low] + (at - low) * (table[low + 1] - table[low])


@njit
def _expected(
    x, y, z, dx, dy, dz, e, row, a, b, photo, incoherent, coherent, bound_sr, elastic_sr, arc, chances, random
):  # type: ignore[no-untyped-def]
    """Two rows of `expected_on_arc`, incoherent and coherent, for one place drawn on the arc."""
    to_isocentre, to_detector, fan, height = arc
    gamma, up = (random.random() - 0.5) * fan, (random.random() - 0.5) * height
    nx, ny = math.cos(gamma), math.sin(gamma)
    wx, wy, wz = to_detector * nx - to_isocentre - x, to_detector * ny - y, up - z
    far = math.sqrt(wx * wx + wy * wy + wz * wz)
    wx, wy, wz = wx / far, wy / far, wz / far
    solid = (wx * nx + wy * ny) * to_detector / far**2 * fan * height
    tangent = (wy * nx - wx * ny) / (wx * nx + wy * ny)
    out = _crossings(x, y, wx, wy, a, b)[1]
    half_sine = math.sqrt(max(0.0, 1.0 - (wx * dx + wy * dy + wz * dz)) / 2.0)
    place = half_sine * (bound_sr.shape[1] - 1)
    cell = min(int(place), bound_sr.shape[1] - 2)
    rest = place - cell
    total = _at(photo, e) + _at(incoherent, e) + _at(coherent, e)
    left = e / (1.0 + e / _ELECTRON_KEV * 2.0 * half_sine**2)
    for kind in range(2):
        density, mu, after = (bound_sr, incoherent, left) if kind == 0 else (elastic_sr, coherent, e)
        chance = _at(mu, e) / total * (density[row, cell] + rest * (density[row, cell + 1] - density[row, cell]))
        gone = _at(photo, after) + _at(incoherent, after) + _at(coherent, after)
        chances[kind, 0], chances[kind, 1], chances[kind, 2] = gamma, up, after
        chances[kind, 3], chances[kind, 4] = chance * solid * math.exp(-gone * out), tangent


@njit
def _walk(  # type: ignore[no-untyped-def]
    place, way, energy, scattered, a, b, photo, incoherent, coherent, bound, elastic, random, bound_sr, elastic_sr,
    arc, record,
):  # fmt: skip
    shares = bound.shape[1] - 1
    kept = 0
    chances = np.zeros((2, 6))
    for i in range(len(energy)):
        x, y, z = place[i]
        dx, dy, dz = way[i]
        e = energy[i]
        enters, leaves = _crossings(x, y, dx, dy, a, b)
        if leaves <= max(enters, 0.0):
            continue
        x, y, z = x + enters * dx, y + enters * dy, z + enters * dz
        while True:
            leaves = _crossings(x, y, dx, dy, a, b)[1]
            at = e - _LOWEST_KEV
            low = int(at)
            part = at - low
            mu_photo = photo[low] + part * (photo[low + 1] - photo[low])
            mu_bound = incoherent[low] + part * (incoherent[low + 1] - incoherent[low])
            mu_elastic = coherent[low] + part * (coherent[low + 1] - coherent[low])
            total = mu_photo + mu_bound + mu_elastic
            flown = -math.log(1.0 - random.random()) / total
            if flown >= leaves:
                place[i] = x + leaves * dx, y + leaves * dy, z + leaves * dz
                way[i] = dx, dy, dz
                energy[i] = e
                break
            x, y, z = x + flown * dx, y + flown * dy, z + flown * dz
            row = low + (1 if random.random() < part else 0)
            if len(record) > 0:
                _expected(
                    x,
                    y,
                    z,
                    dx,
                    dy,
                    dz,
                    e,
                    row,
                    a,
                    b,
                    photo,
                    incoherent,
                    coherent,
                    bound_sr,
                    elastic_sr,
                    arc,
                    chances,
                    random,
                )
                for kind in range(2):
                    chances[kind, 5] = scattered[i] + 1
                    if kept < len(record):
                        record[kept] = chances[kind]
                    kept += 1
            what = random.random() * total
            if what < mu_photo:
                energy[i] = 0.0
                break
            drawn = random.random() * shares
            cell = int(drawn)
            rest = drawn - cell
            angles = bound[row] if what < mu_photo + mu_bound else elastic[row]
            half_sine = angles[cell] + rest * (angles[cell + 1] - angles[cell])
            cosine = 1.0 - 2.0 * half_sine * half_sine
            dx, dy, dz = _turned(dx, dy, dz, cosine, 2.0 * math.pi * random.random())
            scattered[i] += 1
            if what < mu_photo + mu_bound:
                e = e / (1.0 + e / _ELECTRON_KEV * (1.0 - cosine))
                if e < _LOWEST_KEV + 0.01:  # would not come far: absorbed here
                    energy[i] = 0.0
                    break
    return kept
