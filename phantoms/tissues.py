"""Tissue: composition as densities of the three basis materials, so that attenuation mixes by volume.

mu(E) = water * mu_water(E) + cortical_bone * mu_cortical_bone(E) + iodine * mu_iodine(E). mu_iodine is that of
1 mg iodine per mL which replaces CSF, (mu_csf_I80 - mu_csf) / 80, so a mixture of CSF and contrast is exact.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np

from simulator.spatial.arrays import FloatArray

_DATA = Path(__file__).parent / "data"

CONTRAST_IODINE_MG_PER_ML = 250.0
"""Iodine in the contrast agent as bottled (iopamidol 250)."""

_FIT_ENERGIES_KEV = (30, 140)
_ABOVE_IODINE_EDGE_KEV = 34  # titanium's fit: metal has no edge there, iodine's is at 33.17 keV
_TITANIUM_G_PER_CM3 = 4.506
_FIT_VOLTAGES_KV = (80, 100, 120, 140)
_FIT_WATER_CM = 20.0
_FIT_ALUMINIUM_CM = 1.0  # stands for the tube's 2.5 mm Al + 1.2 mm Ti (reference 1.1); only shapes the weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Tissue:
    """A homogeneous material.

    Attributes:
        name: as in the composition table, or made from names of it
        density_g_per_cm3: mass density
        water, cortical_bone: volume fractions of the basis materials (may be slightly negative or above 1)
        iodine_mg_per_ml: iodine basis
    """

    name: str
    density_g_per_cm3: float
    water: float
    cortical_bone: float
    iodine_mg_per_ml: float

    @property
    def basis(self) -> tuple[float, float, float]:
        """Densities in the order of `phantoms.phantom.BASES`."""
        return (self.water, self.cortical_bone, self.iodine_mg_per_ml)


@cache
def attenuation_table() -> Mapping[str, FloatArray]:
    """Linear attenuation, 1/cm, of every tabulated material at "energy_keV" (15-140 keV in 1 keV steps)."""
    with (_DATA / "mu_linear_per_cm.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    values = np.array(rows[1:], dtype=np.float64).T
    values.setflags(write=False)
    return MappingProxyType(dict(zip(rows[0], values, strict=True)))


def iodine_attenuation(csf: FloatArray, csf_with_80_mg_per_ml: FloatArray) -> FloatArray:
    """Attenuation of 1 mg iodine per mL that displaces CSF, from that of CSF without and with 80 mg iodine per mL."""
    return np.asarray((csf_with_80_mg_per_ml - csf) / 80.0)


@cache
def basis_attenuation() -> FloatArray:
    """Attenuation of the bases [shape=(3, energy), 1/cm; iodine 1/cm per mg/mL] at the table's energies."""
    mu = attenuation_table()
    iodine = iodine_attenuation(mu["csf"], mu["csf_I80"])
    bases = np.stack([mu["water"], mu["cortical_bone"], iodine])
    bases.setflags(write=False)
    return bases


def _fit_weights() -> FloatArray:
    """Energy-weighted bremsstrahlung behind the filter and 20 cm of water, summed over the tube voltages."""
    mu = attenuation_table()
    energy = mu["energy_keV"]
    total = np.zeros_like(energy)
    for voltage in _FIT_VOLTAGES_KV:
        kramers = np.clip(voltage - energy, 0.0, None) / energy
        beam = kramers * np.exp(-mu["aluminium"] * _FIT_ALUMINIUM_CM - mu["water"] * _FIT_WATER_CM) * energy
        total += beam / beam.sum()
    inside = (energy >= _FIT_ENERGIES_KEV[0]) & (energy <= _FIT_ENERGIES_KEV[1])
    return np.where(inside, total, 0.0)


@cache
def _densities() -> Mapping[str, float]:
    with (_DATA / "tissues.csv").open(newline="") as file:
        return MappingProxyType({row["name"]: float(row["density_g_cm3"]) for row in csv.DictReader(file)})


@cache
def tissue(name: str) -> Tissue:
    """Tissue of the composition table, fitted to the bases by weighted least squares over 30-140 keV.

    Raises:
        ValueError: the table has no such material.
    """
    mu = attenuation_table()
    if name not in mu or name == "energy_keV":
        known = ", ".join(key for key in mu if key != "energy_keV")
        raise ValueError(f"no tissue named {name!r}; the table holds: {known}")
    root = np.sqrt(_fit_weights())
    solution, *_ = np.linalg.lstsq(basis_attenuation().T * root[:, None], mu[name] * root, rcond=None)
    water, bone, iodine = (float(value) for value in solution)
    return Tissue(
        name=name,
        density_g_per_cm3=_densities()[name],
        water=water,
        cortical_bone=bone,
        iodine_mg_per_ml=iodine,
    )


