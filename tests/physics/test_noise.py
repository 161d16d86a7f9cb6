"""Quantum noise: the reference's table, and the laws of mAs, thickness and voltage; no bias; streaks when starved.

The table holds no electronic noise and no scatter, which may add 10 to 30 % where little arrives; here electronics
add theirs, scatter (test_scatter) does not. One constant, the detective efficiency, is fitted to its 7.6 HU at 20 cm.
"""

import numpy as np
import pytest

from simulator.ct.scanner import Scanner
from simulator.ct.scatter import ScatterModel
from simulator.ct.technique import Technique
from tests.physics.water_phantoms import Ellipse, ellipse_phantom, water_cylinder


@pytest.fixture(scope="module")
def cylinders():
    kept: dict[int, Scanner] = {}

    def cylinder(diameter_cm: int) -> Scanner:
        if diameter_cm not in kept:
            phantom = water_cylinder(10 * diameter_cm, planes=15, canal_half_mm=35)
            kept[diameter_cm] = Scanner(phantom, scatter=ScatterModel(ratio=0.0))
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
def test_sigma_matches_the_reference_in_every_size(cylinders, figure, diameter_cm, sigma):
    """Half of the 10 % that is asked; at 20 cm, where the constant is fitted, 2 %."""
    measured = np.concatenate([_noise(cylinders(diameter_cm), 223, key=key) for key in (1, 2)]).std()
    limit = 0.02 if diameter_cm == 20 else 0.05
    figure(f"sigma in {diameter_cm} cm of water, 223 mAs, 1 mm, 120 kV", measured, unit="HU",
           asked=f"{sigma} within {100 * limit:.0f} %",
           kind="fitted" if diameter_cm == 20 else "independent")  # fmt: skip
    assert measured == pytest.approx(sigma, rel=limit)


@pytest.mark.parametrize(
    ("diameter_cm", "mas", "thickness_mm", "sigma"),
    [(16, 50, 3, 6.2), (24, 10, 5, 23.8), (24, 50, 5, 10.6), (32, 5, 5, 73.1)],
)
def test_few_quanta_add_at_most_the_electronics(cylinders, figure, diameter_cm, mas, thickness_mm, sigma):
    ratio = _noise(cylinders(diameter_cm), mas, thickness_mm).std() / sigma
    figure(
        f"sigma over the table's, {diameter_cm} cm, {mas} mAs, {thickness_mm} mm",
        ratio,
        asked="0.95 to 1.3",
        kind="independent",
    )
    assert 0.95 < ratio < 1.3


def test_sigma_falls_with_the_root_of_the_mas(cylinders, figure):
    mas = 12.5 * 2.0 ** np.arange(6)
    sigma = [_noise(cylinders(20), each, thickness_mm=4.0, key=i).std() for i, each in enumerate(mas)]
    slope = np.polyfit(np.log(mas), np.log(sigma), 1)[0]
    figure(
        "slope of log sigma over log mAs, 20 cm, 4 mm, 12.5 to 400 mAs",
        slope,
        asked="-0.50 within 0.02",
        kind="independent",
    )
    assert slope == pytest.approx(-0.5, abs=0.02)


@pytest.mark.parametrize(("tube_voltage_kv", "factor"), [(80, 2.0), (100, 1.3), (140, 0.83)])
def test_voltage_changes_sigma_as_the_reference_says(cylinders, figure, tube_voltage_kv, factor):
    ratio = _noise(cylinders(24), 223, tube_voltage_kv=tube_voltage_kv).std() / _noise(cylinders(24), 223).std()
    figure(
        f"sigma at {tube_voltage_kv} kV over that at 120 kV, 24 cm",
        ratio,
        asked=f"{factor} within 10 %",
        kind="independent",
    )
    assert ratio == pytest.approx(factor, rel=0.1)


@pytest.mark.parametrize(("diameter_cm", "mas"), [(20, 12.5), (24, 15), (32, 25)])
def test_noise_has_no_bias_while_quanta_suffice(cylinders, figure, diameter_cm, mas):
    """The log of a noisy reading is too large on average, by half its variance."""
    bias = np.mean([_noise(cylinders(diameter_cm), mas, thickness_mm=4.0, key=key).mean() for key in (1, 2, 3)])
    figure(f"mean of noise, {diameter_cm} cm, {mas} mAs, 4 mm", bias, unit="HU", asked="within 1", kind="independent")
    assert abs(bias) <= 1


def test_starved_of_quanta_the_image_streaks_and_stays_sane(figure):
    """An obese shoulder of 490 x 300 mm at 5 mAs: below a quantum a reading counts as one."""
    ellipse = Ellipse((0, 0), (245, 150), (1.0, 0, 0))
    scanner = Scanner(ellipse_phantom([ellipse], half_width_mm=(245, 150), planes=4, canal_half_mm=35))
    technique = Technique(tube_voltage_kv=120, tube_current_ma=10, rotation_s=0.5, slice_thickness_mm=4.0)
    hu = scanner.image(
        technique=technique,
        slice_centres_mm=[1.5] * 3,
        noise_key=5,
        centre_mm=(0.0, 0.0),
        field_of_view_mm=500.0,
    ).hu
    assert np.isfinite(hu).all()
    middle = hu[:, 236:276, 236:276]
    # Streaks lie along x, the long way: smoothing along x leaves them, smoothing along y does not
    along = np.std(hu[:, 156:356, 156:356].mean(axis=2))
    across = np.std(hu[:, 156:356, 156:356].mean(axis=1))
    figure(
        "mean of 40 mm in the middle of 490 x 300 mm, 5 mAs, 4 mm",
        middle.mean(),
        unit="HU",
        asked="within 50",
        kind="assumed",
    )
    figure("sigma there", middle.std(), unit="HU", asked="more than 100: not a diagnostic image", kind="assumed")
    figure("scatter of rows' means over that of columns' means: streaks", along / across, asked="> 3", kind="assumed")
    assert abs(middle.mean()) <= 50
    assert middle.std() > 100
    assert along > 3 * across
