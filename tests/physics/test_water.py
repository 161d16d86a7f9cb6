"""Water is water: 0 HU in every size, from centre to edge, and air is air."""

import numpy as np
import pytest

from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from tests.physics.water_phantoms import water_cylinder


def _profile(diameter_mm: float, tube_voltage_kv: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean HU in rings of 10 mm, and the image, noise free."""
    scanner = Scanner(water_cylinder(diameter_mm, planes=1, canal_half_mm=35))
    technique = Technique(tube_voltage_kv=tube_voltage_kv, tube_current_ma=100, rotation_s=1, slice_thickness_mm=1)
    frame = scanner.image(
        technique=technique,
        slice_centres_mm=[0.0],
        noise_key=None,
        centre_mm=(0.0, 0.0),
        field_of_view_mm=350.0,
    )
    axis = (np.arange(512) - 255.5) * frame.pixel_spacing_mm
    radius = np.hypot(axis[:, None], axis)
    edges = np.arange(0, diameter_mm / 2 - 5, 10)
    rings = [frame.hu[0][(radius >= low) & (radius < low + 10)].mean() for low in edges[:-1]]
    return np.array(rings), frame.hu[0][(radius > diameter_mm / 2 + 5) & (radius < 174)]


@pytest.mark.parametrize(
    ("diameter_mm", "tube_voltage_kv"), [(160, 120), (200, 120), (320, 120), (200, 80), (240, 140)]
)
def test_water_is_zero_without_cupping(diameter_mm, tube_voltage_kv):
    rings, air = _profile(diameter_mm, tube_voltage_kv)
    assert np.abs(rings).max() < 2
    assert np.ptp(rings) < 2
    assert air.mean() == pytest.approx(-1000, abs=1)
