"""Quantum noise: the reference's table, and the laws of mAs, thickness, voltage and kernel.

The table holds no electronic noise and no scatter, which may add 10 to 30 % where little arrives.
"""

import numpy as np
import pytest

from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from tests.physics.water_phantoms import water_cylinder


@pytest.fixture(scope="module")
def cylinders():
    kept: dict[int, Scanner] = {}

    def cylinder(diameter_cm: int) -> Scanner:
        if diameter_cm not in kept:
            kept[diameter_cm] = Scanner(water_cylinder(10 * diameter_cm, planes=15, canal_half_mm=35))
        return kept[diameter_cm]

    return cylinder


def _noise(scanner, mas, thickness_mm=1.0, tube_voltage_kv=120, kernel="standard", key=1):
    """Noise alone at the centre, (3, 103, 103) pixels of 0.49 mm."""
    technique = Technique(
        tube_voltage_kv=tube_voltage_kv, tube_current_ma=mas, rotation_s=1, reconstruction_kernel=kernel
    )

    def image(noise_key):
        return scanner.image(
            technique=technique,
            slice_centres_mm=[7.0, 7.0, 7.0],
            slice_thickness_mm=thickness_mm,
            noise_key=noise_key,
            centre_mm=(0.0, 0.0),
        ).hu[:, 205:308, 205:308]

    return image(key) - image(None)


@pytest.mark.parametrize(("diameter_cm", "sigma"), [(16, 5.1), (20, 7.6), (24, 11.3), (28, 16.6), (32, 24.5)])
def test_sigma_matches_the_reference_in_every_size(cylinders, diameter_cm, sigma):
    assert _noise(cylinders(diameter_cm), 223).std() == pytest.approx(sigma, rel=0.05)


@pytest.mark.parametrize(
    ("diameter_cm", "mas", "thickness_mm", "sigma"),
    [(16, 50, 3, 6.2), (24, 10, 5, 23.8), (24, 50, 5, 10.6), (32, 5, 5, 73.1)],
)
def test_few_quanta_add_at_most_the_electronics(cylinders, diameter_cm, mas, thickness_mm, sigma):
    ratio = _noise(cylinders(diameter_cm), mas, thickness_mm).std() / sigma
    assert 0.95 < ratio < 1.3


def test_sigma_falls_with_the_root_of_the_mas(cylinders):
    mas = np.array([20, 50, 100, 200, 400])
    sigma = [_noise(cylinders(24), each, key=i).std() for i, each in enumerate(mas)]
    slope = np.polyfit(np.log(mas), np.log(sigma), 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.05)


@pytest.mark.parametrize(("tube_voltage_kv", "factor"), [(80, 2.0), (100, 1.3), (140, 0.83)])
def test_voltage_changes_sigma_as_the_reference_says(cylinders, tube_voltage_kv, factor):
    ratio = _noise(cylinders(24), 223, tube_voltage_kv=tube_voltage_kv).std() / _noise(cylinders(24), 223).std()
    assert ratio == pytest.approx(factor, rel=0.1)


def test_kernel_shapes_the_noise(cylinders):
    """Sigma goes with f50^1.5, and the spectrum peaks at 0.60 f50 (2.1 lp/cm for the standard kernel)."""
    standard, smooth = (_noise(cylinders(20), 223, kernel=each) for each in ("standard", "smooth"))
    assert standard.std() / smooth.std() == pytest.approx((3.5 / 3.0) ** 1.5, rel=0.05)
    tiles = standard[:, :96, :96] * np.outer(np.hanning(96), np.hanning(96))
    power = (np.abs(np.fft.fft2(tiles)) ** 2).mean(axis=0)
    frequency = np.fft.fftfreq(96, 250 / 512 / 10)
    radial = np.hypot(frequency[:, None], frequency)
    bands = np.arange(0.4, 7, 0.4)
    spectrum = [power[(radial >= band - 0.2) & (radial < band + 0.2)].mean() for band in bands]
    peak = np.average(bands, weights=np.array(spectrum) ** 4)  # a broad peak's middle
    assert peak == pytest.approx(0.60 * 3.5, rel=0.15)
    assert spectrum[0] < 0.6 * max(spectrum)
