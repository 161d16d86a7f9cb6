"""A plunger beside a collection: late, absent or false losses, the same at the same place."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from phantoms.phantom import Label
from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.needle.bevel import locate_opening
from simulator.engine.needle.plunger_loss import is_lost
from simulator.engine.needle.subvoxel_structures import RETRODURAL_SHARE, Kind, in_retrodural_space, pocket
from simulator.engine.state import ProcedureState
from simulator.interface import commands as c
from simulator.needle.collection_plunger import COLLECTION_PLUNGER, CollectionPlungerModel
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.procedure import PlungerFeel, ResistanceMedium
from tests.headless import LUMBAR, parameters, world_of
from tests.needle_study import plan_of
from tests.physics.blind_study import treat_blind, world_about
from tests.unit.test_complications import at_level, go

SALINE, AIR = ResistanceMedium.SALINE, ResistanceMedium.AIR
PEOPLE = 8
SEEDS = 40
STEP_MM, STEPS = 0.5, 20


def test_resistance_goes_over_a_way_that_grows_with_fluid_and_outflow() -> None:
    model = CollectionPlungerModel()
    assert model.softened_mm(0.0, 1.0, outflow=True) == 0.0
    assert model.softened_mm(0.9, 0.0, outflow=True) == 0.0, "in fat it goes at once"
    assert model.softened_mm(0.5, 1.0, outflow=False) == pytest.approx(model.softening_mm * math.log(2.0))
    assert model.softened_mm(0.5, 1.0, outflow=True) > model.softened_mm(0.5, 1.0, outflow=False)
    assert model.softened_mm(0.5, 0.5, outflow=False) == pytest.approx(0.5 * model.softened_mm(0.5, 1.0, outflow=False))
    assert model.scaled(0.0).softened_mm(0.99, 1.0, outflow=True) == 0.0
    assert model.scaled(1.0) == model


@pytest.mark.parametrize("region", ["lumbar", "cervical"])
def test_a_blind_needle_fails_more_often_in_the_same_people_with_a_collection(region: str) -> None:
    """On a handful of people; the counts of two hundred stand in docs/loss-of-resistance.md."""
    without = [treat_blind(world_about(region, person, collection=False)) for person in range(PEOPLE)]
    beside = [treat_blind(world_about(region, person, collection=True)) for person in range(PEOPLE)]
    failed, failed_beside = (sum(x.kind != "epidural" for x in rows) for rows in (without, beside))
    assert failed_beside >= failed + 2
    assert sum(x.punctured for x in beside) + sum(x.kind == "missed" for x in beside) >= 2
    assert sum(x.false_losses for x in beside) > sum(x.false_losses for x in without)


@pytest.fixture(scope="module", params=["none", "circumferential"])
def way(request: pytest.FixtureRequest) -> tuple[str, CaseContext, list[ProcedureState]]:
    """One needle with exact hands, stylet out, every half millimetre from muscle to beyond the dura's first contact."""
    world = world_of(parameters(LUMBAR, "L3/4", request.param), seed=0, hands="exact")
    session, states = at_level(world, "L3/4"), []
    go(session, plan_of(world, "L3/4").length_mm - 5.0)
    for _ in range(STEPS):
        session.do(c.Advance(distance_mm=STEP_MM))
        session.do(c.RemoveStylet())
        states.append(session.state)
        session.do(c.ReplaceStylet())
    return request.param, world, states


def test_a_loss_comes_late_beside_a_collection_and_at_once_without(
    way: tuple[str, CaseContext, list[ProcedureState]],
) -> None:
    pattern, world, states = way
    epidural = [state for state in states if locate_opening(world, state).compartment == "epidural"]
    assert len(epidural) > 4
    people = [replace(world, root_seed=seed) for seed in range(SEEDS)]
    dry = [one for one in people if all(locate_opening(one, x).compartment == "epidural" for x in epidural)]
    firm = [sum(not is_lost(one, state, SALINE) for state in epidural) for one in dry]
    if pattern == "none":
        assert not any(firm)
        return
    assert sum(x > 0 for x in firm) > 0.7 * len(dry), "resistance goes over a way"
    assert 0 < sum(x == len(epidural) for x in firm) < len(dry), "in some it does not go before the dura is pierced"
    by_air = [sum(not is_lost(one, state, AIR) for state in epidural) for one in dry]
    assert all(a <= s for a, s in zip(by_air, firm, strict=True)), "an outflow meets water, not air"
    off = [replace(one, collection_plunger=COLLECTION_PLUNGER.scaled(0.0)) for one in dry]
    assert all(is_lost(one, state, SALINE) for one in off for state in epidural)


def test_a_place_answers_the_same_twice(way: tuple[str, CaseContext, list[ProcedureState]]) -> None:
    _, world, states = way
    for medium in (SALINE, AIR):
        first = [is_lost(world, state, medium) for state in states]
        assert first == [is_lost(world, state, medium) for state in reversed(states)][::-1]


def test_the_retrodural_space_fills_softly_and_the_view_does_not_tell_it_from_the_epidural_one() -> None:
    """Somebody with such a space, the needle just before the flavum: loss and soft plunger are all that shows."""
    for seed in range(200):
        world = world_of(parameters(LUMBAR, "L3/4", "circumferential"), seed=seed, hands="exact")
        z_mm = world.level_z_mm("L3/4") or 0.0
        if pocket(world, Kind.RETRODURAL, PatientPoint(0.0, 0.0, z_mm), 1.0) < RETRODURAL_SHARE:
            break
    session = at_level(world, "L3/4")
    go(session, plan_of(world, "L3/4").length_mm - 8.0)
    for _ in range(STEPS):
        session.do(c.Advance(distance_mm=STEP_MM))
        opening, pose = locate_opening(world, session.state), session.state.needle.pose
        assert pose is not None
        if in_retrodural_space(world, opening.label, opening.position_mm, pose.direction):
            break
    assert locate_opening(world, session.state).label != Label.LIGAMENTUM_FLAVUM
    session.do(c.RemoveStylet())
    session.do(c.TestResistance(medium=SALINE))
    assert session.view().handling.hub == "resistance lost"
    session.do(c.DrawBlood(volume_ml=10.0))
    (told,) = [x for x in session.do(c.InjectBlood(volume_ml=0.5)) if isinstance(x, e.MaterialInjected)]
    assert (told.compartment, told.in_pocket) == ("soft tissue", True)
    assert session.view().injection.plunger is PlungerFeel.SOFT
    assert "pocket" not in repr(session.view())
