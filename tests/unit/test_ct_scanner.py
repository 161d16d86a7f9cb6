"""Scanner: what it refuses, what it keeps, and that images do not depend on threads or history."""

import threading

import numba
import numpy as np
import pytest

from phantoms.phantom import VoxelGrid
from simulator.ct.geometry import BRILLIANCE_64_CLASS
from simulator.ct.needle_shadow import SteelTube
from simulator.ct.projection_cache import ProjectionCache
from simulator.ct.projector import DensityChange, Projector
from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from tests.physics.water_phantoms import water_cylinder

PRESS = Technique(tube_voltage_kv=120, tube_current_ma=40, rotation_s=0.5, slice_thickness_mm=2.0)
NEEDLE = SteelTube(points_mm=np.array([[0.0, 0, 3], [0, 60, 3.5]]), outer_diameter_mm=0.9)
SMALL = {"matrix": 128, "field_of_view_mm": 120.0, "centre_mm": (0.0, 0.0)}


@pytest.fixture(scope="module")
def phantom():
    return water_cylinder(100, planes=8, canal_half_mm=20)


@pytest.fixture(scope="module")
def scanner(phantom):
    return Scanner(phantom)


def _press(scanner, **changes):
    arguments = {
        "technique": PRESS,
        "slice_centres_mm": [1.5, 3.5, 5.5],
        "needles": [NEEDLE],
        "noise_key": 11,
        **SMALL,
        **changes,
    }
    return scanner.image(**arguments)


def _change(value: float, revision: int) -> DensityChange:
    grid = VoxelGrid(origin_mm=(-4.5, -4.5, 2.0), spacing_mm=(1.0, 1.0, 1.0), shape=(2, 10, 10))
    delta = np.zeros((3, *grid.shape), np.float32)
    delta[2] = value
    return DensityChange(grid=grid, delta=delta, revision=revision)


def test_frames_describe_themselves(scanner):
    frame = _press(scanner)
    assert frame.hu.shape == (3, 128, 128)
    assert frame.hu.dtype == np.float32
    assert not frame.hu.flags.writeable
    assert frame.z_mm.tolist() == [1.5, 3.5, 5.5]
    assert frame.pixel_spacing_mm == pytest.approx(120 / 128)
    assert frame.exposure.mas == 20
    row, column = frame.pixel_of(12.0, -7.0)
    assert frame.position_mm(1, row, column) == pytest.approx((12.0, -7.0, 3.5))


def test_the_same_press_gives_the_same_bits_whatever_the_threads(scanner, phantom):
    threads = numba.get_num_threads()
    first = _press(scanner).hu
    try:
        numba.set_num_threads(1)
        single = _press(Scanner(phantom)).hu
    finally:
        numba.set_num_threads(threads)
    assert np.array_equal(first, single)
    assert np.array_equal(first, _press(scanner).hu)
    assert not np.array_equal(first, _press(scanner, noise_key=12).hu)


def test_concurrent_presses_do_not_disturb_each_other(scanner):
    keys = [1, 2, 3, 4]
    alone = {key: _press(scanner, noise_key=key).hu for key in keys}
    together: dict[int, np.ndarray] = {}

    def work(key: int) -> None:
        together[key] = _press(scanner, noise_key=key).hu

    workers = [threading.Thread(target=work, args=(key,)) for key in keys]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert all(np.array_equal(alone[key], together[key]) for key in keys)


def test_a_small_cache_changes_nothing(scanner, phantom):
    assert np.array_equal(_press(Scanner(phantom, plane_capacity=1)).hu, _press(scanner).hu)


def test_noise_belongs_to_the_slice_and_not_to_its_neighbours(scanner):
    whole = _press(scanner, slice_centres_mm=[1.5, 3.5, 5.5, 3.5], needles=[])
    clean = _press(scanner, slice_centres_mm=[1.5, 3.5, 5.5, 3.5], needles=[], noise_key=None)
    noise = whole.hu - clean.hu
    assert np.array_equal(noise[0], _press(scanner, slice_centres_mm=[1.5], needles=[]).hu[0] - clean.hu[0])
    inside = noise[:, 40:88, 40:88].reshape(4, -1)
    assert np.abs(np.corrcoef(inside) - np.eye(4)).max() < 0.1


def test_changes_are_told_apart_by_what_they_add_and_not_by_their_number(scanner):
    rest = _press(scanner, noise_key=None, needles=[]).hu
    first = _press(scanner, noise_key=None, needles=[], change=_change(10.0, 1)).hu
    other = _press(scanner, noise_key=None, needles=[], change=_change(20.0, 1)).hu
    middle = (1, slice(62, 66), slice(62, 66))
    raised = [float((image[middle] - rest[middle]).mean()) for image in (first, other)]
    assert raised[1] > 1.8 * raised[0] > 200
    assert np.array_equal(first[2], rest[2])  # planes that the change does not touch
    assert np.array_equal(_press(scanner, noise_key=None, needles=[], change=_change(0.0, 9)).hu, rest)


