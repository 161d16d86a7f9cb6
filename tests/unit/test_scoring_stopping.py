"""Stopping: a good reason is one that the patient or the anatomy gave, and it is scored above the reckless run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.scoring.rubric import Rubric
from simulator.vocabulary.patient_facts import StopReason, TimeOutItem
from simulator.vocabulary.procedure import Aid, ComplicationKind
from simulator.vocabulary.scoring import CapId, Component
from tests.scored_events import HandMade, fields_changed, good, left_out, tubes
from tests.unit.test_scoring_caps import (
    FAINT,
    SEVERE,
    aided,
    before_blood,
    fact,
    harm,
    limits,
    no_blood,
    with_event,
    world_with,
)


def stopped_world(*, may_abandon: bool) -> CaseContext:
    world = tubes()
    accepted = replace(world.settings.accepted, may_abandon=may_abandon)
    return replace(world, settings=replace(world.settings, accepted=accepted))


def before_the_needle(world: CaseContext, *items: TimeOutItem) -> HandMade:
    made = HandMade(world)
    made.steps("patient positioned", "skin prepared", "local anaesthetic")
    made.time_out(*items)
    made.add(e.Finished, treated=False, seal_probability=0.0, relief=False)
    return made


def test_a_fact_that_was_found_is_a_reason_to_stop_before_the_needle() -> None:
    found = before_the_needle(world_with(fact()))
    card = found.card()
    assert (card.stopped_for, card.caps) == (StopReason.FACT, ())
    assert card.score == 100.0, "nobody was harmed, the time-out was held, no image was needed"
    assert card.score > good(world_with(fact())).card().score + 10.0
    missed = before_the_needle(world_with(fact()), TimeOutItem.IDENTITY, TimeOutItem.CONSENT)
    assert missed.card().caps == (CapId.NOT_TREATED,), "it was not asked for"
    told = before_the_needle(world_with(fact(in_chart=True)), TimeOutItem.IDENTITY)
    assert told.card().stopped_for is StopReason.FACT
    harmless = before_the_needle(world_with(fact(stops=False)))
    assert harmless.card().score == 0.0
    after = no_blood()
    after.world = world_with(fact())
    assert set(limits(after)) == {CapId.NOT_TREATED, CapId.FACT_IGNORED}


def test_a_severe_reaction_is_a_reason_to_stop_and_scores_above_going_on() -> None:
    made = no_blood()
    at = next(k for k, x in enumerate(made.events) if isinstance(x, e.NeedleRemoved))
    ms = made.events[at - 1].at_ms
    made.events[at:at] = [SEVERE(ms), aided(Aid.ADRENALINE, 30_000)(ms)]
    card = made.card()
    assert (card.stopped_for, card.caps) == (StopReason.REACTION, ())
    gone_on = with_event(before_blood, SEVERE, aided(Aid.ADRENALINE, 30_000)).card()
    assert card.score >= gone_on.score + 10.0
    mild = no_blood()
    mild.events[at:at] = [FAINT(ms), aided(Aid.RAISE_THE_LEGS, 30_000)(ms)]
    assert mild.card().caps == (CapId.NOT_TREATED,), "a faint passes"


def test_a_puncture_is_a_reason_to_stop_within_its_own_limit() -> None:
    kind = ComplicationKind.DURAL_PUNCTURE
    made = no_blood()
    at = next(k for k, x in enumerate(made.events) if isinstance(x, e.NeedleRemoved))
    ms = made.events[at - 1].at_ms
    made.events[at:at] = [harm(kind)(ms), e.ComplicationRecognised(at_ms=ms, kind=kind)]
    card = made.card()
    assert card.stopped_for is StopReason.DURAL_PUNCTURE
    assert limits(made) == {CapId.DURAL_PUNCTURE: 40.0}, "a hole is managed by a patch, not by going home"
    assert card.score == 40.0
    reckless = with_event(before_blood, harm(kind))
    assert card.score >= reckless.card().score


def test_no_safe_way_is_a_reason_where_there_is_none_and_somebody_looked() -> None:
    made = no_blood()
    made.world = stopped_world(may_abandon=True)
    assert made.card().stopped_for is StopReason.NO_SAFE_WAY
    assert made.card().score > 70.0
    blind = left_out(made, e.ImageLookedAt).card()
    assert (blind.stopped_for, blind.score) == (None, 0.0)
    assert no_blood().card().caps == (CapId.NOT_TREATED,)


def test_an_operators_word_alone_is_no_reason() -> None:
    for reason in StopReason:
        card = fields_changed(no_blood(), e.Finished, stopped_for=reason).card()
        assert (card.stopped_for, card.score, card.caps) == (None, 0.0, (CapId.NOT_TREATED,))


def test_where_it_was_right_to_stop_safety_steps_and_dose_are_worth_all() -> None:
    made = no_blood()
    made.world = stopped_world(may_abandon=True)
    card = made.card()
    rubric = Rubric()
    kept = rubric.weights.safety + rubric.weights.steps + rubric.weights.dose
    assert card.weights[Component.SAFETY] == pytest.approx(rubric.weights.safety / kept, rel=1e-5)
    assert card.weights[Component.DOSE] == pytest.approx(rubric.weights.dose / kept, rel=1e-5)
    assert card.weights[Component.HELP] == card.weights[Component.PLACEMENT] == 0.0
    assert card.weights[Component.ECONOMY] == 0.0
    assert sum(weight for _, weight in card.weights.items()) == pytest.approx(1.0, rel=1e-5)
    assert card.components[Component.DOSE] > 0.0
    assert card.score > 70.0
