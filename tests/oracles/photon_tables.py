"""How photons interact with a material: what is likely, and at which angles, for the photons of `photon_walk`.

Cross sections are Elam's as xraydb holds them. Angles of incoherent scatter follow Klein and Nishina times the
incoherent scattering function S (binding: xraylib's table, after Hubbell 1975, doi 10.1063/1.555523), those of
coherent scatter Thomson's formula times the squared form factor (xraydb's fit of Waasmaier and Kirfel 1995).
Atoms scatter independently: interference within a molecule, and the width of the Compton line, are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ENERGIES_KEV = np.arange(10.0, 151.0)
"""Where the tables stand."""

_HALF_SINES = np.linspace(0.0, 1.0, 2001)  # sin(angle / 2): fine where coherent scatter has its peak
_KEV_ANGSTROM = 12.39842
_ELECTRON_KEV = 510.999
_ELECTRON_RADIUS_SQUARED_BARN = 0.0794079
_AVOGADRO_PER_BARN_CM2 = 0.602214


@dataclass(frozen=True)
class PhotonTable:
    """One material.

    Attributes:
        photoelectric_per_mm, incoherent_per_mm, coherent_per_mm: attenuation at `ENERGIES_KEV`
        incoherent_per_sr, coherent_per_sr: density of the angle, on `half_sines` [shape=(energy, half sine)]
        incoherent_half_sine, coherent_half_sine: sin(angle / 2) below which evenly spread shares of the photons
            scatter [shape=(energy, share)]
    """

    photoelectric_per_mm: NDArray[np.float64]
    incoherent_per_mm: NDArray[np.float64]
    coherent_per_mm: NDArray[np.float64]
    incoherent_per_sr: NDArray[np.float64]
    coherent_per_sr: NDArray[np.float64]
    incoherent_half_sine: NDArray[np.float64]
    coherent_half_sine: NDArray[np.float64]

    @property
    def total_per_mm(self) -> NDArray[np.float64]:
        return self.photoelectric_per_mm + self.incoherent_per_mm + self.coherent_per_mm


def photon_table(mass_fractions: Mapping[str, float], density_g_per_cm3: float) -> PhotonTable:
    """Tables of a material of elements by symbol; ImportError without xraydb or xraylib."""
    import xraydb

    mu = {}
    for kind in ("photo", "incoh", "coh"):
        per_gram = sum(w * xraydb.mu_elam(e, ENERGIES_KEV * 1000, kind=kind) for e, w in mass_fractions.items())
        mu[kind] = np.asarray(per_gram) * density_g_per_cm3 / 10
    bound, elastic = (
        sum(
            w / xraydb.atomic_mass(e) * one(e, ENERGIES_KEV[:, None], _HALF_SINES[None, :])
            for e, w in mass_fractions.items()
        )
        for one in (incoherent_barn_per_sr, coherent_barn_per_sr)
    )
    return PhotonTable(
        photoelectric_per_mm=mu["photo"],
        incoherent_per_mm=mu["incoh"],
        coherent_per_mm=mu["coh"],
        incoherent_per_sr=_normalised(bound),
        coherent_per_sr=_normalised(elastic),
        incoherent_half_sine=_shares(bound),
        coherent_half_sine=_shares(elastic),
    )


def incoherent_barn_per_sr(
    element: str, energy_kev: NDArray[np.float64], half_sine: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Klein and Nishina times S, per atom."""
    import xraydb
    import xraylib

    charge = xraydb.atomic_number(element)
    x = energy_kev * half_sine / _KEV_ANGSTROM
    places = np.append(0.0, np.linspace(0.002, x.max() + 0.01, 4000))  # S is 0 at 0, where xraylib's table ends
    table = [0.0] + [xraylib.SF_Compt(charge, float(place)) for place in places[1:]]
    kept = 1 / (1 + energy_kev / _ELECTRON_KEV * 2 * half_sine**2)
    sine_squared = 1 - (1 - 2 * half_sine**2) ** 2
    free = _ELECTRON_RADIUS_SQUARED_BARN / 2 * kept**2 * (kept + 1 / kept - sine_squared)
    return np.asarray(free * np.interp(x, places, table))


def coherent_barn_per_sr(
    element: str, energy_kev: NDArray[np.float64], half_sine: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Thomson's formula times the squared form factor, per atom."""
    import xraydb

    x = energy_kev * half_sine / _KEV_ANGSTROM
    # the fit holds up to 6 per Angstrom, where next to nothing is left
    factor = xraydb.f0(element, np.minimum(x, 6.0).ravel()).reshape(x.shape)
    return np.asarray(_ELECTRON_RADIUS_SQUARED_BARN / 2 * (1 + (1 - 2 * half_sine**2) ** 2) * factor**2)


def whole_cm2_per_g(element: str, barn_per_sr: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a cross section per atom and solid angle on the tables' angles adds up to."""
    import xraydb

    return np.asarray(_integral(barn_per_sr) * _AVOGADRO_PER_BARN_CM2 / xraydb.atomic_mass(element))


def angles() -> NDArray[np.float64]:
    """sin(angle / 2) of the tables' columns."""
    return _HALF_SINES


def at_angle(table: NDArray[np.float64], energy_kev: float, half_sine: NDArray[np.float64]) -> NDArray[np.float64]:
    """Density per solid angle at one of the tables' energies."""
    return np.interp(half_sine, _HALF_SINES, table[round(energy_kev - ENERGIES_KEV[0])])


def _integral(per_sr: NDArray[np.float64]) -> NDArray[np.float64]:
    # solid angle = 2 pi d(cos) = 8 pi s ds, with s = sin(angle / 2)
    return np.asarray(np.trapezoid(per_sr * 8 * np.pi * _HALF_SINES, _HALF_SINES, axis=-1))


def _normalised(per_sr: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(per_sr / _integral(per_sr)[:, None])


def _shares(per_sr: NDArray[np.float64], shares: int = 2001) -> NDArray[np.float64]:
    density = per_sr * _HALF_SINES
    below = np.zeros_like(density)
    below[:, 1:] = np.cumsum(0.5 * (density[:, 1:] + density[:, :-1]), axis=1)
    below /= below[:, -1:]
    return np.stack([np.interp(np.linspace(0, 1, shares), row, _HALF_SINES) for row in below])
