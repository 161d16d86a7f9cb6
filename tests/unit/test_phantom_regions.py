"""A region may be anywhere in the column: the same person whatever is shown, and boxes that follow the curve."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from phantoms import build
from phantoms.body.outline_kernels import cage_distance, rib_distance
from phantoms.bones import bone_parts_kernels
from phantoms.people import random_person
from phantoms.phantom import Label
from phantoms.spinal_curve import positions_mm
from phantoms.spine import Spine, build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from phantoms.vertebra_shape import vertebra_shapes
from phantoms.voxels import scene_kernels
from phantoms.voxels.voxelize import BLOCK, voxelize
from phantoms.voxels.voxelize_kernels import CELL
from simulator.ct.geometry import ScannerGeometry
from simulator.ct.projector import Projector
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN
from tests.oracles import anatomy_patient as patient
from tests.oracles import anatomy_solids as solids


def names(first: str, last: str) -> tuple[str, ...]:
    return FIVE_LUMBAR_COLUMN[FIVE_LUMBAR_COLUMN.index(first) : FIVE_LUMBAR_COLUMN.index(last) + 1]


def region(first: str, last: str, level: str = "L3/4", seed: int = 8) -> Spine:
    return build_spine(random_person(seed, vertebrae=names(first, last), level_interspace=level))


@pytest.fixture(scope="module")
def chest() -> Spine:
    return region("T4", "T9", "T6/7")


@pytest.fixture(scope="module")
def neck() -> Spine:
    return region("C1", "T1", "T4/5")


@pytest.mark.parametrize(("first", "last"), [("C1", "C6"), ("C4", "T3"), ("T5", "T10"), ("T10", "L3"), ("L1", "S1")])
def test_a_region_builds_and_names_its_places(first: str, last: str) -> None:
    spine = region(first, last)
    marks = build.anatomical_landmarks(spine).vertebral_bodies
    heights = [marks[name][2] for name in names(first, last)]
    assert heights == sorted(heights, reverse=True)
    body, canal = build._grids(spine)
    assert body.shape[0] == canal.shape[0]
    assert 60 < body.shape[0] < 260


def test_what_is_shown_changes_nothing_of_the_person() -> None:
    wide, narrow = region("T9", "L4"), region("T11", "L2")
    s = np.random.default_rng(1).uniform(*positions_mm(("L1", "T12"), wide.parameters.sex), 400)
    rng = np.random.default_rng(2)
    points = narrow.canal.centreline.from_canal_coordinates(rng.uniform(-40, 40, 400), rng.uniform(-20, 45, 400), s)
    one, other = SyntheticAnatomy.from_spine(wide), SyntheticAnatomy.from_spine(narrow)
    # roots and strands that end beyond a region's edge are not in it
    assert np.mean(one.label(points) == other.label(points)) > 0.985
    assert one.bone_mm(points) == pytest.approx(other.bone_mm(points), abs=1e-6)
    assert one.dura_mm(points) == pytest.approx(other.dura_mm(points), abs=0.05)


def test_ribs_are_bars_in_the_wall_with_lung_behind_them(chest: Spine) -> None:
    body, anatomy = chest.body_arrays, SyntheticAnatomy.from_spine(chest)
    u, s = np.meshgrid(
        np.arange(50.0, 90.0, 4.0), np.linspace(chest.row.vertebrae["s"][3], chest.row.vertebrae["s"][2], 30)
    )
    found = []
    for x, height in zip(u.ravel(), s.ravel(), strict=True):
        v = np.arange(-10.0, 45.0, 0.5)
        cage = np.array([cage_distance(x, q, height, body) for q in v])
        ribs = np.array([rib_distance(x, q, height, c, body) for q, c in zip(v, cage, strict=True)])
        assert np.all(np.abs(cage[ribs < 0.0] + 3.3) < 3.3)
        found.append((ribs < 0.0).any())
        points = chest.canal.centreline.from_canal_coordinates(x, v, height)
        lung = anatomy.label(points) == Label.ORGAN
        assert np.all(cage[lung] < -5.0)
    assert 0.25 < np.mean(found) < 0.8  # bars and spaces


def test_plates_and_ribs_agree_with_their_twins(chest: Spine) -> None:
    rng = np.random.default_rng(4)
    for x, y in rng.uniform(-9, 9, (60, 2)):
        fast = bone_parts_kernels.plate(x, y, 0.5, -1.0, 0.7, 5.0, 3.0)
        assert fast == pytest.approx(solids.plate(x, y, 0.5, -1.0, 0.7, 5.0, 3.0), abs=5e-3)
    body, near = chest.body_arrays, 0
    for u, v, s in zip(
        rng.uniform(45, 120, 400), rng.uniform(-60, 35, 400), rng.uniform(*chest.row.vertebrae["s"][[4, 1]], 400),
        strict=True,
    ):  # fmt: skip
        cage = cage_distance(u, v, s, body)
        fast = rib_distance(u, v, s, cage, body)
        if fast < 3.0:
            near += 1
            assert fast == pytest.approx(solids.rib(u, v, s, cage, body), abs=0.05)
    assert near > 20


@pytest.mark.parametrize("size", [0.5, 1.0])
def test_what_a_block_leaves_out_is_not_there(neck: Spine, chest: Spine, size: float) -> None:
    """Voxels of a block painted with the parts that can be near are those painted with all."""
    rng = np.random.default_rng(6)
    half = 0.5 * CELL * size
    radius = np.sqrt(3.0) * half
    for spine in (neck, chest, patient.spine()):
        s = rng.uniform(*spine.row.vertebrae["s"][[-2, 1]], 250)
        centres = spine.canal.centreline.from_canal_coordinates(rng.uniform(-70, 70, 250), rng.uniform(-60, 75, 250), s)
        fewer = 0
        for centre in centres:
            parts = scene_kernels.parts_near(*centre, radius, size, spine.solids)
            fewer += parts != scene_kernels.ALL_PARTS
            for point in centre + rng.uniform(-half, half, (12, 3)):
                some = scene_kernels.tissue_from_parts(*point, size, parts, spine.solids)
                assert some == scene_kernels.tissue_at(*point, size, spine.solids)
        assert fewer > 60


def test_spinous_processes_are_steepest_in_mid_chest(chest: Spine) -> None:
    row = chest.row.vertebrae
    angle = dict(zip(chest.row.names, np.degrees(np.arctan2(row["spinous_sin"], row["spinous_cos"])), strict=True))
    assert angle["T6"] == pytest.approx(57.9, abs=0.1)  # [KAUR]
    assert angle["T9"] < angle["T6"]
    world, bone = chest.canal.centreline.from_canal_coordinates, SyntheticAnatomy.from_spine(chest).bone_mm
    below = row["s"][2] - 0.9 * (row["s"][2] - row["s"][4])  # two vertebrae lower there is still T6's tip
    depth = np.arange(20.0, 50.0, 0.5)
    assert (bone(world(0.0, depth, below)) < 0.0).any()


def test_the_vertebral_arteries_run_in_open_foramina(neck: Spine) -> None:
    anatomy = SyntheticAnatomy.from_spine(neck)
    for name in ("C3", "C4", "C5", "C6"):
        s = neck.row.vertebrae["s"][neck.row.names.index(name)]
        for side in (1.0, -1.0):
            middle = neck.canal.centreline.from_canal_coordinates(side * vertebra_shapes()[name].foramen_x_mm, -5.0, s)
            assert anatomy.bone_mm(middle)[0] > 1.0
            assert anatomy.label(middle)[0] == Label.VESSEL


def test_the_dens_stands_in_the_atlas(neck: Spine) -> None:
    anatomy, line = SyntheticAnatomy.from_spine(neck), neck.canal.centreline
    atlas = neck.row.vertebrae["s"][0]
    v = np.arange(-20.0, 30.0, 0.25)
    bone = anatomy.bone_mm(line.from_canal_coordinates(0.0, v, atlas)) < 0.0
    edges = np.flatnonzero(np.diff(bone.astype(int)))
    assert bone.any()
    assert len(edges) >= 5  # anterior arch, gap, dens, canal, posterior arch
    canal = v[(v > 0.0) & ~bone]
    assert canal[0] < 2.0


def test_neighbours_do_not_touch_but_in_fusion(neck: Spine, chest: Spine) -> None:
    """Solids of neighbouring vertebrae leave the joint spaces open."""
    from phantoms.bones.vertebra_kernels import vertebra_distance

    rng = np.random.default_rng(5)
    for spine in (neck, chest):
        row, frames = spine.row.vertebrae, spine.row.frames
        s = rng.uniform(row["s"][-2], row["s"][1], 6000)
        points = spine.canal.centreline.from_canal_coordinates(
            rng.uniform(-25, 25, 6000), rng.uniform(-18, 26, 6000), s
        )
        both = 0
        for x, y, z in points:
            inside = [
                vertebra_distance(x, y, z, row[i], row[max(i - 1, 0)], frames[i])[0] < 0.0 for i in range(len(row))
            ]
            both += sum(inside) > 1
        assert both < 0.003 * len(points)


def test_rows_that_are_filled_are_those_of_a_full_box() -> None:
    body, canal = patient.small_grids(planes=3)
    whole = voxelize(patient.spine(), body, canal)
    rows = np.array([[4, 46]]), np.array([[10, 60]])
    part = voxelize(patient.spine(), body, canal, rows=rows)
    assert np.array_equal(part[1].counts[:, :, 10:60], whole[1].counts[:, :, 10:60])
    assert not part[1].label[:, :10].any()
    assert np.all(part[0].plane(1)[:, :4] == 0.0)
    inner = slice(4, 46)
    same = part[0].label[:, inner] == whole[0].label[:, inner]
    assert same.mean() > 0.97  # where the box is not filled the body's own voxels stand


def test_a_curved_box_projects_as_a_straight_one() -> None:
    spine = patient.spine()
    body, canal = (replace(grid, shape=(2, *grid.shape[1:])) for grid in build._grids(spine))
    none = np.full((len(spine.parameters.interspaces), 3), np.nan)
    whole = build._assembled(spine.parameters, spine, voxelize(spine, body, canal), none, "")
    rows = np.array([[0, body.shape[1]]]), np.array([[8, canal.shape[1] - 8]])
    curved = build._assembled(spine.parameters, spine, voxelize(spine, body, canal, rows=rows), none, "")
    assert curved.canal.rows is not None
    geometry = ScannerGeometry()
    one, other = (Projector(phantom, geometry).line_integrals(0) for phantom in (whole, curved))
    assert np.abs(one - other)[0].max() < 0.02 * one[0].max()
    assert np.sqrt(np.mean((one - other)[0] ** 2)) < 2e-3 * one[0].max()


def test_a_whole_column_fills_its_boxes_along_the_curve() -> None:
    spine = region("C1", "S1")
    body, canal = build._grids(spine)
    rows = build._rows(spine, body, canal)
    assert rows is not None
    blocks = -(-body.shape[0] // BLOCK)
    assert len(rows[0]) == len(rows[1]) == blocks
    held = sum(
        BLOCK * float((part[:, 1] - part[:, 0]).sum()) * grid.shape[2] * 7e-6
        for part, grid in zip(rows, (body, canal), strict=True)
    )
    print(f"voxels of a whole column: {held:.0f} MB")
    assert held < 400.0
    line = spine.canal.centreline
    for block, (first, stop) in enumerate(rows[1]):
        z = body.z_mm[min(block * BLOCK, body.shape[0] - 1)]
        wall = np.interp(z, line.z_mm, line.samples[:, 1]) - canal.origin_mm[1]
        assert 2.0 * wall - first > 20
        assert stop - 2.0 * wall > 100


@pytest.mark.parametrize(
    "wrong", [("L2", "L4", "L5", "S1"), ("L4", "L3", "L2", "L1"), ("L3", "L4"), ("X1", "L1", "L2", "L3")]
)
def test_vertebrae_that_are_no_neighbours_are_refused(wrong: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="neighbours"):
        build_spine(replace(random_person(1), vertebrae=wrong))
