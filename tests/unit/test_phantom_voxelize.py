import shutil
from dataclasses import replace

import numba
import numpy as np
import pytest

from phantoms import array_cache, build, paint_kernels
from phantoms.catalogue import patient_parameters
from phantoms.phantom import Label, VoxelGrid
from phantoms.tissues import hounsfield_slopes
from phantoms.voxels import scene_kernels
from phantoms.voxels.voxelize import OFFSET, STEP, majority_label, quantise, voxelize
from tests.oracles.anatomy_patient import small_grids, spine
from tests.oracles.anatomy_solids import voxel_densities


@pytest.fixture(scope="module")
def volumes():
    return voxelize(spine(), *small_grids())


def test_a_box_may_reach_beyond_the_bodys_back(volumes):
    """Rows of the box that the body does not hold leave the body's other planes as they are."""
    body, canal = small_grids()
    top = round(canal.origin_mm[1] - 0.25 - body.origin_mm[1] + 0.5)
    rows = top + canal.shape[1] // 2 - 6
    cut, box = voxelize(spine(), replace(body, shape=(body.shape[0], rows, body.shape[2])), canal)
    assert np.array_equal(cut.counts, volumes[0].counts[:, :, :rows])
    assert np.array_equal(cut.label, volumes[0].label[:, :rows])
    assert np.array_equal(box.counts, volumes[1].counts)


def test_a_slanted_plane_keeps_its_volume_without_steps():
    """Voxels under a plane of any slant hold its volume; along the normal the profile never turns back."""
    normal = np.array([0.36, 0.48, 0.80])
    x = np.arange(-10.0, 10.5, 0.5)
    grid = np.stack(np.meshgrid(x, x, x), axis=-1).reshape(-1, 3)
    for offset in np.linspace(-0.3, 0.3, 7):
        distance = grid @ normal - offset
        part = np.array([paint_kernels.share(d, 0.5) for d in distance])
        inside = np.abs(grid).max(axis=1) < 9.9
        steps = np.argsort(distance)
        assert np.all(np.diff(part[steps]) <= 0.0)
        # the plane goes through the middle of a symmetric box, so the volume moves by area x offset
        assert part[inside].sum() * 0.125 == pytest.approx(0.125 * inside.sum() / 2 + offset * 19.5**2 / 0.8, rel=2e-3)


def test_a_cylinder_keeps_its_volume():
    x = np.arange(-8.0, 8.5, 0.5)
    gx, gy = np.meshgrid(x, x)
    for shift in (0.0, 0.13, 0.25):
        distance = np.hypot(gx - shift, gy + 0.07) - 5.0
        part = np.vectorize(paint_kernels.share)(distance, 0.5)
        assert part.sum() * 0.25 == pytest.approx(np.pi * 25.0, rel=2e-3)
        steps = np.argsort(distance, axis=None)
        assert np.all(np.diff(part.ravel()[steps]) <= 0.0)


def test_voxels_agree_with_a_finely_sampled_patient():
    """Mean densities of voxels against points eight times finer, at the sac and the bone about it."""
    body, canal = small_grids(planes=1)
    _, fine = voxelize(spine(), body, canal)
    rng = np.random.default_rng(4)
    slopes = hounsfield_slopes()
    errors = []
    for _ in range(60):
        j, i = rng.integers(10, 70, 2)
        centre = np.array(canal.origin_mm) + np.array([i, j, 0]) * canal.spacing_mm
        offsets = (np.arange(8) + 0.5) / 8 - 0.5
        total = np.zeros(3)
        for dz in offsets:
            for dy in offsets[::2]:
                for dx in offsets[::2]:
                    x, y, z = centre + np.array([dx * 0.5, dy * 0.5, dz])
                    voxel = scene_kernels.tissue_at(x, y, z, 0.06, spine().solids)
                    total += voxel[:3]
        mean = total / (8 * 4 * 4)
        errors.append(float((fine.plane(0)[:, j, i] - mean) @ slopes))
    assert abs(np.mean(errors)) < 12.0
    assert np.sqrt(np.mean(np.square(errors))) < 70.0


def test_voxels_are_means_of_their_planes(volumes):
    canal = volumes[1]
    rng = np.random.default_rng(6)
    for j, i in rng.integers(0, 80, (60, 2)):
        x, y = canal.grid.origin_mm[0] + 0.5 * i, canal.grid.origin_mm[1] + 0.5 * j
        if not -12.0 < x < 12.0:  # farther out there may be muscle alone, which is looked at once
            continue
        expected = voxel_densities(spine(), x, y, canal.grid.origin_mm[2] + 1.0, 0.5, 1.0)
        assert np.array_equal(quantise(expected), canal.counts[:, 1, j, i])


def test_quantising_costs_less_than_a_fiftieth_of_a_hounsfield_unit():
    rng = np.random.default_rng(2)
    densities = np.column_stack([rng.uniform(0, 1.3, 500), rng.uniform(-0.05, 1.1, 500), rng.uniform(-1, 90, 500)])
    counts = quantise(densities)
    back = OFFSET + STEP * counts.T
    assert np.all(np.abs((back - densities) * hounsfield_slopes()) < 0.03)
    assert quantise(np.array([[9.0, -9.0, 0.0]]))[:2, 0].tolist() == [65535, 0]


def test_body_and_box_tell_the_same(volumes):
    body, canal = volumes
    fine = canal.counts.reshape(3, 2, 40, 2, 41, 2).mean(axis=(3, 5))
    assert np.array_equal(body.counts[:, :, 8:48, 10:51], np.floor(fine + 0.5))
    cells = canal.label.reshape(2, 40, 2, 41, 2)
    assert np.array_equal(body.label[:, 8:48, 10:51], majority_label(cells))


