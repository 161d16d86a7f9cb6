"""Reconstruction: kernels against their twins, and the image against direct backprojection."""

import numpy as np
import pytest

from simulator.ct import reconstruction_kernels as kernels
from simulator.ct.geometry import BRILLIANCE_64_CLASS, ScannerGeometry
from simulator.ct.gridding import apodisation, window_shape, window_table
from simulator.ct.gridding_kernels import FrequencyRays, WindowTable
from simulator.ct.reconstruction import Reconstruction
from tests.oracles import ct_reconstruction as oracle
from tests.oracles.ct_projector import fan_ellipses
from tests.physics.water_phantoms import Ellipse

SMALL = ScannerGeometry(columns=168, column_pitch_mm=5.62, views=290)
"""A quarter of the cells and views, for direct sums."""


def test_rebinning_matches_its_twin():
    rng = np.random.default_rng(6)
    plan = Reconstruction(SMALL, field_of_view_mm=250, matrix=64, reconstruction_kernel="standard", reach_mm=250)
    fan = rng.random((3, SMALL.views, SMALL.columns), dtype=np.float32)
    out = plan._parallel
    plan._full_turn.rebin(fan, out)
    r = (np.arange(out.shape[2]) - out.shape[2] // 2) * 0.48828125
    np.testing.assert_allclose(out[1], oracle.rebin(fan[1], SMALL, r), atol=2e-5)


def test_filtering_and_gridding_match_their_twin():
    rng = np.random.default_rng(8)
    angles = np.linspace(0, np.pi, 7, endpoint=False)
    spectrum = (rng.standard_normal((3, 7, 15)) + 1j * rng.standard_normal((3, 7, 15))).astype(np.complex64)
    response, turn = rng.random(12, dtype=np.float32), rng.uniform(-3, 3, 7)
    step_row, step_column = -0.9 * np.cos(angles), 0.9 * np.sin(angles)
    out = np.full((32 + 8, (32 // 2 + 1 + 8) * 6), np.nan, np.float32)
    rays = FrequencyRays(step_row=step_row, step_column=step_column, turn=turn)
    kernels.grid_three(spectrum, response, rays, WindowTable(values=window_table(4, 1.5, 512), steps=512), 4, out)
    shape = window_shape(4, 1.5)

    def window(distance: float) -> float:
        return float(np.i0(shape * np.sqrt(max(0.0, 1 - (distance / 2) ** 2))))

    filtered = spectrum[:, :, :12] * response * np.exp(1j * turn[:, None] * np.arange(12))
    expected = oracle.grid(filtered, step_row, step_column, window, 4, (32, 25))
    scale = np.abs(expected).max()
    grid = out.view(np.complex64).reshape(40, 25, 3)
    rows = np.moveaxis(grid, 2, 0).copy()
    rows[:, 32:36] += rows[:, :4]
    rows[:, 4:8] += rows[:, 36:]
    np.testing.assert_allclose(rows[:, 4:36], expected, atol=3e-3 * scale)  # table of 512 steps a cell
    kernels.fold(grid, 4)
    folded = np.moveaxis(grid[4:36, 4:21], 2, 0)
    np.testing.assert_allclose(folded, oracle.fold(expected, 4), atol=4e-3 * scale)
    np.testing.assert_allclose(folded, oracle.fold(rows[:, 4:36], 4), atol=1e-5 * scale)


def test_apodisation_is_the_windows_transform():
    fine = np.linspace(-2, 2, 40001)
    values = np.i0(window_shape(4, 1.5) * np.sqrt(np.maximum(0, 1 - (fine / 2) ** 2)))
    position = (np.arange(8) - 4) / 16
    transform = [(values * np.cos(2 * np.pi * p * fine)).sum() * (fine[1] - fine[0]) for p in position]
    np.testing.assert_allclose(apodisation(4, 1.5, 16, 8), transform, rtol=1e-3)


@pytest.mark.parametrize("center", [(0.0, 0.0), (31.3, -18.7)])
def test_image_matches_direct_backprojection(center):
    """The same rays, rebinned and summed directly at pixels here and there: gridding's own error, in HU."""
    shapes = [
        Ellipse((0, 0), (100, 70), (1.0, 0, 0)),
        Ellipse((20, -15), (12, 12), (0.5, 0, 0)),
        Ellipse((-40, 20), (9, 15), (-0.3, 0, 0)),
    ]
    fan = fan_ellipses(shapes, SMALL, (0.0, 0.0))[0].astype(np.float32)
    plan = Reconstruction(SMALL, field_of_view_mm=150, matrix=128, reconstruction_kernel="smooth", reach_mm=150)
    image = plan.image(np.stack([fan] * 3), center)
    assert np.array_equal(image[0], image[1])
    assert np.array_equal(image[0], image[2])
    rng = np.random.default_rng(9)
    pixels = rng.integers(8, 120, (60, 2))
    px = plan.pixel_spacing_mm
    points = np.stack([center[0] - (pixels[:, 1] - 63.5) * px, center[1] - (pixels[:, 0] - 63.5) * px], axis=1)
    samples = plan._parallel.shape[2]
    r = (np.arange(samples) - samples // 2) * 0.48828125
    limit = 0.5 / px * (1 - 8 / 256)
    direct = oracle.backproject(oracle.rebin(fan, SMALL, r), r, 0.30, points, plan._response.size, SMALL, limit)
    error = image[0][pixels[:, 0], pixels[:, 1]] - (1000 * direct - 1000)
    assert np.sqrt((error**2).mean()) < 1.0
    assert np.abs(error).max() < 3.0


def test_wide_fields_cut_frequencies_and_do_not_alias():
    """At 500 mm a pixel is coarser than the detector's sampling; water stays flat."""
    shapes = [Ellipse((0, 0), (160, 110), (1.0, 0, 0)), Ellipse((0, -50), (15, 15), (1.0, 0, 0))]
    fan = fan_ellipses(shapes, BRILLIANCE_64_CLASS, (0.0, 0.0), cell_samples=3)[0].astype(np.float32)
    plan = Reconstruction(
        BRILLIANCE_64_CLASS,
        field_of_view_mm=500,
        matrix=512,
        reconstruction_kernel="standard",
        reach_mm=160,
    )
    image = plan.image(np.stack([fan] * 3), (0.0, 0.0))[0]
    axis = (255.5 - np.arange(512)) * plan.pixel_spacing_mm
    y, x = axis[:, None], axis
    water = ((x / 150) ** 2 + (y / 100) ** 2 < 1) & (np.hypot(x, y + 50) > 25)
    assert abs(image[water].mean()) < 0.3
    assert image[water].std() < 1.0
    assert image[np.hypot(x, y + 50) < 8].mean() == pytest.approx(1000, abs=2)
