"""A tilted gantry: water, a leaning rod, rays against slow sums, the needle, thickness and noise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.ct.geometry import BRILLIANCE_64_CLASS as SCANNER
from simulator.ct.needle_shadow import SteelTube
from simulator.ct.oblique_cut import ObliqueCut
from simulator.ct.oblique_projector import ObliqueProjector
from simulator.ct.projector import DensityChange, Projector
from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from simulator.interface.frame import Frame
from simulator.spatial.frames import TablePoint
from simulator.spatial.gantry_tilt import GantryTilt
from tests.oracles.ct_oblique import leaning_ray_integral
from tests.physics.leaning_phantoms import LeaningRod, leaning_rod_phantom, water
from tests.physics.water_phantoms import water_cylinder

PRESS = Technique(tube_voltage_kv=120, tube_current_ma=100, rotation_s=1, slice_thickness_mm=4)
TILT_DEG = 25.0
ROD = LeaningRod(lean_deg=TILT_DEG, at_mm=(12.0, 6.0, 2.0))


@pytest.fixture(scope="module")
def rod_scanner():
    return Scanner(leaning_rod_phantom(ROD))


def _cut(scanner: Scanner, tilt_deg: float, pivot_z_mm: float = 0.0) -> ObliqueCut:
    return ObliqueCut(tilt_deg=tilt_deg, pivot_y_mm=scanner.isocenter_mm[1], pivot_z_mm=pivot_z_mm)


def _image(scanner: Scanner, cut: ObliqueCut | None, slices=(0.0,), **options) -> Frame:
    settings = {"noise_key": None, "centre_mm": scanner.isocenter_mm, "field_of_view_mm": 130.0} | options
    return scanner.image(technique=PRESS, slice_centres_mm=list(slices), cut=cut, **settings)


def _ellipse_axes(hu: np.ndarray, pixel_mm: float) -> tuple[tuple[float, float], float, float]:
    """Middle (row, column) of what is brighter than half the rod, and its half axes along columns and rows."""
    weight = np.clip(hu.astype(np.float64) - 120.0, 0.0, 200.0)
    rows, columns = np.indices(weight.shape)
    total = weight.sum()
    row, column = (weight * rows).sum() / total, (weight * columns).sum() / total
    spread = [
        2 * pixel_mm * math.sqrt((weight * (at - mid) ** 2).sum() / total)
        for at, mid in ((columns, column), (rows, row))
    ]
    return (float(row), float(column)), spread[0], spread[1]


def _width_at_half(profile: np.ndarray) -> float:
    """Width in pixels at half the rod's brightness, which a blur alike in both directions leaves as it is."""
    middle = int(np.flatnonzero(profile > 0.9 * np.sort(profile)[-8]).mean())
    half = 0.5 * float(profile[middle - 2 : middle + 3].mean())
    inside = profile > half
    first, last = middle, middle
    while inside[first - 1]:
        first -= 1
    while inside[last + 1]:
        last += 1
    low = first - (profile[first] - half) / (profile[first] - profile[first - 1])
    high = last + (profile[last] - half) / (profile[last] - profile[last + 1])
    return float(high - low)


@pytest.mark.parametrize("tilt_deg", [-30.0, -15.0, 10.0, 30.0])
def test_water_stays_water(figure, tilt_deg):
    """A cylinder of 200 mm is cut in an ellipse that is longer by 1 / cos."""
    scanner = Scanner(water_cylinder(200.0, planes=40, canal_half_mm=30))
    cut = ObliqueCut(tilt_deg=tilt_deg, pivot_y_mm=scanner.isocenter_mm[1], pivot_z_mm=19.5)
    frame = _image(scanner, cut, field_of_view_mm=260.0)
    axis = (np.arange(512) - 255.5) * frame.pixel_spacing_mm
    radius = np.hypot(axis[:, None] * math.cos(math.radians(tilt_deg)), axis)
    hu = frame.hu[0].astype(np.float64)
    rings = [float(hu[(radius >= low) & (radius < low + 10)].mean()) for low in range(0, 90, 10)]
    worst = max(rings, key=abs)
    name = f"water of 200 mm, gantry at {tilt_deg:g} degrees"
    figure(f"{name}: furthest of nine rings from 0", worst, unit="HU", asked="0 within 2", kind="fitted")
    air = float(hu[(radius > 105) & (np.hypot(axis[:, None], axis) < 128)].mean())
    figure(f"{name}: air beside it", air, unit="HU", asked="-1000 within 2", digits=5, kind="fitted")
    assert abs(worst) <= 2
    assert air == pytest.approx(-1000, abs=2)


