"""A ventral tear: spur, hole, fluid before the sac, a sac that gives way to it, and everybody else as before."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from phantoms.body.tables import skin_depths_mm
from phantoms.canal.synthetic_canal import synthetic_canal
from phantoms.canal.thecal_sac import BACK_GAP_MM, FRONT_GAP_MM, LEAST_CLEAR_MM
from phantoms.catalogue import patient_parameters
from phantoms.fluid.leak import USUAL_AMOUNTS, LeakParameters
from phantoms.fluid.perineural_leak import locate_hole
from phantoms.fluid.ventral_tear import dural_spur, pushed_back
from phantoms.parameters import PatientParameters
from phantoms.people import random_person
from phantoms.phantom import Label, Leak, ZoneLabel
from phantoms.spinal_curve import centreline
from phantoms.spine import Spine, build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from simulator.vocabulary.anatomy import Laterality, LeakPattern
from simulator.vocabulary.levels import Interspace

CASES = [("patient-7", "L2/3", "left"), ("middle-thorax", "T9/10", "right"), ("patient-4", "C6/7", "both")]
REGIONS = {
    "L2/3": ("T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1"),
    "T9/10": ("T7", "T8", "T9", "T10", "T11", "T12"),
    "C6/7": ("C3", "C4", "C5", "C6", "C7", "T1", "T2", "T3"),
}


def torn(parameters: PatientParameters, level: str, side: str, **amounts: float) -> PatientParameters:
    usual = {**USUAL_AMOUNTS[LeakPattern.VENTRAL_TEAR], **amounts}
    leak = LeakParameters.parse({"level": level, "pattern": "ventral-tear", "side": side, **usual})
    return replace(parameters, leak=leak)


@cache
def spine(patient: str, level: str, side: str) -> Spine:
    return build_spine(torn(patient_parameters(patient), level, side))


def hole(of: Spine) -> Leak:
    leak = of.parameters.leak
    return locate_hole(of.canal, leak, of.interspace_s_mm[leak.level])


def whole(patient: str) -> Spine:
    """The same patient without any leak."""
    parameters = patient_parameters(patient)
    return build_spine(replace(parameters, leak=replace(parameters.leak, pattern=LeakPattern.NONE)))


@pytest.mark.parametrize("case", CASES)
def test_the_hole_lies_on_the_front_of_the_dura_where_the_spur_touches_it(case: tuple[str, str, str]) -> None:
    of = spine(*case)
    anatomy = SyntheticAnatomy.from_spine(of)
    point = np.array([hole(of).hole_mm])
    u, v, s = anatomy.to_canal_coordinates(point)[0]
    assert abs(anatomy.dura_mm(point)[0]) < 0.05
    assert 0.1 < anatomy.bone_mm(point)[0] < 0.3, "bone keeps 0.2 mm from the dura, so that it touches at the most"
    assert v < of.canal.at(of.canal.sac.v_mm, s) - 0.8 * of.canal.at(of.canal.sac.half_ap_mm, s)
    assert (
        np.sign(round(u, 1) - round(of.canal.at(of.canal.sac.u_mm, s), 1))
        == {"left": 1, "right": -1, "both": 0}[case[2]]
    )
    disc = of.interspace_s_mm[Interspace.parse(case[1])]
    assert 0.0 < s - disc < 6.0, "at the endplate above the disc"
    before = replace(of.parameters, leak=replace(of.parameters.leak, pattern=LeakPattern.CIRCUMFERENTIAL))
    without = SyntheticAnatomy.from_spine(build_spine(before))
    v_way, about = np.meshgrid(np.arange(1.6, v - 0.8, 0.2), np.arange(-2.0, 2.6, 0.25), indexing="ij")
    way = of.canal.centreline.from_canal_coordinates(u, v_way.ravel(), s + about.ravel())
    through = anatomy.bone_mm(way).reshape(v_way.shape).min(axis=1)
    assert np.all(through < 0.0), "one spur all the way from the body to the hole"
    assert np.all(without.bone_mm(way).reshape(v_way.shape).min(axis=1)[2:] > 0.0), "which nobody else has"


@pytest.mark.parametrize("case", CASES)
def test_fluid_with_contrast_lies_before_the_sac_alone_thickest_and_densest_at_the_hole(
    case: tuple[str, str, str],
) -> None:
    of = spine(*case)
    anatomy, fluid = SyntheticAnatomy.from_spine(of), of.canal.fluid
    s0 = anatomy.to_canal_coordinates(np.array([hole(of).hole_mm]))[0, 2]
    thick, iodine = fluid.ventral_thickness_mm, fluid.ventral_iodine_mg_per_ml
    assert abs(of.canal.s_mm[thick.argmax()] - s0) < 2.0
    assert np.all(np.diff(thick[of.canal.s_mm > s0 + 1.0]) <= 1e-9)
    assert np.all(np.diff(thick[of.canal.s_mm < s0 - 1.0]) >= -1e-9)
    wet = of.canal.s_mm[thick > 0.5]
    assert np.ptp(wet) > 60.0, "several levels"
    assert of.canal.at(iodine, s0) == pytest.approx(0.75 * of.canal.at(fluid.csf_iodine_mg_per_ml, s0), rel=0.02)
    assert of.canal.at(iodine, s0 + 30.0) < 0.75 * of.canal.at(iodine, s0) * 1.2
    assert fluid.collection_thickness_mm.max() == 0.0
    rng = np.random.default_rng(5)
    u, v, s = rng.uniform(-14, 14, 20_000), rng.uniform(-1, 24, 20_000), s0 + rng.uniform(-25, 25, 20_000)
    points = of.canal.centreline.from_canal_coordinates(u, v, s)
    wet = anatomy.label(points) == Label.EPIDURAL_COLLECTION
    assert wet.sum() > 300
    zones = anatomy.zone(points[wet])
    assert (zones == ZoneLabel.VENTRAL).mean() > 0.8
    assert not np.any(zones == ZoneLabel.DORSAL)
    assert np.all(anatomy.dura_mm(points[wet]) > 0.0)
    assert np.all(anatomy.bone_mm(points[wet]) > 0.0)


@pytest.mark.parametrize("case", CASES)
def test_the_sac_and_the_cord_in_it_are_pushed_back(case: tuple[str, str, str]) -> None:
    of, normal = spine(*case), whole(case[0])
    s0 = of.canal.fluid.ventral_hole.s_mm  # type: ignore[union-attr]

    def front(one: Spine) -> float:
        return one.canal.at(one.canal.sac.v_mm, s0) - one.canal.at(one.canal.sac.half_ap_mm, s0)

    assert front(normal) == pytest.approx(FRONT_GAP_MM, abs=0.3)
    moved = of.canal.at(of.canal.fluid.ventral_thickness_mm, s0)
    assert moved == pytest.approx(3.0, abs=0.1), "there is room for all of it in these patients"
    assert front(of) - front(normal) == pytest.approx(moved, abs=0.1)
    back = of.canal.at(of.canal.sac.v_mm + of.canal.sac.half_ap_mm, s0)
    assert back > normal.canal.at(normal.canal.sac.v_mm + normal.canal.sac.half_ap_mm, s0) + 0.6
    assert of.canal.epidural_depth_mm(s0) < normal.canal.epidural_depth_mm(s0) - 0.6
    if of.canal.at(of.canal.cord.half_ap_mm, s0) > 0.0:
        assert of.canal.at(of.canal.cord.v_mm, s0) > normal.canal.at(normal.canal.cord.v_mm, s0) + 0.6


@pytest.mark.parametrize("level", list(REGIONS))
def test_fifty_drawn_people_keep_canal_and_cord_sound(level: str) -> None:
    for seed in range(50):
        person = random_person(seed, vertebrae=REGIONS[level], leak_level=Interspace.parse(level))
        person = torn(person, level, "left", thickness_mm=2.0 + 3.0 * (seed % 7) / 6.0, extent_levels=2.0 + seed % 9)
        found = synthetic_canal(person, centreline(person), skin_depths_mm(person))
        sac, cord, walls = found.model.sac, found.model.cord, found.model.walls
        assert np.all(sac.v_mm - sac.half_ap_mm >= FRONT_GAP_MM - 1e-6)
        assert np.all(sac.v_mm + sac.half_ap_mm <= walls.dorsal_apex_mm - BACK_GAP_MM + 1e-6)
        assert sac.half_ap_mm.min() > 0.0
        within = cord.half_ap_mm > 0.3
        clear = sac.half_ap_mm - cord.half_ap_mm - np.abs(cord.v_mm - sac.v_mm)
        assert np.all(clear[within] >= LEAST_CLEAR_MM - 1e-6)
        assert found.model.fluid.ventral_thickness_mm.max() <= person.leak.thickness_mm + 1e-9
        spur = dural_spur(found.model, person.leak)
        assert spur is not None
        assert 1.0 < spur.reach_mm < 9.0


def test_a_sac_without_room_gives_way_no_further_than_the_cord_lets_it() -> None:
    one = np.ones(1)
    v, half, thick = pushed_back(4.0 * one, 8.0 * one, 7.0 * one, 1.5 * one, 1.0 * one)
    assert (v[0], half[0], thick[0]) == (10.0, 6.5, 2.5)
    assert v[0] - half[0] == 8.0 - 7.0 + 2.5
    assert v[0] + half[0] == 8.0 + 7.0 + 1.5
    v, half, thick = pushed_back(4.0 * one, 8.0 * one, 7.0 * one, 9.0 * one, 1.0 * one)
    assert (v[0], half[0], thick[0]) == (12.0, 7.0, 4.0)


def test_nobody_else_has_a_spur_or_fluid_before_the_sac() -> None:
    for patient in ("patient-2", "patient-7"):
        of = build_spine(patient_parameters(patient))
        assert of.canal.fluid.ventral_hole is None
        assert of.canal.fluid.ventral_thickness_mm.max() == 0.0
        assert of.row.vertebrae["spur_reach"].max() == 0.0
        assert dural_spur(of.canal, of.parameters.leak) is None


def test_the_side_moves_the_hole_and_nothing_else_of_the_pool() -> None:
    left, right = (spine("patient-7", "L2/3", side).canal for side in ("left", "right"))
    assert left.fluid.ventral_hole is not None
    assert right.fluid.ventral_hole is not None
    assert left.fluid.ventral_hole.u_mm > right.fluid.ventral_hole.u_mm + 2.0
    assert np.array_equal(left.fluid.ventral_thickness_mm, right.fluid.ventral_thickness_mm)
    assert {Laterality.LEFT, Laterality.RIGHT} == {
        spine("patient-7", "L2/3", s).parameters.leak.side for s in ("left", "right")
    }
