"""Spectrum: what leaves the tube, what the detector absorbs, and how matter attenuates it.

The tables have steps of 1 keV; the scanner works with fewer, equally wide energy bins. The attenuation of a
bin is the mean over the bin with the weight that the detector sees behind 150 mm of water, so that the error
of few bins is smallest where patients are.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from phantoms.tissues import attenuation_table, iodine_attenuation
from simulator.spatial.arrays import FloatArray

TUBE_VOLTAGES_KV = (80, 100, 120, 140)
"""Tube voltages for which a spectrum is tabled."""

ENERGY_BINS = 24
"""Bins per spectrum: 24 keep bone and iodine within 2 HU of 1 keV steps."""

_WEIGHT_WATER_MM = 150.0
_LOWEST_ENERGY_KEV = 15.0
"""Below this the filtration leaves less than 1e-9 of the fluence, and attenuation is not tabled."""

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beam:
    """One tube voltage: energy bins with their weights and attenuation coefficients.

    Attributes:
        tube_voltage_kv: one of `TUBE_VOLTAGES_KV`
        energy_kev: mean energy of each bin, weighted by what the detector absorbs [shape=(bin,)]
        signal: fraction of the detector's signal in air without bow-tie, sums to 1 [shape=(bin,)]
        absorbed_per_mm2_mas: quanta absorbed per mm2 and mAs at 1 m from the focus, without bow-tie
        mu_per_mm: attenuation of the basis materials, in the order of `phantoms.phantom.BASES`; the third is
            per mg iodine per mL [shape=(basis, bin)]
        steel_per_mm, bow_tie_per_mm: attenuation of steel 304 and of the bow-tie's PTFE [shape=(bin,)]
        effective_water_per_mm: attenuation of water weighted by the signal behind 200 mm of water
    """

    tube_voltage_kv: int
    energy_kev: FloatArray
    signal: FloatArray
    absorbed_per_mm2_mas: float
    mu_per_mm: FloatArray
    steel_per_mm: FloatArray
    bow_tie_per_mm: FloatArray
    effective_water_per_mm: float


def _table(path: Path) -> tuple[list[str], FloatArray]:
    with path.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.reader(lines))
    return rows[0], np.array([[float(cell) for cell in row] for row in rows[1:]])


def attenuation_per_mm(material: str, energy_kev: FloatArray) -> FloatArray:
    """Linear attenuation of a tabled material in 1/mm, by log interpolation; KeyError names a stranger."""
    table = attenuation_table()
    if material not in table or material == "energy_keV":
        raise KeyError(f"no attenuation is tabled for {material!r}")
    return np.exp(np.interp(energy_kev, table["energy_keV"], np.log(table[material]))) / 10


def basis_per_mm(energy_kev: FloatArray) -> FloatArray:
    """Attenuation of the basis materials, shape (basis, energy): water, cortical bone, mg iodine per mL.

    The iodine basis is what 1 mg I/mL adds to CSF, a displacement of fluid by contrast agent included.
    """
    iodine = iodine_attenuation(attenuation_per_mm("csf", energy_kev), attenuation_per_mm("csf_I80", energy_kev))
    water = attenuation_per_mm("water", energy_kev)
    return np.stack([water, attenuation_per_mm("cortical_bone", energy_kev), iodine])


def check_tube_voltage(tube_voltage_kv: int) -> None:
    """Raise ValueError unless a spectrum is tabled for this voltage."""
    if tube_voltage_kv not in TUBE_VOLTAGES_KV:
        offered = ", ".join(str(each) for each in TUBE_VOLTAGES_KV)
        raise ValueError(f"tube voltage {tube_voltage_kv} kV is not available; choose one of {offered} kV")


@cache
def fine_spectrum(tube_voltage_kv: int, added_aluminium_mm: float = 0.0) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Energies in keV, fluence per mm2 and mAs at 1 m, and the absorbed fraction, in steps of 1 keV.

    Args:
        added_aluminium_mm: filter besides that of the table

    Raises:
        ValueError: no spectrum is tabled for this tube voltage.
    """
    check_tube_voltage(tube_voltage_kv)
    names, values = _table(_DATA / "spectra.csv")
    column = next(i for i, name in enumerate(names) if f"fluence_{tube_voltage_kv}kV" in name)
    keep = (values[:, 0] >= _LOWEST_ENERGY_KEV) & (values[:, column] > 0)
    energy = values[keep, 0]
    _, response = _table(_DATA / "detector_and_filter.csv")
    absorbed = np.interp(energy, response[:, 0], response[:, 2])
    fluence = values[keep, column] / 100
    if added_aluminium_mm:
        aluminium = np.exp(np.interp(energy, response[:, 0], np.log(response[:, 4]))) / 10
        fluence = fluence * np.exp(-aluminium * added_aluminium_mm)
    return energy, fluence, absorbed


@cache
def beam(tube_voltage_kv: int, bins: int = ENERGY_BINS, added_aluminium_mm: float = 0.0) -> Beam:
    """The beam of one tube voltage in equally wide energy bins; ValueError for a voltage without table."""
    energy, fluence, absorbed = fine_spectrum(tube_voltage_kv, added_aluminium_mm)
    quanta = fluence * absorbed
    signal = quanta * energy
    basis = basis_per_mm(energy)
    weight = signal * np.exp(-basis[0] * _WEIGHT_WATER_MM)
    _, response = _table(_DATA / "detector_and_filter.csv")
    ptfe = np.exp(np.interp(energy, response[:, 0], np.log(response[:, 3]))) / 10
    steel = attenuation_per_mm("steel_304", energy)

    edges = np.linspace(_LOWEST_ENERGY_KEV, tube_voltage_kv, bins + 1)
    which = np.clip(np.searchsorted(edges, energy, side="right") - 1, 0, bins - 1)

    def total(values: FloatArray) -> FloatArray:
        return np.bincount(which, weights=values, minlength=bins).astype(np.float64)

    fraction = total(weight)
    used = fraction > 0

    def mean(values: FloatArray) -> FloatArray:
        return (total(weight * values)[used]) / fraction[used]

    behind = signal * np.exp(-basis[0] * 200.0)
    return Beam(
        tube_voltage_kv=tube_voltage_kv,
        energy_kev=(total(signal)[used] / total(quanta)[used]),
        signal=total(signal)[used] / signal.sum(),
        absorbed_per_mm2_mas=float(quanta.sum()),
        mu_per_mm=np.stack([mean(each) for each in basis]),
        steel_per_mm=mean(steel),
        bow_tie_per_mm=mean(ptfe),
        effective_water_per_mm=float((behind * basis[0]).sum() / behind.sum()),
    )