@pytest.mark.parametrize("tilt_deg", [TILT_DEG, -20.0])
def test_rays_agree_with_slow_sums_through_solids(figure, tilt_deg):
    upright = Projector(leaning_rod_phantom(ROD), SCANNER)
    cut = ObliqueCut(tilt_deg=tilt_deg, pivot_y_mm=upright.isocenter_mm[1], pivot_z_mm=1.0)
    leaning = ObliqueProjector(upright, cut)
    plane = int(np.flatnonzero(leaning.plane_z_mm == 3.0)[0])
    lines = leaning.line_integrals(plane)
    chosen = np.random.default_rng(1).integers(0, (SCANNER.views, 230), size=(60, 2))
    chosen[:, 1] += 221
    for basis, solid, name in ((0, water, "water"), (1, ROD.density, "rod")):
        told = np.array([lines[basis, view, column] for view, column in chosen])
        slow = np.array(
            [
                leaning_ray_integral(
                    solid,
                    SCANNER,
                    int(view),
                    int(column),
                    isocenter_mm=(*upright.isocenter_mm, 1.0),
                    tilt_deg=tilt_deg,
                    along_mm=3.0,
                    thickness_mm=1.0,
                )
                for view, column in chosen
            ]
        )
        error = float(np.sqrt(np.mean((told - slow) ** 2)) / slow.max())
        figure(
            f"{name}, 60 rays of a gantry at {tilt_deg:g} degrees against slow sums",
            100 * error,
            unit="% of the longest",
            asked="<= 1",
            kind="independent",
        )
        assert slow.max() > 5
        assert error <= 0.01


@pytest.mark.parametrize("tilt_deg", [TILT_DEG, -20.0])
def test_what_was_injected_is_cut_as_the_patient_is(figure, tilt_deg):
    """A second rod as a change of density, which leans otherwise, against slow sums; the first one is taken off."""
    blood = LeaningRod(lean_deg=15.0, at_mm=(-6.0, -4.0, 0.0), bone=0.5)
    grid = leaning_rod_phantom(ROD).canal.grid
    held = leaning_rod_phantom(blood).canal
    change = DensityChange(grid=grid, delta=np.stack([held.plane(k) for k in range(grid.shape[0])], axis=1), revision=1)
    change.delta[(0, 2), ...] = 0.0
    upright = Projector(leaning_rod_phantom(ROD), SCANNER)
    leaning = ObliqueProjector(
        upright, ObliqueCut(tilt_deg=tilt_deg, pivot_y_mm=upright.isocenter_mm[1], pivot_z_mm=1.0)
    )
    plane = int(np.flatnonzero(leaning.plane_z_mm == -2.0)[0])
    added = leaning.line_integrals(plane, change)[1] - leaning.line_integrals(plane)[1]
    chosen = np.random.default_rng(2).integers(0, (SCANNER.views, 60), size=(60, 2))
    chosen[:, 1] += 306
    slow = np.array(
        [
            leaning_ray_integral(
                blood.density,
                SCANNER,
                int(view),
                int(column),
                isocenter_mm=(*upright.isocenter_mm, 1.0),
                tilt_deg=tilt_deg,
                along_mm=-2.0,
                thickness_mm=1.0,
            )
            for view, column in chosen
        ]
    )
    told = np.array([added[view, column] for view, column in chosen])
    error = float(np.sqrt(np.mean((told - slow) ** 2)) / slow.max())
    what = f"what was injected, 60 rays of a gantry at {tilt_deg:g} degrees against slow sums"
    figure(what, 100 * error, unit="% of the longest", asked="<= 1", kind="independent")
    assert slow.max() > 4
    assert error <= 0.01
    # Another amount is another picture: nothing of the first is kept
    twice = DensityChange(grid=grid, delta=2 * change.delta, revision=2)
    doubled = leaning.line_integrals(plane, twice)[1] - leaning.line_integrals(plane)[1]
    assert np.abs(doubled - 2 * added).max() <= 1e-3


