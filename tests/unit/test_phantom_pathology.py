"""Spines that are worn, bent, operated or counted wrong: what was asked for is there, and nothing else has moved."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from phantoms import array_cache, build, voxel_cache
from phantoms.parameters import PatientParameters
from phantoms.people import random_person
from phantoms.phantom import Label
from phantoms.spinal_curve import THIN, disc_heights_mm
from phantoms.spine import Spine, build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from phantoms.tissues import attenuation_table, basis_attenuation, hounsfield_slopes, titanium
from phantoms.voxels import scene_kernels
from phantoms.voxels.voxelize import METAL_OFFSET, METAL_STEP, STEP, count_scale, quantise
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Interspace

SHOWN = FIVE_LUMBAR_COLUMN[FIVE_LUMBAR_COLUMN.index("T11") :]


def person(**changes: object) -> PatientParameters:
    return replace(random_person(8, vertebrae=SHOWN, sex="F"), wear=0.0, **changes)  # type: ignore[arg-type]


@cache
def plain() -> Spine:
    return build_spine(person())


def vertebra(spine: Spine, name: str) -> tuple[np.void, np.ndarray]:
    i = spine.row.names.index(name)
    return spine.row.vertebrae[i], spine.row.frames[i, 0]


def test_a_narrow_disc_brings_its_neighbours_together_and_holds_gas() -> None:
    narrow = build_spine(person(narrow_discs=("L4/5",)))
    lost = (1.0 - THIN) * disc_heights_mm("F")["L4"]
    for upper, lower, less in (("L3", "L4", 0.0), ("L4", "L5", lost), ("L5", "S1", 0.0)):
        before, after = (
            float(vertebra(spine, upper)[0]["s"] - vertebra(spine, lower)[0]["s"]) for spine in (plain(), narrow)
        )
        assert before - after == pytest.approx(less, abs=1e-6), Interspace.between(upper, lower)
    depth = np.arange(-30.0, -5.0, 0.25)
    least = []
    for spine in (plain(), narrow):
        frame = spine.row.frames[spine.row.names.index("L4"), 2]
        points = frame[0] + depth[:, None] * frame[2]
        voxels = [scene_kernels.tissue_at(*point, 0.5, spine.solids)[:3] for point in points]
        least.append(float((np.array(voxels) @ hounsfield_slopes() - 1000.0).min()))
    assert least[0] > 0.0
    assert least[1] < -500.0  # a vacuum
    spurs = [float(vertebra(narrow, name)[0]["lip"]) for name in ("L3", "L4", "L5", "S1")]
    assert spurs[0] == spurs[3] == 0.0
    assert min(spurs[1:3]) > 1.0


@pytest.mark.parametrize("cobb", [24.0, -18.0])
def test_a_scoliotic_spine_has_its_cobb_angle_and_turns_with_it(cobb: float) -> None:
    spine = build_spine(person(scoliosis_deg=cobb, scoliosis_apex="L2", lateral_bow_mm=0.0))
    lean = np.degrees([np.arctan2(frame[0, 3, 0], frame[0, 3, 2]) for frame in spine.row.frames])
    assert lean.max() - lean.min() == pytest.approx(abs(cobb), abs=2.0)
    turn = np.degrees([np.arctan2(-frame[0, 2, 0], frame[0, 2, 1]) for frame in spine.row.frames])
    apex = spine.row.names.index("L2")
    assert int(np.argmax(np.abs(turn))) == apex
    assert turn[apex] == pytest.approx(0.4 * cobb, abs=0.5)
    x = spine.row.frames[:, 0, 0, 0]
    assert np.sign(x[apex] - 0.5 * (x[0] + x[-1])) == np.sign(cobb)  # bulges to the convex side
    # the front turns to the convex side, so the spinous process points to the other
    row, frame = vertebra(spine, "L2")
    tip = frame[0] + row["spinous_tip"] * frame[2]
    assert np.sign(tip[0] - frame[0, 0]) == -np.sign(cobb)
    straight = np.degrees([np.arctan2(frame[0, 3, 0], frame[0, 3, 2]) for frame in plain().row.frames])
    assert np.abs(straight).max() < 5.0


def test_curved_coordinates_of_a_turned_spine_lead_back() -> None:
    spine = build_spine(person(scoliosis_deg=24.0))
    rng = np.random.default_rng(1)
    s = rng.uniform(-60.0, 100.0, 200)
    curved = np.column_stack([rng.uniform(-30.0, 30.0, 200), rng.uniform(-20.0, 40.0, 200), s])
    from phantoms.canal.canal_kernels import locate

    world = spine.canal.centreline.from_canal_coordinates(*curved.T)
    back = np.array([locate(*point, spine.canal_arrays) for point in world])
    assert np.abs(back - curved).max() < 0.12


def test_boxes_of_a_bent_spine_hold_it() -> None:
    bent = build_spine(person(scoliosis_deg=24.0))
    for one, other in zip(build._grids(plain()), build._grids(bent), strict=True):
        assert other.shape[2] > one.shape[2]
        ends = [grid.origin_mm[0] + (grid.shape[2] - 1) * grid.spacing_mm[0] for grid in (one, other)]
        assert ends[1] - ends[0] == pytest.approx(one.origin_mm[0] - other.origin_mm[0])
    body, _ = build._grids(bent)
    anatomy = SyntheticAnatomy.from_spine(bent)
    rng = np.random.default_rng(2)
    for axis, inner in ((0, 2), (1, 1)):
        low = body.origin_mm[axis]
        high = low + (body.shape[inner] - 1) * body.spacing_mm[axis]
        for edge in (low, high):
            points = np.column_stack([
                rng.uniform(-150, 150, 400), rng.uniform(-150, 90, 400), rng.uniform(body.z_mm[0], body.z_mm[-1], 400)
            ])  # fmt: skip
            points[:, axis] = edge
            assert np.all(anatomy.skin_mm(points) > 0.0)


def test_a_laminectomy_leaves_scar_and_no_midline_ligament() -> None:
    operated = build_spine(person(laminectomy=("L4",)))
    row, _ = vertebra(operated, "L4")
    heights = np.arange(float(row["s"]) - 12.0, float(row["s"]) + 2.0, 1.0)
    v, s = (q.ravel() for q in np.meshgrid(np.arange(22.0, 50.0, 1.0), heights))
    points = operated.canal.centreline.from_canal_coordinates(0.0, v, s)
    before, after = (SyntheticAnatomy.from_spine(spine).label(points) for spine in (plain(), operated))
    hard = (Label.CORTICAL_BONE, Label.SPONGIOSA, Label.INTERSPINOUS_LIGAMENT, Label.LIGAMENTUM_FLAVUM)
    assert np.isin(before, hard).mean() > 0.5
    assert not np.isin(after, hard).any()
    above = operated.canal.centreline.from_canal_coordinates(0.0, 40.0, float(vertebra(operated, "L3")[0]["s"]) - 6.0)
    assert SyntheticAnatomy.from_spine(operated).bone_mm(above)[0] < 0.0


def test_screws_fill_pedicles_and_spare_the_canal() -> None:
    held = build_spine(person(pedicle_screws=("L4", "L5", "S1")))
    metal = held.body_arrays.metal
    assert metal.shape == (2 * (3 + 3 + 2), 7)
    anatomy = SyntheticAnatomy.from_spine(held)
    inside = 0
    for ax, ay, az, bx, by, bz, radius in metal:
        along = np.linspace([ax, ay, az], [bx, by, bz], 60)
        assert anatomy.bone_mm(along).max() < -0.9 * radius
        assert anatomy.dura_mm(along).min() > radius + 0.5
        assert np.all(anatomy.label(along) == Label.CORTICAL_BONE)
        assert anatomy.skin_mm(along).max() < -8.0
        inside += int((SyntheticAnatomy.from_spine(plain()).bone_mm(along) < 0.0).mean() > 0.6)
    assert inside == 6  # the screws, neither heads nor rods


def test_titanium_attenuates_like_titanium() -> None:
    energy = attenuation_table()["energy_keV"]
    table = np.loadtxt(Path(build.__file__).parent / "data" / "titanium_per_cm.csv", delimiter=",", skiprows=1)
    assert np.array_equal(table[:, 0], energy)
    assert table[energy == 60.0, 1] == pytest.approx(0.7660 * 4.506, rel=5e-3)  # NIST, cm2/g
    off = np.array(titanium().basis) @ basis_attenuation() / table[:, 1] - 1.0
    assert np.abs(off[energy >= 34.0]).max() < 3e-3
    assert -0.05 < off[energy == 30.0][0] < 0.0


def test_counts_hold_titanium_where_there_is_some() -> None:
    held = build_spine(person(pedicle_screws=("L4", "L5")))
    assert count_scale(held) == (METAL_OFFSET, METAL_STEP)
    basis = np.array(titanium().basis)
    back = METAL_OFFSET + METAL_STEP * quantise(basis[None], METAL_OFFSET, METAL_STEP)[:, 0]
    assert np.all(np.abs(back - basis) <= 0.51 * METAL_STEP)
    assert np.abs(hounsfield_slopes() @ (back - basis)) < 1.0
    assert np.array_equal(count_scale(plain())[1], STEP)


def test_the_scale_comes_back_from_the_cache(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from phantoms.voxels.voxelize import voxelize

    monkeypatch.setattr(array_cache, "_folder", lambda: tmp_path)
    held = build_spine(person(pedicle_screws=("L4", "L5")))
    body, canal = (replace(grid, shape=(2, *grid.shape[1:])) for grid in build._grids(held))
    z = float(np.floor(vertebra(held, "L4")[1][0, 2] + 4.0))
    body, canal = (replace(grid, origin_mm=(*grid.origin_mm[:2], z)) for grid in (body, canal))
    made = voxelize(held, body, canal)
    voxel_cache.store_voxels("x", made, "0" * 64)
    found = voxel_cache.load_voxels("x", body, canal)
    assert found is not None
    for one, other in zip(made, found, strict=True):
        assert np.array_equal(one.plane(0), other.plane(0))
    hu = np.moveaxis(made[1].plane(0), 0, -1) @ hounsfield_slopes() - 1000.0
    assert hu.max() > 10_000.0


def test_a_sacralised_vertebra_is_one_with_the_sacrum() -> None:
    grown = build_spine(person(sacralised_l5=True))
    assert grown.row.names == plain().row.names
    free, last = (float(vertebra(spine, "L5")[0]["disc_below"]) for spine in (plain(), grown))
    assert last == pytest.approx(THIN * free)
    _, upper = vertebra(grown, "L5")
    _, lower = vertebra(grown, "S1")
    for side in (1.0, -1.0):
        start = upper[0] + side * 38.0 * upper[1] - 2.0 * upper[2] - 8.0 * upper[3]
        end = lower[0] + side * 38.0 * lower[1] - 4.0 * lower[2] - 4.0 * lower[3]
        way = np.linspace(start, end, 80)
        assert (SyntheticAnatomy.from_spine(grown).bone_mm(way) < 0.5).all()
        assert (SyntheticAnatomy.from_spine(plain()).bone_mm(way) > 1.0).any()


@pytest.mark.parametrize("wrong", [
    {"narrow_discs": ("L4/6",)}, {"scoliosis_deg": 60.0}, {"scoliosis_apex": "Q1"},
    {"pedicle_screws": ("L3", "L5")}, {"pedicle_screws": ("C3", "C4")}, {"laminectomy": ("S1",)},
])  # fmt: skip
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"not possible|neighbours"):
        build_spine(person(**wrong))