@cache
def titanium() -> Tissue:
    """Metal of screws and rods, as the sum of bases that attenuates like it.

    Its density of water is negative: what counts is the sum, which is within 0.3 % of titanium from 34 to 140 keV and
    4 % below it at 30 keV, where nothing comes through.
    """
    with (_DATA / "titanium_per_cm.csv").open(newline="") as file:
        mu = np.array([float(row["titanium"]) for row in csv.DictReader(file)])
    energy = attenuation_table()["energy_keV"]
    root = np.sqrt(np.where(energy >= _ABOVE_IODINE_EDGE_KEV, _fit_weights(), 0.0))
    solution, *_ = np.linalg.lstsq(basis_attenuation().T * root[:, None], mu * root, rcond=None)
    water, bone, iodine = (float(value) for value in solution)
    return Tissue(
        name="titanium", density_g_per_cm3=_TITANIUM_G_PER_CM3, water=water, cortical_bone=bone, iodine_mg_per_ml=iodine
    )


def mixture(name: str, parts: Mapping[Tissue, float]) -> Tissue:
    """Mixture by volume; the fractions are normalised to one.

    Raises:
        ValueError: no part has a positive volume.
    """
    total = float(sum(parts.values()))
    if not total > 0.0:
        raise ValueError(f"mixture {name!r} holds nothing")

    def mean(field: str) -> float:
        return float(sum(getattr(part, field) * volume for part, volume in parts.items()) / total)

    return Tissue(
        name=name,
        density_g_per_cm3=mean("density_g_per_cm3"),
        water=mean("water"),
        cortical_bone=mean("cortical_bone"),
        iodine_mg_per_ml=mean("iodine_mg_per_ml"),
    )


def _contrast() -> Tissue:
    """Contrast as bottled, extrapolated from the CSF series so that every dilution stays on one line."""
    csf, strong = tissue("csf"), tissue("csf_I80")
    grams = (strong.density_g_per_cm3 - csf.density_g_per_cm3) * CONTRAST_IODINE_MG_PER_ML / 80.0
    return Tissue(
        name="contrast_250",
        density_g_per_cm3=csf.density_g_per_cm3 + grams,
        water=csf.water,
        cortical_bone=csf.cortical_bone,
        iodine_mg_per_ml=csf.iodine_mg_per_ml + CONTRAST_IODINE_MG_PER_ML,
    )


def csf_with_iodine(iodine_mg_per_ml: float) -> Tissue:
    """Cerebrospinal fluid that holds contrast.

    Raises:
        ValueError: the concentration is negative or above that of the bottle.
    """
    if not 0.0 <= iodine_mg_per_ml <= CONTRAST_IODINE_MG_PER_ML:
        raise ValueError(f"iodine {iodine_mg_per_ml} mg/mL is outside 0..{CONTRAST_IODINE_MG_PER_ML:g}")
    share = iodine_mg_per_ml / CONTRAST_IODINE_MG_PER_ML
    return mixture(f"csf + {iodine_mg_per_ml:g} mg I/mL", {tissue("csf"): 1.0 - share, _contrast(): share})


def blood_with_contrast(blood_ml: float, contrast_ml: float) -> Tissue:
    """Fresh blood mixed with contrast 250; 15 : 1 is the protocol's mixture (about 461 HU at 120 kV).

    Raises:
        ValueError: a volume is negative or both are zero.
    """
    if blood_ml < 0.0 or contrast_ml < 0.0:
        raise ValueError("volumes of blood and contrast cannot be negative")
    return mixture(
        f"blood {blood_ml:g} : contrast {contrast_ml:g}",
        {tissue("blood"): blood_ml, _contrast(): contrast_ml},
    )


def spongiosa(target_hu: float) -> Tissue:
    """Cancellous bone of a mean HU at 120 kV.

    F = (HU - 11) / (300 - 11) spongiosa in red marrow (reference 1.4).
    """
    share = (target_hu - 11.0) / (300.0 - 11.0)
    return mixture(f"spongiosa {target_hu:g} HU", {tissue("spongiosa"): share, tissue("red_marrow"): 1.0 - share})


def spongiosa_hu_at_age(age_years: float) -> float:
    """Trabecular HU of a lumbar body at 120 kV.

    About 250 at 20 y, 170 at 40 y, 110 at 65 y (reference 1.4).
    """
    return float(np.interp(age_years, [20.0, 40.0, 65.0, 85.0], [250.0, 170.0, 110.0, 70.0]))


def hounsfield_slopes(tube_voltage_kv: float = 120.0) -> FloatArray:
    """HU per unit of each basis behind 20 cm of water [shape=(3,)]; HU = density . slopes - 1000.

    For display and masks; the scanner computes HU from the whole spectrum.
    """
    mu = attenuation_table()
    energy = mu["energy_keV"]
    beam = np.clip(tube_voltage_kv - energy, 0.0, None)  # bremsstrahlung x energy-integrating detector
    beam = beam * np.exp(-mu["aluminium"] * _FIT_ALUMINIUM_CM - mu["water"] * _FIT_WATER_CM)
    mean = (basis_attenuation() * beam).sum(axis=1)
    return np.asarray(1000.0 * mean / mean[0])
