"""Arc: rebinning with weights against its twin, and where the beam is on."""

import math

import numpy as np
import pytest

from simulator.ct.geometry import BRILLIANCE_64_CLASS, ScannerGeometry
from simulator.ct.rebinning import PartialScanRebinning
from simulator.ct.tube_modulation import HAND_SIDE_DEG, arc_start_deg, tube_output
from simulator.interface.exposure import emitted_fraction
from tests.oracles import ct_arc as oracle

SMALL = ScannerGeometry(columns=168, column_pitch_mm=5.62, views=290)


@pytest.mark.parametrize(("arc_deg", "protected"), [(240, False), (360, True), (240, True)])
def test_weighted_rebinning_matches_its_twin(arc_deg, protected):
    rng = np.random.default_rng(4)
    fan = rng.random((3, SMALL.views, SMALL.columns), dtype=np.float32)
    start = arc_start_deg(arc_deg, protected, 33.0)
    tube = tube_output(SMALL, scan_arc_deg=arc_deg, hand_protection=protected, start_deg=start)
    fan[:, tube.fraction == 0] = 1e6  # what was not measured must not be read
    out = np.empty((3, SMALL.views // 2, 900), np.float32)
    PartialScanRebinning(SMALL, 900, 0.6).rebin(fan, tube.weights, out)
    assert np.abs(out).max() < 2.0
    for angle in rng.integers(0, SMALL.views // 2, 12):
        for sample in rng.integers(0, 900, 12):
            expected = oracle.rebin(fan[1], tube.weights, SMALL, int(angle), (sample - 450) * 0.6)
            assert out[1, angle, sample] == pytest.approx(expected, abs=3e-5)


@pytest.mark.parametrize("start_deg", [0.0, 77.0, 211.3, 359.9])
def test_a_partial_scan_reads_every_ray_of_the_field(start_deg):
    tube = tube_output(BRILLIANCE_64_CLASS, scan_arc_deg=240, hand_protection=False, start_deg=start_deg)
    fan = np.ones((3, BRILLIANCE_64_CLASS.views, BRILLIANCE_64_CLASS.columns), np.float32)
    out = np.empty((3, BRILLIANCE_64_CLASS.views // 2, 1001), np.float32)
    PartialScanRebinning(BRILLIANCE_64_CLASS, 1001, 0.49).rebin(fan, tube.weights, out)
    r = np.abs((np.arange(1001) - 500) * 0.49)
    assert np.allclose(out[:, :, r < BRILLIANCE_64_CLASS.field_radius_mm - 1.5], 1.0, atol=1e-5)


@pytest.mark.parametrize(("arc_deg", "protected"), [(360, False), (240, False), (360, True), (240, True)])
def test_the_emitted_fraction_is_the_mean_of_the_views(arc_deg, protected):
    start = arc_start_deg(arc_deg, protected, 120.0)
    tube = tube_output(BRILLIANCE_64_CLASS, scan_arc_deg=arc_deg, hand_protection=protected, start_deg=start)
    assert tube.fraction.mean() == pytest.approx(emitted_fraction(arc_deg, protected), abs=1.5 / 1160)


def test_protection_lays_the_gap_over_the_hand():
    over = round(HAND_SIDE_DEG / 360 * BRILLIANCE_64_CLASS.views)
    assert math.degrees(1.5 * math.pi) == HAND_SIDE_DEG  # the focus at -R (cos, sin): greatest y, the back
    for arc_deg in (360, 240):
        start = arc_start_deg(arc_deg, True, 10.0)
        share = tube_output(BRILLIANCE_64_CLASS, scan_arc_deg=arc_deg, hand_protection=True, start_deg=start).fraction
        assert share[over] == 0
        np.testing.assert_allclose(share[over - 250 : over], share[over + 250 : over : -1], atol=1e-4)
        assert share[over - 580] == 1
