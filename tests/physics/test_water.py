"""Water is water: 0 HU in every size, from centre to edge, and air is air."""

import numpy as np
import pytest

from simulator.ct.scanner import Scanner
from simulator.ct.spectrum import TUBE_VOLTAGES_KV
from simulator.ct.technique import Technique
from tests.physics.water_phantoms import water_cylinder


def _readings(diameter_mm: float, tube_voltage_kv: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean HU in rings of 10 mm, in five regions (centre, then 10 mm and more from the edge), and in air; no noise."""
    scanner = Scanner(water_cylinder(diameter_mm, planes=1, canal_half_mm=35))
    technique = Technique(tube_voltage_kv=tube_voltage_kv, tube_current_ma=100, rotation_s=1, slice_thickness_mm=1)
    frame = scanner.image(
        technique=technique,
        slice_centres_mm=[0.0],
        noise_key=None,
        centre_mm=(0.0, 0.0),
        field_of_view_mm=350.0,
    )
    hu = frame.hu[0].astype(np.float64)
    axis = (np.arange(512) - 255.5) * frame.pixel_spacing_mm
    radius = np.hypot(axis[:, None], axis)
    edges = np.arange(0, diameter_mm / 2 - 5, 10)
    rings = [hu[(radius >= low) & (radius < low + 10)].mean() for low in edges[:-1]]
    off = diameter_mm / 2 - 20
    places = [(0, 0), (off, 0), (-off, 0), (0, off), (0, -off)]
    regions = [hu[np.hypot(axis[:, None] - y, axis - x) < 10].mean() for x, y in places]
    return np.array(rings), np.array(regions), float(hu[(radius > diameter_mm / 2 + 5) & (radius < 174)].mean())


CASES = [(diameter_mm, 120) for diameter_mm in (160, 200, 240, 280, 320)]
CASES += [(diameter_mm, kv) for diameter_mm in (160, 320) for kv in TUBE_VOLTAGES_KV if kv != 120]


@pytest.mark.parametrize(("diameter_mm", "tube_voltage_kv"), CASES)
def test_water_is_zero_without_cupping(figure, diameter_mm, tube_voltage_kv):
    rings, regions, air = _readings(diameter_mm, tube_voltage_kv)
    name = f"water of {diameter_mm} mm at {tube_voltage_kv} kV"
    worst = regions[np.abs(regions).argmax()]
    spread = np.abs(regions[1:] - regions[0]).max()
    figure(f"{name}: furthest of five regions from 0", worst, unit="HU", asked="0 within 2", kind="fitted")
    figure(f"{name}: cupping, greatest difference of rings", np.ptp(rings), unit="HU", asked="<= 3", kind="fitted")
    figure(f"{name}: uniformity, edge against centre", spread, unit="HU", asked="<= 3", kind="fitted")
    assert np.abs(regions).max() <= 2
    assert np.abs(rings).max() <= 2
    assert np.ptp(rings) <= 3
    assert spread <= 3
    if diameter_mm < 300:
        figure(f"{name}: air beside it", air, unit="HU", asked="-1000 within 1", digits=5, kind="fitted")
        assert air == pytest.approx(-1000, abs=1)
