"""The score of hand-made procedures: anchors, weights, each metric that is scored, and what counts when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace

import pytest

from simulator.engine import events as e
from simulator.patient.outcome import SEALED_AT_BEST, SPONTANEOUS_REMISSION
from simulator.records.scorecard_codec import scorecard_to_json
from simulator.scoring.rubric import Anchors, Rubric, log_utility, utility
from simulator.scoring.scorecard import Scorecard
from simulator.scoring.shares import MISSING_COUNTS, SHARES, component_value
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.patient import PatientReaction
from simulator.vocabulary.patient_facts import TimeOutItem
from simulator.vocabulary.procedure import AcquisitionPurpose, Aid, DosePhase
from simulator.vocabulary.scoring import CapId, Component, MetricId
from tests.scored_events import GOOD_TIP_MM, HandMade, changed, fields_changed, good, left_out


def value(card: Scorecard, metric_id: MetricId) -> float | None:
    metric = card.metric(metric_id)
    assert metric is not None
    return metric.value


def worth(card: Scorecard, metric_id: MetricId) -> float | None:
    metric = card.metric(metric_id)
    assert metric is not None
    return metric.utility


@pytest.mark.parametrize(
    ("dlp", "expected"), [(2.26, 1.0), (4.94, 1.0), (20.0, 0.62), (31.8, 0.50), (89.6, 0.22), (199.0, 0.0)]
)
def test_log_utility_gives_the_reference_values(dlp: float, expected: float) -> None:
    assert log_utility(dlp, Anchors(expert=5.0, poor=200.0)) == pytest.approx(expected, abs=0.01)


def test_utility_is_linear_between_its_anchors_and_may_rise() -> None:
    anchors = Anchors(expert=3.0, poor=13.0)
    assert [utility(x, anchors) for x in (0, 3, 8, 13, 40)] == [1.0, 1.0, 0.5, 0.0, 0.0]
    more = Anchors(expert=15.0, poor=3.0)
    assert [utility(x, more) for x in (0, 3, 9, 15, 40)] == [0.0, 0.0, 0.5, 1.0, 1.0]


def test_weights_add_to_one_and_help_leads() -> None:
    weights = asdict(Rubric().weights)
    assert set(weights) == set(map(str, SHARES))
    assert sum(weights.values()) == pytest.approx(1.0)
    assert 0.30 <= weights["help"] <= 0.35
    assert max(weights, key=lambda name: weights[name]) == "help"


@pytest.mark.parametrize("component", SHARES)
def test_shares_of_a_component_add_to_one(component: Component) -> None:
    assert sum(SHARES[component].values()) == pytest.approx(1.0)


def test_a_metric_counts_in_one_place() -> None:
    everywhere = [metric for shares in SHARES.values() for metric in shares]
    assert len(everywhere) == len(set(everywhere))


def test_what_does_not_apply_has_no_share_but_a_missing_patch_is_a_fault() -> None:
    metrics = [metric for metric in good().card().metrics if metric.metric_id in SHARES[Component.HELP]]
    assert component_value(Component.HELP, metrics) < 1.0, "8 mL are not 15"
    shares = SHARES[Component.HELP]
    for metric_id in shares:
        lost = [replace(x, utility=None) if x.metric_id is metric_id else replace(x, utility=1.0) for x in metrics]
        expected = 1.0 - shares[metric_id] if metric_id in MISSING_COUNTS else 1.0
        assert component_value(Component.HELP, lost) == pytest.approx(expected)


def test_a_good_procedure_scores_well() -> None:
    card = good().card()
    assert card.caps == ()
    assert card.score > 90.0
    assert (card.rubric_version, card.stopped_for) == (2, None)
    assert (card.placement.compartment, card.placement.level) == ("epidural", "L3/4")
    assert {component for component, _ in card.components.items()} == set(SHARES)
    for component in (Component.PLACEMENT, Component.STEPS, Component.ECONOMY):
        assert card.components[component] == 1.0, component
    expected = 100 * sum(card.weights[name] * fraction for name, fraction in card.components.items())
    assert card.score == pytest.approx(expected, rel=1e-4)
    for metric in scorecard_to_json(card)["metrics"]:
        assert {"name", "value", "unit", "reference", "source"} <= set(metric)


def no_plan() -> HandMade:
    return left_out(good(), e.PathPlanned)


def other_path() -> HandMade:
    return fields_changed(good(), e.PathPlanned, approach="posterior foraminal")


def redrawn() -> HandMade:
    """A plan that came after the puncture is no plan."""
    made = good()
    (plan,) = [event for event in made.events if isinstance(event, e.PathPlanned)]
    made.events.remove(plan)
    made.events.insert(-1, replace(plan, at_ms=made.ms))
    return made


def outside_the_zone() -> HandMade:
    return fields_changed(good(), e.MaterialInjected, zone="ventral")


def half_covered() -> HandMade:
    return fields_changed(good(), e.MaterialInjected, covered_share=0.75)


def escaped() -> HandMade:
    return fields_changed(good(), e.MaterialInjected, escaped_ml=2.0)


def not_sealed() -> HandMade:
    return fields_changed(good(), e.Finished, seal_probability=0.3)


def beyond_what_was_prescribed() -> HandMade:
    """2 mL beyond 16 mL, and no word of the patient."""
    return changed(good(), e.MaterialInjected, lambda x: replace(x, total_blood_ml=x.total_blood_ml + 10.0))  # type: ignore[attr-defined, type-var]


def tented() -> HandMade:
    made = good()
    place = next(k for k, x in enumerate(made.events) if isinstance(x, e.StyletMoved))
    moved = next(x for x in reversed(made.events) if isinstance(x, e.NeedleMoved))
    made.events.insert(place, replace(moved, commanded_mm=-0.1, moved_mm=-0.1, least_dura_mm=-0.8))
    return made


def touched() -> HandMade:
    made = good()
    made.events.insert(-3, e.DuraTouched(at_ms=made.ms, tip_mm=PatientPoint(0.0, 7.0, 0.0)))
    return made


def dwelt() -> HandMade:
    return changed(good(), e.NeedleMoved, lambda x: replace(x, critical=x.tip_mm[1] <= GOOD_TIP_MM))  # type: ignore[attr-defined, type-var]


def unanswered() -> HandMade:
    made = good()
    began = e.ReactionBegan(at_ms=made.ms, reaction=PatientReaction.VASOVAGAL, cause="", helps=Aid.RAISE_THE_LEGS)
    made.events.insert(-1, began)
    return made


def items_left_out() -> HandMade:
    kept = tuple(item for item in TimeOutItem if item is not TimeOutItem.ALLERGY)
    return fields_changed(good(), e.TimeOutHeld, checked=kept)


def cored() -> HandMade:
    made = good()
    place = next(k for k, x in enumerate(made.events) if isinstance(x, e.SkinPunctured))
    made.events.insert(place + 1, e.StyletMoved(at_ms=made.events[place].at_ms, stylet_in=False, drip="nothing"))
    return made


def line_after_the_needle() -> HandMade:
    made = left_out(good(), e.ArmLineLaid)
    place = next(k for k, x in enumerate(made.events) if isinstance(x, e.StyletMoved))
    made.events.insert(place, e.ArmLineLaid(at_ms=made.events[place].at_ms))
    return made


def old_blood() -> HandMade:
    made = good()
    drawn = next(x for x in made.events if isinstance(x, e.BloodDrawn))
    return changed(made, e.MaterialInjected, lambda x: replace(x, at_ms=drawn.at_ms + 240_001))


def more_beam(phase: DosePhase) -> Callable[[], HandMade]:
    def made() -> HandMade:
        return changed(
            good(),
            e.AcquisitionMade,
            lambda x: replace(x, dose=replace(x.dose, dlp_mgy_cm=90.0)) if x.dose_phase is phase else x,  # type: ignore[attr-defined, type-var]
        )

    return made


def no_planning_image() -> HandMade:
    return left_out(good(), e.AcquisitionMade, purpose=AcquisitionPurpose.PLANNING)


def turned() -> HandMade:
    made = good()
    turn = next(x for x in made.events if isinstance(x, e.NeedlePlaced))
    for _ in range(3):
        made.events.insert(-1, e.NeedleRedirected(at_ms=made.ms, direction=turn.direction, share=1.0))
    return made


def punctured_thrice() -> HandMade:
    made = good()
    once = next(x for x in made.events if isinstance(x, e.SkinPunctured))
    place = made.events.index(once)
    made.events[place:place] = [once, once]
    return made


def long_way() -> HandMade:
    made = good()
    first = next(x for x in made.events if isinstance(x, e.NeedleMoved))
    place = made.events.index(first)
    made.events[place:place] = [first, replace(first, moved_mm=-27.0, commanded_mm=-27.0)]
    return made


def slow(minutes: float) -> Callable[[], HandMade]:
    def made() -> HandMade:
        late = good()
        return changed(late, e.Finished, lambda x: replace(x, at_ms=round(60_000 * minutes)))

    return made


ONE_FAULT: dict[MetricId, tuple[Callable[[], HandMade], float]] = {
    MetricId.LEAK_COVERAGE: (half_covered, 0.75),
    MetricId.EPIDURAL_VOLUME: (escaped, 0.25),  # 6 mL between 3 and 15
    MetricId.SEAL: (not_sealed, (0.3 - SPONTANEOUS_REMISSION) / (SEALED_AT_BEST - SPONTANEOUS_REMISSION)),
    MetricId.BLOOD_AFTER_CUE: (beyond_what_was_prescribed, 0.6),  # 2 of 5 mL
    MetricId.BEVEL_IN_TARGET_ZONE: (outside_the_zone, 0.0),
    MetricId.PLAN_SOUND: (other_path, 0.0),
    MetricId.DURA_TENTING: (tented, 0.7 / 1.3),
    MetricId.DURA_CONTACTS: (touched, 0.5),
    MetricId.CRITICAL_DWELL: (dwelt, 0.0),
    MetricId.REACTIONS_ANSWERED: (unanswered, 0.0),
    MetricId.TIME_OUT_HELD: (items_left_out, 0.0),
    MetricId.SKIN_PREPARED: (lambda: left_out(good(), e.PreparationDone, step="skin prepared"), 0.0),
    MetricId.ANAESTHETIC_GIVEN: (lambda: left_out(good(), e.PreparationDone, step="local anaesthetic"), 0.0),
    MetricId.PATIENT_POSITIONED: (lambda: left_out(good(), e.PreparationDone, step="patient positioned"), 0.0),
    MetricId.ARM_LINE_FIRST: (line_after_the_needle, 0.0),
    MetricId.STYLET_IN: (cored, 0.0),
    MetricId.ASPIRATED: (lambda: left_out(good(), e.Aspirated), 0.0),
    MetricId.BLOOD_FRESH: (old_blood, 0.0),
    MetricId.AFTERCARE: (lambda: left_out(good(), e.AftercareOrdered), 0.25),
    MetricId.DLP_GUIDANCE: (more_beam(DosePhase.GUIDANCE), 0.0),
    MetricId.DLP_CONFIRMATION: (more_beam(DosePhase.CONFIRMATION), 0.3914),
    MetricId.DLP_PLANNING: (more_beam(DosePhase.PLANNING), 0.5353),
    MetricId.REDIRECTIONS: (turned, 0.5),
    MetricId.SKIN_PUNCTURES: (punctured_thrice, 0.0),
    MetricId.PATH_RATIO: (long_way, 0.3125),
    MetricId.ROOM_TIME: (slow(60.0), 0.5),
}


@pytest.mark.parametrize("metric_id", ONE_FAULT)
def test_one_fault_lowers_its_own_metric_and_the_score(metric_id: MetricId) -> None:
    fault, expected = ONE_FAULT[metric_id]
    card, whole = fault().card(), good().card()
    assert worth(card, metric_id) == pytest.approx(expected, abs=1e-3)
    assert (worth(whole, metric_id) or 1.0) > expected
    (component,) = [component for component, shares in SHARES.items() if metric_id in shares]
    assert card.components[component] < whole.components[component]
    assert card.score < whole.score


def test_every_scored_metric_has_a_fault_of_its_own_somewhere() -> None:
    elsewhere = {
        MetricId.LEAK_LOCALISED,  # test_scoring_localisation
        MetricId.BLIND_ADVANCE,  # test_scoring_looks
        MetricId.DEMANDED_IMAGES,
        MetricId.DURAL_MARGIN,
        MetricId.TIME_WITH_NEEDLE,
    }
    assert set(ONE_FAULT) | elsewhere == {metric for shares in SHARES.values() for metric in shares}


@pytest.mark.parametrize(("tip_mm", "expected"), [(9.0, 1.0), (8.0, 0.5), (7.0, 0.0)])
def test_the_dural_margin_counts_against_half_the_depth(tip_mm: float, expected: float) -> None:
    made = HandMade()
    made.begin()
    made.go(tip_mm)
    assert worth(made.card(), MetricId.DURAL_MARGIN) == pytest.approx(expected)


@pytest.mark.parametrize("plan", [no_plan, redrawn])
def test_a_plan_that_was_not_drawn_before_the_puncture_counts_nothing(plan: Callable[[], HandMade]) -> None:
    card = plan().card()
    assert value(card, MetricId.PLAN_SOUND) is None
    assert card.placement.tip_to_target_mm is None
    assert card.components[Component.PLACEMENT] == pytest.approx(0.7 / 0.8, rel=1e-5), "a myelogram there is none"


def test_a_plan_that_aims_past_the_space_is_not_sound() -> None:
    zero = good().world.table_zero_mm
    for y_mm, sound in ((GOOD_TIP_MM, 1.0), (7.0 + 12.0 + 5.9, 1.0), (7.0 + 12.0 + 6.1, 0.0), (5.0, 0.0)):
        made = changed(
            good(),
            e.PathPlanned,
            lambda x, y=y_mm: replace(x, target_mm=type(x.target_mm)(0.0, y, zero)),  # type: ignore[attr-defined, type-var, misc]
        )
        assert value(made.card(), MetricId.PLAN_SOUND) == sound, y_mm


def test_waiting_with_the_needle_costs() -> None:
    card = changed(good(), e.Finished, lambda x: replace(x, at_ms=31 * 60_000)).card()
    punctured = next(x for x in good().events if isinstance(x, e.SkinPunctured)).at_ms
    minutes = 31.0 - punctured / 60_000
    assert value(card, MetricId.TIME_WITH_NEEDLE) == pytest.approx(minutes, rel=1e-5)
    assert worth(card, MetricId.TIME_WITH_NEEDLE) == pytest.approx((40.0 - minutes) / 20.0, rel=1e-4)
    assert worth(card, MetricId.ROOM_TIME) == 1.0


def test_portions_with_pauses_are_not_punished_and_the_first_word_is_the_end() -> None:
    made = good()
    paused = changed(
        made,
        e.MaterialInjected,
        lambda x: replace(x, feeling="pressure") if x.total_blood_ml == 8.0 else x,  # type: ignore[attr-defined, type-var]
    )
    card = paused.card()
    assert worth(card, MetricId.BLOOD_AFTER_CUE) == 1.0
    early = fields_changed(good(), e.MaterialInjected, feeling="pain").card()
    assert value(early, MetricId.BLOOD_AFTER_CUE) == 7.0
    assert worth(early, MetricId.BLOOD_AFTER_CUE) == 0.0
    assert worth(card, MetricId.EPIDURAL_VOLUME) == 1.0, "a patient who felt pressure has had enough"


def test_less_than_a_treating_volume_counts_in_safety_and_steps_alone() -> None:
    for portions, treats in ((5, False), (6, True)):
        made = HandMade()
        made.begin()
        made.go(GOOD_TIP_MM)
        made.blood(portions)
        made.end()
        card = made.card()
        for component in (Component.HELP, Component.PLACEMENT, Component.DOSE, Component.ECONOMY):
            assert (card.components[component] > 0.0) is treats, (portions, component)
        for component in (Component.SAFETY, Component.STEPS):
            assert card.components[component] > 0.0
        assert (CapId.TOKEN_VOLUME in card.caps) is not treats


def test_a_level_is_right_by_what_the_blood_covers() -> None:
    for covered, right in ((0.5, True), (0.49, False)):
        made = fields_changed(good(), e.MaterialInjected, level="L4/5", covered_share=covered)
        card = made.card()
        assert value(card, MetricId.BEVEL_IN_TARGET_ZONE) == float(right)
        assert (CapId.LEAK_NOT_COVERED in card.caps) is not right


def test_the_zone_counts_by_the_volume_that_went_there() -> None:
    made = changed(
        good(),
        e.MaterialInjected,
        lambda x: replace(x, compartment=Compartment.SOFT_TISSUE, zone=None) if x.total_blood_ml > 6.0 else x,  # type: ignore[attr-defined, type-var]
    )
    card = made.card()
    assert value(card, MetricId.BEVEL_IN_TARGET_ZONE) == 0.75
    assert value(card, MetricId.EPIDURAL_VOLUME) == 6.0
    assert value(card, MetricId.BLOOD_VOLUME) == 8.0


def test_the_risk_of_infection_is_told_and_never_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    before = good().card()
    assert value(before, MetricId.INFECTION_RISK) == pytest.approx(0.02), "one pass"
    monkeypatch.setattr("simulator.scoring.safety.INFECTION_PERCENT_PER_PASS", 50.0)
    after = good().card()
    assert value(after, MetricId.INFECTION_RISK) == pytest.approx(50.0)
    assert (after.score, after.caps, after.components) == (before.score, before.caps, before.components)
