"""Tissues read what the reference computes for a thin insert at the centre of water.

A real insert hardens the beam itself (bone of 8 mm reads 1541 instead of 1587), nearly in proportion to its
size; so two sizes are measured and extrapolated to none.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

import phantoms
from simulator.ct.scanner import Scanner
from simulator.ct.spectrum import attenuation_per_mm, basis_per_mm
from simulator.ct.technique import Technique
from tests.physics.water_phantoms import Ellipse, ellipse_phantom


def _densities(name: str) -> tuple[float, float, float]:
    """Basis densities that attenuate like the tissue, by least squares over 35 to 120 keV."""
    energy = np.arange(35.0, 121.0)
    fit, *_ = np.linalg.lstsq(basis_per_mm(energy).T, attenuation_per_mm(name, energy), rcond=None)
    return float(fit[0]), float(fit[1]), float(fit[2])


def _reference(name: str, tube_voltage_kv: int) -> float:
    with (Path(phantoms.__file__).parent / "data" / "tissues.csv").open(encoding="utf-8") as lines:
        rows = {row["name"]: row for row in csv.DictReader(lines)}
    return float(rows[name][f"hu_{tube_voltage_kv}kV_20cm"])


def _measure(name: str, diameter_mm: float, tube_voltage_kv: int) -> float:
    """HU of an insert without size."""
    small, large = (_insert(name, radius, diameter_mm, tube_voltage_kv) for radius in (4.0, 8.0))
    return 2 * small - large


def _insert(name: str, radius_mm: float, diameter_mm: float, tube_voltage_kv: int) -> float:
    water, bone, iodine = _densities(name)
    shapes = [
        Ellipse((0, 0), (diameter_mm / 2, diameter_mm / 2), (1.0, 0, 0)),
        Ellipse((0, 0), (radius_mm, radius_mm), (water - 1, bone, iodine)),
    ]
    half = diameter_mm / 2
    scanner = Scanner(ellipse_phantom(shapes, half_width_mm=(half, half), planes=1, canal_half_mm=30))
    technique = Technique(tube_voltage_kv=tube_voltage_kv, tube_current_ma=100, rotation_s=1, slice_thickness_mm=1)
    frame = scanner.image(
        technique=technique,
        slice_centres_mm=[0.0],
        noise_key=None,
        centre_mm=(0.0, 0.0),
        field_of_view_mm=100.0,
        matrix=256,
    )
    axis = (np.arange(256) - 127.5) * frame.pixel_spacing_mm
    return float(frame.hu[0][np.hypot(axis[:, None], axis) < 0.4 * radius_mm].mean())


@pytest.mark.parametrize(
    "name", ["adipose", "muscle", "csf", "blood", "disc", "ligament", "spongiosa", "csf_I20", "cortical_bone"]
)
def test_tissue_at_120_kv(name):
    assert _measure(name, 200, 120) == pytest.approx(_reference(name, 120), rel=0.01, abs=2)


@pytest.mark.parametrize("tube_voltage_kv", [80, 140])
@pytest.mark.parametrize("name", ["csf_I20", "adipose"])
def test_voltage_changes_contrast(name, tube_voltage_kv):
    assert _measure(name, 200, tube_voltage_kv) == pytest.approx(_reference(name, tube_voltage_kv), rel=0.01, abs=2)


@pytest.mark.parametrize(("diameter_mm", "hu"), [(160, 560), (300, 476)])
def test_iodine_pales_in_larger_patients(diameter_mm, hu):
    assert _measure("csf_I20", diameter_mm, 120) == pytest.approx(hu, rel=0.01)
