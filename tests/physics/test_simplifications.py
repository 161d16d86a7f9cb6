"""What is left out, and what it costs."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from simulator.ct.detector import detector
from simulator.ct.geometry import BRILLIANCE_64_CLASS as SCANNER
from simulator.ct.needle_shadow import SteelTube
from simulator.ct.scanner import Scanner
from simulator.ct.spectrum import beam, fine_spectrum
from simulator.ct.technique import Technique
from tests.physics.water_phantoms import Ellipse, ellipse_phantom

FOCAL_SPOT_MM = 1.0  # the large focus of the class, physics-and-anatomy section 2.1
STANDARD_LP_CM = 3.5


@pytest.mark.parametrize(("insert", "length_mm", "limit_hu"), [("bone", 20.0, 4.0), ("iodine", 10.0, 4.0)])
def test_few_energy_bins(figure, insert, length_mm, limit_hu):
    """An insert of 20 mm bone, or of 10 mm CSF with 40 mg I/mL, in the middle of 200 mm of water."""
    density = {"bone": (-1.0, 1.0, 0.0), "iodine": (0.0, 0.0, 40.0)}[insert]
    lines = np.zeros((3, 1, SCANNER.columns), np.float32)
    lines[0] = 200.0
    lines += length_mm * np.array(density, np.float32)[:, None, None]
    read = []
    for bins in (24, 105):
        sensor = detector(SCANNER, beam(120, bins))
        path = np.empty((1, SCANNER.columns), np.float32)
        sensor.water_equivalent_path_length_mm(
            sensor.transmission(lines), path, mas=100.0, slice_thickness_mm=4.0, noise_key=None, slice_index=0
        )
        read.append(1000 * (path[0, SCANNER.columns // 2] - 200.0) / length_mm)
    cost = float(read[0] - read[1])
    figure(
        f"24 energy bins instead of steps of 1 keV, {insert}",
        cost,
        unit="HU",
        asked=f"within {limit_hu:g}",
        kind="independent",
    )
    assert abs(cost) < limit_hu


def _f50_lp_cm(blur_mm: float) -> float:
    """Where the standard kernel's Gaussian, times a box of this width at the isocentre, falls to one half."""

    def excess(f: float) -> float:
        return 0.5 ** ((f / STANDARD_LP_CM) ** 2) * float(np.sinc(f / 10 * blur_mm)) - 0.5

    return float(brentq(excess, 0.1, STANDARD_LP_CM + 0.1))


def test_a_focus_without_size(figure):
    magnification = SCANNER.source_to_detector_mm / SCANNER.source_to_isocenter_mm
    f50 = _f50_lp_cm(FOCAL_SPOT_MM * (magnification - 1) / magnification)
    figure(
        "f50 of the standard kernel with a focal spot of 1 mm",
        f50,
        unit="lp/cm",
        asked="3.2 to 3.5; 3.5 without one",
        kind="assumed",
    )
    assert 3.2 < f50 < 3.5


def test_views_taken_in_an_instant(figure):
    """Over one view the gantry turns by 0.31 degrees: what lies off the centre is smeared along the turn."""
    for radius_mm in (30.0, 100.0):
        f50 = _f50_lp_cm(radius_mm * SCANNER.view_angle_rad)
        figure(
            f"f50 along the turn, {radius_mm:g} mm off centre, with views as long as their spacing",
            f50,
            unit="lp/cm",
            asked="3.2 to 3.5; 3.5 without",
            kind="assumed",
        )
        assert 3.2 < f50 <= 3.5


def test_no_cone(figure):
    """Rays to the outer slice of 12 mm are not flat: what lies off the centre is drawn from further out."""
    for radius_mm in (30.0, 100.0):
        shift_mm = 4.0 * radius_mm / SCANNER.source_to_isocenter_mm
        figure(
            f"greatest shift along z in the outer slice's centre, {radius_mm:g} mm off centre, with a cone",
            shift_mm,
            unit="mm",
            asked="below a quarter of the slice, 1 mm",
            kind="assumed",
        )
        assert shift_mm < 1.0