def test_labels_are_those_of_the_solids(volumes):
    from tests.oracles.anatomy_patient import anatomy

    canal = volumes[1]
    grid = canal.grid
    j, i = np.meshgrid(np.arange(4, 76, 3), np.arange(4, 78, 3), indexing="ij")
    points = np.stack(
        [grid.origin_mm[0] + 0.5 * i, grid.origin_mm[1] + 0.5 * j, np.full(i.shape, grid.origin_mm[2])],
        axis=-1,
    )
    exact = anatomy().label(points.reshape(-1, 3)).reshape(i.shape)
    assert np.mean(exact == canal.label[0][j, i]) > 0.9
    assert {Label.CEREBROSPINAL_FLUID, Label.EPIDURAL_COLLECTION, Label.CORTICAL_BONE} <= set(np.unique(canal.label))


def test_grids_that_do_not_fit_are_refused():
    body, _ = small_grids()
    off = VoxelGrid(origin_mm=(-20.0, -4.25, -6.0), spacing_mm=(0.5, 0.5, 1.0), shape=(2, 80, 82))
    with pytest.raises(ValueError, match="edges"):
        voxelize(spine(), body, off)


def test_one_thread_and_two_give_the_same_bits(volumes):
    threads = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        single = voxelize(spine(), *small_grids())
    finally:
        numba.set_num_threads(threads)
    for one, two in zip(single, volumes, strict=True):
        assert one.counts.tobytes() == two.counts.tobytes()
        assert one.label.tobytes() == two.label.tobytes()


@pytest.fixture
def small_build(monkeypatch, tmp_path):
    monkeypatch.setattr(build, "_grids", lambda spine: small_grids())
    monkeypatch.setattr(array_cache.platformdirs, "user_cache_dir", lambda *args, **kwargs: str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def kept_build(tmp_path_factory, volumes):
    """A cache folder that holds a small build, and its voxels."""
    folder = tmp_path_factory.mktemp("kept") / "cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "_grids", lambda spine: small_grids())
        patch.setattr(build, "voxelize", lambda *args: volumes)
        patch.setattr(array_cache.platformdirs, "user_cache_dir", lambda *args, **kwargs: str(folder))
        build.build_phantom(patient_parameters("patient-2"))
    return folder, volumes


def test_a_second_build_reads_the_first_and_is_equal(small_build, monkeypatch):
    said = []
    first = build.build_phantom(patient_parameters("patient-2"), progress=lambda text, part: said.append(part))
    assert said[-1] == 1.0
    assert said == sorted(said)
    assert len(list(small_build.rglob("index.json"))) == 1
    for name in (
        "build.voxelize",
        "build.find_window_targets",
        "build.patient_identity",
        "spine.noise_texture",
        "canal.canal_kernels.fill_sac_lattice",
    ):
        monkeypatch.setattr(f"phantoms.{name}", lambda *args: pytest.fail("that was there"))
    second = build.build_phantom(patient_parameters("patient-2"))
    assert first.identity == second.identity
    assert len(first.identity) == 64
    assert first.canal.counts.tobytes() == second.canal.counts.tobytes()
    assert first.landmarks == second.landmarks
    assert "L3/4" in second.landmarks.interlaminar_windows
    assert not second.body.label.flags.writeable
    # kernels know these arrays by their types, and a new type would be compiled anew
    for one, other in zip(first.anatomy.spine.canal_arrays, second.anatomy.spine.canal_arrays, strict=True):
        assert numba.typeof(one) == numba.typeof(other)


@pytest.mark.parametrize("name", ["body_counts.npy", "windows.npy", "index.json"])
@pytest.mark.parametrize("damage", ["garbage", "truncated", "empty", "gone"])
def test_a_damaged_cache_only_costs_time(small_build, kept_build, damage, name, monkeypatch):
    shutil.copytree(kept_build[0], small_build)
    file = next(small_build.rglob(name))
    data = file.read_bytes()
    changed = {"garbage": data[:-2] + b"no", "truncated": data[: len(data) // 2], "empty": b""}
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(changed[damage])
    asked = []
    monkeypatch.setattr(build, "voxelize", lambda *args: asked.append(args) or kept_build[1])
    again = build.build_phantom(patient_parameters("patient-2"))
    assert len(asked) == 1
    assert "L3/4" in again.landmarks.interlaminar_windows
    assert array_cache.load_arrays(build._cache_key(patient_parameters("patient-2"))) is not None


def test_a_cache_that_cannot_be_written_only_costs_time(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setattr(build, "_grids", lambda spine: small_grids())
    monkeypatch.setattr(array_cache.platformdirs, "user_cache_dir", lambda *args, **kwargs: str(blocked))
    phantom = build.build_phantom(patient_parameters("patient-2"))
    assert phantom.levels == ("L1/2", "L2/3", "L3/4", "L4/5", "L5/S1")


def test_phantom_says_where_things_are(small_build):
    phantom = build.build_phantom(patient_parameters("patient-2"))
    bodies, wall = phantom.landmarks.vertebral_bodies, phantom.landmarks.interspaces["L3/4"]
    assert bodies["L3"].z_mm > wall.z_mm > bodies["L4"].z_mm
    assert bodies["L3"].y_mm < wall.y_mm  # a body's middle lies in front of the posterior wall
    hole = np.array([phantom.leak.hole_mm])
    assert abs(phantom.anatomy.dura_mm(hole)[0]) < 0.05
    assert hole[0, 0] < 0.0  # on the right
    assert phantom.anatomy.level(phantom.leak.hole_mm) == phantom.leak.level == "L3/4"
