"""Hand protection: the beam is off while the tube is over the back; hand and patient get less, noise grows a little."""

import numpy as np
import pytest

from simulator.ct import dose
from simulator.ct.geometry import BRILLIANCE_64_CLASS
from simulator.ct.hand_exposure import hand_exposure_fraction
from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from simulator.ct.tube_modulation import tube_output
from simulator.interface.exposure import OFF_DEG, SWITCHING_DEG, emitted_fraction
from tests.physics.water_phantoms import Ellipse, ellipse_phantom

AXIS = (255.5 - np.arange(512)) * 250 / 512
X, Y = AXIS, AXIS[:, None]
WATER = ((X / 152) ** 2 + (Y / 102) ** 2 < 1) & (np.hypot(X, Y) < 125) & (np.hypot(X, Y + 50) > 23)
CENTRE = np.hypot(X, Y - 10) < 30


@pytest.fixture(scope="module")
def scanner():
    shapes = [Ellipse((0, 0), (160, 110), (1.0, 0, 0)), Ellipse((0, -50), (15, 15), (1.0, 0, 0))]
    return Scanner(ellipse_phantom(shapes, half_width_mm=(160, 110), planes=6))


def _image(scanner, noise_key=None, *, mas=50.0, **options):
    technique = Technique(tube_voltage_kv=120, tube_current_ma=2 * mas, rotation_s=0.5, slice_thickness_mm=1, **options)
    return scanner.image(technique=technique, slice_centres_mm=[2.0] * 3, noise_key=noise_key, centre_mm=(0.0, 0.0)).hu


def _sigma(scanner, **options):
    return float((_image(scanner, 3, **options) - _image(scanner, **options))[:, CENTRE].std())


@pytest.mark.parametrize("arc_deg", [360, 240])
def test_the_image_stays_complete(scanner, arc_deg, figure):
    image = _image(scanner, scan_arc_deg=arc_deg, hand_protection=True)[0]
    figure(
        f"water with hand protection, {arc_deg} degrees, RMS",
        image[WATER].std(),
        asked="<= 0.8",
        unit="HU",
        kind="independent",
    )
    assert image[WATER].std() <= 0.8
    bone = image[np.hypot(X, Y + 50) < 8].mean()
    whole = _image(scanner)[0][np.hypot(X, Y + 50) < 8].mean()
    assert bone == pytest.approx(whole, abs=1.0)


def test_noise_follows_the_quanta_that_are_left(scanner, figure):
    whole, protected = _sigma(scanner), _sigma(scanner, hand_protection=True)
    least = emitted_fraction(360, True) ** -0.5
    figure("sigma at one current, with over without protection", protected / whole, asked="1.0 to 1.3", kind="assumed")
    figure(
        "the same, had every view lost alike", least, asked="root of 360 over 250", within=(1.19, 1.21), kind="identity"
    )
    assert 1.0 < protected / whole < 1.3


def test_the_beam_is_off_where_it_should_be():
    tube = tube_output(BRILLIANCE_64_CLASS, scan_arc_deg=360, hand_protection=True, start_deg=0.0)
    off = 360 * np.count_nonzero(tube.fraction == 0) / tube.fraction.size
    weak = 360 * np.count_nonzero(tube.fraction < 1) / tube.fraction.size
    assert off == pytest.approx(OFF_DEG, abs=1)
    assert weak == pytest.approx(OFF_DEG + 2 * SWITCHING_DEG, abs=1)
    assert np.abs(np.diff(tube.fraction)).max() < 0.06  # smooth


def test_a_weak_view_is_noisier(scanner):
    """Half the current is half the quanta: the same as half the tube load in that view."""
    sensor = scanner._expected.detector(120)
    signal = np.full((1160, 672), 0.3, np.float32)
    clean, noisy = np.empty_like(signal), np.empty_like(signal)
    sensor.water_equivalent_path_length_mm(
        signal, clean, mas=20.0, slice_thickness_mm=4.0, noise_key=None, slice_index=0
    )
    share = np.where(np.arange(1160) < 580, 1.0, 0.25).astype(np.float32)
    sensor.water_equivalent_path_length_mm(
        signal, noisy, beam_on=share, mas=20.0, slice_thickness_mm=4.0, noise_key=4, slice_index=0
    )
    noise = (noisy - clean)[:, 300:370]
    assert noise[580:].std() / noise[:580].std() == pytest.approx(2.0, rel=0.03)


def test_patient_dose_goes_with_what_was_emitted(figure):
    settings = {"tube_voltage_kv": 120, "tube_current_ma": 30.0, "rotation_s": 0.75}
    whole, protected = Technique(**settings), Technique(**settings, hand_protection=True)
    share = dose.ctdi_vol_mgy(120, protected.mas, 32) / dose.ctdi_vol_mgy(120, whole.mas, 32)
    figure("CTDIvol with over without protection", share, asked="0.694 (250 of 360 degrees)", kind="identity")
    assert share == pytest.approx(250 / 360, rel=1e-9)


def test_a_hand_over_the_back_is_spared_more_than_the_patient(figure):
    protected = hand_exposure_fraction(360, True, 0.0)
    figure(
        "hand in the beam, less with protection",
        100 * (1 - protected),
        asked="50 to 84 (doi 10.5152/dir.2019.19091: 84)",
        unit="%",
        kind="independent",
    )
    assert 0.16 < protected < 0.5
    assert protected < emitted_fraction(360, True)
    assert hand_exposure_fraction(240, True, 0.0) <= protected
    assert hand_exposure_fraction(360, False, 0.0) == 1.0
    anywhere = [hand_exposure_fraction(240, False, start) for start in range(0, 360, 10)]
    figure(
        "hand in the beam, 240 degrees from anywhere, mean share",
        float(np.mean(anywhere)),
        asked="0.667 within 0.003",
        kind="identity",
    )
    assert np.mean(anywhere) == pytest.approx(240 / 360, abs=0.003)
    assert max(anywhere) - min(anywhere) > 0.4