def test_long_scans_go_in_groups_and_tell_how_far_they_are(scanner):
    told: list[float] = []
    z = np.arange(0.0, 7.1, 1.0)
    frame = scanner.image(
        technique=PRESS,
        slice_centres_mm=z,
        slice_thickness_mm=1.0,
        noise_key=None,
        progress=told.append,
        **SMALL,
    )
    assert frame.hu.shape[0] == 8
    assert told == pytest.approx([3 / 8, 6 / 8, 1.0])
    assert frame.slice_thickness_mm == 1.0
    assert np.abs(frame.hu[7] - frame.hu[0]).max() < 0.01  # the cylinder is the same everywhere


def test_slices_take_of_each_plane_what_they_cover():
    expected = ProjectionCache(
        Projector(water_cylinder(40.0, planes=8, canal_half_mm=12), BRILLIANCE_64_CLASS), BRILLIANCE_64_CLASS
    )
    taken = np.zeros(8)
    for z in (0.75, 3.25, 5.75):  # contiguous slices of 2.5 mm from the first plane's lower face
        weights = expected.slice_plane_weights(z, 2.5)
        assert sum(share for _, share in weights) == pytest.approx(1.0)
        for plane, share in weights:
            taken[plane] += 2.5 * share
    np.testing.assert_allclose(taken, [1, 1, 1, 1, 1, 1, 1, 0.5], atol=1e-6)
    assert expected.slice_plane_weights(3.2, 0.5) == ((3, pytest.approx(1.0)),)
    assert [plane for plane, _ in expected.slice_plane_weights(1.5, 4.0)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"slice_centres_mm": [40.0]}, r"leaves the phantom, which lies between z = -0.5 and 7.5 mm"),
        ({"slice_centres_mm": []}, "empty"),
        ({"slice_centres_mm": [float("nan")]}, "leaves the phantom"),
        ({"noise_key": 2**32}, "noise_key must lie in 0 to 4294967295"),
        ({"noise_key": -1}, "noise_key"),
        ({"matrix": 127}, "even number"),
        ({"field_of_view_mm": 501.0}, "must lie in 0 to 500"),
        ({"slice_thickness_mm": 0.0}, "slice_thickness_mm must be a positive number"),
        ({"centre_mm": (400.0, 0.0)}, "outside the scanner's field"),
        ({"tube_at_deg": float("nan")}, "finite angle"),
    ],
)
def test_impossible_requests_are_refused(scanner, arguments, message):
    with pytest.raises(ValueError, match=message):
        _press(scanner, **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"tube_voltage_kv": 110}, "110 kV is not available; choose one of 80, 100, 120, 140 kV"),
        ({"reconstruction_kernel": "B30"}, "choose one of smooth, standard, detail, sharp"),
        ({"tube_current_ma": -3.0}, "tube_current_ma must lie between 1 and 600 mA, not -3"),
        ({"tube_current_ma": 601.0}, "tube_current_ma must lie between 1 and 600 mA"),
        ({"rotation_s": float("inf")}, "rotation_s must lie between 0.4 and 1.5 s"),
        ({"rotation_s": 0.2}, "rotation_s must lie between 0.4 and 1.5 s"),
        ({"slice_thickness_mm": float("nan")}, "slice_thickness_mm must lie between 0.5 and 40 mm"),
        ({"collimation_mm": 200.0}, "collimation_mm must lie between 0.5 and 160 mm"),
        ({"scan_arc_deg": 180}, "scan_arc_deg must be 360 or 240, not 180"),
    ],
)
def test_impossible_techniques_are_refused(arguments, message):
    good = {"tube_voltage_kv": 120, "tube_current_ma": 30.0, "rotation_s": 0.5}
    with pytest.raises(ValueError, match=message):
        Technique(**{**good, **arguments})


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 1, 6), (2, 6, 1)])
def test_a_change_one_voxel_wide_is_imaged(scanner, shape):
    grid = VoxelGrid(origin_mm=(4.0, -6.0, 3.0), spacing_mm=(1.0, 1.0, 1.0), shape=shape)
    delta = np.zeros((3, *shape), np.float32)
    delta[2] = 200.0
    change = DensityChange(grid=grid, delta=delta, revision=1)
    clean = {"needles": [], "noise_key": None}
    difference = (_press(scanner, change=change, **clean).hu - _press(scanner, **clean).hu)[1]
    row, column = (int(v) for v in np.unravel_index(difference.argmax(), difference.shape))
    x, y, _ = _press(scanner).position_mm(1, row, column)
    assert difference.max() > 100.0
    assert abs(x - (4.0 + 0.5 * (shape[2] - 1))) < 3.0
    assert abs(y - (-6.0 + 0.5 * (shape[1] - 1))) < 3.0
