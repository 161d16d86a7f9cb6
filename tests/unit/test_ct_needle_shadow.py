"""Needle shadow: means over cell and height against dense sampling, and the tube's geometry."""

import math

import numpy as np
import pytest

from simulator.ct.detector import detector
from simulator.ct.geometry import BRILLIANCE_64_CLASS as SCANNER
from simulator.ct.needle_shadow import SteelTube, project_needle, straight_pieces
from simulator.ct.spectrum import beam
from tests.oracles import ct_needle_shadow as oracle


@pytest.fixture(scope="module")
def sensor():
    return detector(SCANNER, beam(120))


def _shadow(tube, sensor, center=0.0, thickness=4.0):
    signal = np.full((SCANNER.views, SCANNER.columns), 0.02, np.float32)
    count = project_needle(
        tube,
        signal,
        slice_center_mm=center,
        slice_thickness_mm=thickness,
        isocenter_mm=(0.0, 0.0),
        geometry=SCANNER,
        detector=sensor,
    )
    return signal / np.float32(0.02), count


def _expected(tube, sensor, view, column, center=0.0, thickness=4.0):
    """Dense samples with the spectrum behind the same water as the table's."""
    energies = beam(120)
    log = -math.log(0.02) + float(sensor.filter_log[column])
    water = np.linspace(0, 900, 6000)
    path = -np.log((energies.signal * np.exp(-energies.mu_per_mm[0] * water[:, None])).sum(axis=1))
    weights = energies.signal * np.exp(-energies.mu_per_mm[0] * np.interp(log, path, water))
    cell = SCANNER.column_angle_rad * SCANNER.active_fraction
    return oracle.mean_transmission(
        straight_pieces(tube),
        tube.outer_diameter_mm / 2,
        tube.bore_diameter_mm / 2,
        (center - thickness / 2, center + thickness / 2),
        SCANNER.source_to_isocenter_mm,
        view * SCANNER.view_angle_rad,
        SCANNER.column_angles_rad[column],
        np.array([-1, 0, 1]) * cell / 3,
        energies.steel_per_mm - energies.mu_per_mm[0],
        weights / weights.sum(),
    )


def _line(start, direction, length):
    axis = np.array(direction) / np.linalg.norm(direction)
    return np.array(start) + np.array([0.0, length])[:, None] * axis


TUBES = {
    "in plane": SteelTube(points_mm=_line((3, -5, 0.2), (0.1, 1, 0), 80), outer_diameter_mm=0.9),
    "no stylet": SteelTube(points_mm=_line((3, -5, 0.2), (0.1, 1, 0), 80), outer_diameter_mm=0.9, bore_diameter_mm=0.6),
    "tilted": SteelTube(points_mm=_line((-20, 4, -3), (0.3, 1, 0.2), 90), outer_diameter_mm=0.9),
    "upright": SteelTube(points_mm=_line((10, 10, -30), (0, 0, 1), 60), outer_diameter_mm=1.3),
    "bent": SteelTube(
        points_mm=np.array([[0, 0, -0.5], [3, 25, 0], [4, 50, 0.3], [3, 75, 0.9]]), outer_diameter_mm=0.9
    ),
    "thicker than the slice": SteelTube(points_mm=_line((0, 0, 2.2), (1, 0.4, 0), 40), outer_diameter_mm=6),
}


@pytest.mark.parametrize("name", TUBES)
def test_shadow_matches_dense_sampling(name, sensor):
    """Rays across, along and past the end of each tube: 2 % of the steel's own effect."""
    tube = TUBES[name]
    shadow, count = _shadow(tube, sensor)
    assert 0 <= count - np.count_nonzero(shadow != 1) <= 0.001 * count  # a graze may round away
    rng = np.random.default_rng(5)
    views, columns = np.nonzero(shadow < 0.999)
    chosen = rng.choice(views.size, 40, replace=False)
    deepest = np.argsort(shadow, axis=None)[:5]  # rays that look along the shaft
    picks = [*zip(views[chosen], columns[chosen], strict=True)]
    picks += [tuple(np.unravel_index(i, shadow.shape)) for i in deepest]
    error = [shadow[v, c] - _expected(tube, sensor, int(v), int(c)) for v, c in picks]
    effect = [1 - shadow[v, c] for v, c in picks]
    assert np.abs(error).max() < 0.02 * max(effect) + 5e-4


@pytest.mark.parametrize("name", TUBES)
def test_no_ray_that_meets_steel_is_left_out(name, sensor):
    """Neighbours of the shadow's edge, in views all round, hold no steel that dense sampling would see."""
    shadow, _ = _shadow(TUBES[name], sensor)
    for view in range(0, SCANNER.views, 29):
        touched = np.flatnonzero(shadow[view] != 1)
        for column in {touched.min() - 1, touched.max() + 1} if touched.size else ():
            assert _expected(TUBES[name], sensor, view, int(column)) == pytest.approx(1, abs=2e-4)


def test_slices_share_a_needle_between_them(sensor):
    """The loss is the same wherever the face between two slices falls: no steel vanishes or doubles."""
    lost = []
    for z in (0.0, 1.0, 1.7, 2.0, 2.3):  # 2.0 is the face between the two slices
        tube = SteelTube(points_mm=_line((0, 0, z), (0.2, 1, 0), 60), outer_diameter_mm=0.9)
        both = [1 - _shadow(tube, sensor, center=center)[0].astype(np.float64) for center in (0.0, 4.0)]
        lost.append((both[0] + both[1]).sum())
        if z == 2.0:
            np.testing.assert_allclose(both[0], both[1], atol=2e-5)
    np.testing.assert_allclose(lost, lost[0], rtol=0.01)


def test_far_slices_are_untouched(sensor):
    shadow, count = _shadow(TUBES["in plane"], sensor, center=10.0)
    assert count == 0
    assert (shadow == 1).all()


def test_points_on_a_line_become_one_piece():
    straight = SteelTube(points_mm=_line((0, 0, 0), (1, 2, 0.1), 90), outer_diameter_mm=0.9)
    fine = SteelTube(
        points_mm=straight.points_mm[0] + np.linspace(0, 1, 30)[:, None] * np.diff(straight.points_mm, axis=0),
        outer_diameter_mm=0.9,
    )
    np.testing.assert_allclose(straight_pieces(fine), straight_pieces(straight), atol=1e-9)
    arc = np.linspace(0, 0.1, 40)
    bent = SteelTube(points_mm=900 * np.stack([np.sin(arc), np.cos(arc), 0 * arc], axis=1), outer_diameter_mm=0.9)
    assert 2 < len(straight_pieces(bent)) < 16
    assert straight_pieces(bent)[:, 6].sum() == pytest.approx(90, rel=1e-4)


def test_impossible_tubes_are_refused():
    with pytest.raises(ValueError, match="two or more finite points"):
        SteelTube(points_mm=np.zeros((1, 3)), outer_diameter_mm=0.9)
    with pytest.raises(ValueError, match="smaller than"):
        SteelTube(points_mm=np.eye(3), outer_diameter_mm=0.9, bore_diameter_mm=0.9)
