"""Parts of a CT's way to a patient: a trunk without arms, bodies that the image cuts, vertebrae beyond it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from phantoms.from_ct.body import prepare_body
from phantoms.from_ct.body_mask import _without_limbs
from phantoms.from_ct.bone import build_bone
from phantoms.from_ct.bony_canal import CanalMeasure, _smooth, measure_canal
from phantoms.from_ct.canal_fit import body_at
from phantoms.from_ct.files import read_ct, real_patient
from phantoms.from_ct.image import CtFault, CtImage
from phantoms.from_ct.labels import vertebra_names
from phantoms.phantom import VoxelGrid

ABOUT = ("L3", "L4")


def disc(radius: float, at: tuple[float, float], squeeze: float = 1.0) -> np.ndarray:
    y, x = np.indices((80, 140))
    return ((x - at[0]) * squeeze) ** 2 + (y - at[1]) ** 2 < radius**2


def test_an_arm_that_touches_is_no_part_of_the_trunk() -> None:
    trunk = np.repeat(disc(32, (70, 40), 0.66)[None], 12, axis=0)
    apart, touching = disc(10, (131, 40)), disc(10, (126, 40))
    arm = np.stack([touching if k in (4, 5) else apart for k in range(12)])
    found = _without_limbs(trunk | arm)
    assert not found[:, 38:42, 128:].any()
    assert (found & trunk).sum() > 0.99 * trunk.sum()


def test_a_breast_or_flank_stays() -> None:
    bulge = disc(10, (70, 6)) | disc(9, (70, 14))
    body = np.repeat((disc(32, (70, 46), 0.66) | bulge)[None], 12, axis=0)
    np.testing.assert_array_equal(_without_limbs(body), body)


def test_a_ray_that_left_by_a_disc_bends_no_wall() -> None:
    z = np.arange(0.0, 120.0, 10.0)
    walls = np.column_stack([np.zeros_like(z), 10.0 + 0.002 * (z - 60.0) ** 2, z])
    walls[5, 1] -= 14.0
    line = _smooth(walls)
    assert np.abs(line[:, 1] - (10.0 + 0.002 * (line[:, 2] - 60.0) ** 2)).max() < 1.5


def measured(ct: CtImage) -> CanalMeasure:
    names = vertebra_names(ct, "L3/4")
    bone = build_bone(prepare_body(ct, names, ABOUT), names)
    return measure_canal(bone, tuple(names), ABOUT, ct.what)


def planes(ct: CtImage, first: int, stop: int) -> CtImage:
    x, y, z = ct.grid.origin_mm
    grid = VoxelGrid(
        origin_mm=(x, y, z + 3.0 * first), spacing_mm=ct.grid.spacing_mm, shape=(stop - first, *ct.grid.shape[1:])
    )
    return CtImage(what=ct.what, hu=ct.hu[first:stop], grid=grid, labels=ct.labels[first:stop])


@pytest.fixture(scope="module")
def ct() -> CtImage:
    ct_path, labels_path, _ = real_patient("lumbopelvic-3mm")
    return read_ct(ct_path, labels_path)


@pytest.fixture(scope="module")
def whole(ct: CtImage) -> CanalMeasure:
    return measured(ct)


def test_a_body_that_the_image_cuts_is_as_high_as_the_table_says(ct: CtImage, whole: CanalMeasure) -> None:
    body = ndimage.find_objects((ct.labels == 30).astype(int))[0][0]  # L2; its upper half is cut away
    cut = measured(planes(ct, 0, body.stop - 4))
    assert cut.names[0] == "L2"
    assert cut.cut[0] == "L2"
    for level in ("L2/3", "L3/4", "L4/5"):
        ours = cut.disc_s_mm[level] - cut.body_s_mm["L4"]
        assert ours == pytest.approx(whole.disc_s_mm[level] - whole.body_s_mm["L4"], abs=3.0)
    assert cut.height_mm["L2"] == pytest.approx(24.3, abs=3.0)


def test_vertebrae_that_are_not_shown_lie_where_the_table_says(whole: CanalMeasure) -> None:
    assert body_at(whole, "L3") == whole.body_s_mm["L3"]
    between = 0.5 * 22.7 + 6.4 + 21.3 + 5.8 + 0.5 * 20.2  # half of T12, a disc, T11, a disc, half of T10
    assert body_at(whole, "T10") == pytest.approx(whole.body_s_mm["T12"] + between, abs=0.1)
    assert body_at(whole, "C7") > body_at(whole, "T10") > whole.body_s_mm["T12"]


def test_an_interspace_whose_bodies_are_cut_away_is_refused(ct: CtImage) -> None:
    body = ndimage.find_objects((ct.labels == 29).astype(int))[0][0]  # L3: its arch alone stays
    with pytest.raises(CtFault, match=r"L3"):
        measured(planes(ct, 0, body.start + 3))
