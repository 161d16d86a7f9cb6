"""A CSF-venous fistula: no fluid collects, a vein fills with its side down, no blood closes it, who sees it stops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from phantoms.catalogue import patient_parameters
from phantoms.fluid.leak import USUAL_AMOUNTS, LeakParameters
from phantoms.fluid.perineural_leak import locate_hole
from phantoms.phantom import Leak
from phantoms.spine import Spine, build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from phantoms.turned_contrast import turned_contrast
from simulator.engine.case_context import CaseContext
from simulator.engine.patient.outcome_at_the_end import finished_event
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.operators.perception.filled_vein_detection import SpineSlices, detect_filled_vein
from simulator.patient.outcome import SPONTANEOUS_REMISSION
from simulator.scenario.accepted_targets import INTERLAMINAR, choose_accepted_targets
from simulator.scenario.build import Case
from simulator.scenario.load import load_scenario
from simulator.scenario.schema import Leak as LeakSection
from simulator.scenario.semantic_checks import find_semantic_errors
from simulator.scoring.rubric import Rubric
from simulator.scoring.score_procedure import score_procedure
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.anatomy import Laterality, LeakPattern
from simulator.vocabulary.levels import Interspace
from simulator.vocabulary.patient_facts import StopReason
from simulator.vocabulary.procedure import MyelogramPosition as Position
from simulator.vocabulary.scoring import CapId
from tests.conftest import PROJECT
from tests.procedures import patched, placed, run, step_until_epidural

PATTERN = LeakPattern.CSF_VENOUS_FISTULA
PIXEL_MM, SLICE_MM = 0.5, 1.5


@cache
def spine(side: str) -> Spine:
    table = {"level": "L3/4", "pattern": str(PATTERN), "side": side, **USUAL_AMOUNTS[PATTERN]}
    return build_spine(replace(patient_parameters("patient-2"), leak=LeakParameters.parse(table)))


def located(side: str) -> Leak:
    of = spine(side)
    return locate_hole(of.canal, of.parameters.leak, of.interspace_s_mm[of.parameters.leak.level])


@pytest.mark.parametrize(("side", "sign"), [("left", 1), ("right", -1)])
def test_a_vein_leaves_the_root_on_its_side_and_no_fluid_collects(side: str, sign: int) -> None:
    of, leak = spine(side), located(side)
    assert of.canal.fluid.collection_thickness_mm.max() == 0.0
    assert of.canal.fluid.perineural_leaks == ()
    assert leak.vein is not None
    assert leak.hole_mm is not None
    first, last = leak.vein.points_mm[0], leak.vein.points_mm[-1]
    assert sign * (last[0] - first[0]) > 8.0
    assert np.linalg.norm(first - np.array(leak.hole_mm)) < 8.0
    assert SyntheticAnatomy.from_spine(of).dura_mm(leak.vein.points_mm)[-1] > 3.0


def test_a_fistula_has_one_side() -> None:
    with pytest.raises(ValueError, match="one side"):
        LeakParameters.parse({"level": "L3/4", "pattern": str(PATTERN), "side": "both", **USUAL_AMOUNTS[PATTERN]})


@pytest.fixture(scope="module")
def fistula(patient_2: Case) -> CaseContext:
    """Patient 2 with a fistula on the right, as far as leak and settings tell."""
    world = patient_2.world
    accepted = choose_accepted_targets(
        LeakSection(level=Interspace.L3_4, side=Laterality.RIGHT, pattern=PATTERN), world.phantom.levels
    )
    return replace(
        world,
        phantom=replace(world.phantom, leak=located("right")),
        settings=replace(world.settings, accepted=accepted),
    )


@pytest.mark.parametrize(
    ("position", "fills"),
    [
        (Position.PRONE, False),
        (Position.SUPINE, False),
        (Position.LEFT_DECUBITUS, False),
        (Position.RIGHT_DECUBITUS, True),
    ],
)
def test_the_vein_fills_with_its_own_side_down_alone(fistula: CaseContext, position: Position, fills: bool) -> None:
    vein = fistula.phantom.leak.vein
    assert vein is not None
    z = vein.points_mm[:, 2]
    with_vein = turned_contrast(fistula.phantom, position, (z.min(), z.max()))
    without = turned_contrast(
        replace(fistula.phantom, leak=replace(fistula.phantom.leak, vein=None)), position, (z.min(), z.max())
    )
    assert with_vein is not None
    assert without is not None
    if not fills:
        assert np.array_equal(with_vein.delta, without.delta)
        return
    grid = with_vein.grid
    at = ((vein.points_mm[-2] - np.array(grid.origin_mm)) / np.array(grid.spacing_mm)).round().astype(int)
    voxel = with_vein.delta[:, at[2], at[1], at[0]]
    assert voxel[2] == pytest.approx(vein.iodine_mg_per_ml, rel=0.3)
    assert voxel[0] > -0.1  # blood in the place of fat or muscle, never less


def test_no_level_is_right_and_what_is_shown_does_not_tell() -> None:
    accepted = choose_accepted_targets(
        LeakSection(level=Interspace.L3_4, side=Laterality.LEFT, pattern=PATTERN), ["L3/4"]
    )
    assert accepted.needle_levels == ()
    assert accepted.may_abandon
    ring = choose_accepted_targets(LeakSection(level=Interspace.L3_4), ["L3/4"])
    assert accepted.approaches == ring.approaches == INTERLAMINAR


def test_blood_about_a_fistula_helps_no_more_than_none(make_case: Callable[..., Case], fistula: CaseContext) -> None:
    session = Session(make_case().world)
    run(session, placed())
    step_until_epidural(session)
    run(session, patched())
    closed = finished_event(session.world, session.state)
    open_still = finished_event(replace(session.world, phantom=fistula.phantom), session.state)
    assert closed.seal_probability > SPONTANEOUS_REMISSION + 0.1
    assert open_still.seal_probability == open_still.relief_probability == SPONTANEOUS_REMISSION
    assert open_still.treated


def stopped(world: CaseContext, position: Position | None, *, about: bool = True, look: bool = True) -> Scorecard:
    session = Session(world)
    session.do(c.TimeOut())
    session.do(c.AcquireMyelogram(position=position))
    heights = np.array(session.acquisition(0).slices.centres_table_mm)
    hole = world.phantom.leak.hole_mm
    assert hole is not None
    away = np.abs(heights - world.table_transform().table_z_mm(hole.z_mm))
    if look:
        session.do(c.LookAt(number=0, slices=(int((away if about else -away).argmin()),)))
    session.do(c.MarkLeak(level="L3/4", side=Laterality.RIGHT))
    session.do(c.Finish(stopped_for=StopReason.FISTULA))
    return score_procedure(world, session.events, Rubric(), scenario="fistula", operator="test")


def test_who_saw_the_vein_stops_for_a_good_reason(fistula: CaseContext) -> None:
    seen = stopped(fistula, Position.RIGHT_DECUBITUS)
    assert (seen.stopped_for, seen.caps) == (StopReason.FISTULA, ())
    assert seen.score > 80.0


@pytest.mark.parametrize(
    ("position", "about", "look"),
    [
        (None, True, True),
        (Position.LEFT_DECUBITUS, True, True),
        (Position.RIGHT_DECUBITUS, False, True),
        (Position.RIGHT_DECUBITUS, True, False),
    ],
)
def test_who_did_not_see_it_has_treated_nobody(
    fistula: CaseContext, position: Position | None, about: bool, look: bool
) -> None:
    card = stopped(fistula, position, about=about, look=look)
    assert (card.stopped_for, card.score) == (None, 0.0)
    assert CapId.NOT_TREATED in card.caps


def test_in_a_patient_with_a_ring_the_same_words_are_no_reason(patient_2: Case) -> None:
    card = stopped(patient_2.world, Position.RIGHT_DECUBITUS)
    assert (card.stopped_for, card.score) == (None, 0.0)


def drawn(vein: Laterality | None, down: Laterality, *, sleeve: bool = False) -> tuple[SpineSlices, SpineSlices]:
    """Slices with a sac and bone, prone and with a side down, in noise; the vein fills with its own side down."""
    rng = np.random.default_rng(5)
    rows, columns = np.mgrid[0:160, 0:240] * PIXEL_MM
    across, back = columns - 60.0, rows - 40.0
    sign = 1.0 if down is Laterality.RIGHT else -1.0
    flat, side = [], []
    for k in range(20):
        sac = np.hypot(across, back) < 7.0
        base = np.where(np.abs(back - 25.0) < 12.0, 700.0, 40.0)
        prone = np.where(sac, 700.0, base)
        turned = np.where(sac, 700.0 * (1.0 + sign * 0.08 * across), base)
        if vein is down:
            tube = (np.hypot(back + 2.0, (k - 10) * SLICE_MM) < 1.5) & (sign * across > 12.0) & (sign * across < 24.0)
            turned = np.where(tube, 130.0, turned)
        if sleeve:
            away = np.hypot(back + 2.0, sign * across - 13.0 - 0.8 * (k - 3))
            ring = (away > 1.5) & (away < 2.8) & (abs(k - 3) < 4)
            prone, turned = np.where(ring, 120.0, prone), np.where(ring, 190.0, turned)
        flat.append(np.asarray(prone + rng.normal(0.0, 15.0, prone.shape), np.float32))
        side.append(np.asarray(turned + rng.normal(0.0, 15.0, prone.shape), np.float32))
    table = [500.0 - SLICE_MM * k for k in range(20)]
    return (
        SpineSlices(images=flat, table_mm=table, pixel_mm=PIXEL_MM),
        SpineSlices(images=side, table_mm=table, pixel_mm=PIXEL_MM),
    )


@pytest.mark.parametrize("vein", [Laterality.LEFT, Laterality.RIGHT, None])
@pytest.mark.parametrize("down", [Laterality.LEFT, Laterality.RIGHT])
def test_a_vein_is_found_in_pictures_where_it_fills(vein: Laterality | None, down: Laterality) -> None:
    found = detect_filled_vein(*drawn(vein, down), down)
    if vein is not down:
        assert found is None
        return
    assert found is not None
    assert found.side is down
    assert found.table_mm == pytest.approx(500.0 - 10 * SLICE_MM, abs=2.0)


@pytest.mark.parametrize("down", [Laterality.LEFT, Laterality.RIGHT])
def test_a_dim_sleeve_that_fills_with_its_side_down_is_no_vein(down: Laterality) -> None:
    assert detect_filled_vein(*drawn(None, down, sleeve=True), down) is None
    found = detect_filled_vein(*drawn(down, down, sleeve=True), down)
    assert found is not None, "and hides none"


def test_a_file_that_gives_a_fistula_two_sides_is_told() -> None:
    file = load_scenario(PROJECT / "scenarios" / "csf-venous-fistula.toml")
    scenario = file.scenario_for(1)
    wrong = scenario.model_copy(update={"leak": scenario.leak.model_copy(update={"side": Laterality.BOTH})})
    assert [error.keys for error in find_semantic_errors(wrong, Path())] == [("leak", "side")]


def test_the_twins_differ_in_the_pattern_alone() -> None:
    one, two = (
        load_scenario(PROJECT / "scenarios" / f"{name}.toml").scenario_for(1).model_dump()
        for name in ("csf-venous-fistula", "fistula-excluded")
    )
    assert {key for key in one if one[key] != two[key]} == {"title", "leak"}
    assert {key for key in one["leak"] if one["leak"][key] != two["leak"][key]} == {"pattern"}
