"""The scout: rays against the oracle and closed forms, one noise for all threads, wires, and noise as dose has it."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.ct.geometry import BRILLIANCE_64_CLASS as GEOMETRY
from simulator.ct.projection_cache import ProjectionCache
from simulator.ct.projector import DensityChange, Projector
from simulator.ct.scanner import Scanner
from simulator.ct.scatter import ScatterModel
from simulator.ct.scout import ScoutCamera, ScoutScene, scout_lines
from simulator.ct.scout_wires import SkinWires
from simulator.interface.radiograph import ScoutTechnique
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.scout import ScoutOrientation
from tests.oracles import ct_scout as oracle
from tests.physics.water_phantoms import Ellipse, ellipse_phantom

BODY = (
    Ellipse((0.0, 0.0), (150.0, 100.0), (1.0, 0.0, 0.0)),
    Ellipse((20.0, 30.0), (15.0, 12.0), (0.2, 0.3, 0.0)),
    Ellipse((-10.0, 5.0), (9.0, 9.0), (0.0, 0.0, 30.0), (5.5, math.inf)),
)
TECHNIQUE = ScoutTechnique(tube_voltage_kv=120, tube_current_ma=30.0)
COLUMNS = (120, 250, 300, 330, 336, 345, 400, 520)
FOUR_ROWS = (8.0, 7.25, 6.0, 4.5)


@pytest.fixture(scope="module")
def phantom():
    return ellipse_phantom(BODY, half_width_mm=(150.0, 100.0), planes=12)


@pytest.fixture(scope="module")
def camera(phantom):
    projector = Projector(phantom, GEOMETRY)
    none = ScatterModel(ratio=0.0)
    return ScoutCamera(projector, ProjectionCache(projector, GEOMETRY, scatter=none), GEOMETRY, none)


def scene(**changes):
    given = {"technique": TECHNIQUE, "orientation": ScoutOrientation.POSTEROANTERIOR, "noise_key": None}
    return ScoutScene(**{**given, "row_centres_mm": FOUR_ROWS, **changes})


@pytest.mark.parametrize("orientation", list(ScoutOrientation))
def test_rays_are_those_of_the_oracle_and_of_closed_forms(phantom, camera, orientation):
    projector = Projector(phantom, GEOMETRY)
    lines = scout_lines(projector, camera.fan(orientation), [3, 9])
    for place, plane in enumerate((3, 9)):
        slow = oracle.line_integrals(projector.densities(plane), GEOMETRY, orientation, projector.isocenter_mm, COLUMNS)
        largest = np.abs(lines[:, place]).max(axis=1)
        apart = np.abs(lines[:, place, list(COLUMNS)] - slow)
        # Bilinear reading along a tangent sees more of an edge than a step from row to row does
        assert (apart.max(axis=1) <= 0.005 * largest).all()
        assert (np.median(apart, axis=1) <= 1e-4 * largest).all()
        exact = oracle.ellipse_lines(BODY[: 2 + place], GEOMETRY, orientation, projector.isocenter_mm)
        # Voxels round the edges off: the mean error is small, that at a tangent is not
        assert np.abs(lines[:, place] - exact).mean(axis=1).max() < 0.002 * largest.max()
        assert lines[:, place].sum(axis=1) == pytest.approx(exact.sum(axis=1), rel=2e-3, abs=1e-3)


@pytest.mark.parametrize("orientation", list(ScoutOrientation))
def test_a_row_is_the_mean_intensity_of_its_planes(phantom, camera, orientation):
    """With polychromatic exponentials in float64; a row half way between two planes is no mean of line integrals."""
    signal = camera.expected_signal(scene(orientation=orientation))
    fan = camera.fan(orientation)
    sensor = ProjectionCache(Projector(phantom, GEOMETRY), GEOMETRY).detector(120)
    lines = scout_lines(Projector(phantom, GEOMETRY), fan, range(12))
    ordered = lines[:, :, ::-1] if fan.reversed else lines
    weights = [[(8, 1.0)], [(7, 0.75), (8, 0.25)], [(6, 1.0)], [(4, 0.5), (5, 0.5)]]
    slow = oracle.rows(ordered, weights, sensor.mu_per_mm, sensor.bin_fraction)
    np.testing.assert_allclose(signal, slow[:, ::-1] if fan.reversed else slow, rtol=2e-4)


def test_left_is_left_and_front_is_front(camera):
    """The bone lies to the patient's left and behind; column 0 is the left, of a lateral scout the front."""
    bone = {}
    for orientation in ScoutOrientation:
        fan = camera.fan(orientation)
        lines = scout_lines(camera._projector, fan, [3])[1, 0]
        bone[orientation] = float((lines * fan.across_mm()).sum() / lines.sum())
    # What lies nearer to the tube is shown further from the middle: by 570 / (570 - 30) and 570 / (570 + 30)
    assert bone["PA"] == pytest.approx(20 * 570 / 540, abs=0.3)
    assert bone["AP"] == pytest.approx(20 * 570 / 600, abs=0.3)
    assert bone["lateral"] == pytest.approx(30 * 570 / 550, abs=0.3)
    assert (np.diff(camera.fan(ScoutOrientation.POSTEROANTERIOR).across_mm()) < 0).all()
    assert (np.diff(camera.fan(ScoutOrientation.ANTEROPOSTERIOR).across_mm()) < 0).all()
    assert (np.diff(camera.fan(ScoutOrientation.LATERAL).across_mm()) > 0).all()


