"""Detector: the generator, the polynomials, expected signal, noise and the water correction."""

import numpy as np
import pytest

from simulator.ct import fast_functions_kernels, quantum_noise_kernels
from simulator.ct.detector import Scattered, detector
from simulator.ct.geometry import BRILLIANCE_64_CLASS
from simulator.ct.spectrum import beam
from tests.oracles import ct_detector as oracle


@pytest.fixture(scope="module")
def sensor():
    return detector(BRILLIANCE_64_CLASS, beam(120))


def test_the_generator_is_philox():
    # Known answers of the Random123 distribution for Philox 2x32, 10 rounds
    assert oracle.philox(0, 0, 0) == (0xFF1DAE59, 0x6CD10DF2)
    assert oracle.philox(0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF) == (0x2C3F628B, 0xAB4FD7AD)
    assert oracle.philox(0x243F6A88, 0x85A308D3, 0x13198A2E) == (0xDD7CE038, 0xF62A4C12)


@pytest.mark.parametrize(("first", "slice_index", "key"), [(0, 0, 0), (12345, 2, 7), (2**32 - 4, 9, 2**32 - 1)])
def test_the_kernel_draws_what_the_oracle_draws(first, slice_index, key):
    out = np.empty((4, 2), np.uint32)
    quantum_noise_kernels.philox(first, slice_index, key, out)
    assert [tuple(map(int, pair)) for pair in out] == [oracle.philox(first + i, slice_index, key) for i in range(4)]


def test_polynomials_match_libm():
    x = np.linspace(1e-7, 1, 200_001, endpoint=False, dtype=np.float32)
    out = np.empty((4, x.size), np.float32)
    fast_functions_kernels.elementary(x, out)
    exact = x.astype(np.float64)
    assert np.abs(out[0] - np.log(exact)).max() < 2e-6
    np.testing.assert_allclose(out[1], np.exp(-(x * np.float32(80)).astype(np.float64)), rtol=5e-7)
    assert np.abs(out[2] - np.sin(2 * np.pi * exact)).max() < 5e-7
    assert np.abs(out[3] - np.cos(2 * np.pi * exact)).max() < 5e-7


def test_transmission_matches_its_twin(sensor):
    rng = np.random.default_rng(1)
    lines = np.stack([rng.uniform(low, high, (3, 672)) for low, high in ((0, 400), (0, 60), (-20, 900))])
    lines = lines.astype(np.float32)
    expected = oracle.transmission(lines, sensor.mu_per_mm, sensor.bin_fraction)
    np.testing.assert_allclose(sensor.transmission(lines), expected, rtol=2e-6)


def test_noise_and_correction_match_their_twin(sensor):
    rng = np.random.default_rng(2)
    mean = np.exp(rng.uniform(-9, 0, (6, 672))).astype(np.float32)
    out = np.empty_like(mean)
    sensor.water_equivalent_path_length_mm(mean, out, mas=20.0, slice_thickness_mm=4.0, noise_key=77, slice_index=2)
    quanta = sensor.quanta_per_mm_mas * 80.0
    expected = oracle.measure(
        mean,
        77,
        2,
        sensor.quantum_variance / quanta,
        (7.0 / quanta) ** 2,
        1 / quanta,
        sensor.water,
        sensor.beyond_water,
    )
    np.testing.assert_allclose(out, expected, atol=0.03, rtol=1e-4)  # 0.03 mm of water: 24 bit logarithm


def test_scatter_and_a_weaker_beam_match_their_twin(sensor):
    rng = np.random.default_rng(5)
    mean = np.exp(rng.uniform(-9, 0, (6, 672))).astype(np.float32)
    nodes = rng.uniform(0.001, 0.01, (3, 672)).astype(np.float32)
    beam_on = np.array([1.0, 0.5, 0.25, 0.0, 1.0, 0.75], np.float32)
    out = np.empty_like(mean)
    sensor.water_equivalent_path_length_mm(
        mean,
        out,
        scattered=Scattered(nodes=nodes, amount=0.3, residual_fraction=0.2),
        beam_on=beam_on,
        mas=20.0,
        slice_thickness_mm=4.0,
        noise_key=78,
        slice_index=1,
    )
    between = (nodes + np.roll(nodes, -1, axis=0)) / 2
    stray = 0.3 * np.stack([nodes, between], axis=1).reshape(6, 672)
    quanta = sensor.quanta_per_mm_mas * 80.0
    expected = oracle.measure(
        mean,
        78,
        1,
        sensor.quantum_variance / quanta,
        (7.0 / quanta) ** 2,
        1 / quanta,
        sensor.water,
        sensor.beyond_water,
        stray=stray,
        stray_left=0.2,
        beam_on=beam_on,
    )
    assert not out[3].any()
    np.testing.assert_allclose(out, expected, atol=0.03, rtol=1e-4)


