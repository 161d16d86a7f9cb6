"""Ideal images: the needle is where it is and as bright as its share of the slice, and throws nothing."""

import math

import numpy as np
import pytest

from simulator.ct.needle_overlay import artefact_free_image, steel_hu
from simulator.ct.needle_shadow import SteelTube
from simulator.ct.reconstruction import KERNELS_LP_CM
from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from tests.oracles import ct_ideal as oracle
from tests.physics.water_phantoms import Ellipse, ellipse_phantom

MIDDLE_MM = 9.5
PRESS = Technique(tube_voltage_kv=120, tube_current_ma=30, rotation_s=0.75)
VIEW = {"technique": PRESS, "centre_mm": (0.0, 30.0), "slice_centres_mm": [MIDDLE_MM]}


@pytest.fixture(scope="module")
def scanner():
    ellipse = Ellipse((0, 0), (150, 110), (1.0, 0, 0))
    return Scanner(ellipse_phantom([ellipse], half_width_mm=(150, 110), planes=20))


def _needle(tilt_deg=0.0, bore_mm=0.0, tip=(3.0, 5.0, MIDDLE_MM), length_mm=60.0):
    axis = np.array([0.3, math.cos(math.radians(tilt_deg)), math.sin(math.radians(tilt_deg))])
    axis /= np.linalg.norm(axis)
    points = np.array(tip) + np.array([[0.0], [length_mm]]) * axis
    return SteelTube(points_mm=points, outer_diameter_mm=0.9, bore_diameter_mm=bore_mm), axis


def test_steel_has_the_references_hu(figure):
    hu = steel_hu(120)
    figure(
        "solid steel behind 20 cm of water, 120 kV",
        hu,
        asked="33067 within 1 %",
        unit="HU",
        digits=5,
        kind="independent",
    )
    assert hu == pytest.approx(33067, rel=0.01)


@pytest.mark.parametrize(("tilt_deg", "bore_mm"), [(0.0, 0.0), (0.0, 0.6), (4.0, 0.0), (60.0, 0.6)])
def test_the_needle_is_its_share_of_the_slice_through_the_kernel(scanner, tilt_deg, bore_mm, figure):
    needle, axis = _needle(tilt_deg, bore_mm, length_mm=20.0)
    frame = artefact_free_image(scanner, needles=[needle], noise_key=None, **VIEW)
    drawn = frame.hu[0] - scanner.image(noise_key=None, **VIEW).hu[0]
    row, column = (round(v) for v in frame.pixel_of(6.0, 15.0))
    part = slice(row - 40, row + 41), slice(column - 40, column + 41)
    x, y = (np.array([frame.position_mm(0, row + i, column + i)[k] for i in range(-40, 41)])[::-1] for k in (0, 1))
    sigma_mm = math.sqrt(math.log(2) / 2) / math.pi / (KERNELS_LP_CM["standard"] / 10)
    z = MIDDLE_MM - 2.0, MIDDLE_MM + 2.0
    share = oracle.rod_in_slice(needle.points_mm[0], axis, 20.0, (bore_mm / 2, 0.45), z, x, y, sigma_mm)
    expected = steel_hu(120) * share[::-1, ::-1]
    apart = float(np.abs(drawn[part] - expected).max() / expected.max())
    what = f"needle drawn against fine voxels, {tilt_deg:g} deg, bore {bore_mm:g} mm"
    figure(what, 100 * apart, asked="< 4 of the brightest", unit="%", kind="independent")
    assert apart < 0.04
    assert drawn.sum() == pytest.approx(expected.sum(), rel=0.02)


def test_nothing_of_the_needle_is_seen_where_it_is_not(scanner, figure):
    """Dark beyond the tip in a real image; the bare patient, bit for bit, in an ideal one."""
    needle, _ = _needle()
    bare = scanner.image(noise_key=7, **VIEW)
    ideal = artefact_free_image(scanner, needles=[needle], noise_key=7, **VIEW)
    real = scanner.image(needles=[needle], noise_key=7, **VIEW)
    rows, columns = np.indices(bare.hu[0].shape)
    x = bare.centre_mm[0] - (columns - 255.5) * bare.pixel_spacing_mm
    y = bare.centre_mm[1] - (rows - 255.5) * bare.pixel_spacing_mm
    beyond = (np.abs(x - 3.0 + 0.3 * (5.0 - y)) < 1) & (y < 5.0 - 5) & (y > 5.0 - 20)
    flame = float((real.hu[0] - bare.hu[0])[beyond].min())
    figure("beyond the tip, real image", flame, asked="< -100", unit="HU", kind="assumed")
    assert flame < -100
    away = np.hypot(x - 3.0, y - 5.0) > 5
    along = (x - 3.0) * 0.3 + (y - 5.0)
    across = np.abs((x - 3.0) - 0.3 * (y - 5.0)) / math.hypot(1, 0.3)
    away &= ~((along > -5) & (across < 5))
    assert np.array_equal(ideal.hu[0][away], bare.hu[0][away])
    assert (ideal.hu[0] - bare.hu[0]).min() >= 0
    tip = float((ideal.hu[0] - bare.hu[0]).max())
    figure("brightest of the needle, ideal image, 4 mm slice", tip, asked="3000 to 4500", unit="HU", kind="assumed")
    assert 3000 < tip < 4500


def test_a_needle_that_leaves_the_slice_fades_and_one_outside_is_not_seen(scanner):
    def brightness(z_mm):
        needle, _ = _needle(tip=(3.0, 5.0, z_mm))
        images = (artefact_free_image(scanner, needles=each, noise_key=None, **VIEW).hu for each in ([needle], []))
        return float(np.subtract(*images).sum())

    whole = brightness(MIDDLE_MM)
    assert brightness(MIDDLE_MM + 2.0) == pytest.approx(0.5 * whole, rel=0.05)
    assert brightness(MIDDLE_MM + 2.5) == 0.0