def test_a_rod_that_leans_as_the_gantry_is_round(figure, rod_scanner):
    """Upright it is cut in an ellipse, longer from front to back by 1 / cos; in slices that it hardly crosses."""
    ratios = []
    for cut in (_cut(rod_scanner, TILT_DEG), None, _cut(rod_scanner, -TILT_DEG)):
        frame = _image(rod_scanner, cut, slice_thickness_mm=1.0)
        (row, column), _, _ = _ellipse_axes(frame.hu[0], frame.pixel_spacing_mm)
        across, deep = _width_at_half(frame.hu[0][round(row)]), _width_at_half(frame.hu[0][:, round(column)])
        ratios.append(deep / across)
    cosines = [math.cos(math.radians(angle)) for angle in (0.0, TILT_DEG, 2 * TILT_DEG)]
    names = ("tilted as it leans", "upright", "tilted the other way")
    for name, ratio, cosine in zip(names, ratios, cosines, strict=True):
        asked = f"{1 / cosine:.3f} within 2 %"
        figure(f"leaning rod, gantry {name}: front to back over across", ratio, asked=asked, kind="independent")
    assert ratios == pytest.approx([1 / cosine for cosine in cosines], rel=0.02)


@pytest.mark.parametrize("tilt_deg", [TILT_DEG, -TILT_DEG, 12.0])
def test_pixels_say_where_the_rod_lies(figure, rod_scanner, tilt_deg):
    """The middle of the rod in each slice, taken through the frame, lies on its axis; heights have the right sign."""
    pivot = GantryTilt(tilt_deg=tilt_deg, pivot_y_mm=rod_scanner.isocenter_mm[1], pivot_z_mm=0.0)
    places = (6.0, 0.0, -6.0)
    made = _image(rod_scanner, _cut(rod_scanner, tilt_deg), places)
    frame = Frame(
        hu=made.hu,
        z_mm=np.array([pivot.crossing_mm(place) for place in places]),
        pixel_spacing_mm=made.pixel_spacing_mm,
        centre_mm=made.centre_mm,
        exposure=made.exposure,
        slice_thickness_mm=made.slice_thickness_mm,
        tilt=pivot,
    )
    furthest = 0.0
    for index in range(3):
        (row, column), _, _ = _ellipse_axes(frame.hu[index], frame.pixel_spacing_mm)
        point = frame.position_mm(index, row, column)
        assert frame.pixel_of(*point) == pytest.approx((row, column), abs=1e-6)
        assert frame.plane_z_mm(point) == pytest.approx(frame.z_mm[index])
        away = np.array(point) - np.array(ROD.at_mm)
        off = away - (away @ ROD.axis) * ROD.axis
        furthest = max(furthest, float(np.linalg.norm(off)))
    what = f"rod in three slices of a gantry at {tilt_deg:g} degrees: off its axis"
    figure(what, furthest, unit="mm", asked="<= 0.2", kind="independent")
    assert furthest <= 0.2


