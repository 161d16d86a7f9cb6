"""The CT that ships with the project as a phantom."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

import phantoms.from_ct.patient as ct_phantom
from phantoms.from_ct import ct_kernels as kernels
from phantoms.from_ct.body import frame_grid
from phantoms.from_ct.ct_anatomy import CtAnatomy
from phantoms.from_ct.files import CtFault, CtImage, phantom_from_ct, read_ct, real_patient
from phantoms.from_ct.resampling import axis_mm, cubic_rows, resample_slices, sinc_rows, slab_rows
from phantoms.from_ct.voxels import grids
from phantoms.interlaminar_windows import dorsal_target, find_interlaminar_window, open_angles
from phantoms.phantom import Label, Phantom, VoxelGrid, ZoneLabel
from phantoms.tissues import hounsfield_slopes
from simulator.spatial.frames import CanalPoint
from tests.oracles.ct_fields import densities_of_hu, field_at

Change = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
NAME = "lumbopelvic-3mm"
LEVELS = ("T12/L1", "L1/2", "L2/3", "L3/4", "L4/5", "L5/S1")
Z_RANGE = (-83.0, 129.0)
PLANES = (-8, 2)  # of the few voxels that are built here, about the window of L3/4


@pytest.fixture(scope="module")
def ct() -> CtImage:
    ct_path, labels_path, _ = real_patient(NAME)
    return read_ct(ct_path, labels_path)


@pytest.fixture(scope="module")
def phantom(ct: CtImage) -> Iterator[Phantom]:
    """The patient with ten planes of voxels only."""

    def few(whole: VoxelGrid, measure: object) -> tuple[VoxelGrid, VoxelGrid]:
        return tuple(
            VoxelGrid(
                origin_mm=(*grid.origin_mm[:2], float(PLANES[0])),
                spacing_mm=grid.spacing_mm,
                shape=(PLANES[1] - PLANES[0], *grid.shape[1:]),
            )
            for grid in grids(whole, measure)
        )

    _, _, parameters = real_patient(NAME)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ct_phantom, "grids", few)
        yield phantom_from_ct(
            ct, name=NAME, leak=parameters.leak, myelogram=parameters.myelogram, seed=parameters.seed, cache=False
        )


@pytest.fixture(scope="module")
def anatomy(phantom: Phantom) -> CtAnatomy:
    assert isinstance(phantom.anatomy, CtAnatomy)
    return phantom.anatomy


@pytest.fixture(scope="module")
def points(anatomy: CtAnatomy) -> np.ndarray:
    """Points about the canal."""
    rng = np.random.default_rng(5)
    line = anatomy.canal.centreline
    s = rng.uniform(-75.0, 100.0, 20000)
    return line.from_canal_coordinates(rng.uniform(-25.0, 25.0, s.size), rng.uniform(-8.0, 32.0, s.size), s)


def test_levels_run_from_the_head_down(phantom: Phantom) -> None:
    marks = phantom.landmarks
    assert phantom.levels == LEVELS
    heights = [
        marks.find(name).z_mm for name in ("L1", "L1/2", "L2", "L2/3", "L3", "L3/4", "L4", "L4/5", "L5", "L5/S1", "S1")
    ]
    assert heights == sorted(heights, reverse=True)
    assert all(phantom.anatomy.level(marks.interspaces[level]) == level for level in LEVELS)
    assert np.abs(marks.interspaces["L3/4"]).max() < 12.0  # the frame's origin is near it


def test_vertebral_bodies_have_the_size_of_the_labels(ct: CtImage, phantom: Phantom) -> None:
    # L4 of the labels spans 13 slices with its processes; its body is 9 slices (27 mm) high
    marks = phantom.landmarks.vertebral_bodies
    assert abs(marks["L3"][2] - marks["L4"][2] - 37.0) < 1.5
    assert phantom.anatomy.bone_mm(np.array([marks[name] for name in ("L1", "L2", "L3", "L4", "L5")])).max() < -8.0


def test_derived_parts_are_named(phantom: Phantom) -> None:
    text = " ".join(phantom.derived)
    for part in ("thecal sac", "ligamentum flavum", "epidural space", "cauda equina", "leak"):
        assert part in text


def test_sac_lies_within_the_canal_that_the_ct_shows(anatomy: CtAnatomy) -> None:
    canal, ct = anatomy.canal, anatomy.ct_arrays
    turn = 2.0 * np.pi * np.arange(canal.sac.radius_mm.shape[1]) / canal.sac.radius_mm.shape[1]
    shown = np.flatnonzero((canal.s_mm > -80.0) & (canal.s_mm < 110.0))[::4]
    u = canal.sac.u_mm[shown, None] + canal.sac.radius_mm[shown] * np.cos(turn)
    v = canal.sac.v_mm[shown, None] + canal.sac.radius_mm[shown] * np.sin(turn)
    s = np.repeat(canal.s_mm[shown], len(turn))
    bone = field_at(*ct.near, canal.centreline.from_canal_coordinates(u.ravel(), v.ravel(), s))
    assert bone.min() > -0.3
    assert np.percentile(bone, 1.0) > 0.2
    assert (canal.sac.half_ap_mm[shown] > 3.0).all()
    assert (canal.sac.half_width_mm[shown] > 5.0).all()


def test_dura_is_a_signed_distance(anatomy: CtAnatomy, points: np.ndarray) -> None:
    step = 0.25
    here = anatomy.dura_mm(points)
    near = np.abs(here) < 4.0
    slopes = [
        (anatomy.dura_mm(points + step * axis) - anatomy.dura_mm(points - step * axis)) / (2 * step)
        for axis in np.eye(3)
    ]
    length = np.sqrt(sum(slope**2 for slope in slopes))[near]
    assert abs(np.median(length) - 1.0) < 0.05
    assert np.percentile(length, 99.0) < 1.15


def test_labels_agree_with_distances(anatomy: CtAnatomy, points: np.ndarray) -> None:
    label, bone, dura = anatomy.label(points), anatomy.bone_mm(points), anatomy.dura_mm(points)
    in_bone = np.isin(label, [Label.CORTICAL_BONE, Label.SPONGIOSA])
    assert (bone[in_bone] <= 0.0).all()
    clear = dura > 0.0
    assert np.mean(in_bone[clear & (bone < -0.01)]) > 0.98  # root sleeves and roots stand before bone
    in_sac = np.isin(label, [Label.CEREBROSPINAL_FLUID, Label.SPINAL_CORD])
    assert (dura[in_sac] < 0.0).all()
    assert (bone[dura < 0.0] > 0.0).all()
    epidural = label == Label.EPIDURAL_FAT
    assert epidural.sum() > 300
    assert (dura[epidural] > 0.0).all()
    assert (bone[epidural] > 0.0).all()


def test_zones_lie_between_dura_and_bone(anatomy: CtAnatomy, points: np.ndarray) -> None:
    zone = anatomy.zone(points)
    inside = zone > ZoneLabel.OUTSIDE
    assert (anatomy.dura_mm(points)[inside] > 0.0).all()
    assert (anatomy.bone_mm(points)[inside] > 0.0).all()
    v = anatomy.to_canal_coordinates(points)[:, 1]
    assert (
        v[zone == ZoneLabel.DORSAL].mean() > v[zone == ZoneLabel.LATERAL].mean() > v[zone == ZoneLabel.VENTRAL].mean()
    )


@pytest.mark.parametrize("level", LEVELS[2:])
def test_every_interspace_has_an_open_way(phantom: Phantom, level: str) -> None:
    window = find_interlaminar_window(phantom.anatomy, phantom.landmarks.interspaces, level, Z_RANGE)
    assert len(window.planes) >= 3
    target = window.target_mm
    assert target is not None
    assert phantom.anatomy.zone(np.array([target]))[0] == ZoneLabel.DORSAL
    assert all(1.5 <= plane.depth_mm < 7.5 for plane in window.planes)


def test_a_lamina_closes_the_way(phantom: Phantom) -> None:
    # at the middle of L3 the laminae join to a roof: there is no target, or no way to it
    centreline = phantom.anatomy.canal.centreline
    middle = centreline.to_canal(phantom.landmarks.vertebral_bodies["L3"])
    found = dorsal_target(phantom.anatomy, centreline.to_patient(CanalPoint(0.0, 0.0, middle.s_mm - 6.0)))
    assert found is None or not len(open_angles(phantom.anatomy, found[0], np.arange(-30.0, 31.0, 5.0)))


def test_dorsal_space_at_the_leak_is_2_to_6_mm_deep(phantom: Phantom) -> None:
    window = phantom.landmarks.interlaminar_windows[phantom.leak.level]
    assert 2.0 <= phantom.anatomy.epidural_depth_mm(window) <= 6.0


def test_leak_lies_on_the_dura_and_holds_contrast(phantom: Phantom) -> None:
    leak = phantom.leak
    assert leak.level == "L3/4"
    assert leak.hole_mm is not None
    assert abs(phantom.anatomy.dura_mm(np.array([leak.hole_mm]))[0]) < 0.3
    assert leak.hole_mm[0] < phantom.landmarks.interspaces["L3/4"][0] - 1.0  # the patient's right is negative x
    grid = phantom.canal.grid
    plane = phantom.canal.plane(round(leak.hole_mm[2] - grid.origin_mm[2]))
    label = phantom.canal.label[round(leak.hole_mm[2] - grid.origin_mm[2])]
    pool = label == Label.EPIDURAL_COLLECTION
    assert pool.sum() > 50
    sac = label == Label.CEREBROSPINAL_FLUID
    assert 0.4 < plane[2][pool].mean() / plane[2][sac].mean() < 1.0


@pytest.mark.parametrize("offset_mm", [0.0, 20.0, -20.0])
def test_layers_follow_each_other(phantom: Phantom, offset_mm: float) -> None:
    target = np.array(phantom.landmarks.interlaminar_windows["L3/4"])
    t = np.arange(90.0, -8.0, -0.1)
    slope = offset_mm / 60.0
    way = target + np.column_stack([slope * t, t, np.zeros_like(t)])
    label = phantom.anatomy.label(way)
    order = [Label(int(q)) for q in label[np.concatenate([[True], np.diff(label) != 0])]]
    assert order[:3] == [Label.AIR, Label.SKIN, Label.SUBCUTANEOUS_FAT]
    first = {name: int(np.argmax(label == name)) for name in set(order)}
    deep = [Label.MUSCLE if offset_mm else Label.SUPRASPINOUS_LIGAMENT, Label.LIGAMENTUM_FLAVUM]
    deep += [Label.EPIDURAL_COLLECTION, Label.DURA]
    places = [first[name] for name in [Label.SKIN, Label.SUBCUTANEOUS_FAT, *deep]]
    assert places == sorted(places)
    assert label[-1] in (Label.CEREBROSPINAL_FLUID, Label.NERVE_ROOT)
    skin = (label == Label.SKIN).sum() * 0.1 * np.sqrt(1.0 + slope**2)
    assert 1.5 < skin < 4.0


def test_hounsfield_units_of_the_ct_are_kept(ct: CtImage, phantom: Phantom) -> None:
    grid = phantom.body.grid
    x, y, z = (axis_mm(grid, k) for k in range(3))
    lines = phantom.anatomy.ct_arrays
    source = frame_grid(ct, ((29,), (28,)))
    shown = resample_slices(ct.hu, source, x, y, z)
    slopes = hounsfield_slopes(120.0)
    hu = np.stack([np.tensordot(slopes, phantom.body.plane(k), 1) - 1000.0 for k in range(grid.shape[0])])
    label = phantom.body.label
    for name, low, high in ((Label.MUSCLE, 20, 80), (Label.SUBCUTANEOUS_FAT, -140, -60), (Label.SPONGIOSA, 150, 500)):
        seen = (label == name) & (shown > low) & (shown < high)
        assert seen.sum() > 2000
        assert abs((hu - shown)[seen].mean()) < 1.0
        assert np.percentile(np.abs((hu - shown)[seen]), 90.0) < 3.0
    assert lines.soft_hu[0] == pytest.approx(-1000.0, abs=2.0)


def test_table_and_mat_are_gone(phantom: Phantom) -> None:
    from scipy import ndimage

    for k in (0, 5, 9):
        _, pieces = ndimage.label(phantom.body.label[k] != Label.AIR)
        assert pieces == 1
        water = phantom.body.plane(k)[0]
        assert water[phantom.body.label[k] == Label.AIR].max() < 0.6


def test_box_and_body_tell_the_same(phantom: Phantom) -> None:
    fine, coarse = phantom.canal, phantom.body
    left, top = (round(fine.grid.origin_mm[k] + 0.25 - coarse.grid.origin_mm[k]) for k in (0, 1))
    ny, nx = fine.grid.shape[1] // 2, fine.grid.shape[2] // 2
    mean = fine.plane(4).reshape(3, ny, 2, nx, 2).mean(axis=(2, 4))
    assert np.abs(mean - coarse.plane(4)[:, top : top + ny, left : left + nx]).max() < 2e-3


def test_kernels_agree_with_slow_twins(anatomy: CtAnatomy) -> None:
    ct = anatomy.ct_arrays
    rng = np.random.default_rng(2)
    low, high = ct.near.origin - 4.0, ct.near.origin + np.array(ct.near.values.shape[::-1]) + 3.0
    points = rng.uniform(low, high, (500, 3))
    slow = field_at(*ct.near, points)
    fast = [kernels.trilinear(ct.near, *point) for point in points]
    np.testing.assert_allclose(fast, slow, atol=1e-4)
    for nodes, densities in ((ct.soft_hu, ct.soft_density), (ct.bone_hu, ct.bone_density)):
        hu = rng.uniform(-1100.0, 3500.0, 300)
        fast = [kernels.along_line(value, nodes, densities) for value in hu]
        np.testing.assert_allclose(fast, densities_of_hu(hu, nodes, densities), atol=1e-9)


def test_points_of_another_shape_are_refused(anatomy: CtAnatomy) -> None:
    with pytest.raises(ValueError, match="shape"):
        anatomy.bone_mm(np.zeros(3))


def test_leak_at_a_level_that_is_not_there_is_refused(ct: CtImage) -> None:
    _, _, parameters = real_patient(NAME)
    assert parameters.leak is not None
    from dataclasses import replace

    with pytest.raises(CtFault, match="C5/6"):
        phantom_from_ct(
            ct, name=NAME, leak=replace(parameters.leak, level="C5/6"), myelogram=parameters.myelogram, cache=False
        )


def test_labels_are_needed(ct: CtImage) -> None:
    _, _, parameters = real_patient(NAME)
    bare = CtImage(what="a.nii.gz", hu=ct.hu, grid=ct.grid, labels=None)
    with pytest.raises(CtFault, match="which vertebra is which") as caught:
        phantom_from_ct(bare, name=NAME, leak=None, myelogram=parameters.myelogram)
    assert caught.value.what == "a.nii.gz"
    assert "--labels" in caught.value.fix


def test_unknown_patient_is_refused() -> None:
    with pytest.raises(ValueError, match=NAME):
        real_patient("nobody")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda hu, labels: (hu, np.where(labels > 0, 59 - labels, 0)), "follow each other"),
        (lambda hu, labels: (hu, np.where(labels == 29, 0, labels)), "L3 is missing"),
        (lambda hu, labels: (hu, np.roll(labels, 50, axis=2)), "do not lie on the bones"),
        (lambda hu, labels: (np.minimum(hu, 60), labels), "do not lie on the bones"),
        (lambda hu, labels: (hu[:, :85], labels[:, :85]), "back is cut off"),
    ],
)
def test_labels_that_belong_elsewhere_are_refused(ct: CtImage, change: Change, word: str) -> None:
    _, _, parameters = real_patient(NAME)
    hu, labels = change(ct.hu, ct.labels)
    grid = VoxelGrid(origin_mm=ct.grid.origin_mm, spacing_mm=ct.grid.spacing_mm, shape=hu.shape)
    other = CtImage(what="other.nii.gz", hu=hu.astype(np.int16), grid=grid, labels=labels.astype(np.uint8))
    with pytest.raises(CtFault, match=word):
        phantom_from_ct(other, name=NAME, leak=None, myelogram=parameters.myelogram, cache=False)


def test_slices_are_read_so_that_a_scan_of_their_thickness_gives_them_again() -> None:
    """A staircase along z: means of the planes over each slice are the slice's own, which cubic values are not."""
    rng = np.random.default_rng(4)
    slices = rng.normal(0.0, 100.0, 24)
    planes = np.arange(0.0, 23 * 2.5, 0.25)
    sharp, blunt = (rows(24, 0.0, 2.5, planes) @ slices for rows in (slab_rows, cubic_rows))

    def means(values: np.ndarray) -> np.ndarray:
        return np.array([values[np.abs(planes - 2.5 * k) < 1.25].mean() for k in range(2, 22)])

    found = [np.abs(means(values) - slices[2:22]).mean() for values in (sharp, blunt)]
    assert found[0] < 0.35 * found[1]
    flat = slab_rows(24, 0.0, 2.5, planes).sum(axis=1)
    assert np.abs(flat - 1.0).max() < 1e-9


def test_a_sinc_keeps_a_fine_wave_that_a_cubic_dulls() -> None:
    wave = np.cos(2.0 * np.pi * 0.3 * np.arange(60))  # periods of 3.3 samples
    wanted = np.arange(10.0, 50.0, 0.7)
    true = np.cos(2.0 * np.pi * 0.3 * wanted)
    errors = [np.abs(rows(60, 0.0, 1.0, wanted) @ wave - true).max() for rows in (sinc_rows, cubic_rows)]
    assert errors[0] < 0.08 < 0.15 < errors[1]
    assert np.allclose(sinc_rows(60, 0.0, 1.0, wanted).sum(axis=1), 1.0)
