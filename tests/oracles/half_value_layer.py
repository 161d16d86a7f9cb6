"""Half-value layers of a spectrum in aluminium, by air kerma, from Elam's cross sections alone.

What a photon gives to air: all of its energy where it is absorbed, and what the electron takes where it scatters
(Klein and Nishina times the incoherent scattering function). What fluorescence and bremsstrahlung carry off is left
out: below 0.2 % in air at these energies.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from tests.oracles.photon_tables import ENERGIES_KEV, angles, photon_table

_DRY_AIR = {"C": 0.00012, "N": 0.75527, "O": 0.23178, "Ar": 0.01283}
_ELECTRON_KEV = 510.999


@cache
def air_kerma_cm2_per_g() -> NDArray[np.float64]:
    """Mass energy transfer of dry air at `ENERGIES_KEV`."""
    air = photon_table(_DRY_AIR, 1.0)
    s = angles()
    given = 1 - 1 / (1 + ENERGIES_KEV[:, None] / _ELECTRON_KEV * 2 * s**2)
    share = np.trapezoid(air.incoherent_per_sr * given * 8 * np.pi * s, s, axis=1)
    return np.asarray(10 * (air.photoelectric_per_mm + air.incoherent_per_mm * share))


@cache
def _aluminium_per_mm() -> NDArray[np.float64]:
    return photon_table({"Al": 1.0}, 2.699).total_per_mm


def half_value_layers_mm(
    energy_kev: NDArray[np.float64], fluence: NDArray[np.float64], aluminium_per_mm: NDArray[np.float64]
) -> tuple[float, float]:
    """The first and the second layer that halve the kerma."""
    kerma = fluence * energy_kev * np.interp(energy_kev, ENERGIES_KEV, air_kerma_cm2_per_g())

    def passes(mm: float) -> float:
        return float((kerma * np.exp(-aluminium_per_mm * mm)).sum() / kerma.sum())

    first = float(brentq(lambda mm: passes(mm) - 0.5, 0.01, 50.0))
    return first, float(brentq(lambda mm: passes(mm) - 0.25, first, 100.0)) - first


def effective_energy_kev(half_value_layer_mm: float) -> float:
    """Energy of a single line with this first half-value layer, as spekpy understands the word."""
    aluminium = _aluminium_per_mm()
    rising = np.interp(-math.log(2) / half_value_layer_mm, -aluminium, ENERGIES_KEV)
    return float(rising)
