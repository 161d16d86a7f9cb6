"""The needle's artefact: brightness of tip and shaft, and the dark flame beyond the tip.

The reference's table: a steel rod of 60 mm in the plane of a 300 x 220 mm water ellipse, 120 kV, f50 3.5 lp/cm, no
noise, no scatter, parallel beam, 41 samples over z. The row of 4 mm slices is the design's: this geometry, 641
samples, a kernel that left the cell's blur in (hence its pale dark at 1 mm).
"""

import numpy as np
import pytest

from simulator.ct.geometry import BRILLIANCE_64_CLASS
from simulator.ct.needle_shadow import SteelTube
from simulator.ct.scanner import Scanner
from simulator.ct.scatter import ScatterModel
from simulator.ct.spectrum import beam
from simulator.ct.technique import Technique
from simulator.interface.frame import Frame
from tests.oracles.ct_artefact import backprojected_hu, rod_in_ellipse
from tests.physics.water_phantoms import Ellipse, ellipse_phantom

MIDDLE_MM = 9.5


def _phantom():
    ellipse = Ellipse((0, 0), (150, 110), (1.0, 0, 0))
    return ellipse_phantom([ellipse], half_width_mm=(150, 110), planes=20)


@pytest.fixture(scope="module")
def scanner():
    """The table's conditions: no scatter."""
    return Scanner(_phantom(), scatter=ScatterModel(ratio=0.0))


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


PLACES = [
    "tip",
    "shaft 10 mm",
    "shaft 30 mm",
    *(f"dark at {y} mm" for y in (1, 3, 5, 10, 20)),
    "beside 2 mm",
    "beside 5 mm",
]
COARSE_TIPS = [(0.9, 5.0), (1.27, 2.5)]
"""Rows whose tip the table has 16 % too low: the parallel twin with fine rays reads what the scanner reads."""


@pytest.mark.parametrize(
    ("diameter_mm", "thickness_mm", "expected"),
    [
        (0.9, 0.625, [8825, 7523, 7180, -4108, -3571, -3211, -2644, -1988, 998, 312]),
        (0.9, 1.25, [4036, 2173, 1566, -2523, -1897, -1525, -1020, -598, 744, 308]),
        (0.9, 2.5, [1789, 856, 601, -1117, -804, -632, -412, -239, 310, 142]),
        (0.9, 4.0, [1067, 501, 349, -571, -485, -375, -238, -133, 191, 90]),
        (0.9, 5.0, [820, 365, 251, -515, -365, -285, -186, -110, 134, 62]),
        (0.7, 2.5, [1141, 566, 401, -754, -543, -428, -280, -163, 194, 83]),
        (1.27, 2.5, [3214, 1440, 990, -1771, -1277, -1001, -649, -373, 567, 281]),
    ],
)
def test_artefact_has_the_references_size(scanner, figure, diameter_mm, thickness_mm, expected):
    measured = np.array(_row(_image(scanner, diameter_mm, thickness_mm)))
    off = 100 * (measured / expected - 1)
    coarse = (diameter_mm, thickness_mm) in COARSE_TIPS
    name = f"{diameter_mm} mm rod, {thickness_mm} mm slice"
    limit = np.full(10, 20.0 if thickness_mm < 1 else 15.0)
    limit[3] = 20.0
    usual = np.arange(10) != 3
    usual[0] = not coarse
    figure(f"{name}: furthest of tip, shaft, dark and beside from the table", np.abs(off[usual]).max(), unit="%",
           asked=f"<= {limit[1]:.0f}", kind="independent")  # fmt: skip
    figure(f"{name}: dark at 1 mm against the table", off[3], unit="%", asked="within 20", kind="independent")
    if coarse:
        figure(
            f"{name}: tip against the table",
            off[0],
            unit="%",
            asked="the twin with fine rays is asserted, this guards",
            within=(-20, 20),
            kind="independent",
        )
    for place, value, each, most in zip(PLACES, measured, off, limit, strict=True):
        assert abs(each) <= most or (coarse and place == "tip"), f"{place}: {value:.0f} HU, {each:+.0f} %"


def _twin(diameter_mm, seen_of_slice_mm):
    """`_row` by the parallel twin in a slice of which so many millimetres are seen."""
    pixel_mm, cell_mm = 250 / 512, BRILLIANCE_64_CLASS.cell_at_isocenter_mm
    near = [(0, row * pixel_mm) for row in range(-6, 7)]
    places = [(0, 10), (0, 30), *((0, -y) for y in (1, 3, 5, 10, 20)), (2, 20), (5, 20)]
    seen_mm = min(diameter_mm, seen_of_slice_mm)
    nodes, weights = np.polynomial.legendre.leggauss(24)
    across, shares = np.polynomial.legendre.leggauss(5)
    paths = rod_in_ellipse(
        beam(120),
        diameter_mm=diameter_mm,
        length_mm=60.0,
        radii_mm=(150.0, 110.0),
        heights=(nodes * seen_mm / 2, weights / 2 * seen_mm / seen_of_slice_mm),
        cell=(across * cell_mm / 2, shares / 2),
    )

    def response(frequency):
        return 2 ** -((frequency / 0.35) ** 2) / np.maximum(np.sinc(frequency * cell_mm), 0.2)

    hu = backprojected_hu(paths, response, np.array(near + places, dtype=float))
    return np.array([hu[:13].max(), *hu[13:]])


