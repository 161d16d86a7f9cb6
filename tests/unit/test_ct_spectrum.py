"""Spectrum: tables, bins and basis materials."""

import csv
from pathlib import Path

import numpy as np
import pytest

import phantoms
from simulator.ct import spectrum


def _expected_hu(name: str, tube_voltage_kv: int) -> float:
    with (Path(phantoms.__file__).parent / "data" / "tissues.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["name"] == name:
                return float(row[f"hu_{tube_voltage_kv}kV_20cm"])
    raise KeyError(name)


@pytest.mark.parametrize("tube_voltage_kv", spectrum.TUBE_VOLTAGES_KV)
@pytest.mark.parametrize("name", ["adipose", "muscle", "spongiosa", "cortical_bone", "csf_I20", "steel_304"])
def test_fine_spectrum_gives_the_reference_hu_behind_20_cm_of_water(tube_voltage_kv, name):
    energy, fluence, absorbed = spectrum.fine_spectrum(tube_voltage_kv)
    water = spectrum.attenuation_per_mm("water", energy)
    weight = fluence * absorbed * energy * np.exp(-200 * water)
    hu = 1000 * ((weight * spectrum.attenuation_per_mm(name, energy)).sum() / (weight * water).sum() - 1)
    assert hu == pytest.approx(_expected_hu(name, tube_voltage_kv), rel=0.003, abs=1.0)


@pytest.mark.parametrize("tube_voltage_kv", spectrum.TUBE_VOLTAGES_KV)
def test_few_bins_transmit_what_the_fine_spectrum_does(tube_voltage_kv):
    energy, fluence, absorbed = spectrum.fine_spectrum(tube_voltage_kv)
    signal = fluence * absorbed * energy
    basis = spectrum.basis_per_mm(energy)
    beam = spectrum.beam(tube_voltage_kv)
    for path in ([100, 0, 0], [300, 0, 0], [200, 40, 0], [200, 0, 600], [200, 30, 600]):
        densities = np.array(path)
        fine = -np.log((signal * np.exp(-densities @ basis)).sum() / signal.sum())
        coarse = -np.log((beam.signal * np.exp(-densities @ beam.mu_per_mm)).sum())
        assert coarse == pytest.approx(fine, abs=0.0015)  # 0.0015 is 0.08 mm of water


def test_iodine_adds_to_csf():
    energy = np.array([40.0, 60.0, 100.0])
    csf, csf20 = (spectrum.attenuation_per_mm(name, energy) for name in ("csf", "csf_I20"))
    np.testing.assert_allclose(csf + 20 * spectrum.basis_per_mm(energy)[2], csf20, rtol=2e-3)


def test_strangers_are_refused():
    with pytest.raises(ValueError, match="110 kV is not available; choose one of 80, 100, 120, 140 kV"):
        spectrum.beam(110)
    with pytest.raises(KeyError, match="unobtainium"):
        spectrum.attenuation_per_mm("unobtainium", np.array([60.0]))


def test_detector_table_is_what_its_provenance_says():
    """Needs xraydb, with which the table was made and which nothing else needs."""
    xraydb = pytest.importorskip("xraydb")
    table = Path(spectrum.__file__).parent / "data" / "detector_and_filter.csv"
    columns = np.loadtxt(table, delimiter=",", skiprows=1).T
    for formula, density, made in (("Gd2O2S", 7.32, columns[1]), ("CF2", 2.2, columns[3])):
        counts = xraydb.chemparse(formula)
        mass = {element: n * xraydb.atomic_mass(element) for element, n in counts.items()}
        total = sum(mass.values())
        mu = sum(m / total * xraydb.mu_elam(element, 1000 * columns[0]) for element, m in mass.items())
        np.testing.assert_allclose(made, density * mu, rtol=0.01)
    np.testing.assert_allclose(columns[2], 1 - np.exp(-0.14 * columns[1]), atol=2e-4)
