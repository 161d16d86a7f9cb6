"""What `photon_walk` must give where there is a formula: single scatter behind a slab, and of a cylinder by sums."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.oracles.photon_tables import ENERGIES_KEV, PhotonTable, at_angle

_ELECTRON_KEV = 510.999


def _processes(
    table: PhotonTable, energy_kev: float, half_sine: NDArray[np.float64]
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Scatter per mm and solid angle, and attenuation afterwards, of incoherent and coherent scatter."""
    row = round(energy_kev - ENERGIES_KEV[0])
    left = energy_kev / (1 + energy_kev / _ELECTRON_KEV * 2 * half_sine**2)
    after = np.interp(left, ENERGIES_KEV, table.total_per_mm)
    before = np.full_like(after, table.total_per_mm[row])
    return [
        (table.incoherent_per_mm[row] * at_angle(table.incoherent_per_sr, energy_kev, half_sine), after),
        (table.coherent_per_mm[row] * at_angle(table.coherent_per_sr, energy_kev, half_sine), before),
    ]


def single_behind_slab(
    table: PhotonTable, energy_kev: float, thickness_mm: float, cosine: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Photons per solid angle that leave the far face after one scatter, for one that enters squarely.

    The integral over the depth u of exp(-mu u) s exp(-mu' (T - u) / cos) is
    s (exp(-mu' T / cos) - exp(-mu T)) / (mu - mu' / cos).
    """
    mu = np.interp(energy_kev, ENERGIES_KEV, table.total_per_mm)
    total = np.zeros_like(cosine)
    for source, after in _processes(table, energy_kev, np.sqrt((1 - cosine) / 2)):
        out = after / cosine
        total += source * (np.exp(-out * thickness_mm) - np.exp(-mu * thickness_mm)) / (mu - out)
    return total


def single_from_cylinder(
    table: PhotonTable,
    energy_kev: float,
    radius_mm: float,
    fan_rad: float,
    radii_mm: tuple[float, float],
    cells: tuple[NDArray[np.float64], NDArray[np.float64]],
    steps: int = 60,
) -> NDArray[np.float64]:
    """Photons per rad and mm height on the detector's arc after one scatter, for one of the fan in the plane z = 0.

    radii_mm: focus to isocentre and focus to detector; the focus stands at -radii_mm[0] on x. cells: fan angles and
    heights of the places on the arc. The fan is even over +- fan_rad / 2. Midpoints along depth and across the fan,
    there in the sine's argument: rays near the edge, which count most, lie close together.
    """
    to_isocentre, to_detector = radii_mm
    mu = np.interp(energy_kev, ENERGIES_KEV, table.total_per_mm)
    gamma, height = cells
    normal = np.stack([np.cos(gamma), np.sin(gamma), np.zeros_like(gamma)], axis=-1)
    cell = to_detector * normal + np.stack([np.full_like(gamma, -to_isocentre), 0 * gamma, height], axis=-1)
    total = np.zeros_like(gamma)
    widest = np.arcsin(radius_mm / to_isocentre)
    for place in ((np.arange(steps) + 0.5) / steps - 0.5) * np.pi:
        fan, share = widest * np.sin(place), widest * np.cos(place) * np.pi / steps / fan_rad
        half = np.sqrt(radius_mm**2 - (to_isocentre * np.sin(fan)) ** 2)
        direction = np.array([np.cos(fan), np.sin(fan), 0.0])
        for depth in (np.arange(steps) + 0.5) / steps * 2 * half:
            point = np.array([-to_isocentre, 0, 0]) + (to_isocentre * np.cos(fan) - half + depth) * direction
            way = cell - point
            far = np.linalg.norm(way, axis=-1)
            way /= far[:, None]
            across = way[:, 0] ** 2 + way[:, 1] ** 2
            along = way[:, :2] @ point[:2]
            out = (-along + np.sqrt(along**2 + across * (radius_mm**2 - point[:2] @ point[:2]))) / across
            solid = (way * normal).sum(axis=-1) * to_detector / far**2  # of 1 rad by 1 mm of the arc
            seen = np.exp(-mu * depth) * solid * (2 * half / steps) * share
            half_sine = np.sqrt(np.maximum(1 - way @ direction, 0) / 2)
            for source, after in _processes(table, energy_kev, half_sine):
                total += seen * source * np.exp(-after * out)
    return total