def test_steel_behind_water_whatever_lies_before_it(figure):
    """The steel's table takes what hardened the beam as water; behind bone of the same weakening it is harder."""
    energy, fluence, absorbed = fine_spectrum(120)
    weight = fluence * absorbed * energy
    fine = beam(120, 105)
    mu = np.array([np.interp(energy, fine.energy_kev, row) for row in fine.mu_per_mm])
    steel = np.interp(energy, fine.energy_kev, fine.steel_per_mm) - mu[0]
    bone = weight * np.exp(-150.0 * mu[0] - 30.0 * mu[1])
    water_mm = brentq(lambda x: (weight * np.exp(-x * mu[0])).sum() - bone.sum(), 0, 600)
    water = weight * np.exp(-water_mm * mu[0])
    behind = [float((each * np.exp(-0.9 * steel)).sum() / each.sum()) for each in (water, bone)]
    cost = 100 * (behind[1] - behind[0]) / (1 - behind[1])
    figure(
        "shadow of 0.9 mm steel behind 150 mm water and 30 mm bone",
        cost,
        unit="% too dark",
        asked="0 to 15",
        kind="assumed",
    )
    assert 0 < cost < 15


def test_quanta_drawn_from_a_normal_distribution(figure):
    """The log of a Poisson count and of a normal deviate of the same variance, where few quanta arrive."""
    rng = np.random.default_rng(4)
    for quanta, limit in ((30, 0.002), (10, 0.02)):
        poisson = np.maximum(rng.poisson(quanta, 400_000), 1.0)
        normal = np.maximum(quanta + math.sqrt(quanta) * rng.standard_normal(400_000), 1.0)
        cost = abs(float(np.log(poisson).mean() - np.log(normal).mean()))
        figure(
            f"mean log of {quanta} quanta, normal against Poisson", cost, asked=f"within {limit:g}", kind="independent"
        )
        assert cost < limit


def _half_height_mm(scanner: Scanner, needles: list[SteelTube]) -> float:
    """y at which the brightness along the shaft falls to half of what it is 5 mm behind the tip."""
    half_pixel = 250 / 512 / 2
    frame = scanner.image(
        technique=Technique(tube_voltage_kv=120, tube_current_ma=40, rotation_s=0.5),
        slice_centres_mm=[4.5],
        needles=needles,
        noise_key=None,
        centre_mm=(half_pixel, half_pixel),
    )
    y = np.arange(-4.0, 6.0, frame.pixel_spacing_mm / 2)
    rows = np.array([frame.pixel_of(0.0, each)[0] for each in y])
    column = round(frame.pixel_of(0.0, 0.0)[1])
    along = np.interp(rows, np.arange(512), frame.hu[0][:, column])
    level = along[-1] / 2
    below = int(np.flatnonzero(along < level)[-1])
    share = (level - along[below]) / (along[below + 1] - along[below])
    return float(y[below] + share * (y[1] - y[0]))


def test_a_tip_without_bevel(figure):
    """The tube ends flat; a bevel of 22 degrees, in ten steps of equal cross-section, looks shorter."""
    water = Ellipse((0, 0), (150, 110), (1.0, 0, 0))
    scanner = Scanner(ellipse_phantom([water], half_width_mm=(150, 110), planes=10))
    length_mm = 0.9 / math.tan(math.radians(22.0))

    def rod(start: float, stop: float, diameter: float) -> SteelTube:
        points = np.array([[0.0, start, 4.5], [0.0, stop, 4.5]])
        return SteelTube(points_mm=points, outer_diameter_mm=diameter)

    steps = 10
    share = [  # of the cross-section that an oblique cut leaves, at the middle of each step
        (math.acos(1 - 2 * u) - (1 - 2 * u) * 2 * math.sqrt(u * (1 - u))) / math.pi
        for u in (np.arange(steps) + 0.5) / steps
    ]
    edges = np.linspace(0.0, length_mm, steps + 1)
    bevel = [rod(edges[i], edges[i + 1], 0.9 * math.sqrt(share[i])) for i in range(steps)]
    flat = _half_height_mm(scanner, [rod(0.0, 60.0, 0.9)])
    cut = _half_height_mm(scanner, [*bevel, rod(length_mm, 60.0, 0.9)])
    figure(
        "end of the needle's image short of its point, flat end",
        flat,
        unit="mm",
        asked="0 is exact; within 0.5",
        digits=2,
        kind="independent",
    )
    figure(
        "end of the needle's image short of its point, bevel",
        cut,
        unit="mm",
        asked="0 to half a bevel and 0.3",
        digits=2,
        kind="assumed",
    )
    assert abs(flat) < 0.5
    assert 0 < cut - flat < length_mm / 2 + 0.3