@pytest.mark.parametrize("tilt_deg", [20.0, -30.0])
def test_a_needle_lies_on_what_it_was_put_through(figure, rod_scanner, tilt_deg):
    """A needle in the rod's axis shows in the rod's middle in every slice."""
    ends = np.array([np.array(ROD.at_mm) + step * ROD.axis for step in (-25.0, 25.0)])
    cut = _cut(rod_scanner, tilt_deg)
    tube = SteelTube(points_mm=cut.from_patient(ends), outer_diameter_mm=0.9)
    worst = 0.0
    for place in (5.0, -5.0):
        bare = _image(rod_scanner, cut, [place])
        with_needle = _image(rod_scanner, cut, [place], needles=[tube])
        (row, column), _, _ = _ellipse_axes(bare.hu[0], bare.pixel_spacing_mm)
        steel = np.where(with_needle.hu[0] - bare.hu[0] > 800, with_needle.hu[0] - bare.hu[0], 0).astype(np.float64)
        rows, columns = np.indices(steel.shape)
        off = np.hypot((steel * rows).sum() / steel.sum() - row, (steel * columns).sum() / steel.sum() - column)
        worst = max(worst, float(off) * bare.pixel_spacing_mm)
    what = f"needle in the axis of a rod, gantry at {tilt_deg:g} degrees: off its middle"
    figure(what, worst, unit="mm", asked="<= 0.2", kind="independent")
    assert worst <= 0.2


def test_a_small_step_of_the_table_moves_slices_and_no_planes(rod_scanner):
    """One family of planes serves two table positions: what is shown moves in the picture as the geometry says."""
    cut = _cut(rod_scanner, TILT_DEG)
    sine, cosine = (f(math.radians(TILT_DEG)) for f in (math.sin, math.cos))
    (row, _), _, _ = _ellipse_axes(_image(rod_scanner, cut, [0.0]).hu[0], 130.0 / 512)
    x, y = rod_scanner.isocenter_mm
    moved = _image(rod_scanner, cut, [4.0 * cosine], centre_mm=(x, y + 4.0 * sine))
    (row_moved, _), _, _ = _ellipse_axes(moved.hu[0], 130.0 / 512)
    # The rod keeps its height in the family's planes, and the picture's middle went up by 4 sin
    assert (row_moved - row) * 130.0 / 512 == pytest.approx(4.0 * sine, abs=0.1)


def test_noise_and_its_kind_are_those_of_an_upright_press(figure):
    scanner = Scanner(water_cylinder(200.0, planes=40, canal_half_mm=30))
    found = []
    for cut, place in (
        (None, 19.5),
        (ObliqueCut(tilt_deg=10.0, pivot_y_mm=scanner.isocenter_mm[1], pivot_z_mm=19.5), 0.0),
    ):
        pair = [_image(scanner, cut, [place], field_of_view_mm=260.0, noise_key=key).hu[0] for key in (1, 2)]
        about = np.hypot(*np.meshgrid(*[(np.arange(512) - 255.5) * 260.0 / 512] * 2)) < 40
        found.append(float((pair[0] - pair[1])[about].std()) / math.sqrt(2))
    # The way through is longer from front to back by 1 / cos of 10 degrees, 1.5 %
    figure("noise at 10 degrees over that upright", found[1] / found[0], asked="0.97 to 1.12", kind="independent")
    assert 0.97 <= found[1] / found[0] <= 1.12


def test_a_point_and_its_pixel_go_round() -> None:
    tilt = GantryTilt(tilt_deg=-17.0, pivot_y_mm=-20.0, pivot_z_mm=510.0)
    point = TablePoint(3.0, 44.0, 502.0)
    x, height, along = tilt.from_table(point)
    assert tilt.to_table(x, height, along) == pytest.approx(point)
    assert tilt.along_mm(tilt.crossing_mm(2.5)) == pytest.approx(2.5)
    # A plane is named by where it crosses the pivot's height
    assert tilt.named_mm(TablePoint(0.0, -20.0, 507.0)) == pytest.approx(507.0)
    # Positive tilt takes what lies behind the pivot to the head
    back = GantryTilt(tilt_deg=20.0, pivot_y_mm=0.0, pivot_z_mm=0.0).to_table(0.0, 30.0, 0.0)
    assert back.z_mm > 10.0
