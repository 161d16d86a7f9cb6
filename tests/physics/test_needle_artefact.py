"""The needle's artefact: brightness of tip and shaft, and the dark flame beyond the tip.

Expected figures: a steel rod of 60 mm in the plane of a 300 x 220 mm water ellipse, 120 kV, f50 3.5 lp/cm, no
noise. Rows of 2.5 and 4 mm slices: this geometry, 641 samples over z; the others: parallel beam, 41 samples over z.
"""

import numpy as np
import pytest

from simulator.ct.frame import Frame
from simulator.ct.needle_shadow import SteelTube
from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from tests.physics.water_phantoms import Ellipse, ellipse_phantom

MIDDLE_MM = 9.5


@pytest.fixture(scope="module")
def scanner():
    ellipse = Ellipse((0, 0), (150, 110), (1.0, 0, 0))
    return Scanner(ellipse_phantom([ellipse], half_width_mm=(150, 110), planes=20))


def _image(scanner, diameter_mm, thickness_mm, *, z_mm=MIDDLE_MM, centers=(MIDDLE_MM,), bore_mm=0.0) -> Frame:
    tube = SteelTube(
        points_mm=np.array([[0.0, 0.0, z_mm], [0.0, 60.0, z_mm]]),
        outer_diameter_mm=diameter_mm,
        bore_diameter_mm=bore_mm,
    )
    technique = Technique(tube_voltage_kv=120, tube_current_ma=200, rotation_s=1, slice_thickness_mm=thickness_mm)
    half_pixel = 250 / 512 / 2  # pixels then lie on the rod's axis, as in the reference
    return scanner.image(
        technique=technique,
        slice_centres_mm=centers,
        needles=[tube],
        noise_key=None,
        centre_mm=(half_pixel, half_pixel),
    )


def _at(frame: Frame, x_mm: float, y_mm: float, index: int = 0) -> float:
    row, column = frame.pixel_of(x_mm, y_mm)
    i, j = int(row), int(column)
    a, b = row - i, column - j
    part = frame.hu[index, i : i + 2, j : j + 2]
    return float((1 - a) * ((1 - b) * part[0, 0] + b * part[0, 1]) + a * ((1 - b) * part[1, 0] + b * part[1, 1]))


def _row(frame: Frame) -> list[float]:
    """At the tip; 10 and 30 mm behind it; 1, 3, 5, 10, 20 mm beyond it; 2 and 5 mm beside the shaft."""
    tip = max(_at(frame, 0, y) for y in np.arange(-2.5, 2.5, 0.25))
    shaft = [_at(frame, 0, y) for y in (10, 30)]
    beyond = [_at(frame, 0, -y) for y in (1, 3, 5, 10, 20)]
    beside = [_at(frame, x, 20) for x in (2, 5)]
    return [tip, *shaft, *beyond, *beside]


@pytest.mark.parametrize(
    ("diameter_mm", "thickness_mm", "expected"),
    [
        (0.9, 2.5, [1778, 860, 604, -952, -816, -634, -406, -228, 321, 148]),
        (0.9, 4.0, [1067, 501, 349, -571, -485, -375, -238, -133, 191, 90]),
        (0.9, 1.25, [4036, 2173, 1566, None, -1897, -1525, -1020, -598, 744, 308]),
        (0.7, 2.5, [1141, 566, 401, None, -543, -428, -280, -163, 194, 83]),
        (1.27, 2.5, [3214, 1440, 990, None, -1277, -1001, -649, -373, 567, 281]),
    ],
)
def test_artefact_has_the_references_size(scanner, diameter_mm, thickness_mm, expected):
    """Within 15 %; 1 mm beyond the tip, where the image falls by 600 HU a mm, only for the same geometry."""
    measured = _row(_image(scanner, diameter_mm, thickness_mm))
    for value, reference in zip(measured, expected, strict=True):
        if reference is not None:
            assert value == pytest.approx(reference, rel=0.15, abs=15)


def test_the_flame_points_away_from_the_shaft(scanner):
    """Darkest on the axis beyond the tip, and growing lighter with distance."""
    frame = _image(scanner, 0.9, 4.0)
    along = [_at(frame, 0, -y) for y in (3, 6, 12, 24, 48)]
    assert (np.diff(along) > 0).all()
    assert along[-1] < -20
    for y in (5, 10, 20):
        assert _at(frame, 0, -y) < _at(frame, 4, -y) - 50
        assert abs(_at(frame, 4, -y) - _at(frame, -4, -y)) < 15


def test_without_its_stylet_the_shadow_is_weaker(scanner):
    """20G: 0.9 mm outside, 0.6 mm inside. Published for 17G and 19G needles: about a third to a half."""
    solid, hollow = (_image(scanner, 0.9, 4.0, bore_mm=bore) for bore in (0.0, 0.6))
    swing = [max(_row(frame)) - min(_row(frame)) for frame in (solid, hollow)]
    assert 0.4 < swing[1] / swing[0] < 0.8


def test_a_needle_between_two_slices_is_shared_by_both(scanner):
    inside = _row(_image(scanner, 0.9, 2.0, z_mm=9.5, centers=(9.5,)))
    shared = _image(scanner, 0.9, 2.0, z_mm=10.5, centers=(9.5, 11.5))
    np.testing.assert_allclose(shared.hu[0], shared.hu[1], atol=2.0)
    half = _row(shared)
    for index in (1, 2, 4, 5, 6, 7):
        assert half[index] == pytest.approx(inside[index] / 2, rel=0.2)