def test_normal_deviates_have_the_moments_of_a_normal_distribution(sensor):
    """Recover the deviates from flat signal; five standard errors each."""
    mean = np.full((1160, 672), 0.5, np.float32)
    noisy, clean = np.empty_like(mean), np.empty_like(mean)
    sensor.water_equivalent_path_length_mm(mean, noisy, mas=1e4, slice_thickness_mm=4.0, noise_key=3, slice_index=0)
    sensor.water_equivalent_path_length_mm(mean, clean, mas=1e4, slice_thickness_mm=4.0, noise_key=None, slice_index=0)
    z = (noisy - clean).astype(np.float64)
    z -= z.mean(axis=0)  # each column has its own scale
    z /= z.std(axis=0)
    n = z.size
    assert abs((z**3).mean()) < 5 * np.sqrt(6 / n)
    assert abs((z**4).mean() - 3) < 5 * np.sqrt(24 / n) + 3 * 2 / 1160
    assert abs((z[:, :336] * z[:, 336:]).mean()) < 5 / np.sqrt(n / 2)
    assert abs((z[:-1] * z[1:]).mean()) < 5 / np.sqrt(n)
    assert 4.3 < np.abs(z).max() < 6.5


def test_variance_is_that_of_the_quanta(sensor):
    """Spread of repeated readings in one column against the compound Poisson formula."""
    energy = beam(120)
    column = 336
    mean = np.full((1160, 672), 0.02, np.float32)
    out = np.empty_like(mean)
    sensor.water_equivalent_path_length_mm(mean, out, mas=200.0, slice_thickness_mm=4.0, noise_key=1, slice_index=0)
    water = float(out[:, column].mean())
    behind = sensor.bin_fraction[:, column] * np.exp(-energy.mu_per_mm[0] * water)
    quanta_in_air = sensor.quanta_per_mm_mas[column] * 800.0
    per_quantum = (sensor.bin_fraction[:, column] / energy.energy_kev).sum()
    variance = (behind * energy.energy_kev).sum() * per_quantum / quanta_in_air
    slope = (energy.mu_per_mm[0] * behind).sum()  # signal per mm of water
    assert out[:, column].std() == pytest.approx(np.sqrt(variance) / slope, rel=4 / np.sqrt(2 * 1160))


@pytest.mark.parametrize("tube_voltage_kv", [80, 100, 120, 140])
def test_water_correction_returns_the_path_in_every_column(tube_voltage_kv):
    sensor = detector(BRILLIANCE_64_CLASS, beam(tube_voltage_kv))
    paths = np.linspace(0, 500, 101, dtype=np.float32)
    lines = np.zeros((3, paths.size, 672), np.float32)
    lines[0] = paths[:, None]
    out = np.empty((paths.size, 672), np.float32)
    sensor.water_equivalent_path_length_mm(
        sensor.transmission(lines), out, mas=1, slice_thickness_mm=1, noise_key=None, slice_index=0
    )
    assert np.abs(out - paths[:, None]).max() < 0.05


def test_the_correction_goes_on_rising_beyond_its_fit(sensor):
    signal = np.exp(-np.linspace(0, 30, 400))[:, None].astype(np.float32) * np.ones(672, np.float32)
    out = np.empty_like(signal)
    sensor.water_equivalent_path_length_mm(signal, out, mas=1, slice_thickness_mm=1, noise_key=None, slice_index=0)
    assert (np.diff(out, axis=0) > 0).all()


def test_bow_tie_spares_the_edge():
    sensor = detector(BRILLIANCE_64_CLASS, beam(120))
    assert sensor.filter_log[336] < 0.001
    assert sensor.quanta_per_mm_mas[0] < 0.1 * sensor.quanta_per_mm_mas[336]
    np.testing.assert_allclose(sensor.bin_fraction.sum(axis=0), 1, rtol=1e-6)
