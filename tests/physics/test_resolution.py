"""Resolution and noise texture: MTF and noise power of the whole chain against the kernel's nominal frequency.

MTF: a disc of 0.3 mm radius as closed-form line integrals, averaged over the detector cell, through rebinning,
filter and gridding; the image's spectrum divided by the disc's own. Noise power: water of 20 cm, 223 mAs, 1 mm.
"""

import numpy as np
import pytest
from scipy.special import j1

from simulator.ct.geometry import BRILLIANCE_64_CLASS
from simulator.ct.reconstruction import KERNELS_LP_CM, Reconstruction
from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from tests.oracles.ct_noise import noise_power
from tests.oracles.ct_projector import fan_ellipses
from tests.physics.water_phantoms import Ellipse, water_cylinder

RADIUS_MM = 0.3
NEAR, ASIDE = (3.1, 2.3), (48.0, 36.0)
"""Off the isocentre, where all rays of all views would lie alike; and 60 mm from it."""

KERNELS = ["smooth", "standard", "detail"]
TILE = 128
PIXEL_MM = 250 / 512
LIMIT_PER_MM = 0.5 / PIXEL_MM * (1 - 8 / 1024)
"""Where the reconstruction's grid of frequencies ends, four cells short of the pixels' own limit."""


@pytest.fixture(scope="module")
def discs():
    return {
        place: fan_ellipses(
            [Ellipse(place, (RADIUS_MM, RADIUS_MM), (1.0, 0, 0))], BRILLIANCE_64_CLASS, (0.0, 0.0), cell_samples=24
        )[0].astype(np.float32)
        for place in (NEAR, ASIDE)
    }


def _mtf(lines, place, kernel, field_of_view_mm):
    """Frequencies in lp/cm and the radial mean of the MTF."""
    plan = Reconstruction(
        BRILLIANCE_64_CLASS,
        field_of_view_mm=field_of_view_mm,
        matrix=512,
        reconstruction_kernel=kernel,
        reach_mm=80.0,
    )
    water = np.zeros((3, *lines.shape), np.float32)
    water[0] = lines
    image = plan.image(water, place)[0].astype(np.float64) / 1000 + 1
    pixel = plan.pixel_spacing_mm
    spectrum = np.abs(np.fft.fft2(image)) * pixel**2 / (np.pi * RADIUS_MM**2)
    f = np.fft.fftfreq(512, pixel)
    radial = np.hypot(f[:, None], f)
    argument = 2 * np.pi * np.maximum(radial, 1e-9) * RADIUS_MM
    mtf = spectrum / np.abs(2 * j1(argument) / argument)
    step = 0.008
    ring = np.rint(radial / step).astype(int).ravel()
    mean = np.bincount(ring, mtf.ravel()) / np.bincount(ring)
    at = np.bincount(ring, radial.ravel()) / np.bincount(ring)
    seen = at < 0.5 / pixel
    return 10 * at[seen], mean[seen]


def _falls_to(level, frequency, mtf):
    after = int(np.argmax(mtf < level))
    assert after > 0
    share = (mtf[after - 1] - level) / (mtf[after - 1] - mtf[after])
    return frequency[after - 1] + share * (frequency[after] - frequency[after - 1])


@pytest.mark.parametrize("field_of_view_mm", [250.0, 125.0])
@pytest.mark.parametrize("kernel", KERNELS)
def test_mtf_is_the_kernels_nominal_gaussian(discs, figure, kernel, field_of_view_mm):
    nominal = KERNELS_LP_CM[kernel]
    frequency, mtf = _mtf(discs[NEAR], NEAR, kernel, field_of_view_mm)
    expected = {50: nominal, 10: nominal * np.sqrt(np.log2(10))}
    measured = {level: _falls_to(level / 100, frequency, mtf) for level in expected}
    for level, value in measured.items():
        figure(f"MTF{level} at the centre, kernel {kernel}, field of {field_of_view_mm:.0f} mm", value, unit="lp/cm",
               asked=f"{expected[level]:.2f} within 5 %", kind="independent")  # fmt: skip
    assert measured == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("kernel", KERNELS)
def test_mtf_aside_from_the_centre(discs, figure, kernel):
    """60 mm from the isocentre, where the interpolation between views blurs along the circle."""
    nominal = KERNELS_LP_CM[kernel]
    frequency, mtf = _mtf(discs[ASIDE], ASIDE, kernel, 250.0)
    expected = {50: nominal, 10: nominal * np.sqrt(np.log2(10))}
    measured = {level: _falls_to(level / 100, frequency, mtf) for level in expected}
    for level, value in measured.items():
        figure(f"MTF{level} 60 mm from the centre, kernel {kernel}, field of 250 mm", value, unit="lp/cm",
               asked=f"{expected[level]:.2f} within 5 %", kind="independent")  # fmt: skip
    assert measured == pytest.approx(expected, rel=0.05)