def test_a_moved_patient_is_moved_in_the_picture(camera):
    still, moved = (
        scout_lines(camera._projector, camera.fan(ScoutOrientation.POSTEROANTERIOR, shift), [3])[1, 0]
        for shift in ((0.0, 0.0), (7.0, 0.0))
    )
    across = camera.fan(ScoutOrientation.POSTEROANTERIOR).across_mm()
    middle = [float((lines * across).sum() / lines.sum()) for lines in (still, moved)]
    assert middle[1] - middle[0] == pytest.approx(7 * 570 / 540, abs=0.2)


def test_noise_is_that_of_the_quanta_of_its_tube_load(camera):
    """Against the oracle's noise of a rotation with as many quanta; four times the current halves it."""
    quiet = camera.water_mm(scene())
    at = (slice(None), slice(280, 392))

    def sigma(current_ma, keys):
        technique = ScoutTechnique(tube_voltage_kv=120, tube_current_ma=current_ma)
        taken = [camera.water_mm(scene(technique=technique, noise_key=key)) for key in keys]
        return float(np.std([one[at] - quiet[at] for one in taken]))

    low, high = sigma(30.0, range(12)), sigma(120.0, range(12, 24))
    assert low / high == pytest.approx(2.0, rel=0.06)
    sensor = camera._expected.detector(120)
    signal = camera.expected_signal(scene())[:, ::-1]
    mas = 30.0 * 2.5 / 100.0
    quanta = sensor.quanta_per_mm_mas * GEOMETRY.views * mas
    p = -np.log(signal)
    variance = signal * (sensor.quantum_variance[0] - sensor.quantum_variance[1] * np.log(signal)) / quanta
    slope = np.polyval(np.polyder(sensor.water[:, 336].astype(float)), p)
    expected = np.sqrt(variance) / signal * slope
    assert low == pytest.approx(float(np.sqrt((expected[:, 280:392] ** 2).mean())), rel=0.05)


def test_a_wire_shows_where_it_lies_and_takes_what_its_chord_takes(camera):
    x = np.array([[40.0] * 4])
    y = np.array([[np.nan, 97.0, 97.0, np.nan]])
    wires = SkinWires(x_mm=np.where(np.isnan(y), np.nan, x), y_mm=y, diameter_mm=0.6)
    for orientation, seen_mm in (("PA", 40 * 570 / (570 - 97)), ("AP", 40 * 570 / (570 + 97))):
        plain = camera.expected_signal(scene(orientation=ScoutOrientation(orientation)))
        wired = camera.expected_signal(scene(orientation=ScoutOrientation(orientation), wires=wires))
        taken = 1 - wired / plain
        assert (taken[[0, 3]] == 0).all()
        across = camera.fan(ScoutOrientation(orientation)).across_mm()
        row = taken[1]
        assert float((row * across).sum() / row.sum()) == pytest.approx(seen_mm, abs=0.1)
        assert 0.1 < row.max() < 0.6
        assert (row > 0.001).sum() <= 3


def test_threads_change_no_bit():
    code = (
        "import hashlib, tests.physics.test_scout as t;"
        "p = t.ellipse_phantom(t.BODY, half_width_mm=(150.0, 100.0), planes=12);"
        "print(hashlib.sha256(t.Scanner(p).scout(t.scene(noise_key=7)).tobytes()).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "NUMBA_NUM_THREADS": threads},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(said) == 1
    assert len(said.pop().strip()) == 64


def test_a_row_outside_the_patient_is_refused(phantom):
    with pytest.raises(ValueError, match="leaves the phantom"):
        Scanner(phantom).scout(scene(row_centres_mm=(40.0,)))


@pytest.mark.parametrize("orientation", list(ScoutOrientation))
def test_what_was_injected_is_in_it(phantom, camera, orientation):
    """A box of contrast of 20 x 10 mm in three planes: its chords, and nothing in other planes."""
    grid = replace(phantom.canal.grid, origin_mm=PatientPoint(-9.75, 0.25, 3.0), shape=(3, 20, 40))
    change = DensityChange(grid=grid, delta=np.zeros((3, *grid.shape), np.float32), revision=1)
    change.delta[2] = 10.0
    fan, projector = camera.fan(orientation), camera._projector
    lines = scout_lines(projector, fan, range(12), change) - scout_lines(projector, fan, range(12))
    assert np.flatnonzero(lines[2].any(axis=1)).tolist() == [3, 4, 5]
    across_mm = 10.0 if orientation is ScoutOrientation.LATERAL else 20.0
    width_mm = np.abs(np.gradient(fan.across_mm()))
    # Mass is what the rays see, but for the magnification about a middle at (0, 5) and for their slant
    depth_mm = {"PA": -5.0, "AP": 5.0, "lateral": 0.0}[orientation]
    seen = float((lines[2, 4] * width_mm).sum()) * (570.0 + depth_mm) / 570.0
    assert seen == pytest.approx(10.0 * 20.0 * 10.0, rel=0.01)
    assert lines[2, 4].max() == pytest.approx(10.0 * (200.0 / across_mm), rel=0.01)
    assert lines[:2].any() == np.False_
