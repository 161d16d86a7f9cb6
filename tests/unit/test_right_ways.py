"""What is right for a leak follows from it, where the educator does not say; and giving no blood can be right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.session import Session
from simulator.engine.settings import Accepted
from simulator.interface import commands as c
from simulator.records.scorecard_codec import scorecard_to_json
from simulator.scenario.accepted_targets import choose_accepted_targets
from simulator.scenario.build import Case
from simulator.scenario.schema import Leak
from simulator.scoring.procedure_summary import in_accepted_zone
from simulator.scoring.rubric import Rubric
from simulator.scoring.score_procedure import score_procedure
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.patient_facts import StopReason
from simulator.vocabulary.scoring import CapId, Component
from tests.procedures import patched, placed, run, step_until_epidural

MakeCase = Callable[..., Case]
LUMBAR = ("L2/3", "L3/4", "L4/5", "L5/S1")
NECK = ("C3/4", "C4/5", "C5/6", "C6/7", "C7/T1")


@pytest.mark.parametrize(
    ("level", "pattern", "side", "interspaces", "approach", "zone", "levels", "sides", "may_abandon"),
    [
        ("L3/4", "circumferential", "left", LUMBAR, "paramedian interlaminar", "dorsal", ["L3/4"], 2, False),
        ("L4/5", "root-sleeve", "right", LUMBAR, "posterior foraminal", "foraminal", ["L4/5"], 1, False),
        ("L4/5", "root-sleeve", "both", LUMBAR, "posterior foraminal", "foraminal", ["L4/5"], 2, False),
        ("L4/5", "slow", "left", LUMBAR, "posterior foraminal", "foraminal", ["L4/5"], 1, False),
        ("C5/6", "circumferential", "left", NECK, "midline interlaminar", "dorsal", ["C5/6"], 2, False),
        ("C6/7", "slow", "left", NECK, "midline interlaminar", "dorsal", ["C6/7"], 2, False),
        ("C5/6", "slow", "left", NECK, "midline interlaminar", "dorsal", ["C7/T1"], 2, True),
        ("L2/3", "ventral-tear", "left", LUMBAR, "posterior foraminal", "ventral", ["L2/3"], 2, False),
        ("L2/3", "ventral-tear", "both", LUMBAR, "posterior foraminal", "foraminal", ["L2/3"], 2, False),
        ("C6/7", "ventral-tear", "left", NECK, "midline interlaminar", "dorsal", ["C6/7", "C7/T1"], 2, False),
        ("C4/5", "ventral-tear", "left", NECK, "midline interlaminar", "dorsal", ["C7/T1"], 2, True),
        ("C1/2", "root-sleeve", "left", ("C1/2", "C2/3"), "midline interlaminar", "dorsal", [], 2, True),
    ],
)
def test_what_is_right_follows_from_the_leak(
    level: str,
    pattern: Any,
    side: Any,
    interspaces: tuple[str, ...],
    approach: str,
    zone: str,
    levels: list[str],
    sides: int,
    may_abandon: bool,
) -> None:
    accepted = choose_accepted_targets(Leak(level=level, pattern=pattern, side=side), interspaces)
    assert approach in accepted.approaches
    assert zone in accepted.zones
    assert list(accepted.needle_levels) == levels
    assert len(accepted.sides) == sides
    assert accepted.may_abandon == may_abandon


def test_the_educators_word_counts() -> None:
    leak = Leak(
        level="C5/6", pattern="slow", side="left", zones=["lateral"], needle_levels=["C6/7"], may_abandon=False,
        approaches=["paramedian interlaminar"],
    )  # fmt: skip
    accepted = choose_accepted_targets(leak, NECK)
    assert accepted.approaches == ("paramedian interlaminar",)
    assert (accepted.zones, accepted.needle_levels, accepted.may_abandon) == (("lateral",), ("C6/7",), False)


def world_of(case: Case, **changes: Any) -> CaseContext:
    accepted: Accepted = replace(case.world.settings.accepted, **changes)
    return replace(case.world, settings=replace(case.world.settings, accepted=accepted))


def card_of_steps(world: CaseContext, *steps: c.Command) -> Scorecard:
    session = Session(world)
    for command in (*steps, c.Finish()):
        session.do(command)
    return score_procedure(world, session.events, Rubric(), scenario="patient-2", operator="test")


PLANNING = c.AcquirePlanningScan(levels=("L3", "L4"))


def test_abandoning_where_it_is_right_scores_well_once_one_has_looked(make_case: MakeCase) -> None:
    world = world_of(make_case(), may_abandon=True)
    card = card_of_steps(world, PLANNING, c.LookAt(number=0))
    assert card.caps == ()
    assert card.components[Component.SAFETY] == 1.0, "the skin was left alone"
    assert card.score > 70.0
    assert card.components[Component.DOSE] > 0.9
    assert card.weights[Component.ECONOMY] == card.weights[Component.HELP] == 0.0
    assert card.stopped_for is StopReason.NO_SAFE_WAY
    assert sum(weight for _, weight in card.weights.items()) == pytest.approx(1.0, abs=1e-5)
    assert CapId.NOT_TREATED in card_of_steps(world).caps
    assert card_of_steps(world).score == 0.0


def test_abandoning_where_it_is_not_right_scores_nothing(make_case: MakeCase) -> None:
    card = card_of_steps(make_case().world, PLANNING)
    assert card.score == 0.0
    assert CapId.NOT_TREATED in card.caps


def test_a_punctured_dura_caps_an_abandoned_case_too(make_case: MakeCase) -> None:
    world = world_of(make_case(), may_abandon=True)
    session = Session(world)
    run(session, placed())
    step_until_epidural(session, beyond_mm=12.0)
    session.do(c.Withdraw(distance_mm=120.0))
    session.do(c.Finish())
    card = score_procedure(world, session.events, Rubric(), scenario="patient-2", operator="test")
    assert card.score <= 40.0
    assert CapId.DURAL_PUNCTURE in card.caps


def test_blood_at_a_level_without_a_target_is_no_abandonment(make_case: MakeCase) -> None:
    world = world_of(make_case(), may_abandon=True, needle_levels=("L1/2",))
    session = Session(world)
    run(session, placed())
    step_until_epidural(session, beyond_mm=1.0)
    run(session, patched(4.0))
    session.do(c.Finish())
    card = score_procedure(world, session.events, Rubric(), scenario="patient-2", operator="test")
    assert card.components[Component.PLACEMENT] == 0.0
    assert not card.rightly_abandoned
    assert scorecard_to_json(card)["stopped_for"] is None
    assert {component for component, _ in card.components.items()} == set(Component) - {Component.PATCH}


def test_in_a_zone_of_one_side_the_leaks_side_counts(make_case: MakeCase) -> None:
    case = make_case()
    session = Session(case.world)
    run(session, placed())
    step_until_epidural(session, beyond_mm=1.0)
    moved = next(x for x in reversed(session.events) if isinstance(x, e.NeedleMoved))
    for zone, x_mm, right in (("foraminal", 25.0, True), ("foraminal", -25.0, False), ("dorsal", -25.0, True)):
        world = world_of(case, zones=("dorsal", "foraminal"), sides=("left",))
        event = replace(moved, zone=zone, compartment="epidural", tip_mm=(x_mm, *moved.tip_mm[1:]))
        assert in_accepted_zone(world, event) is right


@pytest.mark.parametrize(
    ("zone", "x_mm", "of_tear", "of_sleeve"),
    [
        ("ventral", 5.0, True, False),
        ("foraminal", 25.0, True, True),
        ("foraminal", -25.0, True, False),
        ("lateral", -10.0, True, False),
        ("dorsal", 0.0, False, False),
    ],
)
def test_blood_before_the_sac_or_in_either_foramen_is_placed_right_for_a_ventral_tear_alone(
    make_case: MakeCase, zone: str, x_mm: float, of_tear: bool, of_sleeve: bool
) -> None:
    case = make_case()
    session = Session(case.world)
    run(session, placed())
    step_until_epidural(session, beyond_mm=1.0)
    moved = next(x for x in reversed(session.events) if isinstance(x, e.NeedleMoved))
    event = replace(moved, zone=zone, compartment="epidural", tip_mm=(x_mm, *moved.tip_mm[1:]))
    for pattern, right in (("ventral-tear", of_tear), ("root-sleeve", of_sleeve)):
        leak = Leak(level=moved.level, pattern=pattern, side="left")
        accepted = choose_accepted_targets(leak, LUMBAR)
        world = replace(case.world, settings=replace(case.world.settings, accepted=accepted))
        assert in_accepted_zone(world, event) is right