@pytest.fixture(scope="module")
def noise():
    """Noise images (kernel -> (image, row, column)) of the middle of 20 cm water, pixels of 0.488 mm."""
    scanner = Scanner(water_cylinder(200, planes=1, canal_half_mm=35))

    def images(kernel):
        technique = Technique(
            tube_voltage_kv=120,
            tube_current_ma=223,
            rotation_s=1,
            slice_thickness_mm=1.0,
            reconstruction_kernel=kernel,
        )

        def image(key, count):
            return (
                scanner.image(technique=technique, slice_centres_mm=[0.0] * count, noise_key=key, centre_mm=(0.0, 0.0))
                .hu[:, 256 - TILE // 2 : 256 + TILE // 2, 256 - TILE // 2 : 256 + TILE // 2]
                .astype(np.float64)
            )

        clean = image(None, 1)
        return np.concatenate([image(key, 12) - clean for key in (1, 2)])

    return {kernel: images(kernel) for kernel in KERNELS}


def _radial_power(images):
    """Ring width in 1/mm, ring centres, noise power in HU^2 mm^2, and the variance of the pixels weighted alike.

    From overlapping tiles of 64 pixels under a window, which counts the middle more, where the noise is greater.
    """
    pixel, tile = PIXEL_MM, TILE // 2
    window = np.outer(np.hanning(tile), np.hanning(tile))
    f = np.fft.fftfreq(tile, pixel)
    ring = np.rint(np.hypot(f[:, None], f) * tile * pixel).astype(int).ravel()
    power, weight = np.zeros((tile, tile)), np.zeros(images.shape[1:])
    starts = range(0, TILE - tile + 1, tile // 2)
    for row in starts:
        for column in starts:
            part = images[:, row : row + tile, column : column + tile]
            weight[row : row + tile, column : column + tile] += window**2
            power += (np.abs(np.fft.fft2(part * window)) ** 2).mean(axis=0)
    power *= pixel**2 / (window**2).sum() / len(starts) ** 2
    width = 1 / (tile * pixel)
    mean = np.bincount(ring, power.ravel()) / np.bincount(ring)
    variance = float((weight * images**2).mean() / weight.mean())
    return width, np.arange(mean.size) * width, mean, variance


def _peak(frequency, power):
    """Vertex of a parabola through the logarithm of what lies above 0.8 of the greatest."""
    top = power > 0.8 * power.max()
    a, b, _ = np.polyfit(frequency[top], np.log(power[top]), 2)
    return -b / (2 * a)


@pytest.mark.parametrize("kernel", KERNELS)
def test_noise_power_peaks_where_predicted_and_sums_to_the_variance(noise, figure, kernel):
    width, frequency, power, variance = _radial_power(noise[kernel])
    seen = frequency < 1.0
    predicted = noise_power(frequency[seen], KERNELS_LP_CM[kernel] / 10, BRILLIANCE_64_CLASS, PIXEL_MM, LIMIT_PER_MM)
    peak, expected = 10 * _peak(frequency[seen], power[seen]), 10 * _peak(frequency[seen], predicted)
    figure(
        f"noise power's peak, kernel {kernel}",
        peak,
        unit="lp/cm",
        asked=f"{expected:.2f} within 5 %",
        kind="independent",
    )
    total = (2 * np.pi * frequency * power * width).sum()
    ratio = total / variance
    figure(
        f"integral of the radial noise power over sigma^2, kernel {kernel}",
        ratio,
        asked="1 within 0.02",
        digits=4,
        kind="independent",
    )
    assert peak == pytest.approx(expected, rel=0.05)
    assert ratio == pytest.approx(1.0, abs=0.02)
    shape = power[seen] / power[seen].sum() - predicted / predicted.sum()
    off = np.sqrt((shape**2).sum() / ((predicted / predicted.sum()) ** 2).sum())
    figure(f"noise power's shape against the prediction, RMS over RMS, kernel {kernel}", 100 * off, unit="%",
           asked="<= 8", kind="independent")  # fmt: skip
    assert off <= 0.08


def test_sigma_goes_with_the_kernel_as_the_noise_power_says(noise, figure):
    f = np.linspace(0, 1.0, 2001)

    def predicted(kernel):
        return np.sqrt(
            (f * noise_power(f, KERNELS_LP_CM[kernel] / 10, BRILLIANCE_64_CLASS, PIXEL_MM, LIMIT_PER_MM)).sum()
        )

    for kernel in ("smooth", "detail"):
        ratio, expected = noise[kernel].std() / noise["standard"].std(), predicted(kernel) / predicted("standard")
        figure(
            f"sigma of kernel {kernel} over standard",
            ratio,
            asked=f"{expected:.3f} within 3 %",
            digits=4,
            kind="independent",
        )
        assert ratio == pytest.approx(expected, rel=0.03)