@pytest.mark.parametrize(("diameter_mm", "thickness_mm"), [(0.9, 0.625), (0.9, 2.5), (0.9, 4.0), *COARSE_TIPS])
def test_artefact_is_that_of_a_parallel_twin_with_fine_rays(scanner, figure, diameter_mm, thickness_mm):
    """The reference's calculation again, with 24 Gauss nodes over the rod's height, and the cell taken back."""
    twin = _twin(diameter_mm, thickness_mm)
    off = 100 * (np.array(_row(_image(scanner, diameter_mm, thickness_mm))) / twin - 1)
    worst = int(np.abs(off).argmax())
    name = f"{diameter_mm} mm rod, {thickness_mm} mm slice"
    # The thin slice is black along the shaft, where the water correction goes on as a straight line
    most, most_tip = (20, 20) if thickness_mm < 1 else (10, 5)
    figure(
        f"{name}: furthest from the parallel twin ({PLACES[worst]})",
        off[worst],
        unit="%",
        asked=f"within {most}",
        kind="independent",
    )
    figure(f"{name}: tip against the parallel twin", off[0], unit="%", asked=f"within {most_tip}", kind="independent")
    assert np.abs(off).max() <= most
    assert abs(off[0]) <= most_tip


def test_cells_that_see_nine_tenths_of_their_height_make_it_an_eighth_larger(figure):
    """Why another code may read 1.10 to 1.14 times as much for a 0.9 mm rod in a 4 mm slice: a row's active height.

    XCIST's rows are active over 0.9 of their height unless told otherwise, and a slice of one row then sees 3.6 mm,
    of which the rod takes more. Tried with gecatsim 1.6.8 and 161 samples over the row: 1.13 times the projected steel;
    with 8 samples another 1.16 times at full height, and with its usual 2 none at all, as both pass beside the rod.
    """
    larger = _twin(0.9, 0.9 * 4.0) / _twin(0.9, 4.0)
    figure("0.9 mm rod, 4 mm slice, parallel twin: rows that see 0.9 of their height over rows that see all, least and "
           "most", f"{larger.min():.3f}, {larger.max():.3f}", asked="1.10 to 1.14, XCIST's over ours",
           kind="independent")  # fmt: skip
    assert larger.min() >= 1.10
    assert larger.max() <= 1.14


def test_scatter_that_is_left_lightens_the_black_shaft(scanner, figure):
    """Along the shaft a thin slice lets nothing through, and the rest of the scatter is all that is read there."""
    shipped = Scanner(_phantom())
    change = {}
    for thickness_mm in (0.625, 4.0):
        clean, stray = (np.array(_row(_image(each, 0.9, thickness_mm))) for each in (scanner, shipped))
        off = 100 * (stray / clean - 1)
        worst = int(np.abs(off).argmax())
        change[thickness_mm] = float(np.abs(off).max())
        figure(f"0.9 mm rod, {thickness_mm} mm slice: most that the scatter left by the scanner's correction changes "
               f"({PLACES[worst]})", off[worst], unit="%", asked="within",
               kind="assumed", within=(-3, 3) if thickness_mm == 4.0 else (-25, 25))  # fmt: skip
    assert change[4.0] <= 3
    assert change[0.625] > change[4.0]


def test_the_flame_points_away_from_the_shaft(scanner):
    """Darkest on the axis beyond the tip, and growing lighter with distance."""
    frame = _image(scanner, 0.9, 4.0)
    along = [_at(frame, 0, -y) for y in (3, 6, 12, 24, 48)]
    assert (np.diff(along) > 0).all()
    assert along[-1] < -20
    for y in (5, 10, 20):
        assert _at(frame, 0, -y) < _at(frame, 4, -y) - 50
        assert abs(_at(frame, 4, -y) - _at(frame, -4, -y)) < 15


def test_without_its_stylet_the_shadow_is_weaker(scanner, figure):
    """20G: 0.9 mm outside, 0.6 mm inside. Published for 17G and 19G needles: about a third to a half."""
    solid, hollow = (_image(scanner, 0.9, 4.0, bore_mm=bore) for bore in (0.0, 0.6))
    swing = [max(_row(frame)) - min(_row(frame)) for frame in (solid, hollow)]
    figure(
        "tip minus dark, stylet out over stylet in (20G, 4 mm slice)",
        swing[1] / swing[0],
        asked="0.4 to 0.8",
        kind="independent",
    )
    assert 0.4 < swing[1] / swing[0] < 0.8


def test_a_needle_between_two_slices_is_shared_by_both(scanner):
    inside = _row(_image(scanner, 0.9, 2.0, z_mm=9.5, centers=(9.5,)))
    shared = _image(scanner, 0.9, 2.0, z_mm=10.5, centers=(9.5, 11.5))
    np.testing.assert_allclose(shared.hu[0], shared.hu[1], atol=2.0)
    half = _row(shared)
    for index in (1, 2, 4, 5, 6, 7):
        assert half[index] == pytest.approx(inside[index] / 2, rel=0.2)
